import Records
import Testing

@testable import Measure

/// What is written is read again, whatever the records held; and parts in two orders are the same.
@Suite struct SummaryRoundTripTests {
  private static let values = [
    "null", "true", "false", "0", "-1", "200", "200.0", "2e2", "1.5", "1e308", "-1e308", "9007199254740993",
    "\"9007199254740993\"", "18446744073709551615", "1e400", "\"\"", "\"x\"", "\"(other)\"", "\"caf\\u00e9\"",
    "\"cafe\\u0301\"",
    "\"a\\u0000b\"", "\"2026-03-01T12:00:00Z\"", "\"9999-12-31T23:59:59-23:59\"", "\"0000-01-01T00:00:00+23:59\"",
    "\"http://h/a.jpg\"",
    "\"timeout\"", "\"hit\"", "\"video\"", "[1]", "{\"a\":1}", "300000000", "\"\\ud83c\\udfac\"",
  ]

  @Test func anyRecordsGiveASummaryThatIsReadAgain() throws {
    var random = Seeded(81)
    let fields = Summary.fields.map { "\($0.name)" }
    for _ in 0..<150 {
      let groupings = (0..<2).map { _ in
        Grouping(by: [.field(.status), .field(.variant), .field(.total), .fileExtension, .host])
      }
      for i in 0..<12 {
        let members = fields.filter { _ in random.below(3) > 0 }.map {
          "\"\($0)\":\(Self.values[random.below(Self.values.count)])"
        }
        try withRecord("{\(members.joined(separator: ","))}") { groupings[i % 2].add($0) }
      }
      var texts: [[String]] = []
      for order in [groupings, groupings.reversed()] {
        let merged = Grouping(by: [])
        for grouping in order {
          for line in records(of: grouping) { try merged.merge(Summary(JSONValue(parsing: line))) }
        }
        texts.append(records(of: merged).map { stable($0) })
        #expect(merged.all.records == 12 && merged.ranking.reduce(0) { $0 + $1.records } == 12)
      }
      #expect(texts[0] == texts[1])
    }
  }

  /// Each number of a summary replaced by each of some that are hard to take.
  @Test func hardNumbersAreRefusedOrBorne() throws {
    let grouping = Grouping(by: [.field(.variant)])
    for i in 0..<40 {
      try withRecord(
        #"{"key":"\#(i).mp4","size":\#(i << 24),"media":"video","codec":"h264","duration_seconds":9,"height":720,"url":"http://h/\#(i)","#
          + #""variant":"v","ok":\#(i % 5 > 0),"error":"dns","total_ms":\#(i),"started":"2026-03-01T12:00:00Z","cache":"hit"}"#
      ) { grouping.add($0) }
    }
    let line = records(of: grouping)[0]
    let hard = [
      "-1", "0", "1e308", "-9223372036854775808", "9223372036854775807", "9007199254740992", "131072", "null", "\"x\"",
      "[]",
    ]
    var places: [Range<String.Index>] = []
    var rest = line[...]
    while let found = rest.firstRange(of: /:-?[0-9][0-9.e+]*/) {
      places.append(line.index(after: found.lowerBound)..<found.upperBound)
      rest = rest[found.upperBound...]
    }
    #expect(places.count > 100)
    var borne = 0
    for place in places {
      for number in hard {
        let broken = line.replacingCharacters(in: place, with: number)
        guard let document = try? JSONValue(parsing: broken), let summary = try? Summary(document) else { continue }
        let other = try Summary(JSONValue(parsing: line))
        _ = RunComparison(of: [summary], with: [other], noise: 0.05)
        for text in ["p50(total_ms) > 1", "error_rate > 0", "mean(size) > 1", "requests_per_second > 1"] {
          _ = try Condition(parsing: text).judge(summary)
        }
        try? other.merge(summary)
        _ = written { other.write(to: &$0) }
        borne += 1
      }
    }
    #expect(borne > 100)
  }

  @Test func parsingTheWrittenIsWhatWasWritten() throws {
    let grouping = Grouping(by: [])
    for i in 0..<700 {
      try withRecord(#"{"key":"\#(i)","size":\#(i),"url":"http://h\#(i)/","ok":false,"error":"dns","total_ms":0.125}"#)
      { grouping.add($0) }
    }
    let line = records(of: grouping)[0]
    let again = try Summary(JSONValue(parsing: line))
    #expect(written { again.write(to: &$0) } == line)
  }

  private func records(of grouping: Grouping) -> [String] {
    ([grouping.all] + grouping.ranking).map { summary in written { summary.write(to: &$0) } }
  }

  /// Without what adds up numbers of many decimals in another order.
  private func stable(_ line: String) -> String {
    line.replacing(/"(sum|mean|variance|stddev)":[^,]*/, with: "").replacing(/"total_ms":\[[^\]]*\]/, with: "")
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
