import Records
import Reports

/// Pages that tests of more than one format are made with.
enum SamplePages {
  /// Text that would be something else in one format or another.
  static let hostile = [
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "![](x)", "[a](http://h/)", "a|b", "a\nb",
    "a\r\nb", "a\rb", "`code`", "**bold**", "_a_", "~~a~~", "# a", "&amp;", "\\|", "<!--", "-->", "]]>", "\"", "'",
    "$x$",
    "nul\0", "\u{FFFE}\u{FFFF}", "\u{1B}[31m", "a\u{202E}gpj.exe", "a\u{2028}b", "\u{85}\u{9B}", "",
  ]

  /// A page that has one of everything, all its text being `text`.
  static func page(of text: String) -> Page {
    Page(
      title: text, introduction: [text],
      sections: [
        Page.Section(
          text, [.init(text, "name", isNumeric: false), .init("Count", "count")], [[.text(text), .count(1)]],
          notes: [text],
          plots: [
            .distribution(
              .init(title: text, unit: .bytes, curves: [(text, [(1, 1)]), (text, [(2, 1)])], marks: [(text, 1)])),
            .timeline(
              .init(
                title: text, start: Timestamp(milliseconds: 0), intervalSeconds: 1,
                series: [(text, .count, .bad, [1, nil])])),
            .bars(
              .init(
                title: text, layout: .stacked, unit: .count, categories: [text],
                series: [(text, .good, [1]), (text, .bad, [2])])),
          ],
          advice: [.init(rule: text, level: .warning, title: text, text: text, figures: [(text, .text(text))])])
      ],
      checks: [
        .init(suite: text, name: text, failure: text, detail: text), .init(suite: text, name: text, detail: text),
      ])
  }

  /// A page of one plot.
  static func page(_ plots: Page.Plot...) -> Page { Page(title: "Plots", sections: [.init("Plots", plots: plots)]) }
}
