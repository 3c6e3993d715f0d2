import Records

/// One JSON document: `title`, and `sections` of `title` and `rows`, each row an object by the columns' names.
package enum JSONFormat {
  package static func render(_ page: Page) -> String {
    var out = ByteBuffer(capacity: 4096)
    out.append("{\"title\":")
    out.append(quoted: page.title)
    out.append(",\"sections\":[")
    for (i, section) in page.sections.enumerated() {
      out.append(text: i > 0 ? ",\n" : "\n")
      append(section, to: &out)
    }
    out.append("\n]}\n")
    return out.bytes.string
  }

  private static func append(_ section: Page.Section, to out: inout ByteBuffer) {
    out.append(" {\"title\":")
    out.append(quoted: section.title)
    out.append(",\"rows\":[")
    for (i, row) in section.rows.enumerated() {
      out.append(text: i > 0 ? ",\n  {" : "\n  {")
      for (j, cell) in row.enumerated() {
        if j > 0 { out.append(byte: 0x2C) }
        out.append(quoted: section.columns[j].name)
        out.append(byte: 0x3A)
        cell.appendJSON(to: &out)
      }
      out.append(byte: 0x7D)
    }
    out.append("]}")
  }
}
