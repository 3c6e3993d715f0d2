import ArgumentParser
import Glibc
import Records
import Toolkit
import Transfer

/// Where requests go, how they get there, and who they say they are from.
struct PlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Connect to ADDR instead, as curl does; may be repeated.", valueName: "host:port:addr:port"))
  var connectTo: [String] = []

  @Option(
    help: ArgumentHelp(
      "Make each request at each of these points of presence; may be repeated.", valueName: "name=addr,..."))
  var pop: [String] = []

  @Option(help: ArgumentHelp("Ask this DNS server: ADDR[:PORT], or an https URL.", valueName: "server"))
  var resolver: String?

  @Flag(name: [.customShort("4"), .long], help: "Use IPv4 addresses of names only.")
  var ipv4 = false

  @Flag(name: [.customShort("6"), .long], help: "Use IPv6 addresses of names only.")
  var ipv6 = false

  @Option(help: ArgumentHelp("Connect from this interface or address.", valueName: "name"))
  var interface: String?

  @Option(help: ArgumentHelp("Use this proxy: http, https, socks5 or socks5h.", valueName: "url"))
  var proxy: String?

  @Option(help: ArgumentHelp("Reach these hosts without a proxy; * is all.", valueName: "hosts"))
  var noProxy: String?

  @Option(help: ArgumentHelp("1.1, or 2 where a server of https can.", valueName: "version"))
  var httpVersion = FetchSettings.HTTPVersion.one

  @Option(help: ArgumentHelp("Show this client certificate (PEM).", valueName: "file"))
  var cert: String?

  @Option(help: ArgumentHelp("The key of --cert (PEM), where it is in a file of its own.", valueName: "file"))
  var key: String?

  @Option(help: ArgumentHelp("Trust the authorities in FILE (PEM) instead of the system's.", valueName: "file"))
  var cacert: String?

  @Flag(help: "Do not check certificates.")
  var insecure = false

  @Option(help: ArgumentHelp("Send this header, “Name: value”; may be repeated.", valueName: "header"))
  var header: [String] = []

  @Option(help: ArgumentHelp("Send the headers in FILE, one a line.", valueName: "file"))
  var headerFile: String?

  @Option(help: ArgumentHelp("Send this User-Agent.", valueName: "name"))
  var userAgent = "media-toolkit/\(toolkitVersion)"

  @Option(help: ArgumentHelp("Send these cookies: “a=b; c=d”.", valueName: "cookies"))
  var cookie: String?

  @Option(help: ArgumentHelp("Send the cookies in FILE (Netscape format) where they belong.", valueName: "file"))
  var cookieFile: String?

  @Option(help: ArgumentHelp("Send the token in FILE as Authorization: Bearer.", valueName: "file"))
  var bearerTokenFile: String?

  @Option(help: ArgumentHelp("auto uses the tool's own codec for plain HTTP, libcurl does not.", valueName: "which"))
  var transport = FetchSettings.Transport.auto

  func check() throws {
    guard !userAgent.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw ValidationError("--user-agent holds a control character")
    }
    for line in header where !Self.isHeader(line) {
      throw ValidationError("--header is “Name: value”, not “\(line)”")
    }
    if let cookie, cookie.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      throw ValidationError("--cookie holds a control character")
    }
    if let proxy, !Self.isProxy(proxy) {
      throw ValidationError("--proxy is a URL of http, https, socks4, socks4a, socks5 or socks5h, not “\(proxy)”")
    }
    if interface?.isEmpty == true { throw ValidationError("--interface is empty") }
    if ipv4, ipv6 { throw ValidationError("--ipv4 and --ipv6 exclude each other") }
    if key != nil, cert == nil { throw ValidationError("--key needs --cert") }
    do throws(Failure) {
      _ = try targets()
      _ = try PointOfPresence.parse(pop)
    } catch {
      throw ValidationError(error.message)
    }
  }

  private func targets() throws(Failure) -> [ConnectTo] {
    try connectTo.map { text throws(Failure) in try ConnectTo(text) }
  }

  /// As curl takes it: without a scheme it is one of http. Empty: none, whatever the environment says.
  private static func isProxy(_ url: String) -> Bool {
    guard let end = url.firstRange(of: "://") else { return true }
    let scheme = url[..<end.lowerBound].lowercased()
    return ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(scheme)
  }

  /// A name, a colon, and a value without controls.
  private static func isHeader(_ line: String) -> Bool {
    let name = String(line.prefix { $0 != ":" })
    return name.isToken && name.utf8.count < line.utf8.count
      && !line.utf8.contains { $0 < 0x20 && $0 != 9 || $0 == 0x7F }
  }

  func apply(to settings: inout FetchSettings) throws(Failure) {
    settings.connectTo = try targets()
    settings.pops = try PointOfPresence.parse(pop)
    if let resolver {
      let isURL = resolver.lowercased().hasPrefix("https://")
      if isURL { settings.dnsOverHTTPS = resolver } else { settings.nameServers = [resolver] }
    }
    settings.addressFamily = ipv4 ? .four : ipv6 ? .six : .any
    settings.interface = interface
    settings.proxy = proxy
    settings.noProxy = noProxy
    settings.httpVersion = httpVersion
    for file in [cert, key, cacert, cookieFile] {
      guard let file, access(file, R_OK) != 0 else { continue }
      throw Failure(.noInput, "cannot open \(file)", errno: errno)
    }
    settings.certificate = cert
    settings.key = key
    settings.authorities = cacert
    settings.verifiesCertificates = !insecure
    settings.headers = try headers()
    settings.userAgent = userAgent
    settings.cookieFile = cookieFile
    settings.bearerToken = try bearerToken()
    settings.transport = transport
  }

  /// As libcurl takes them: “Name:” for a header to leave out, and “Name;” for one without a value.
  private func headers() throws(Failure) -> [String] {
    var lines = header
    if let headerFile {
      for (i, line) in try Self.lines(of: headerFile).enumerated() where !line.isEmpty {
        guard Self.isHeader(line) else {
          throw Failure(.badConfiguration, "\(headerFile):\(i + 1): a header is “Name: value”")
        }
        lines.append(line)
      }
    }
    // As a header, which libcurl sends to no other host than the one that was asked.
    if let cookie { lines.append("Cookie: \(cookie)") }
    return lines.map { line in
      let name = line.prefix { $0 != ":" }
      return line.dropFirst(name.count + 1).allSatisfy { $0 == " " } ? name + ";" : line
    }
  }

  /// The token of the environment, or of the file.
  private func bearerToken() throws(Failure) -> String? {
    let place: String
    let token: String
    if let bearerTokenFile {
      place = bearerTokenFile
      token = try Self.lines(of: bearerTokenFile).first ?? ""
    } else if let value = getenv("MEDIA_TOOLKIT_BEARER_TOKEN") {
      place = "MEDIA_TOOLKIT_BEARER_TOKEN"
      token = String(cString: value)
    } else {
      return nil
    }
    guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Failure(.badConfiguration, "\(place): not a token, which is printable ASCII without blanks")
    }
    return token
  }

  /// The lines of a small file, without blanks around them.
  private static func lines(of path: String) throws(Failure) -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.noInput, "cannot open \(path)", errno: errno) }
    defer { close(descriptor) }
    var reader = LineReader()
    var lines: [String] = []
    while true {
      while let line = reader.next() { lines.append(line.trimmed.string) }
      switch reader.fill(from: descriptor) {
      case .data, .interrupted: continue
      case .end: return lines
      case .failed(let code): throw Failure(.noInput, "cannot read \(path)", errno: code)
      }
    }
  }
}

extension FetchSettings.Transport: ExpressibleByArgument {}
extension FetchSettings.HTTPVersion: ExpressibleByArgument {}
