import Comparison
import Records
import Reports
import Testing

@Suite struct ComparisonReportTests {
  @Test func thePageFollowsTheDifferences() throws {
    let compared = try compare(
      export: #"""
        [{"name":"video:a.mp4:derivative=mobile","metadata":{"size":3}},{"name":"video:b.mp4:derivative=mobile"},
         {"name":"x/y","expiration":1}]
        """#,
      results: [
        #"{"key":"a.mp4","variant":"mobile","ok":true,"bytes":4}"#,
        #"{"key":"c.mp4","variant":"tablet","ok":true,"bytes":4}"#,
      ])
    let page = ComparisonReport(compared.differences).page
    #expect(
      page.sections.map(\.title) == [
        "Overview", "By variant", "By path", "Only in results", "Only in KV", "Sizes differ", "Unmatched names",
      ])
    for section in page.sections { #expect(section.rows.allSatisfy { $0.count == section.columns.count }) }
    let overview = try #require(page.sections.first?.rows)
    #expect(overview.first == [.text("In both"), .count(1)])
    #expect(overview.last == [.text("Share of the results that is in KV"), .share(0.5)])
    let variants = try #require(page.sections.first { $0.title == "By variant" })
    #expect(variants.rows.map(\.first) == [.text("mobile"), .text("tablet")])
    #expect(variants.columns.map(\.name).prefix(4) == ["variant", "both", "only_in_results", "only_in_kv"])
    #expect(
      variants.rows.map { Array($0[1...3]) } == [
        [.count(1), .count(0), .count(1)], [.count(0), .count(1), .count(0)],
      ])
    guard case .bars(let bars) = variants.plots.first else {
      Issue.record("no plot")
      return
    }
    #expect(bars.categories == ["mobile", "tablet"] && bars.series.map(\.values) == [[1, 0], [0, 1], [1, 0]])
    let sizes = try #require(page.sections.first { $0.title == "Sizes differ" })
    #expect(sizes.columns.map(\.name) == ["key", "variant", "kv_name", "bytes", "kv_bytes"])
    #expect(
      sizes.rows == [
        [.text("a.mp4"), .text("mobile"), .text("video:a.mp4:derivative=mobile"), .bytes(4), .bytes(3)]
      ])
    let failed = page.checks.filter { $0.failure != nil }.map(\.name)
    #expect(failed == ["only_in_results", "only_in_kv", "size_differs", "unmatched"])
  }

  @Test func moreThanTheExamplesIsSaid() throws {
    let compared = try compare(export: "[]", results: (0..<30).map { #"{"key":"\#($0)","ok":true}"# })
    let section = ComparisonReport(compared.differences).page.sections.first { $0.title == "Only in results" }
    #expect(section?.rows.count == 20)
    #expect(section?.notes == ["The first 20 of 30, in the order of their keys."])
  }

  /// Names beyond the first twenty are one row, which has what they come to.
  @Test(
    arguments: [(20, 20, nil), (21, 21, nil), (22, 21, "(2 others)"), (1100, 21, "(more than 980 others)")]
      as [(Int, Int, String?)])
  func tablesShowTwentyNames(names: Int, rows: Int, last: String?) throws {
    let results = (0..<names).map { i in
      (0...(i == 7 ? 1 : 0)).map { #"{"key":"\#(i)/\#($0).mp4","variant":"v\#(i)","ok":true}"# }
    }
    let compared = try compare(export: "[]", results: results.flatMap { $0 })
    for title in ["By variant", "By path"] {
      let table = try #require(ComparisonReport(compared.differences).page.sections.first { $0.title == title })
      let place = try #require(table.columns.firstIndex { $0.name == "only_in_results" })
      let counts = table.rows.map { row in if case .count(let count) = row[place] { count } else { 0 } }
      #expect(counts.count == rows && counts.first == 2 && counts.reduce(0, +) == names + 1)
      if let last { #expect(table.rows.last?.first == .text(last)) }
    }
  }

  @Test func nothingGivesNoMoreThanTheOverview() throws {
    let page = ComparisonReport(Differences()).page
    #expect(page.sections.map(\.title) == ["Overview"] && page.checks.allSatisfy { $0.failure == nil })
    #expect(page.sections.first?.rows.last == [.text("Share of the results that is in KV"), .none])
  }
}
