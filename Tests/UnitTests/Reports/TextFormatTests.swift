import Reports
import Testing

@Suite struct TextFormatTests {
  private static let columns: [Page.Column] = [.init("Name", "name", isNumeric: false), .init("Count", "count")]

  @Test func columnsAreAligned() {
    let page = Page(
      title: "Title",
      sections: [
        .init(
          "Counts", Self.columns,
          [
            [.text("a"), .count(5)], [.text("a long one"), .count(1_234_567)], [.text("é\u{1B}[31m\n"), .none],
            [.text("日本"), .count(1)], [.text("🚀"), .count(1)],
          ]),
        .init("Left", [.init("Only", "only", isNumeric: false)], [[.text("x")]]),
      ])
    #expect(
      TextFormat.render(page) == """
        Title
        =====

        Counts
          Name            Count
          a                   5
          a long one  1,234,567
          é\u{FFFD}[31m              –
          日本                1
          🚀                  1

        Left
          Only
          x

        """)
    #expect(TextFormat.render(Page(title: "T")) == "T\n=\n")
  }

  @Test func tooWideTextLosesItsMiddle() {
    let page = Page(
      title: "T",
      sections: [
        .init(
          "S",
          [.init("Path", "path", isNumeric: false), .init("Kind", "kind", isNumeric: false), .init("Count", "count")],
          [
            [.text("media/2026/03/01/holiday/final-cut.mp4"), .text("video"), .count(123_456_789)],
            [.text("日本語日本語日本語日本語日本語日本語.mp4"), .text("video"), .count(1)],
          ])
      ])
    #expect(
      TextFormat.render(page, width: 40) == """
        T
        =

        S
          Path                Kind         Count
          media…inal-cut.mp4  video  123,456,789
          日本…語日本語.mp4   video            1

        """)
  }

  @Test func whatStillDoesNotFitIsAList() {
    let page = Page(
      title: "T",
      sections: [
        .init(
          "S", Self.columns + [.init("More", "more")],
          [
            [.text("media/a-very-long-name.mp4"), .count(123_456_789), .count(1)],
            [.text("b"), .count(2), .count(123_456_789)],
          ])
      ])
    #expect(
      TextFormat.render(page, width: 24) == """
        T
        =

        S
          Name:
            media/a-very-long-na
            me.mp4
          Count: 123,456,789
          More: 1

          Name: b
          Count: 2
          More: 123,456,789

        """)
  }

  @Test func paragraphsAreWrapped() {
    let page = Page(
      title: "T", introduction: ["one two three four five six"],
      sections: [
        .init(
          "S", notes: ["one two three four five six"],
          advice: [
            .init(rule: "r", level: .error, title: "Bad", text: "one two three four five", figures: [("n", .count(1))])
          ])
      ])
    #expect(
      TextFormat.render(page, width: 20) == """
        T
        =

        one two three four
        five six

        S
          one two three four
          five six
          Error: Bad
            one two three
            four five
            n: 1

        """)
  }

  @Test func barsOfOneSeriesAreDrawn() {
    let bars = Page.Bars(
      title: "Sizes", layout: .stacked, unit: .count, categories: ["small", "日本", "none", "odd"],
      series: [("objects", .good, [1000, 450, 0, .nan])])
    let more = Page.Bars(
      title: "More", layout: .stacked, unit: .count, categories: ["a"], series: [("s", .good, [1]), ("t", .bad, [1])])
    #expect(
      TextFormat.render(SamplePages.page(.bars(bars), .bars(more)), width: 25) == """
        Plots
        =====

        Plots
          Sizes
          small  ██████████ 1,000
          日本   ████▌ 450
          none    0
          odd     0


        """)
    #expect(TextFormat.render(SamplePages.page(.bars(bars)), width: 20) == "Plots\n=====\n")
  }

  @Test(arguments: [-1, 0, 1, 20, 33, 80, 200], SamplePages.hostile)
  func linesAreNoWiderThanAsked(width: Int, text: String) {
    let long = String(repeating: text + "-日", count: 20)
    for line in TextFormat.render(SamplePages.page(of: long), width: width).split(separator: "\n") {
      let cells = line.unicodeScalars.reduce(0) { $0 + ($1 == "日" ? 2 : 1) }
      #expect(cells <= max(width, 20), "\(line)")
      #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
    }
  }
}
