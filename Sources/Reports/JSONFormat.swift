import Records

/// One JSON document, as `PageSchema` says: each row is an object by the columns' names, figures are not rounded for
/// readers, and text stands as it is.
package enum JSONFormat {
  package static func render(_ page: Page) -> String {
    var out = ByteBuffer(capacity: 4096)
    out.append("{\"title\":")
    out.append(quoted: page.title)
    out.append(member: "introduction")
    out.append(list: page.introduction) { $1.append(quoted: $0) }
    out.append(member: "sections")
    out.append(list: page.sections, indented: 1, append)
    out.append(member: "checks")
    out.append(list: page.checks, indented: 1, append)
    out.append("}\n")
    return out.bytes.string
  }

  private static func append(_ section: Page.Section, to out: inout ByteBuffer) {
    out.append("{\"title\":")
    out.append(quoted: section.title)
    out.append(member: "notes")
    out.append(list: section.notes) { $1.append(quoted: $0) }
    out.append(member: "plots")
    out.append(list: section.plots, indented: 2) { $0.appendJSON(to: &$1) }
    out.append(member: "advice")
    out.append(list: section.advice, indented: 2, append)
    out.append(member: "columns")
    out.append(list: section.columns) { column, out in
      out.append("{\"name\":")
      out.append(quoted: column.name)
      out.append(member: "title")
      out.append(quoted: column.title)
      out.append("}")
    }
    out.append(member: "rows")
    out.append(list: section.rows, indented: 2) { row, out in
      out.append("{")
      for (i, (column, cell)) in zip(section.columns, row).enumerated() {
        if i > 0 { out.append(",") }
        out.append(quoted: column.name)
        out.append(":")
        cell.appendJSON(to: &out)
      }
      out.append("}")
    }
    out.append("}")
  }

  private static func append(_ advice: Page.Advice, to out: inout ByteBuffer) {
    out.append("{\"rule\":")
    out.append(quoted: advice.rule)
    out.append(member: "level")
    out.append(quoted: advice.level.rawValue)
    out.append(member: "title")
    out.append(quoted: advice.title)
    out.append(member: "text")
    out.append(quoted: advice.text)
    out.append(member: "figures")
    out.append(list: advice.figures) { figure, out in
      out.append("{\"name\":")
      out.append(quoted: figure.name)
      out.append(member: "value")
      figure.value.appendJSON(to: &out)
      out.append("}")
    }
    out.append("}")
  }

  private static func append(_ check: Page.Check, to out: inout ByteBuffer) {
    out.append("{\"suite\":")
    out.append(quoted: check.suite)
    out.append(member: "name")
    out.append(quoted: check.name)
    out.append(member: "ok")
    out.append(check.failure == nil ? "true" : "false")
    if let failure = check.failure {
      out.append(member: "failure")
      out.append(quoted: failure)
    }
    out.append(member: "detail")
    out.append(quoted: check.detail)
    out.append("}")
  }
}

extension ByteBuffer {
  /// Appends `,"name":` as the start of a further member.
  mutating func append(member name: StaticString) {
    append(",\"")
    append(name)
    append("\":")
  }

  /// Appends a JSON array; with an indent, each element on a line of its own.
  mutating func append<Element>(
    list: [Element], indented indent: Int = 0, _ body: (Element, inout ByteBuffer) -> Void
  ) {
    append("[")
    for (i, element) in list.enumerated() {
      if i > 0 { append(",") }
      if indent > 0 { append(text: "\n" + String(repeating: " ", count: indent)) }
      body(element, &self)
    }
    append("]")
  }
}
