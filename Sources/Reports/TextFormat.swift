/// Plain text in columns, for terminals.
package enum TextFormat {
  /// - Parameter width: the cells of a line that the page is fitted to; nil: as wide as it takes.
  package static func render(_ page: Page, width: Int? = nil) -> String {
    // Below this nothing is legible anyway.
    let width = max(width ?? .max, 20)
    let underline = String(repeating: "=", count: min(page.title.legible.cells, width))
    var out = "\(paragraph(page.title, width))\(underline)\n"
    if !page.introduction.isEmpty { out += "\n" + page.introduction.map { paragraph($0, width) }.joined() }
    for section in page.sections {
      let body = body(section, width)
      if !body.isEmpty { out += "\n" + paragraph(section.title, width) + body }
    }
    return out
  }

  private static func body(_ section: Page.Section, _ width: Int) -> String {
    var out = section.notes.map { paragraph($0, width, indent: 2) }.joined()
    for case .bars(let plot) in section.plots {
      let bars = plot.textLines(width: width - 2)
      if !bars.isEmpty { out += paragraph(plot.title, width, indent: 2) + lines(bars) + "\n" }
    }
    for advice in section.advice { out += item(advice, width) }
    if !section.columns.isEmpty { out += lines(TextTable(section).render(width: width - 2)) }
    return out
  }

  private static func lines(_ lines: [String]) -> String {
    lines.map { "  \($0)".withoutTrailingBlanks + "\n" }.joined()
  }

  private static func paragraph(_ text: String, _ width: Int, indent: Int = 0) -> String {
    let blanks = String(repeating: " ", count: indent)
    return text.legible.wrapped(toCells: width - indent).map { blanks + $0 + "\n" }.joined()
  }

  private static func item(_ advice: Page.Advice, _ width: Int) -> String {
    let figures = advice.figures.map { "\($0.name): \($0.value.display)" }.joined(separator: "; ")
    return paragraph("\(advice.level.title): \(advice.title)", width, indent: 2)
      + paragraph(advice.text, width, indent: 4)
      + (figures.isEmpty ? "" : paragraph(figures, width, indent: 4))
  }
}

extension String {
  fileprivate var withoutTrailingBlanks: String {
    String(prefix(upTo: lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex))
  }
}
