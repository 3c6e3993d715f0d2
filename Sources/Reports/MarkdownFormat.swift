import Records

/// GitHub-flavoured Markdown. Text of any origin is escaped: it can be no markup, link or table cell of its own.
package enum MarkdownFormat {
  package static func render(_ page: Page) -> String {
    var out = "# \(escaped(page.title))\n"
    for section in page.sections {
      out += "\n## \(escaped(section.title))\n\n"
      out += line(section.columns.map { escaped($0.title) })
      out += line(section.columns.map { $0.isNumeric ? "---:" : "---" })
      for row in section.rows { out += line(row.map { escaped($0.display) }) }
    }
    return out
  }

  private static func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      // Bare addresses (https://…, www.…, a@b) would be made links.
      case "/" where out.hasSuffix(":"): out += "\\/"
      case "." where out.hasSuffix("www"): out += "\\."
      case "<": out += "&lt;"
      case "&": out += "&amp;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!", ">", "@": out += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
