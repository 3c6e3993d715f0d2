import ArgumentParser
import Glibc
import Records
import Toolkit
import Transfer

@main struct Fetch: Tool {
  static let configuration = CommandConfiguration(
    commandName: "mt-fetch", abstract: "Fetch URLs to warm caches, and record how each request went.",
    version: "mt-fetch \(toolkitVersion)")
  static let schema = Schema.items(of: .fetch)

  @Option(help: ArgumentHelp("Requests in flight at most.", valueName: "n"))
  var workers = 500

  @Option(help: ArgumentHelp("Seconds that one attempt may take.", valueName: "seconds"))
  var timeout = 240.0

  @Option(help: ArgumentHelp("Seconds that a connection may take to open.", valueName: "seconds"))
  var connectTimeout = 30.0

  @Option(help: ArgumentHelp("Further attempts after transport errors, 5xx, 408, 425 and 429.", valueName: "n"))
  var retry = 2

  @Option(
    help: ArgumentHelp(
      "Longest pause before an attempt; a Retry-After beyond it is not waited for.", valueName: "seconds"))
  var retryMaxDelay = 60.0

  @Option(help: ArgumentHelp("Redirects followed at most; 0: none.", valueName: "n"))
  var maxRedirects = 10

  @Option(help: ArgumentHelp("Seconds that an idle connection is kept for reuse; 0: none is.", valueName: "seconds"))
  var connectionCloseDelay = 15

  @Option(help: ArgumentHelp("Send this header, “Name: value”; may be repeated.", valueName: "header"))
  var header: [String] = []

  @Option(help: ArgumentHelp("Send this User-Agent.", valueName: "name"))
  var userAgent = "media-toolkit/\(toolkitVersion)"

  @Option(help: ArgumentHelp("Trust the authorities in FILE (PEM) instead of the system's.", valueName: "file"))
  var cacert: String?

  @Flag(help: "Do not check certificates.")
  var insecure = false

  @Option(
    help: ArgumentHelp("Seconds that requests in flight have to end after SIGINT or SIGTERM.", valueName: "seconds"))
  var grace = 5

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var resume: ResumeOptions
  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
      guard range.contains(value) else {
        throw ValidationError(
          "--\(name) must be from \(range.lowerBound.plain) to \(range.upperBound.plain), not \(value.plain)")
      }
    }
    try check("workers", Double(workers), 1...100_000)
    try check("timeout", timeout, 0.001...86_400)
    try check("connect-timeout", connectTimeout, 0.001...86_400)
    try check("retry", Double(retry), 0...100)
    try check("retry-max-delay", retryMaxDelay, 0...86_400)
    try check("max-redirects", Double(maxRedirects), 0...100)
    try check("connection-close-delay", Double(connectionCloseDelay), 0...86_400)
    try check("grace", Double(grace), 0...3600)
    guard !userAgent.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw ValidationError("--user-agent holds a control character")
    }
    for line in header where !Self.isHeader(line) {
      throw ValidationError("--header is “Name: value”, not “\(line)”")
    }
  }

  /// A name of RFC 9110's token characters, a colon, and a value without controls.
  private static func isHeader(_ line: String) -> Bool {
    let name = line.prefix { $0 != ":" }.utf8
    let marks = "!#$%&'*+-.^_`|~".utf8
    func isTokenByte(_ byte: UInt8) -> Bool {
      (48...57).contains(byte) || (97...122).contains(byte | 32) || marks.contains(byte)
    }
    return !name.isEmpty && name.count < line.utf8.count && name.allSatisfy(isTokenByte)
      && !line.utf8.contains { $0 < 0x20 && $0 != 9 || $0 == 0x7F }
  }

  func execute(_ run: Run) throws(Failure) {
    if let cacert, access(cacert, R_OK) != 0 { throw Failure(.noInput, "cannot open \(cacert)", errno: errno) }
    var settings = self.settings
    settings.workers = FileDescriptorLimit.raise(for: workers, run.console)
    try input.input.checkFiles()
    let (output, resume) = try resume.open(self.output, owning: Field.written(by: .fetch), run)
    let source = try RecordSource(
      input.input, run: run, reading: Job.fields, owning: Field.written(by: .fetch), resume: resume,
      plainLine: plainURL)
    let tally = Tally()
    run.progress.detail = { tally.hitRatio }
    let engine = try Engine(settings, source: source, output: output, run: run, grace: grace) { job, outcome in
      output.write(job.body.bytes) { $0.append(outcome, of: job) }
      tally.add(outcome, to: run.progress)
    }
    try engine.fetchAll()
    try source.finish()
    tally.report(run)
    try run.complete(output)
  }

  private var settings: FetchSettings {
    var settings = FetchSettings()
    settings.timeout = Int(timeout * 1e6)
    settings.connectTimeout = Int(connectTimeout * 1e6)
    settings.retry.limit = retry
    settings.retry.maximumDelay = Int(retryMaxDelay * 1e6)
    settings.maximumRedirects = maxRedirects
    settings.connectionCloseDelay = connectionCloseDelay
    // libcurl takes “Name:” for a header to leave out, and “Name;” for one without a value.
    settings.headers = header.map { line in
      let name = line.prefix { $0 != ":" }
      return line.dropFirst(name.count + 1).allSatisfy { $0 == " " } ? name + ";" : line
    }
    settings.userAgent = userAgent
    settings.authorities = cacert
    settings.verifiesCertificates = !insecure
    return settings
  }

  /// A line that is a URL and no JSON.
  private func plainURL(_ line: Bytes, _ record: inout ByteBuffer) throws(BadRecord) {
    guard endOfAuthority(line) != nil else { throw BadRecord("neither a JSON object nor an http or https URL") }
    record.append("{\"url\":")
    record.append(quoted: line)
    record.append("}")
  }
}

extension Double {
  /// Without a needless “.0”.
  fileprivate var plain: String { self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)" }
}
