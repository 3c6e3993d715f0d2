import Records
import Toolkit

/// Recursive descent through the grammar at `Condition`, with a function for each rule.
struct ConditionParser {
  private typealias Figure = Condition.Figure

  private var scanner: ConditionScanner

  init(_ text: String) throws(BadCondition) { scanner = try ConditionScanner(text) }

  mutating func condition() throws(BadCondition) -> (Condition.Figure, Condition.Comparison, threshold: Double) {
    let figure = try figure()
    let comparison = try comparison()
    let threshold = try threshold(of: figure)
    guard scanner.isAtEnd else { throw scanner.expected("the end") }
    return (figure, comparison, threshold)
  }

  private mutating func comparison() throws(BadCondition) -> Condition.Comparison {
    for comparison in Condition.Comparison.allCases where scanner.accept(comparison.rawValue) { return comparison }
    throw scanner.expected("==, !=, >, >=, < or <=")
  }

  // MARK: Figures

  private static let functions = ["count", "rate", "distinct"] + Figure.Statistic.named.map(\.name)

  private mutating func figure() throws(BadCondition) -> Figure {
    let name = try scanner.word("a figure, such as error_rate or p95(total_ms)")
    if scanner.accept("(") {
      let figure = try function(name)
      try scanner.expect(")")
      return figure
    }
    if let total = Figure.Total(rawValue: name) { return .total(total) }
    if Self.functions.contains(name) || Figure.Statistic(name) != nil { throw scanner.expected("“(”") }
    throw misused("figure is named", name, Figure.Total.allCases.map(\.rawValue) + Self.functions)
  }

  private mutating func function(_ name: String) throws(BadCondition) -> Figure {
    let statistic = Figure.Statistic(name)
    guard statistic != nil || Self.functions.contains(name) else {
      throw unknown("function is named", name, Self.functions + ["p0", "p50", "p100"])
    }
    let member = try scanner.word("the name of a member")
    if name == "rate" { return .rate(try test(of: member)) }
    if name == "count", !scanner.isNext(")") { return .count(try test(of: member)) }
    guard let statistic else { return .distinct(try field(member, of: Summary.distinct, "member is told apart")) }
    return .statistic(statistic, try field(member, of: Summary.measured, "member is measured"))
  }

  private func field(_ name: String, of fields: [Field], _ what: String) throws(BadCondition) -> Field {
    guard let field = fields.first(where: { "\($0.name)" == name }) else {
      throw misused("\(what) under the name", name, fields.map { "\($0.name)" })
    }
    return field
  }

  // MARK: The number

  private mutating func threshold(of figure: Figure) throws(BadCondition) -> Double {
    let word = try scanner.word("a number")
    guard let number = ConditionNumber(word[...]) else { throw scanner.refuse("“\(word)” is no number") }
    let unit = number.rest.isEmpty && !scanner.isAtEnd ? try scanner.word("a unit") : String(number.rest)
    guard let (factor, exponent) = unit.isEmpty ? (1, 0) : figure.unit.conversion(from: unit) else {
      throw scanner.refuse("“\(unit)” is no unit of this figure: \(figure.unit.units)")
    }
    guard let value = number.value(timesTenTo: exponent).map({ $0 * factor }), value.isFinite else {
      throw scanner.refuse("“\(word)” is too large")
    }
    if figure.unit == .share, !(0...1).contains(value) { throw scanner.refuse("a ratio is 0 to 1, or 0 % to 100 %") }
    return value
  }

  // MARK: Tests

  private mutating func test(of member: String) throws(BadCondition) -> Condition.Test {
    let first = try criterion(of: member)
    guard !scanner.isNext(")") else { return .one(first) }
    try scanner.expect("and")
    let second = try criterion(of: try scanner.word("the name of a member"))
    guard let test = Condition.Test(first, and: second) else {
      let names = [Condition.Test.outcomes, Summary.brokenDown].map { $0.map { "\($0.name)" } }
      throw scanner.refuse(
        "“and” joins a test of \(names[0].joined(separator: " or ")) with one of \(names[1].joined(separator: ", "))")
    }
    return test
  }

  private mutating func criterion(of member: String) throws(BadCondition) -> Condition.Criterion {
    guard let dimension = Dimension(member), Summary.counted.contains(dimension) else {
      throw misused("member is counted under the name", member, Summary.counted.map { "\($0.name)" })
    }
    let comparison = try comparison()
    let value = try scanner.value("a value")
    if dimension == .field(.status) { return try status(comparison, value) }
    guard comparison == .equal || comparison == .different else {
      throw scanner.refuse("\(member) has no order: compare it by == or !=")
    }
    if let values = dimension.closedValues, !values.contains(value) {
      throw unknown("value of \(member) is", value, values)
    }
    // Summaries have these in lower case.
    let isFolded = dimension == .fileExtension || dimension == .host
    return Condition.Criterion(
      dimension: dimension, wanted: .value(isFolded ? value.lowercased() : value), isNegated: comparison == .different)
  }

  /// Three digits, of which the last two may be `xx`.
  private func status(_ comparison: Condition.Comparison, _ value: String) throws(BadCondition) -> Condition.Criterion {
    let isClass = value.lowercased().hasSuffix("xx")
    let digits = isClass ? value.dropLast(2) + "00" : value[...]
    guard digits.utf8.count == 3, let first = Int(digits), first >= 100 else {
      throw scanner.refuse("“\(value)” is no status: 100 to 999, or a class such as 5xx")
    }
    let last = isClass ? first + 99 : first
    let wanted: ClosedRange<Int>
    switch comparison {
    case .equal, .different: wanted = first...last
    case .atLeast, .below: wanted = first...Int.max
    case .atMost, .above: wanted = Int.min...last
    }
    let isNegated = [.different, .below, .above].contains(comparison)
    return Condition.Criterion(dimension: .field(.status), wanted: .statuses(wanted), isNegated: isNegated)
  }

  // MARK: Names

  private func unknown(_ what: String, _ name: String, _ known: [String]) -> BadCondition {
    let near = suggestion(for: name, in: known)
    return scanner.refuse("no \(what) “\(name)”\(near.isEmpty ? ": known are \(known.joined(separator: ", "))" : near)")
  }

  /// The name may be known, but not here.
  private func misused(_ what: String, _ name: String, _ known: [String]) -> BadCondition {
    guard let dimension = Dimension(name) else { return unknown(what, name, known) }
    if Summary.counted.contains(dimension) {
      return scanner.refuse("the values of \(name) are counted: write count(\(name) == …)")
    }
    if case .field(let field) = dimension, Summary.measured.contains(field) {
      return scanner.refuse("\(name) is measured: write p95(\(name)), mean(\(name)) or the like")
    }
    return unknown(what, name, known)
  }
}
