import Measure
import Records
import Testing

@Suite struct SummaryTests {
  private static let lines = [
    #"{"key":"a.mp4","size":100,"ok":true,"status":200,"bytes":100,"total_ms":10.5,"cache":"hit","started":"2026-03-01T12:00:00.000Z","variant":"desktop"}"#,
    #"{"key":"B.MP4","size":"9007199254740993","ok":true,"status":200,"bytes":50,"total_ms":20,"cache":"miss","started":"2026-03-01T12:00:01.000Z"}"#,
    #"{"url":"http://h/c.jpg/?x=a.b#c.d","ok":false,"status":404,"error":"not_found","bytes":0,"total_ms":3000.25,"started":"2026-03-01T11:59:59.000Z"}"#,
    #"{"key":"none","size":null,"bytes":"x","error":"a\"b\\"}"#, "{}",
  ]

  @Test func countsAndMeasures() throws {
    let document = try summary(of: Self.lines)
    #expect(document.members.map(\.name).prefix(4) == ["record", "records", "started", "finished"])
    #expect(document["record"]?.string == "summary" && document["records"]?.integer == 5 && document["group"] == nil)
    #expect(
      document["started"]?.string == "2026-03-01T11:59:59.000Z"
        && document["finished"]?.string == "2026-03-01T12:00:02.000Z")
    #expect(counts(document["ok"]) == ["true": 2, "false": 1])
    #expect(counts(document["status"]) == ["200": 2, "404": 1])
    #expect(counts(document["error"]) == ["not_found": 1, "a\"b\\": 1])
    #expect(counts(document["extension"]) == ["mp4": 2, "jpg": 1])
    #expect(counts(document["variant"]) == ["desktop": 1] && document["media"] == nil && document["dns_ms"] == nil)
    let total = try #require(document["total_ms"])
    #expect(total["count"]?.integer == 3 && total["sum"]?.number == 3030.75 && total["mean"]?.number == 1010.25)
    #expect(total["min"]?.number == 10.5 && total["max"]?.number == 3000.25)
    #expect(abs((total["p50"]?.number ?? 0) - 20) < 0.2)
    #expect(abs(try #require(total["variance"]?.number) - 1_980_065.041_666_667) < 1e-6)
    #expect(document["bytes"]?["sum"]?.integer == 150 && document["bytes"]?["count"]?.integer == 3)
  }

  @Test func anEmptyStreamHasASummary() throws {
    #expect(try summary(of: []) == JSONValue(parsing: #"{"record":"summary","records":0}"#))
  }

  @Test func measuredMembersHaveAllFigures() throws {
    let document = try summary(of: Self.lines)
    for field in Summary.measured {
      guard let quantity = document["\(field.name)"] else { continue }
      #expect(
        quantity.members.map(\.name) == [
          "count", "sum", "mean", "variance", "stddev", "min", "max", "p50", "p90", "p95", "p99", "p999", "sketch",
        ])
      let sketch = try #require(quantity["sketch"])
      let total = (sketch["zeros"]?.integer ?? 0) + (sketch["counts"]?.elements.compactMap(\.integer).reduce(0, +) ?? 0)
      #expect(total == quantity["count"]?.integer)
    }
  }

  @Test func groupsByCombinationsOfValues() throws {
    let grouping = Grouping(by: [.field(.cache), .field(.status)])
    for line in [(0, 3), (1, 2), (2, 1), (3, 1)].flatMap({ Array(repeating: Self.lines[$0.0], count: $0.1) }) {
      try add(line, to: grouping)
    }
    #expect(grouping.all.records == 7 && !grouping.hasTooMany)
    let groups = try grouping.ranking.map { try document(of: $0) }
    #expect(groups.map { $0["records"]?.integer } == [3, 2, 1, 1])
    #expect(try groups.first?["group"] == JSONValue(parsing: #"{"cache":"hit","status":200}"#))
    #expect(try groups.contains { try $0["group"] == JSONValue(parsing: #"{"cache":null,"status":404}"#) })
    #expect(groups.allSatisfy { $0["record"]?.string == "summary" })
  }

  @Test func groupsHaveALimit() throws {
    let grouping = Grouping(by: [.field(.variant)])
    for i in 0..<Grouping.Options().maximumGroups + 20 { try add(#"{"variant":"v\#(i)"}"#, to: grouping) }
    try add(#"{"variant":"v5"}"#, to: grouping)
    let ranking = grouping.ranking
    #expect(grouping.hasTooMany && ranking.count == Grouping.Options().maximumGroups + 1)
    #expect(ranking.first?.group == #""variant":"v5""# && ranking.first?.records == 2)
    #expect(ranking.last?.group == #""variant":"(other)""# && ranking.last?.records == 20)
    #expect(ranking.reduce(0) { $0 + $1.records } == grouping.all.records)
  }

  @Test func groupsByExtensionToo() throws {
    let grouping = Grouping(by: [try #require(Dimension("extension")), try #require(Dimension("ok"))])
    for line in Self.lines { try add(line, to: grouping) }
    let groups: Set = [
      #""extension":"mp4","ok":true"#, #""extension":"jpg","ok":false"#, #""extension":null,"ok":null"#,
    ]
    #expect(Set(grouping.ranking.map(\.group)) == groups)
    #expect(Dimension.names.allSatisfy { Dimension($0) != nil } && Dimension("none") == nil)
    #expect(grouping.fields == [.key, .url, .ok])
  }

  private func add(_ line: String, to grouping: Grouping) throws { try withRecord(line) { grouping.add($0) } }

  private func summary(of lines: [String]) throws -> JSONValue {
    let summary = Summary()
    for line in lines { try withRecord(line, reading: Summary.fields) { summary.add($0) } }
    return try document(of: summary)
  }

  private func document(of summary: Summary) throws -> JSONValue {
    try JSONValue(parsing: written { summary.write(to: &$0) })
  }

  private func counts(_ value: JSONValue?) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: (value?.members ?? []).map { ($0.name, $0.value.integer ?? -1) })
  }
}
