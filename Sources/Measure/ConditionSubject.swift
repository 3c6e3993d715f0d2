/// What a condition is about, for those who show it.
extension Condition {
  /// The figure as it was written: `count(error == dns)`.
  package var figureText: String {
    // Nothing behind a figure has a bracket.
    if let end = text.lastIndex(of: ")") { return String(text[...end].drop { $0.isWhitespace }) }
    return String(text.prefix { !"=!<>".contains($0) }.filter { !$0.isWhitespace })
  }

  /// What the figure counts in.
  package var unit: Unit { figure.unit }

  /// Whether the figure is a number of records that pass a test.
  package var isCountOfRecords: Bool { if case .count = figure { true } else { false } }

  /// The one value of a member that the figure counts, or is the share of.
  package var countedValue: (dimension: Dimension, value: String)? {
    switch figure {
    case .count(.one(let criterion)), .rate(.one(let criterion)):
      guard case .value(let value) = criterion.wanted, !criterion.isNegated else { return nil }
      return (criterion.dimension, value)
    default: return nil
    }
  }
}
