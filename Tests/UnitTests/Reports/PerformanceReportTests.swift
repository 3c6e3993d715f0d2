import Measure
import Records
import Reports
import Testing

@Suite struct PerformanceReportTests {
  /// 8 requests in 8 seconds: 5 hits, a miss, an answer of unknown cache, and a failure without an answer.
  private static let lines =
    (0..<5).map { i in
      #"{"key":"k\#(i).mp4","url":"https://cdn.example.com/k\#(i).mp4","variant":"desktop","size":1000000,"ok":true,"status":200,"bytes":1024,"#
        + #""total_ms":\#(100 + i),"ttfb_ms":50,"cache":"hit","size_class":"small","started":"2026-03-01T12:00:0\#(i).000Z"}"#
    } + [
      #"{"key":"k5.jpg","url":"https://CDN.example.com/k5.jpg","variant":"mobile","size":2000,"ok":true,"status":200,"bytes":2048,"total_ms":900,"cache":"miss","started":"2026-03-01T12:00:05.000Z"}"#,
      #"{"url":"http://h:8080/x","ok":true,"status":200,"bytes":0,"total_ms":7,"cache":"unknown","started":"2026-03-01T12:00:06.000Z"}"#,
      #"{"url":"http://h:8080/y","ok":false,"error":"connect","bytes":0,"total_ms":1000,"attempts":3,"started":"2026-03-01T12:00:07.000Z"}"#,
    ]

  @Test func overviewHasTheFigures() throws {
    let rows = try page(Self.lines).section("Overview").rows
    let start = Timestamp(milliseconds: 1_772_366_400_000)
    let wanted: [[Page.Cell]] = [
      [.text("Records"), .count(8)], [.text("Requests"), .count(8)], [.text("Failed"), .count(1)],
      [.text("Error rate"), .share(0.125)], [.text("Cache hit ratio"), .share(5.0 / 6)],
      [.text("Bytes received"), .bytes(7168)], [.text("Started"), .time(start)],
      [.text("Finished"), .time(start.adding(milliseconds: 8000))], [.text("Elapsed"), .seconds(8)],
      [.text("Requests a second"), .perSecond(1)], [.text("Throughput"), .bytesPerSecond(896)],
      [.text("Different keys"), .count(6)], [.text("Different URLs"), .count(8)],
    ]
    #expect(rows == wanted)
  }

