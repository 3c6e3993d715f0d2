import ArgumentParser
import Comparison
import Records
import Reports
import Toolkit

/// How results are held against an export of a Cloudflare KV namespace.
struct ExportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Compare results with an export of a Cloudflare KV namespace.", valueName: "file"))
  var compare: String?

  @Option(
    help: ArgumentHelp(
      "With --compare: how names are built, as {media}:{key}:derivative={variant}.", valueName: "pattern"))
  var kvKeyPattern: String?

  @Flag(help: "With --compare: names have a hyphen in place of each unusual character.")
  var kvHyphens = false

  @Option(help: ArgumentHelp("With --compare: write each difference to FILE.", valueName: "file"))
  var differences: String?

  @Option(
    help: ArgumentHelp("With --compare: sort in so much memory, as 256MiB, and beyond on disk.", valueName: "size"))
  var memory = ByteSize(bytes: 256 << 20)

  func check() throws {
    guard memory.bytes >= 1 << 20 else { throw ValidationError("--memory must be 1MiB or more") }
    guard differences != "-" else { throw ValidationError("--differences needs a file: standard output is the page's") }
    guard compare == nil else { return }
    let options = [
      ("kv-key-pattern", kvKeyPattern != nil), ("kv-hyphens", kvHyphens), ("differences", differences != nil),
    ]
    for (name, isGiven) in options where isGiven { throw ValidationError("--\(name) is for --compare") }
  }

  func page(of export: String, _ input: Input, _ run: Run) throws(Failure) -> Page? {
    guard export != "-" || !(input.files.isEmpty || input.files.contains("-")) else {
      throw Failure(.usage, "the export and the results cannot both come from standard input")
    }
    try run.checkInput(export)
    let comparison = ExportComparison(pattern: try pattern(), replacesCharacters: kvHyphens, memory: memory.bytes)
    let source = try RecordSource(input, run: run, reading: ExportComparison.fields)
    let output = try differences.map { path throws(Failure) in
      try run.claim(path)
      return Output(file: try .create(path, console: run.console))
    }
    try comparison.read(export: export) { run.fail($0) }
    try run.read(source, into: comparison)
    let found = try comparison.finish(differences: output)
    // Of a part of the input there is no comparison.
    guard !Signals.isStopping else { return nil }
    try output?.complete()
    return ComparisonReport(found).page
  }

  private func pattern() throws(Failure) -> KeyPattern? {
    try kvKeyPattern.map { (text) throws(Failure) in try KeyPattern(text) }
  }
}
