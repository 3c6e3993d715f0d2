import ArgumentParser
import Records
import Toolkit

/// What tools that sum records up take.
package struct SummaryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Keep so many of the largest, the slowest and the most failing.", valueName: "n"))
  package var top = 20

  @Option(help: ArgumentHelp("Objects of more than so many MiB are large.", valueName: "mib"))
  package var sizeThreshold = 256.0

  @Option(
    help: ArgumentHelp(
      "End with status 3 if this holds, as “error_rate > 1%”; may be repeated.", valueName: "condition"))
  package var failIf: [String] = []

  package init() {}

  package mutating func validate() throws {
    try checkRange("top", Double(top), 0...1000)
    try checkRange("size-threshold", sizeThreshold, 0...1_000_000_000)
  }

  package var options: Summary.Options {
    var options = Summary.Options()
    options.top = top
    options.sizeThreshold = Int(sizeThreshold * 1_048_576)
    return options
  }

  /// The conditions of `--fail-if`.
  package func conditions() throws(Failure) -> [Condition] {
    var conditions: [Condition] = []
    for text in failIf {
      do throws(BadCondition) {
        conditions.append(try Condition(parsing: text))
      } catch {
        throw Failure(option: "fail-if", error.message)
      }
    }
    return conditions
  }
}
