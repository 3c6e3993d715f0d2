import Records
import Reports
import Testing

@Suite struct PageTests {
  @Test(
    arguments: [
      (.text("a"), "a", #""a""#), (.text("a\"b"), "a\"b", #""a\"b""#), (.none, "–", "null"),
      (.count(0), "0", "0"), (.count(999), "999", "999"), (.count(1000), "1,000", "1000"),
      (.count(1_234_567), "1,234,567", "1234567"),
      (.count(-1000), "-1,000", "-1000"), (.count(.max), "9,223,372,036,854,775,807", #""9223372036854775807""#),
      (.share(0), "0.0 %", "0"), (.share(0.1234567), "12.3 %", "0.123457"), (.share(1), "100.0 %", "1"),
      (.milliseconds(0), "0.00 ms", "0"), (.milliseconds(1.005), "1.00 ms", "1.005"),
      (.milliseconds(9.5), "9.50 ms", "9.5"), (.milliseconds(12.34), "12 ms", "12.34"),
      (.milliseconds(9999), "9999 ms", "9999"), (.milliseconds(12_345), "12.3 s", "12345"),
      (.seconds(1.25), "1.3 s", "1.25"), (.seconds(99.94), "99.9 s", "99.94"), (.seconds(100.4), "100 s", "100.4"),
      (.bytes(0), "0 B", "0"), (.bytes(1023), "1023 B", "1023"), (.bytes(1024), "1.0 KiB", "1024"),
      (.bytes(1536), "1.5 KiB", "1536"), (.bytes(102_400), "100 KiB", "102400"),
      (.bytes(5 * 1_073_741_824), "5.0 GiB", "5368709120"), (.bytes(1e18), "888 PiB", "1e+18"),
      (.perSecond(0.5), "0.5/s", "0.5"), (.perSecond(1234.5), "1235/s", "1234.5"),
      (.bytesPerSecond(2048), "2.0 KiB/s", "2048"),
      (.share(.nan), "null %", "null"),
    ] as [(Page.Cell, String, String)])
  func cellsAreShownAndWritten(cell: Page.Cell, display: String, json: String) {
    #expect(cell.display == display)
    #expect(written { cell.appendJSON(to: &$0) } == json)
  }

  private static let hostile = [
    "<script>alert(1)</script>", "![](x)", "[a](http://h/)", "a|b", "a\nb", "a\r\nb", "`code`", "**bold**", "_a_",
    "~~a~~", "# a", "&amp;", "\\|", "<!--",
  ]

  @Test(arguments: hostile)
  func markdownHoldsTextOfAnyOrigin(text: String) throws {
    let lines = MarkdownFormat.render(page(text)).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 8 && lines.last == "")
    let row = try #require(lines.dropLast().last)
    #expect(row.hasPrefix("| ") && row.hasSuffix(" | 1 |"))
    var isEscaped = false
    for character in row.dropFirst(2).dropLast(6).unicodeScalars {
      if !isEscaped { #expect(!"<>`*_[]|~#!".unicodeScalars.contains(character), "\(row)") }
      isEscaped = character == "\\" && !isEscaped
    }
    #expect(row.dropFirst(2).dropLast(6).unescaped == text.replacingControls(with: " "))
  }

  @Test(arguments: hostile)
  func jsonHoldsTextOfAnyOrigin(text: String) throws {
    let document = try JSONValue(parsing: JSONFormat.render(page(text)))
    #expect(document["title"]?.string == text && document["sections"]?.elements.count == 1)
    let section = try #require(document["sections"]?.elements.first)
    #expect(section["title"]?.string == text)
    #expect(section["rows"] == .array([.object([("name", .string(text)), ("count", .integer(1))])]))
  }

  @Test func textIsAligned() {
    var page = Page(title: "Title")
    page.sections = [
      .init(
        "Counts", [.init("Name", "name", isNumeric: false), .init("Count", "count")],
        [
          [.text("a"), .count(5)], [.text("a long one"), .count(1_234_567)], [.text("é\u{1B}[31m\n"), .none],
        ]),
      .init("Left", [.init("Only", "only", isNumeric: false)], [[.text("x")]]),
    ]
    #expect(
      TextFormat.render(page) == """
        Title
        =====

        Counts
          Name            Count
          a                   5
          a long one  1,234,567
          é?[31m?             –

        Left
          Only
          x

        """)
  }

  @Test func emptyPagesAreWhole() throws {
    #expect(MarkdownFormat.render(Page(title: "T")) == "# T\n" && TextFormat.render(Page(title: "T")) == "T\n=\n")
    #expect(try JSONValue(parsing: JSONFormat.render(Page(title: "T")))["sections"] == .array([]))
  }

  private func page(_ text: String) -> Page {
    var page = Page(title: text)
    page.sections = [
      .init(text, [.init("Name", "name", isNumeric: false), .init("Count", "count")], [[.text(text), .count(1)]])
    ]
    return page
  }
}

extension StringProtocol {
  fileprivate func replacingControls(with blank: String) -> String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
  }

  /// As Markdown reads it.
  fileprivate var unescaped: String {
    var out = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in unicodeScalars {
      if scalar == "\\", !isEscaped {
        isEscaped = true
      } else {
        out.append(scalar)
        isEscaped = false
      }
    }
    let parts = String(out).split(separator: "&", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(String(parts[0])) { text, part in
      if part.hasPrefix("lt;") { return text + "<" + part.dropFirst(3) }
      return part.hasPrefix("amp;") ? text + "&" + part.dropFirst(4) : text + "&" + part
    }
  }
}
