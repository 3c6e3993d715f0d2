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

  @Option(help: ArgumentHelp("Keep so many combinations apart; the rest is (other).", valueName: "n"))
  var maxGroups = 1000

  @Flag(help: "Read summaries, and put those of each group together.")
  var merge = false

  @Option(help: ArgumentHelp("Write a snapshot again and again, as every 10s.", valueName: "time"))
  var every: Toolkit.Duration?

  @Option(help: ArgumentHelp("Let a snapshot tell of the time before it alone, as of 5m.", valueName: "time"))
  var window: Toolkit.Duration?

  @Option(
    help: ArgumentHelp("Note in the summary how the run was made, NAME=VALUE; may be repeated.", valueName: "setting"))
  var setting: [String] = []

  @OptionGroup var what: SummaryOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    try checkRange("max-groups", Double(maxGroups), 1...100_000)
    if merge, by != nil {
      throw ValidationError("--merge and --by exclude each other: the summaries have their groups")
    }
    if merge, every != nil || window != nil { throw ValidationError("--merge and --every exclude each other") }
    guard let window else { return }
    let slots = window.seconds / (every?.seconds ?? window.seconds)
    try checkRange("window", slots, 1...100, in: "times --every")
  }

  func execute(_ run: Run) throws(Failure) {
    let conditions = try what.conditions()
    let settings = try parsedSettings()
    let dimensions = try groupingDimensions()
    var options = Grouping.Options()
    options.summary = what.options
    options.maximumGroups = maxGroups
    let live = LiveGrouping(by: dimensions, options: options, window: slots)
    let source = try RecordSource(
      input.input, run: run, reading: merge ? [.record] : Summary.fields + live.all.fields + [.record])
    let output = try output.open(run)
    try run.fold(source, beat: beat(live, settings, output)) { record throws(BadRecord) in
      if merge {
        try live.merge(record, what.options)
      } else {
        guard !record.has(.record) else { throw BadRecord("a summary, not an item; --merge puts summaries together") }
        live.current.add(record)
      }
    }
    // Of a part of the input there is no summary.
    guard !Signals.isStopping else { return }
    let grouping = try live.whole()
    if merge, source.records > 0, !grouping.hasWhole {
      throw Failure(.badInput, "the input holds no summary of all records")
    }
    write(grouping, .summary, settings, to: output)
    warn(of: grouping, run.console)
    run.judge(conditions, of: grouping.all, groups: grouping.ranking)
    try run.complete(output)
  }

  /// Snapshots in a window; nil: a snapshot goes back to the start.
  private var slots: Int? {
    window.map { window in Int((window.seconds / (every ?? window).seconds).rounded(.up)) }
  }

  private func beat(
    _ live: LiveGrouping, _ settings: [(name: String, value: String)], _ output: Output
  ) -> Run.Beat? {
    guard let interval = every ?? window else { return nil }
    return Run.Beat(every: Int(interval.seconds * 1e6)) { () throws(Failure) in
      let (grouping, seconds) = try live.snapshot()
      write(grouping, .snapshot(at: .now, windowSeconds: seconds), settings, to: output)
      try output.flush()
    }
  }

  private func write(
    _ grouping: Grouping, _ kind: Summary.Kind, _ settings: [(name: String, value: String)], to output: Output
  ) {
    for summary in [grouping.all] + grouping.ranking {
      summary.add(settings: settings)
      summary.write(kind, to: &output.buffer)
      output.endRecord()
    }
  }

  private func warn(of grouping: Grouping, _ console: Console) {
    if grouping.hasTooMany {
      console.warning("more than \(maxGroups) groups: the rest is summed up as \(ValueCounter.otherName)")
    }
    if grouping.hasTooLong {
      console.warning("values that are too long for a group are summed up as \(ValueCounter.otherName)")
    }
    for (names, records) in grouping.incomplete {
      console.warning("the groups by \(names) are of \(records) records, not of all \(grouping.all.records)")
    }
  }

  private func groupingDimensions() throws(Failure) -> [Dimension] {
    var dimensions: [Dimension] = []
    for name in by?.words ?? [] {
      guard let dimension = Dimension(name) else {
        throw Failure(option: "by", "no member is named “\(name)”\(suggestion(for: name, in: Dimension.names))")
      }
      guard !dimensions.contains(dimension) else { throw Failure(option: "by", "“\(name)” is named twice") }
      dimensions.append(dimension)
    }
    return dimensions
  }

  private func parsedSettings() throws(Failure) -> [(name: String, value: String)] {
    var settings: [(name: String, value: String)] = []
    for text in setting {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty else { throw Failure(option: "setting", "“\(text)” is not NAME=VALUE") }
      guard !settings.contains(where: { $0.name == parts[0] }) else {
        throw Failure(option: "setting", "“\(parts[0])” is set twice")
      }
      settings.append((parts[0], parts[1]))
    }
    return settings
  }
}
