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
    let fields = try groupingFields()
    let grouping = Grouping(by: fields)
    let source = try RecordSource(input.input, run: run, reading: Summary.fields + fields)
    let output = try output.open(run)
    try run.fold(source) { record in grouping.add(record) }
    for summary in [grouping.all] + grouping.ranking {
      summary.write(to: &output.buffer)
      output.endRecord()
    }
    if grouping.hasOthers {
      run.console.warning("more than \(Grouping.limit) groups: the rest is summed up as \(ValueCounter.otherName)")
    }
    try run.complete(output)
  }

  private func groupingFields() throws(Failure) -> [Field] {
    var fields: [Field] = []
    for name in by?.words ?? [] {
      guard let field = Field(named: name) else {
        let near = suggestion(for: name, in: Field.allCases.map { "\($0.name)" })
        throw Failure(.usage, "--by: no member is named “\(name)”\(near)")
      }
      fields.append(field)
    }
    return fields
  }
}
