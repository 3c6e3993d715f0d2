/// The HTTP statuses that are successes: a list such as `200,206,404`, `2xx`, `200-299`; blanks around an item are dropped.
package struct ExpectedStatus: Equatable, Sendable {
  private let ranges: [ClosedRange<Int>]

  /// Nil where an item is no status (100 to 599), no class of them and no range, or where there is none.
  package init?(argument: String) {
    var ranges: [ClosedRange<Int>] = []
    for item in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let range = Self.range(item.drop { $0 == " " }.prefix { $0 != " " }, of: item) else { return nil }
      ranges.append(range)
    }
    self.ranges = ranges
  }

  private static func range(_ text: Substring, of item: Substring) -> ClosedRange<Int>? {
    // A blank may stand around a word, not in it.
    guard item.split(separator: " ").count == 1 else { return nil }
    if text.count == 3, text.dropFirst().lowercased() == "xx", let first = status(text.prefix(1) + "00") {
      return first...first + 99
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { status($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else { return nil }
    return first...last
  }

  private static func status(_ text: Substring) -> Int? {
    guard text.utf8.count == 3, text.utf8.allSatisfy({ (48...57).contains($0) }), let status = Int(text),
      (100...599).contains(status)
    else { return nil }
    return status
  }

  package func contains(_ status: Int) -> Bool { ranges.contains { $0.contains(status) } }
}
