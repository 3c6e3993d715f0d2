import ArgumentParser
import Measure
import Reports
import Toolkit

/// How a run is held against an earlier one.
struct BaselineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compare with the summary of an earlier run; end with status 3 where this one is worse.", valueName: "file"))
  var baseline: String?

  @Option(help: ArgumentHelp("With --baseline: changes of up to so many percent are none.", valueName: "percent"))
  var noise = 5.0

  @Flag(help: "With --baseline: compare runs of different settings all the same.")
  var ignoreSettings = false

  mutating func validate() throws { try checkRange("noise", noise, 0...1000) }

  func read(_ run: Run, _ options: Summary.Options) throws(Failure) -> SummaryInput? {
    guard let baseline else { return nil }
    do throws(Failure) {
      return try SummaryInput(Input(files: [baseline]), run, options)
    } catch {
      throw Failure(error.status, "--baseline: \(error.message)")
    }
  }

  /// Says what got worse; then the run ends with status 3.
  func report(_ now: SummaryInput, _ before: SummaryInput, _ run: Run) throws(Failure) -> BaselineReport {
    let differences = RunComparison.differences(of: now.all, with: before.all)
    guard differences.isEmpty || ignoreSettings else {
      throw Failure(
        .badInput,
        "the runs were set differently (\(differences.joined(separator: "; "))); --ignore-settings compares them all the same"
      )
    }
    let comparison = RunComparison(
      of: [now.all] + now.groups, with: [before.all] + before.groups, noise: noise / 100)
    guard !comparison.changes.isEmpty else { throw Failure(.badInput, "--baseline: it has no figure to compare with") }
    for change in comparison.changes where change.verdict.isFailure {
      run.console.error("worse than the baseline: \(BaselineReport.message(change))")
      run.conclude(.conditionHolds)
    }
    return BaselineReport(comparison, noise: noise / 100)
  }
}
