/// A section's table in columns of text. Where it is too wide, text is shortened, the widest column first, but never a
/// number; where that is not enough, each row becomes lines of `name: value`.
struct TextTable {
  private let columns: [Page.Column]
  private let titles: [String]
  private let rows: [[String]]

  private static let gap = 2
  /// The cells that a shortened column keeps at least.
  private static let narrowest = 12

  init(_ section: Page.Section) {
    columns = section.columns
    titles = columns.map { $0.title.legible }
    rows = section.rows.map { row in
      section.columns.indices.map { $0 < row.count ? row[$0].display.legible : "" }
    }
  }

  /// The lines, with blanks at their ends.
  func render(width: Int) -> [String] {
    guard let widths = widths(fitting: width) else { return list(width: width) }
    return ([titles] + rows).map { cells in
      columns.indices.map { padded(cells[$0].shortened(toCells: widths[$0]), widths[$0], columns[$0].isNumeric) }
        .joined(separator: String(repeating: " ", count: Self.gap))
    }
  }

  /// The columns' widths, text cut to one width that makes the table fit; nil where none does.
  private func widths(fitting limit: Int) -> [Int]? {
    let natural = columns.indices.map { i in ([titles] + rows).map { $0[i].cells }.max() ?? 0 }
    func widths(cut: Int) -> [Int] { zip(columns, natural).map { $0.isNumeric ? $1 : min($1, cut) } }
    func fits(_ cut: Int) -> Bool { widths(cut: cut).reduce(Self.gap * (columns.count - 1), +) <= limit }

    var cut = natural.max() ?? 0
    if fits(cut) { return natural }
    guard fits(Self.narrowest) else { return nil }
    var fitting = Self.narrowest
    while cut - fitting > 1 {
      let middle = (fitting + cut) / 2
      if fits(middle) { fitting = middle } else { cut = middle }
    }
    return widths(cut: fitting)
  }

  private func list(width: Int) -> [String] {
    rows.enumerated().flatMap { i, row in
      (i > 0 ? [""] : [])
        + zip(titles, row).flatMap { title, value in
          // What follows the first line is set off from the names.
          "\(title): \(value)".wrapped(toCells: width - 2).enumerated().map { $0 > 0 ? "  \($1)" : $1 }
        }
    }
  }

  private func padded(_ text: String, _ width: Int, _ isRight: Bool) -> String {
    let blanks = String(repeating: " ", count: max(width - text.cells, 0))
    return isRight ? blanks + text : text + blanks
  }
}
