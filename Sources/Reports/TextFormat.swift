/// Plain text in columns, for terminals.
package enum TextFormat {
  package static func render(_ page: Page) -> String {
    let title = visible(page.title)
    var out = "\(title)\n\(String(repeating: "=", count: title.count))\n"
    for section in page.sections {
      let lines = [section.columns.map { visible($0.title) }] + section.rows.map { $0.map { visible($0.display) } }
      let widths = section.columns.indices.map { i in lines.map { $0[i].count }.max() ?? 0 }
      out += "\n\(visible(section.title))\n"
      for line in lines {
        let cells = section.columns.indices.map { i in padded(line[i], widths[i], right: section.columns[i].isNumeric) }
        let text = cells.joined(separator: "  ")
        out += "  " + text.reversed().drop { $0 == " " }.reversed() + "\n"
      }
    }
    return out
  }

  private static func padded(_ text: String, _ width: Int, right: Bool) -> String {
    let blanks = String(repeating: " ", count: width - text.count)
    return right ? blanks + text : text + blanks
  }

  /// Control characters could move the cursor or colour what follows.
  private static func visible(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : $0 }))
  }
}
