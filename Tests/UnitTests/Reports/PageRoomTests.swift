import Records
import Reports
import Testing

@Suite struct PageRoomTests {
  private static func page(_ text: String, rows: Int, sections: Int) -> Page {
    let columns: [Page.Column] = [.init("Name", "name", isNumeric: false), .init("Count", "count")]
    let rows = (0..<rows).map { [Page.Cell.text(text), .count($0)] }
    return Page(title: "Page", sections: (0..<sections).map { Page.Section("Section \($0)", columns, rows) })
  }

  @Test func whatFitsStaysAsItIs() {
    let page = Self.page("a", rows: 100, sections: 10)
    #expect(JSONFormat.render(page.fitted) == JSONFormat.render(page))
  }

  /// Text that takes most in one format or another.
  @Test(
    arguments: ["\"", "\u{1}", "_", "'", "&", "a", "é", "\u{7F}", "\u{2028}", "|", "\\", "://", "😀"], [1, 3000])
  func noPageIsLargerThanAMebibyte(text: String, length: Int) {
    let page = Self.page(String(repeating: text, count: length), rows: 1_000_000 / length, sections: 6).fitted
    for format in [HTMLFormat.render, JSONFormat.render, MarkdownFormat.render, { TextFormat.render($0, width: 100) }] {
      #expect(format(page).utf8.count < 800_000)
    }
    #expect(page.sections.count == 6 && page.sections[0].rows.count > 0)
    let missing = 1_000_000 / length - page.sections[0].rows.count
    #expect(
      page.sections[0].notes == ["\(Page.Cell.count(missing).display) further rows are left out; the summary has them."]
    )
  }

  @Test func whatIsOutOfAllMeasureIsLeftOut() {
    let huge = String(repeating: "x", count: 1 << 20)
    var page = Page(title: "Page", sections: [Page.Section(huge, notes: ["a"]), Page.Section("b", notes: ["b"])])
    #expect(page.fitted.sections.map(\.title) == ["b"])
    #expect(page.fitted.introduction == ["1 further sections are left out; the summary has them."])
    page = Self.page(huge, rows: 3, sections: 2)
    #expect(
      page.fitted.sections.map(\.rows.count) == [0, 0] && page.fitted.sections.allSatisfy { $0.notes.count == 1 })
  }
}
