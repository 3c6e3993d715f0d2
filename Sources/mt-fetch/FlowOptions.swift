import ArgumentParser
import Toolkit
import Transfer

/// How much at once.
struct FlowOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Requests in flight at most.", valueName: "n"))
  var workers = 500

  @Option(help: ArgumentHelp("Requests in flight at most to one host.", valueName: "n"))
  var perHost: Int?

  @Option(help: ArgumentHelp("Requests a second at most.", valueName: "n"))
  var rate: Double?

  @Option(help: ArgumentHelp("Bytes of bodies a second at most, such as 20MiB.", valueName: "size"))
  var bandwidth: ByteSize?

  @Flag(help: "Adapt the requests in flight to each host to its latency and its errors.")
  var adaptive = false

  @Option(help: ArgumentHelp("With --adaptive, requests in flight at least.", valueName: "n"))
  var minWorkers = 10

  @Option(help: ArgumentHelp("Send nothing more to a host that failed N times in a row; 0: never.", valueName: "n"))
  var giveUpAfter = 0

  @Flag(help: "Let requests wait in three classes by size, so that none holds up another.")
  var optimizeBySize = false

  @Option(help: ArgumentHelp("Requests for small files in flight at most; 0: automatic.", valueName: "n"))
  var smallFileWorkers = 0

  @Option(help: ArgumentHelp("Requests for medium files in flight at most; 0: automatic.", valueName: "n"))
  var mediumFileWorkers = 0

  @Option(help: ArgumentHelp("Requests for large files in flight at most; 0: automatic.", valueName: "n"))
  var largeFileWorkers = 0

  @Option(help: ArgumentHelp("Files of so many MiB or less are small.", valueName: "mib"))
  var smallFileThreshold = 50.0

  @Option(help: ArgumentHelp("Larger files of so many MiB or less are medium.", valueName: "mib"))
  var mediumFileThreshold = 200.0

  @Flag(help: "Ask by HEAD for sizes that the records do not say.")
  var useHeadForSize = false

  func check() throws {
    try checkRange("workers", Double(workers), 1...100_000)
    if let perHost { try checkRange("per-host", Double(perHost), 1...100_000) }
    if let rate { try checkRange("rate", rate, 0.001...10_000_000) }
    if let bandwidth, bandwidth.bytes < 1024 { throw ValidationError("--bandwidth must be at least 1KiB") }
    try checkRange("min-workers", Double(minWorkers), 1...100_000)
    try checkRange("give-up-after", Double(giveUpAfter), 0...1_000_000)
    let classes = [
      ("small-file-workers", smallFileWorkers), ("medium-file-workers", mediumFileWorkers),
      ("large-file-workers", largeFileWorkers),
    ]
    for (name, count) in classes { try checkRange(name, Double(count), 0...100_000) }
    try checkRange("small-file-threshold", smallFileThreshold, 0...1_000_000_000)
    try checkRange("medium-file-threshold", mediumFileThreshold, 0...1_000_000_000)
    guard smallFileThreshold <= mediumFileThreshold else {
      throw ValidationError("--small-file-threshold is above --medium-file-threshold")
    }
  }

  func apply(to settings: inout FetchSettings) {
    settings.workers = workers
    settings.perHost = perHost
    settings.rate = rate
    settings.bandwidth = bandwidth?.bytes
    settings.minimumWorkers = adaptive ? minWorkers : nil
    settings.giveUpAfter = giveUpAfter > 0 ? giveUpAfter : nil
    settings.classLimits = [smallFileWorkers, mediumFileWorkers, largeFileWorkers]
    settings.isBySize = optimizeBySize || useHeadForSize || settings.classLimits.contains { $0 > 0 }
    settings.asksForSize = useHeadForSize
    settings.sizeClasses = SizeClasses(
      smallLimit: Int(smallFileThreshold * 1_048_576), mediumLimit: Int(mediumFileThreshold * 1_048_576))
  }
}
