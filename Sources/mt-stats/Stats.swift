import ArgumentParser
import Measure
import Records
import Toolkit

@main struct Stats: Tool {
  static let configuration = CommandConfiguration(
    commandName: "mt-stats", abstract: "Sum records up: counts, sums and quantiles in constant memory.",
    version: "mt-stats \(toolkitVersion)")
  static let schema = SummarySchema.text

  @Option(help: ArgumentHelp("Sum up each combination of these members' values too.", valueName: "members"))
  var by: CommaList?

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: CommonOptions

  func execute(_ run: Run) throws(Failure) {
    let grouping = Grouping(by: try groupingKeys())
    let source = try RecordSource(input.input, run: run, reading: Summary.fields + grouping.fields + [.record])
    let output = try output.open(run)
    try run.fold(source) { record throws(BadRecord) in
      guard !record.has(.record) else { throw BadRecord("a summary, not an item") }
      grouping.add(record)
    }
    // Of a part of the input there is no summary.
    guard !Signals.isStopping else { return }
    for summary in [grouping.all] + grouping.ranking {
      summary.write(to: &output.buffer)
      output.endRecord()
    }
    if grouping.hasOthers {
      run.console.warning("more than \(Grouping.limit) groups: the rest is summed up as \(ValueCounter.otherName)")
    }
    try run.complete(output)
  }

  private func groupingKeys() throws(Failure) -> [Grouping.Key] {
    var keys: [Grouping.Key] = []
    for name in by?.words ?? [] {
      guard let key = Grouping.Key(name) else {
        throw Failure(option: "by", "no member is named “\(name)”\(suggestion(for: name, in: Grouping.Key.names))")
      }
      keys.append(key)
    }
    return keys
  }
}