  @Test func tablesFollowTheSummary() throws {
    let page = try page(Self.lines)
    #expect(
      page.sections.map(\.title) == [
        "Overview", "Latency", "Over time", "Cache", "Cache by variant", "Error", "Status", "Sizes", "Size buckets",
        "Variant", "Extension", "Size class", "Host", "Slowest requests",
      ])
    #expect(page.sections.allSatisfy { $0.isRectangular })
    #expect(page.section("Cache").column("cache") == texts("hit", "miss", "unknown"))
    #expect(page.section("Cache").column("share") == [.share(0.625), .share(0.125), .share(0.125)])
    #expect(page.section("Error").rows == [[.text("connect"), .count(1), .share(0.125)]])
    #expect(page.section("Host").column("host") == texts("cdn.example.com", "h:8080"))
    #expect(page.section("Host").column("failed") == counts(0, 1))
    #expect(page.section("Host").column("hit_ratio") == [.share(5.0 / 6), .none])
    #expect(
      page.section("Variant").row("desktop") == [
        .text("desktop"), .count(5), .share(0.625), .count(0), .share(1), .bytes(5120),
      ])
    #expect(page.section("Slowest requests").column("total_ms").prefix(2) == [.milliseconds(1000), .milliseconds(900)])
    #expect(page.section("Slowest requests").column("error").prefix(2) == [.text("connect"), .none])
  }

  @Test func latencyHasMomentsAndQuantiles() throws {
    let latency = try page(Self.lines).section("Latency")
    #expect(
      latency.columns.map(\.name) == [
        "time", "count", "mean_ms", "stddev_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms",
      ])
    #expect(latency.column("time") == texts("Total", "Time to first byte"))
    #expect(latency.column("count") == counts(8, 5) && latency.column("max_ms").first == .milliseconds(1000))
    #expect(latency.row("Total")[2] == .milliseconds(302.125))
    #expect(latency.row("Time to first byte")[3] == .milliseconds(0))
    // By hand: the root of the mean of the squared differences from 302.125.
    let deviation = try #require(latency.row("Total")[3].number)
    #expect(abs(deviation - 376.1388) < 0.001)
    let plot = try #require(latency.distributions.first)
    #expect(latency.distributions.count == 1 && plot.unit == .milliseconds)
    #expect(plot.marks.map(\.name) == ["p50", "p90", "p95", "p99", "p99.9"])
    let points = plot.curves.flatMap(\.points)
    #expect(points.last?.share == 1 && points.last?.value == 1000 && points.first?.share == 0.125)
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.value <= $1.value && $0.share < $1.share })
  }

  @Test func timeHasAPlotAndATable() throws {
    let section = try page(Self.lines).section("Over time")
    let plot = try #require(section.timelines.first)
    #expect(plot.intervalSeconds == 1 && plot.start == Timestamp(milliseconds: 1_772_366_400_000))
    #expect(plot.series.map(\.values.count) == [8, 8, 8, 8])
    #expect(plot.series[1].values == [0, 0, 0, 0, 0, 0, 0, 1] && plot.series[3].values.last == 1000)
    #expect(section.column("requests_per_second") == [Page.Cell](repeating: .perSecond(1), count: 8))
    #expect(section.column("bytes_per_second")[5] == .bytesPerSecond(2048))
  }

  @Test func longRunsHaveShortTables() throws {
    let lines = (0..<500).map { i in
      #"{"ok":true,"bytes":10,"total_ms":1,"started":"2026-03-01T12:\#(10 + i / 60):\#(10 + i % 50).000Z"}"#
    }
    let section = try page(lines).section("Over time")
    let plot = try #require(section.timelines.first)
    #expect((2...24).contains(section.rows.count) && plot.series.allSatisfy { $0.values.count <= 240 })
    #expect(plot.series[0].values.compactMap { $0 }.reduce(0, +) * plot.intervalSeconds == 500)
    let empty = try #require(plot.series[0].values.firstIndex(of: 0))
    #expect(plot.series[3].values[empty] == nil, "where nothing happened there is no time of a request")
  }

  @Test func cachePlotHasAllVerdicts() throws {
    let verdicts = Field.cacheVerdicts.map { #"{"ok":true,"variant":"v","cache":"\#($0)"}"# }
    let section = try page(verdicts + [#"{"ok":true,"variant":"w","cache":"hit"}"#]).section("Cache by variant")
    let plot = try #require(section.bars.first)
    #expect(plot.layout == .stackedShares && plot.categories == ["v", "w"])
    #expect(plot.series.map(\.values) == [[1, 1], [3, 0], [1, 0], [3, 0], [1, 0]])
    #expect(plot.series.map(\.tone) == [.good, .plain(0), .warning, .bad, .neutral])
    #expect(section.columns.map(\.name) == ["variant"] + Field.cacheVerdicts + ["hit_ratio"])
    #expect(section.column("hit_ratio") == [.share(0.125), .share(1)])
  }

  @Test func manyValuesAreSummedUp() throws {
    let lines = (0..<1200).flatMap { i in
      [String](repeating: #"{"ok":\#(i % 2 == 0),"variant":"v\#(i)","cache":"hit","bytes":2}"#, count: i == 700 ? 5 : 1)
    }
    let section = try page(lines).section("Variant")
    #expect(section.rows.count == 21 && section.rows.first?.prefix(2) == [.text("v700"), .count(5)])
    #expect(section.rows.last?.first == .text("(more than 980 others)"))
    #expect(section.column("count").compactMap(\.number).reduce(0, +) == 1204)
    #expect(section.column("failed").compactMap(\.number).reduce(0, +) == 600)
    #expect(section.column("bytes").compactMap(\.number).reduce(0, +) == 2408)
    let few = try page((0..<25).map { #"{"ok":true,"status":\#(200 + $0)}"# }).section("Status")
    #expect(few.rows.count == 21 && few.rows.last == [.text("(5 others)"), .count(5), .share(0.2)])
    let fewer = try page((0..<21).map { #"{"ok":true,"status":\#(200 + $0)}"# }).section("Status")
    #expect(fewer.rows.count == 21 && fewer.column("status").last == .text("220"))
  }

  @Test func manyKeysAreAnEstimate() throws {
    let page = try page((0..<20_000).map { #"{"key":"k\#($0)"}"# })
    guard case .text(let text)? = page.figure("Different keys") else {
      Issue.record("not a text")
      return
    }
    #expect(text.hasPrefix("about ") && text.hasSuffix("00 (±0.81 %)"))
    let digits = text.dropFirst(6).prefix { $0 != " " }.filter { $0 != "," }
    #expect((19_400...20_600).contains(Int(digits) ?? 0))
  }

  @Test func groupsHaveATableOfTheirOwn() throws {
    let grouping = try grouping(of: Self.lines, by: .field(.variant), .field(.status))
    let page = PerformanceReport(all: grouping.all, groups: grouping.ranking).page
    let section = page.section("By variant, status")
    #expect(
      section.columns.map(\.name) == [
        "variant", "status", "records", "failed", "hit_ratio", "bytes", "p50_ms", "p90_ms", "p95_ms", "p99_ms",
      ])
    #expect(section.rows.count == 4 && section.isRectangular)
    #expect(
      section.rows[0].prefix(6) == [.text("desktop"), .text("200"), .count(5), .count(0), .share(1), .bytes(5120)])
    #expect(section.rows.contains { $0.prefix(5) == [.none, .none, .count(1), .count(1), .none] })
  }

  @Test func noTwoColumnsHaveOneName() throws {
    let grouping = try grouping(of: Self.lines, by: .field(.bytes))
    let section = PerformanceReport(all: grouping.all, groups: grouping.ranking).page.section("By bytes")
    #expect(section.columns.map(\.name).filter { $0 == "bytes" }.count == 1 && section.isRectangular)
    #expect(section.column("bytes").first == .text("1024"))
  }

  @Test func thereMayBeTooManyGroups() throws {
    let grouping = try grouping(of: (0..<250).map { #"{"variant":"v\#($0)"}"# }, by: .field(.variant))
    let section = PerformanceReport(all: grouping.all, groups: grouping.ranking).page.section("By variant")
    #expect(section.rows.count == 200 && section.notes == ["50 further groups are left out; the summary has them."])
  }

  /// Each with members of its own.
  @Test func thereMayBeTooManyKindsOfGroups() throws {
    let all = try summary(of: Self.lines)
    let groups = try (0..<20_000).map { i in
      try Summary(JSONValue(parsing: #"{"record":"summary","group":{"m\#(i)":"v"},"records":1}"#))
    }
    let page = PerformanceReport(all: all, groups: groups).page
    #expect(page.sections.filter { $0.title.hasPrefix("By m") }.count == 20)
    #expect(page.section("By other members").notes == ["19,980 further groups are left out; the summary has them."])
    #expect(HTMLFormat.render(page).utf8.count < 1 << 18)
  }

  @Test func manyTablesOfGroupsAreShort() throws {
    let groups = try (0..<2000).map { i in
      try Summary(JSONValue(parsing: #"{"record":"summary","group":{"m\#(i % 10)":"v\#(i)"},"records":1}"#))
    }
    let page = PerformanceReport(all: try summary(of: Self.lines), groups: groups).page
    let tables = page.sections.filter { $0.title.hasPrefix("By m") }
    #expect(tables.map(\.rows.count) == [Int](repeating: 40, count: 10))
    #expect(tables.allSatisfy { $0.notes == ["160 further groups are left out; the summary has them."] })
    #expect(tables[3].column("m3").prefix(2) == [.text("v3"), .text("v13")])
  }

  @Test func whatIsNotKnownIsLeftOut() throws {
    let page = try page([])
    #expect(page.sections.map(\.title) == ["Overview"])
    #expect(page.section("Overview").rows.map { $0[1] } == [.count(0), .count(0), .count(0), .none, .none, .none])
    let mixed = try self.page([#"{"cache":"unknown","ttfb_ms":0,"bytes":-1}"#])
    #expect(mixed.figure("Cache hit ratio") == Page.Cell.none && mixed.section("Latency").plots.isEmpty)
  }

  @Test func settingsAreShown() throws {
    let summary = try summary(of: Self.lines)
    summary.add(settings: [("cdn", "test"), ("build", "7")])
    let section = PerformanceReport(all: summary, groups: []).page.section("Settings")
    #expect(section.rows == [texts("build", "7"), texts("cdn", "test")])
  }

  /// What a record of a summary may claim.
  @Test func hostileSummariesHaveAPage() throws {
    let text = """
      {"record":"summary","records":"9007199254740992","ok":{"true":9007199254740992,"false":9007199254740992},\
      "cache":{"hit":9007199254740992,"miss":0},"variant":{"v":1},"by":{"variant":{"v":{"failed":9007199254740992,\
      "error":{"dns":9007199254740992},"cache":{"hit":9007199254740992,"none":3}}}},\
      "started":"9999-12-31T23:59:59.999Z","finished":"0000-01-01T00:00:00.000Z",\
      "timeline":{"start":"9999-12-31T23:59:59.999Z","interval_seconds":1099511627776,"requests":[1,2],"failed":[9,9],\
      "bytes":["9223372036854775807",0],"total_ms":[1e308,1e308]},\
      "large":{"threshold_bytes":-5,"count":1,"bytes":"9223372036854775807","codecs":{"x":{"count":9007199254740992,\
      "known":1,"known_bytes":5,"known_seconds":1e-300,"saved_bytes":{"h264":1e308}}}}}
      """
    let summary = try Summary(JSONValue(parsing: text))
    for page in [
      PerformanceReport(all: summary, groups: [summary]).page, SizeReport(all: summary, groups: [summary]).page,
      ErrorsReport(all: summary, groups: [summary]).page,
    ] {
      #expect(!page.sections.isEmpty || !page.introduction.isEmpty)
      for cell in page.sections.flatMap(\.rows).joined() {
        if case .figure(let share, .share) = cell { #expect(share >= 0 && share.isFinite) }
        #expect(!cell.display.isEmpty)
      }
    }
  }

  private func page(_ lines: [String]) throws -> Page {
    PerformanceReport(all: try summary(of: lines), groups: []).page
  }
}
