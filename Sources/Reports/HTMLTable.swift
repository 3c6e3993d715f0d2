import Records

/// A section's table in HTML.
struct HTMLTable {
  /// Beyond these a table is no reading, and a page no longer quick.
  private static let rowLimit = 2000
  /// A longer table shows its start first.
  private static let shownRows = 200

  private let section: Page.Section

  init(_ section: Page.Section) { self.section = section }

  func append(to out: inout Markup) {
    let rows = section.rows.prefix(Self.rowLimit)
    let isLong = rows.count > Self.shownRows
    out.element("div", ["class": isLong ? "table long" : "table"]) { out in
      // Wider than the screen, a table scrolls in this box, also by keys.
      out.element("div", ["class": "scroll", "role": "region", "aria-label": section.title, "tabindex": "0"]) { out in
        out.element("table") { out in
          out.element("thead") { $0.element("tr") { head(to: &$0) } }
          out.lineEnd()
          out.element("tbody") { out in
            for row in rows { append(row, to: &out) }
          }
        }
      }
      if isLong { out.element("p", ["class": "more"], text: "\(Page.Cell.count(rows.count).display) rows") }
    }
    let left = section.rows.count - rows.count
    guard left > 0 else { return }
    out.element("p", ["class": "aside"], text: "\(Page.Cell.count(left).display) more rows are left out.")
  }

  private func head(to out: inout Markup) {
    for column in section.columns {
      out.element("th", column.isNumeric ? ["class": "n", "scope": "col"] : ["scope": "col"], text: column.title)
    }
  }

  private func append(_ row: [Page.Cell], to out: inout Markup) {
    out.element("tr") { out in
      for (column, cell) in zip(section.columns, row) {
        out.element("td", Self.attributes(of: cell, in: column), text: cell.display)
      }
    }
    out.lineEnd()
  }

  /// Classes are a letter, since they are most of a long table: `n` is a number, `w` a wide text.
  private static func attributes(of cell: Page.Cell, in column: Page.Column) -> Markup.Attributes {
    guard column.isNumeric else { return cell.display.cells > 24 ? ["class": "w"] : [:] }
    guard let value = cell.number else { return ["class": "n"] }
    return ["class": "n", "data-v": exact(value)]
  }

  private static func exact(_ value: Double) -> String {
    var out = ByteBuffer()
    out.append(exact: value)
    return out.bytes.string
  }

  /// The table of a figure and its value as a tile each.
  func appendTiles(to out: inout Markup) {
    out.element("dl", ["class": "tiles"]) { out in
      for row in section.rows where row.count == 2 {
        let value = row[1].display
        out.element("div") { out in
          out.element("dt", text: row[0].display)
          out.element("dd", ["class": value.cells > 14 ? "words" : "figure"], text: value)
        }
      }
    }
    out.lineEnd()
  }
}
