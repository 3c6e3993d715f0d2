import ArgumentParser
import Toolkit
import Transfer

/// What is asked for, and what the answers must be.
struct ProofOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Ask again until the cache says hit, at most N times.", valueName: "n"))
  var untilHit: Int?

  @Option(help: ArgumentHelp("The largest object that the cache stores, for --until-hit.", valueName: "size"))
  var cacheLimit: ByteSize?

  @Option(help: ArgumentHelp("Get only the bytes FIRST to LAST.", valueName: "first-last"))
  var range: ByteRange?

  @Option(help: ArgumentHelp("Use --range only for objects of more than SIZE.", valueName: "size"))
  var rangeAbove: ByteSize?

  @Option(help: ArgumentHelp("Send this method: GET, HEAD, PURGE, ….", valueName: "name"))
  var method = "GET"

  @Option(help: ArgumentHelp("Purge each item by this method before it is fetched.", valueName: "name"))
  var purgeMethod: String?

  @Option(
    help: ArgumentHelp(
      "Purge items by a shell command that reads their URLs before they are fetched.", valueName: "command"))
  var purgeCommand: String?

  @Option(help: ArgumentHelp("Purge N items, then fetch them, then the next N.", valueName: "n"))
  var purgeChunk = 30

  @Flag(help: "Take answers of any content type.")
  var anyContentType = false

  @Option(help: ArgumentHelp("Record a checksum of each body, and check it: sha256 or md5.", valueName: "algorithm"))
  var checksum: BodyHash.Algorithm?

  @Option(help: ArgumentHelp("Count these statuses as success, all others not: 200,206,4xx.", valueName: "list"))
  var expectStatus: ExpectedStatus?

  @Option(help: ArgumentHelp("Cut off bodies of more than SIZE.", valueName: "size"))
  var maxBytes: ByteSize?

  func check() throws {
    if let untilHit { try checkRange("until-hit", Double(untilHit), 1...1000) }
    try checkRange("purge-chunk", Double(purgeChunk), 1...100_000)
    for (name, method) in [("method", method), ("purge-method", purgeMethod ?? "PURGE")] where !method.isToken {
      throw ValidationError("--\(name) is no method: “\(method)”")
    }
    if purgeMethod != nil, purgeCommand != nil {
      throw ValidationError("--purge-method and --purge-command exclude each other")
    }
    if let purgeCommand {
      do throws(Failure) { try PurgeCommand.check(purgeCommand) } catch { throw ValidationError(error.message) }
    }
    if let checksum, !checksum.isProvided {
      throw ValidationError("--checksum: the system's OpenSSL provides no \(checksum.rawValue)")
    }
    if cacheLimit != nil, untilHit == nil { throw ValidationError("--cache-limit needs --until-hit") }
    if rangeAbove != nil, range == nil { throw ValidationError("--range-above needs --range") }
  }

  func apply(to settings: inout FetchSettings) {
    settings.warming = untilHit.map { asks in
      var warming = WarmPolicy()
      warming.asks = asks
      warming.cacheLimit = cacheLimit?.bytes
      return warming
    }
    settings.range = range
    settings.rangeAbove = rangeAbove?.bytes
    settings.method = method
    settings.purge = purgeMethod.map { .method($0) } ?? purgeCommand.map { .command($0) }
    settings.purgeChunk = purgeChunk
    settings.checksContentType = !anyContentType
    settings.checksum = checksum
    settings.expectedStatus = expectStatus
    settings.maximumBytes = maxBytes?.bytes
  }
}

extension String {
  /// Whether it is a token of RFC 9110 (5.6.2).
  var isToken: Bool {
    let marks = "!#$%&'*+-.^_`|~".utf8
    return !isEmpty
      && utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) || marks.contains($0) }
  }
}

extension ByteRange: ExpressibleByArgument {}
extension ExpectedStatus: ExpressibleByArgument {}
extension BodyHash.Algorithm: ExpressibleByArgument {}
