import Records
import Reports
import Testing

@Suite struct PerformanceReportTests {
  private static let all = """
    {"record":"summary","records":250,"started":"2026-03-01T12:00:00.000Z","finished":"2026-03-01T12:00:50.000Z",\
    "ok":{"true":190,"false":10},"status":{"200":190,"404":10},"error":{"not_found":10},\
    "cache":{"hit":120,"miss":40,"unknown":40},"variant":{"desktop":200},\
    "bytes":{"count":200,"sum":104857600,"mean":524288,"min":0,"max":1048576,"p50":524288,"p90":600000,"p95":700000,"p99":800000,"p999":900000},\
    "total_ms":{"count":200,"sum":20000,"mean":100,"min":1,"max":5000,"p50":80,"p90":200,"p95":300,"p99":1000,"p999":4000}}
    """
  private static let group = """
    {"record":"summary","group":{"variant":"desktop","status":200},"records":50,"ok":{"true":50},"cache":{"hit":1,"stale":3},\
    "bytes":{"count":50,"sum":"9007199254740993"},"total_ms":{"count":50,"p50":7.5,"p90":8,"p95":9,"p99":null}}
    """

  @Test func overviewHasTheFigures() throws {
    let page = try page(Self.all)
    let rows = try #require(page.sections.first { $0.title == "Overview" }).rows
    let wanted: [[Page.Cell]] = [
      [.text("Records"), .count(250)], [.text("Requests"), .count(200)], [.text("Failed"), .count(10)],
      [.text("Error rate"), .share(0.05)],
      [.text("Cache hit ratio"), .share(0.75)], [.text("Bytes received"), .bytes(104_857_600)],
      [.text("Started"), .text("2026-03-01T12:00:00.000Z")],
      [.text("Finished"), .text("2026-03-01T12:00:50.000Z")], [.text("Elapsed"), .seconds(50)],
      [.text("Requests a second"), .perSecond(4)],
      [.text("Throughput"), .bytesPerSecond(2_097_152)],
    ]
    #expect(rows == wanted)
  }

  @Test func tablesFollowTheSummary() throws {
    let page = try page(Self.all)
    #expect(page.sections.map(\.title) == ["Overview", "Latency", "Cache", "Error", "Status", "Sizes", "Variant"])
    let latency = try #require(page.sections.first { $0.title == "Latency" })
    #expect(
      latency.columns.map(\.name) == [
        "time", "count", "mean_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms",
      ])
    let expectedLatency: [[Page.Cell]] = [
      [.text("Total"), .count(200)] + [100, 80, 200, 300, 1000, 4000, 5000].map { .milliseconds($0) }
    ]
    #expect(latency.rows == expectedLatency)
    let cache = try #require(page.sections.first { $0.title == "Cache" })
    let expectedCache: [[Page.Cell]] = [
      [.text("hit"), .count(120), .share(0.48)], [.text("miss"), .count(40), .share(0.16)],
      [.text("unknown"), .count(40), .share(0.16)],
    ]
    #expect(cache.rows == expectedCache)
    let sizes = try #require(page.sections.first { $0.title == "Sizes" })
    let expectedSizes: [[Page.Cell]] = [
      [.text("Body received"), .count(200)]
        + [104_857_600, 524_288, 524_288, 600_000, 700_000, 800_000, 1_048_576].map { .bytes($0) }
    ]
    #expect(sizes.rows == expectedSizes)
    for section in page.sections { #expect(section.rows.allSatisfy { $0.count == section.columns.count }) }
  }

  @Test func groupsHaveATableOfTheirOwn() throws {
    let section = try #require(try page(Self.all, Self.group).sections.first { $0.title == "By variant, status" })
    #expect(
      section.columns.map(\.name) == [
        "variant", "status", "records", "failed", "hit_ratio", "bytes", "p50_ms", "p90_ms", "p95_ms", "p99_ms",
      ])
    let wanted: [[Page.Cell]] = [
      [
        .text("desktop"), .text("200"), .count(50), .count(0), .share(0.25), .bytes(9_007_199_254_740_992),
        .milliseconds(7.5), .milliseconds(8), .milliseconds(9), .none,
      ]
    ]
    #expect(section.rows == wanted)
  }

  @Test func whatIsNotKnownIsLeftOut() throws {
    let page = try page(#"{"record":"summary","records":0}"#)
    #expect(page.sections.map(\.title) == ["Overview"])
    #expect(page.sections.first?.rows.map { $0[1] } == [.count(0), .count(0), .count(0), .none, .none, .none])
    let mixed = try self.page(#"{"record":"summary","records":1,"cache":{"unknown":1},"total_ms":{"count":0}}"#)
    #expect(
      mixed.sections.first?.rows[4] == [.text("Cache hit ratio"), .none]
        && !mixed.sections.contains { $0.title == "Latency" })
  }

  @Test(arguments: [
    "{}", #"{"record":"sample","records":1}"#, #"{"record":"summary"}"#, #"{"record":"summary","records":"x"}"#, "[]",
  ])
  func refusesWhatIsNoSummary(text: String) throws {
    let document = try JSONValue(parsing: text)
    #expect(throws: BadRecord.self) { try SummaryReader(document) }
  }

  private func page(_ all: String, _ groups: String...) throws -> Page {
    try PerformanceReport(
      all: SummaryReader(JSONValue(parsing: all)), groups: groups.map { try SummaryReader(JSONValue(parsing: $0)) }
    ).page
  }
}
