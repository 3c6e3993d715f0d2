import Reports
import Testing

@Suite struct MarkdownFormatTests {
  @Test(arguments: SamplePages.hostile)
  func holdsTextOfAnyOrigin(text: String) throws {
    var page = Page(title: text)
    page.sections = [
      .init(text, [.init("Name", "name", isNumeric: false), .init("Count", "count")], [[.text(text), .count(1)]])
    ]
    let lines = MarkdownFormat.render(page).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 8 && lines.last == "")
    let row = try #require(lines.dropLast().last)
    #expect(row.hasPrefix("| ") && row.hasSuffix(" | 1 |"))
    var isEscaped = false
    for character in row.dropFirst(2).dropLast(6).unicodeScalars {
      if !isEscaped { #expect(!"<>`*_[]|~#!$".unicodeScalars.contains(character), "\(row)") }
      #expect(character.value >= 0x20 && !(0x7F..<0xA0).contains(character.value) && character != "\u{202E}")
      isEscaped = character == "\\" && !isEscaped
    }
  }

  @Test(arguments: ["a|b_c*d", "&lt;", "https://h/p?a=1&b=2", "www.h.org", "\\\\", "a@b"])
  func readsBackAsItWas(text: String) throws {
    let page = Page(title: text)
    #expect(MarkdownFormat.render(page).dropFirst(2).dropLast().unescaped == text)
  }

  @Test func pageHasAllThatIsText() {
    let page = Page(
      title: "T", introduction: ["Of one.", "Of two."],
      sections: [
        .init(
          "S", [.init("Name", "name", isNumeric: false), .init("Count", "count")], [[.text("a"), .count(1000)]],
          notes: ["A note."],
          plots: [.bars(.init(title: "B", layout: .stacked, unit: .count, categories: [], series: []))],
          advice: [
            .init(
              rule: "r", level: .error, title: "Bad", text: "Do it.", figures: [("n", .count(1)), ("m", .share(0.5))]),
            .init(rule: "s", level: .info, title: "Fine", text: "Let it be."),
          ]),
        .init(
          "Only a picture",
          plots: [.bars(.init(title: "B", layout: .stacked, unit: .count, categories: [], series: []))]),
      ],
      checks: [.init(suite: "s", name: "n")])
    #expect(
      MarkdownFormat.render(page) == """
        # T

        Of one.

        Of two.

        ## S

        A note.

        - **Error: Bad** Do it. (n: 1; m: 50.0 %)
        - **Note: Fine** Let it be.

        | Name | Count |
        | --- | ---: |
        | a | 1,000 |

        """)
    #expect(MarkdownFormat.render(Page(title: "T")) == "# T\n")
  }

  @Test(arguments: [
    ("- a", "\\- a"), ("+ a", "\\+ a"), ("===", "\\==="), ("  - a", "\\- a"), ("1. a", "1\\. a"), ("12) a", "12\\) a"),
    ("12 a", "12 a"), ("1.5 s", "1\\.5 s"), ("    code", "code"), ("a - b", "a - b"), ("", ""),
  ])
  func paragraphsAreNothingElse(note: String, written: String) {
    let page = Page(title: "T", introduction: [note])
    #expect(MarkdownFormat.render(page) == "# T\n\n\(written)\n")
  }
}

extension StringProtocol {
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
