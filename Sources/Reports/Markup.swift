import Records

/// Builds HTML, SVG and XML. Text and attribute values of any origin are escaped, so that they can be no markup.
struct Markup {
  typealias Attributes = KeyValuePairs<StaticString, String>

  private(set) var source: String

  /// - Parameter declaration: what stands before the first element.
  init(_ declaration: String = "") { source = declaration }

  mutating func element(_ tag: StaticString, _ attributes: Attributes = [:], _ body: (inout Markup) -> Void) {
    open(tag, attributes)
    source += ">"
    body(&self)
    source += "</\(tag)>"
  }

  mutating func element(_ tag: StaticString, _ attributes: Attributes = [:], text: String) {
    element(tag, attributes) { $0.text(text) }
  }

  /// An element that holds nothing.
  mutating func element(_ tag: StaticString, _ attributes: Attributes) {
    open(tag, attributes)
    source += "/>"
  }

  mutating func text(_ text: String) { appendEscaped(text) }

  mutating func lineEnd() { source += "\n" }

  /// Appends what needs no escape, such as the text of a style sheet.
  mutating func raw(_ text: String) { source += text }

  private mutating func open(_ tag: StaticString, _ attributes: Attributes) {
    source += "<\(tag)"
    for (name, value) in attributes {
      source += " \(name)=\""
      appendEscaped(value)
      source += "\""
    }
  }

  private mutating func appendEscaped(_ text: String) {
    for scalar in text.legible.unicodeScalars {
      switch scalar {
      case "&": source += "&amp;"
      case "<": source += "&lt;"
      case ">": source += "&gt;"
      case "\"": source += "&quot;"
      case "'": source += "&#39;"
      default: source.unicodeScalars.append(scalar)
      }
    }
  }
}
