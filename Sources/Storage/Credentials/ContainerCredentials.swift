import Glibc
import Records
import Toolkit

/// Keys that the surroundings of a container give: ECS and EKS Pod Identity.
struct ContainerCredentials: CredentialSource {
  private let url: String
  private let configuration: AWSConfiguration

  /// Without the path, which not all may know.
  var description: String { "the container's service at \(Self.host(of: url))" }

  /// Nil where no container said that it has keys. Throws for a URL that keys may not be asked from.
  init?(_ configuration: AWSConfiguration) throws(Failure) {
    self.configuration = configuration
    if let path = configuration.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      url = "http://169.254.170.2\(path.hasPrefix("/") ? "" : "/")\(path)"
    } else if let full = configuration.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
      url = full
    } else {
      return nil
    }
    guard Self.isAllowed(url) else {
      throw Failure(
        .badConfiguration,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI: “\(Self.host(of: url))” is neither https nor an address of this machine")
    }
  }

  private static func host(of url: String) -> String {
    let parts = url.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 2 else { return url }
    return "\(parts[0])//\(parts[2].split(separator: "@").last ?? "")"
  }

  /// Others on the way could read what plain HTTP brings, and could set whom to ask.
  private static func isAllowed(_ url: String) -> Bool {
    if url.lowercased().hasPrefix("https://") { return true }
    guard url.lowercased().hasPrefix("http://") else { return false }
    let authority = url.dropFirst(7).prefix { !"/?#".contains($0) }
    guard !authority.contains(where: { $0 == "@" || $0 == "\\" || $0.isWhitespace }) else { return false }
    if authority.hasPrefix("[") {
      let host = String(authority.dropFirst().prefix { $0 != "]" })
      return isLoopback(IPv6: host) || sameIPv6(host, "fd00:ec2::23")
    }
    let host = authority.prefix { $0 != ":" }.lowercased()
    if ["localhost", "169.254.170.2", "169.254.170.23"].contains(host) { return true }
    var address = in_addr()
    return inet_pton(AF_INET, host, &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
  }

  private static func isLoopback(IPv6 host: String) -> Bool { sameIPv6(host, "::1") }

  private static func sameIPv6(_ a: String, _ b: String) -> Bool {
    var first = in6_addr()
    var second = in6_addr()
    guard inet_pton(AF_INET6, a, &first) == 1, inet_pton(AF_INET6, b, &second) == 1 else { return false }
    return memcmp(&first, &second, MemoryLayout<in6_addr>.size) == 0
  }

  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials {
    var request = HTTPRequest(url)
    request.headers = ["Accept: application/json"]
    request.timeout = 2000
    if let token = try authorization() { request.headers.append("Authorization: \(token)") }
    var settings = settings
    settings.usesProxies = false
    let answer = try CredentialRequest(request, to: description).answer(settings)
    guard answer.status == 200 else { throw answer.failure(from: description) }
    let json = try jsonAnswer(answer.body, from: description)
    return try Credentials(answer: json, token: "Token", from: description, mustExpire: true)
  }

  /// The file is read anew each time: it is renewed.
  private func authorization() throws(Failure) -> String? {
    var token = configuration.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    var place = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    if let path = configuration.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
      place = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
      guard let content = try readSmallFile(path, limit: 64 << 10) else {
        throw Failure(.badConfiguration, "\(place): \(path) is not there")
      }
      token = String(token: content)
    }
    guard let token, !token.isEmpty else { return nil }
    // A scheme and a blank may stand before the token.
    guard token.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw Failure(.badConfiguration, "\(place): the token has characters that no header has")
    }
    return token
  }
}
