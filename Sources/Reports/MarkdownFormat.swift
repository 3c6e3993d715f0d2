/// GitHub-flavoured Markdown. Text of any origin is escaped: it can be no markup, link or table cell of its own.
package enum MarkdownFormat {
  package static func render(_ page: Page) -> String {
    var out = "# \(escaped(page.title))\n"
    for text in page.introduction { out += "\n\(paragraph(text))\n" }
    for section in page.sections {
      let body = body(section)
      if !body.isEmpty { out += "\n## \(escaped(section.title))\n" + body }
    }
    return out
  }

  private static func body(_ section: Page.Section) -> String {
    section.notes.map { "\n\(paragraph($0))\n" }.joined()
      + (section.advice.isEmpty ? "" : "\n" + section.advice.map(item).joined())
      + (section.columns.isEmpty ? "" : "\n" + table(section))
  }

  private static func table(_ section: Page.Section) -> String {
    line(section.columns.map { escaped($0.title) })
      + line(section.columns.map { $0.isNumeric ? "---:" : "---" })
      + section.rows.map { line($0.map { escaped($0.display) }) }.joined()
  }

  private static func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }

  private static func item(_ advice: Page.Advice) -> String {
    let figures = advice.figures.map { "\(escaped($0.name)): \(escaped($0.value.display))" }
    return "- **\(advice.level.title): \(escaped(advice.title))** \(escaped(advice.text))"
      + (figures.isEmpty ? "" : " (\(figures.joined(separator: "; ")))") + "\n"
  }

  /// What would make a paragraph's start a list, a rule or the underline of a heading is escaped too.
  private static func paragraph(_ text: String) -> String {
    let text = escaped(String(text.legible.drop { $0 == " " }))
    if text.hasPrefix("-") || text.hasPrefix("+") || text.hasPrefix("=") { return "\\" + text }
    let number = text.prefix { $0.isASCII && $0.isNumber }
    let rest = text.dropFirst(number.count)
    return !number.isEmpty && (rest.hasPrefix(".") || rest.hasPrefix(")")) ? "\(number)\\\(rest)" : text
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.legible.unicodeScalars {
      switch scalar {
      // Bare addresses (https://…, www.…, a@b) would be made links.
      case "/" where out.hasSuffix(":"): out += "\\/"
      case "." where out.hasSuffix("www"): out += "\\."
      case "<": out += "&lt;"
      case "&": out += "&amp;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!", ">", "@", "$": out += "\\\(scalar)"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

extension Page.Advice.Level {
  /// For readers.
  var title: String {
    switch self {
    case .error: "Error"
    case .warning: "Warning"
    case .info: "Note"
    }
  }
}
