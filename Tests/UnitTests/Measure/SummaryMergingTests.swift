import Records
import Testing

@testable import Measure

/// Shards in three orders against one run over all records.
@Suite struct SummaryMergingTests {
  @Test func shardsInAnyOrderAreOneRun() throws {
    var random = Seeded(61)
    let lines = (0..<20_000).map { Self.line($0, &random) }
    let whole = grouping()
    let shards = (0..<16).map { _ in grouping() }
    let parser = RecordParser(reading: Field.allCases, owning: [])
    for line in lines {
      try lend(line) { bytes in
        let record = try parser.parse(bytes)
        whole.add(record)
        shards[random.below(16)].add(record)
      }
    }
    let parts = shards.map { records(of: $0) }
    for order in [parts, parts.reversed(), parts.shuffled(using: &random)] {
      let merged = grouping()
      for line in order.joined() { try merged.merge(Summary(JSONValue(parsing: line))) }
      let ours = merged.ranking, theirs = whole.ranking
      #expect(ours.map(\.group) == theirs.map(\.group) && ours.count == 5)
      for (a, b) in zip([merged.all] + ours, [whole.all] + theirs) { try expectSame(a, b) }
    }
  }

  private func expectSame(_ a: Summary, _ b: Summary) throws {
    let (ours, theirs) = (try document(a), try document(b))
    #expect(ours.members.map(\.name) == theirs.members.map(\.name))
    for (name, value) in theirs.members {
      guard value["sketch"] == nil else {
        try expectSameQuantity(#require(ours[name]), value, name)
        continue
      }
      // Times of many requests are added up in another order.
      guard name != "timeline" else { continue }
      #expect(ours[name] == value, "\(name) of \(a.group)")
    }
    for (slot, wanted) in zip(a.timeline.slots, b.timeline.slots) {
      #expect(slot.requests == wanted.requests && slot.failed == wanted.failed && slot.bytes == wanted.bytes)
      #expect(abs(slot.milliseconds - wanted.milliseconds) < 1e-6 * max(1, wanted.milliseconds))
    }
    #expect(a.timeline.slots.count == b.timeline.slots.count && a.timeline.start == b.timeline.start)
  }

  private func expectSameQuantity(_ ours: JSONValue, _ theirs: JSONValue, _ name: String) throws {
    for figure in ["count", "sum", "min", "max", "sketch", "p50", "p99"] {
      #expect(ours[figure] == theirs[figure], "\(name) \(figure)")
    }
    let (a, b) = (try #require(ours["variance"]?.number), try #require(theirs["variance"]?.number))
    #expect(abs(a - b) <= 1e-9 * max(b, 1))
  }

  @Test func differentThresholdsAreRefused() throws {
    var options = Summary.Options()
    options.sizeThreshold = 5
    let (here, other, none) = (Summary(), Summary(options: options), Summary())
    for summary in [here, other] { try withRecord(#"{"size":6}"#) { summary.add($0) } }
    #expect(throws: BadRecord.self) { try here.merge(other) }
    // One that has seen no sizes fits all.
    try withRecord(#"{"ok":true}"#) { none.add($0) }
    try none.merge(other)
    #expect(none.large.threshold == 5 && none.large.count == 1)
    try here.merge(Summary(options: options))
    #expect(here.large.threshold == 256 << 20)
  }

  @Test func settingsAreKept() throws {
    let (a, b) = (Summary(), Summary())
    a.add(settings: [("workers", "5"), ("run", "1")])
    b.add(settings: [("workers", "5"), ("run", "2"), ("more", "x")])
    try a.merge(b)
    try a.merge(b)
    #expect(a.settings.map { "\($0.name)=\($0.value)" } == ["more=x", "run=1 | 2", "workers=5"])
  }

  @Test func groupsBeyondTheLimitAreTheRest() throws {
    var options = Grouping.Options()
    options.maximumGroups = 2
    let merged = Grouping(by: [], options: options)
    for name in ["a", "b", "c", "a", "(other)"] {
      let part = Summary(group: #""variant":"\#(name)""#)
      try withRecord("{}") { part.add($0) }
      try merged.merge(part)
    }
    #expect(merged.hasTooMany && merged.ranking.map(\.groupName) == ["variant=a", "variant=b", "variant=(other)"])
    #expect(merged.ranking.map(\.records) == [2, 1, 2])
  }

  @Test func puttingTogetherLeavesThePartsAlone() throws {
    let part = Grouping(by: [.field(.variant)])
    try withRecord(#"{"variant":"a"}"#) { part.add($0) }
    for _ in 0..<3 {
      let sum = Grouping(by: [.field(.variant)])
      try sum.merge(part)
      try sum.merge(part)
      #expect(sum.ranking.map(\.records) == [2] && sum.all.records == 2)
    }
    #expect(part.ranking.map(\.records) == [1] && part.all.records == 1)
  }

  /// Documents that are almost summaries are refused or read, and never more than that.
  @Test func whatIsBrokenIsRefused() throws {
    var random = Seeded(62)
    let grouping = grouping()
    for i in 0..<600 { try withRecord(Self.line(i, &random)) { grouping.add($0) } }
    let text = Array(written { grouping.all.write(to: &$0) }.utf8)
    var refused = 0
    for _ in 0..<300 {
      var broken = text
      for _ in 0...random.below(4) {
        broken[random.below(broken.count)] = Array(#"09-.e"{}[]:,ntf"#.utf8)[random.below(15)]
      }
      do {
        let summary = try lend(broken) { try Summary(JSONValue(parsing: $0)) }
        try summary.merge(lend(broken) { try Summary(JSONValue(parsing: $0)) })
        _ = written { summary.write(to: &$0) }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 100)
  }

  private func grouping() -> Grouping { Grouping(by: [.field(.variant)]) }

  private func records(of grouping: Grouping) -> [String] {
    ([grouping.all] + grouping.ranking).map { summary in written { summary.write(to: &$0) } }
  }

  private func document(_ summary: Summary) throws -> JSONValue {
    try JSONValue(parsing: written { summary.write(to: &$0) })
  }

  private static func line(_ i: Int, _ random: inout Seeded) -> String {
    let variant = ["desktop", "tablet", "mobile", "webp", "(odd) \\\"name\\\""][random.below(5)]
    let failure = random.below(90) == 0 ? ["timeout", "not_found", "dns", "something_new"][random.below(4)] : nil
    let outcome =
      failure.map { #""ok":false,"error":"\#($0)","error_message":"after \#(i) ms""# } ?? #""ok":true,"status":200"#
    let second = 10 + random.below(50)
    let size = random.below(20) == 0 ? 300 << 20 + random.below(1 << 30) : random.below(1 << 24)
    return
      #"{"key":"\#(random.below(3000)).\#(["jpg", "mp4"][i % 2])","size":\#(size),"media":"\#(["image", "video"][i % 2])","#
      + #""url":"https://h\#(i % 3)/\#(i)","variant":"\#(variant)",\#(outcome),"attempts":\#(1 + i % 3),"#
      + #""started":"2026-03-01T1\#(random.below(9)):\#(second):00.000Z","total_ms":\#(Double(random.below(4_000_000)) / 1000),"#
      + #""bytes":\#(random.below(1 << 22)),"cache":"\#(["hit", "miss", "unknown"][random.below(3)])","codec":"h264","duration_seconds":60,"height":1080}"#
  }
}
