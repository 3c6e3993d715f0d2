import ArgumentParser
import Records

/// What every tool takes.
package struct CommonOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write what this run did to FILE, as JSON.", valueName: "file"))
  package var summary: String?

  @Option(
    help: ArgumentHelp("Show progress on standard error: auto (on a terminal), always or never.", valueName: "when"))
  package var progress = Progress.Mode.auto

  @Flag(name: .shortAndLong, help: "Print errors only.")
  package var quiet = false

  @Flag(name: .shortAndLong, help: "Print more of what happens.")
  package var verbose = false

  @Option(help: ArgumentHelp("Diagnostics as text or json.", valueName: "format"))
  package var logFormat = Console.LogFormat.text

  @Option(help: ArgumentHelp("Read settings from FILE (YAML).", valueName: "file"))
  package var config: String?

  @Flag(help: "Print the JSON Schema of the records written, and exit.")
  package var schema = false

  package init() {}
}

/// What tools that read records take.
package struct InputOptions: ParsableArguments {
  @Argument(help: "Files to read; - or none is standard input.")
  package var files: [String] = []

  @Option(help: ArgumentHelp("At a bad line: skip it, or stop.", valueName: "action"))
  package var onBadLine = BadLineAction.skip

  @Option(help: ArgumentHelp("Keep bad lines, as they are, in FILE.", valueName: "file"))
  package var rejects: String?

  @Option(help: ArgumentHelp("Read only the first N records; 0 is all.", valueName: "n"))
  package var limit: Int?

  @Option(
    help: ArgumentHelp("Take only part I of N of the items, chosen by identity; I from 1 to N.", valueName: "i/n"))
  package var shard: Shard?

  package init() {}

  package mutating func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more, not \(limit)") }
  }

  package var input: Input {
    Input(files: files, onBadLine: onBadLine, rejects: rejects, limit: limit, shard: shard)
  }
}

/// What to read, and which of it.
package struct Input: Sendable {
  package var files: [String]
  package var onBadLine = BadLineAction.skip
  package var rejects: String?
  package var limit: Int?
  package var shard: Shard?

  package init(
    files: [String], onBadLine: BadLineAction = .skip, rejects: String? = nil, limit: Int? = nil, shard: Shard? = nil
  ) {
    self.files = files
    self.onBadLine = onBadLine
    self.rejects = rejects
    self.limit = limit
    self.shard = shard
  }
}

package enum BadLineAction: String, CaseIterable, ExpressibleByArgument, Sendable { case skip, stop }

/// What tools that write records take.
package struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write to FILE, which takes its name when it is complete.", valueName: "file"))
  package var output: String?

  package init() {}

  /// Whether the output is a file, not standard output.
  package var isFile: Bool { output != nil && output != "-" }

  /// Opens the output anew.
  package func open(_ run: Run) throws(Failure) -> Output {
    var file: OutputFile?
    if let output, isFile {
      try run.claim(output)
      file = try .create(output, console: run.console)
    }
    let opened = Output(file: file)
    run.opened(opened)
    return opened
  }
}

/// What tools take whose work is worth resuming.
package struct ResumeOptions: ParsableArguments {
  @Flag(help: "Continue the output FILE of -o: items that it holds are not done again, failed ones are.")
  package var resume = false

  @Flag(help: "With --resume, keep failed items as they are.")
  package var keepFailed = false

  package init() {}

  /// What the output already holds, if it is to be continued, for a run that writes nothing.
  /// - Parameter owned: the members that the tool writes.
  package func look(_ options: OutputOptions, owning owned: [Field], _ run: Run) throws(Failure) -> Resume? {
    guard resume || !keepFailed else { throw Failure(.usage, "--keep-failed needs --resume") }
    guard resume else { return nil }
    guard let path = options.output, options.isFile else { throw Failure(.usage, "--resume needs -o FILE") }
    return try Resume(lookingAt: path, owning: owned, keepFailed: keepFailed, console: run.console)
  }

  /// Opens the output, continued if asked for, with what it already holds.
  /// - Parameter owned: the members that the tool writes.
  package func open(
    _ options: OutputOptions, owning owned: [Field], _ run: Run
  ) throws(Failure) -> (output: Output, resume: Resume?) {
    guard resume || !keepFailed else { throw Failure(.usage, "--keep-failed needs --resume") }
    guard resume else { return (try options.open(run), nil) }
    guard let path = options.output, options.isFile else { throw Failure(.usage, "--resume needs -o FILE") }
    try run.claim(path)
    let resumed = try Resume(path, owning: owned, keepFailed: keepFailed, console: run.console)
    run.console.debug("\(resumed.keptRecords) results kept, \(resumed.failedRecords) failed ones to do again")
    let output = Output(file: resumed.file)
    run.opened(output)
    return (output, resumed)
  }
}

/// `I/N`, from 1/N to N/N.
package struct Shard: ExpressibleByArgument, Sendable {
  package let index: Int
  package let count: Int

  package init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), count >= 1,
      (1...count).contains(index)
    else { return nil }
    self.index = index
    self.count = count
  }
}

extension Progress.Mode: ExpressibleByArgument {}
extension Console.LogFormat: ExpressibleByArgument {}

/// A usage error unless `value` lies in `range`.
package func checkRange(_ name: String, _ value: Double, _ range: ClosedRange<Double>, in unit: String = "") throws {
  guard range.contains(value) else {
    let unit = unit.isEmpty ? "" : " \(unit)"
    throw ValidationError(
      "--\(name) must be from \(range.lowerBound.plain) to \(range.upperBound.plain)\(unit), not \(value.plain)")
  }
}

extension Double {
  /// Without a needless “.0”.
  fileprivate var plain: String { self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)" }
}
