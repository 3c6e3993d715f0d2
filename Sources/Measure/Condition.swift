/// What `--fail-if` asks of a summary: how one of its figures compares with a number.
///
///     condition  = figure comparison number [ unit ]
///     figure     = "records" | "requests" | "failed" | "error_rate" | "hit_ratio"
///                | "elapsed_seconds" | "requests_per_second" | "bytes_per_second"
///                | statistic "(" measured ")"
///                | "distinct" "(" ( "key" | "url" ) ")"
///                | ( "count" | "rate" ) "(" test [ "and" test ] ")"
///     statistic  = "p" digits [ "." digits ] | "mean" | "min" | "max" | "sum" | "count" | "stddev" | "variance"
///     test       = counted comparison value
///     comparison = "==" | "!=" | ">" | ">=" | "<" | "<="
///     value      = word | '"' text '"' | "'" text "'"
///     number     = [ "-" ] digits [ "." digits ] [ "e" [ "+" | "-" ] digits ]
///
/// Blanks are free but within names, numbers and units. What the figures mean stands at `Figure`, what tests mean at
/// `Criterion`, the units at `Unit`.
package struct Condition: Sendable {
  /// As it was written.
  package let text: String
  let figure: Figure
  let comparison: Comparison
  /// In the unit of the figure.
  let threshold: Double

  /// What a summary says of a condition.
  package enum Judgement: Equatable, Sendable {
    /// The condition holds, with this value of the figure.
    case holds(Double)
    /// It does not, with this value.
    case fails(Double)
    /// The summary does not have the figure, for this reason: `no record has total_ms`.
    case unknown(String)
  }

  package init(parsing text: String) throws(BadCondition) {
    var parser = try ConditionParser(text)
    (figure, comparison, threshold) = try parser.condition()
    self.text = text
  }

  package func judge(_ summary: Summary) -> Judgement {
    do throws(NoValue) {
      let bounds = try figure.bounds(in: summary)
      guard !bounds.low.isNaN, !bounds.high.isNaN else { throw NoValue("no number holds it") }
      guard bounds.value != nil || comparison.isSure(of: bounds, threshold) else {
        throw NoValue(
          "it is \(description(in: summary)), with more values than are counted apart")
      }
      return comparison.holds(bounds.low, threshold) ? .holds(bounds.low) : .fails(bounds.low)
    } catch {
      return .unknown(error.reason)
    }
  }

  /// The figure, in the unit of its name, ratios from 0 to 1; nil where the summary does not have it, or not exactly.
  package func value(in summary: Summary) -> Double? { try? figure.bounds(in: summary).value }

  /// The figure in words: its value, or what it lies between.
  package func description(in summary: Summary) -> String {
    guard let bounds = try? figure.bounds(in: summary) else { return "not known" }
    return bounds.value.map { describe($0) } ?? "from \(describe(bounds.low)) to \(describe(bounds.high))"
  }

  /// A value of the figure with its unit, for a reader: `2512.3 ms`, `1.25 %`, `1.5 MiB`.
  package func describe(_ value: Double) -> String { figure.unit.precise(value) }
}

extension Condition {
  /// How two numbers compare, by the sign between them.
  enum Comparison: String, CaseIterable, Sendable {
    // A sign that begins with another one stands before it.
    case equal = "=="
    case different = "!="
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"

    /// Whether all that lies between compares alike.
    func isSure(of bounds: Bounds, _ threshold: Double) -> Bool {
      switch self {
      case .equal, .different: bounds.low > threshold || bounds.high < threshold
      case .atLeast, .atMost, .above, .below: holds(bounds.low, threshold) == holds(bounds.high, threshold)
      }
    }

    func holds(_ a: Double, _ b: Double) -> Bool {
      switch self {
      case .equal: a == b
      case .different: a != b
      case .atLeast: a >= b
      case .atMost: a <= b
      case .above: a > b
      case .below: a < b
      }
    }
  }

  /// Why a summary does not have a figure.
  struct NoValue: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    static let noTime = NoValue("no time passed between the first start and the last end")

    static func noRecord(has name: StaticString) -> NoValue { NoValue("no record has \(name)") }
  }
}

/// A text that is no condition.
package struct BadCondition: Error, Equatable {
  /// The text and what is wrong with it: `“records > x”: column 11: “x” is no number`.
  package let message: String
}
