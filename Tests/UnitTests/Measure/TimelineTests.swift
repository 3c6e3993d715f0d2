import Records
import Testing

@testable import Measure

@Suite struct TimelineTests {
  @Test(arguments: [1, 200, 240, 241, 3600, 100_000, 40_000_000])
  func slotsAreTheShortestThatSuffice(seconds: Int) {
    let times = (0..<500).map { 1_772_366_400_000 + 1000 * ($0 * (seconds - 1) / 499) }
    let timeline = timeline(times)
    var interval = 1
    func slots(_ interval: Int) -> Int { times[499] / 1000 / interval - times[0] / 1000 / interval + 1 }
    while slots(interval) > Timeline.maximumSlots { interval *= 2 }
    #expect(timeline.intervalSeconds == interval && timeline.slots.count == slots(interval))
    #expect(timeline.slots.reduce(0) { $0 + $1.requests } == 500)
    #expect(timeline.start.milliseconds <= times[0] && timeline.start.milliseconds > times[0] - 1000 * interval)
  }

  @Test func eachSlotHasItsOwn() {
    var timeline = Timeline()
    for (second, failed, bytes) in [(10, false, 5), (12, true, 7), (10, true, 1)] {
      timeline.add(Timestamp(milliseconds: second * 1000 + 999), hasFailed: failed, bytes: bytes, milliseconds: 2.5)
    }
    #expect(timeline.slots.map(\.requests) == [2, 0, 1] && timeline.slots.map(\.failed) == [1, 0, 1])
    #expect(timeline.slots.map(\.bytes) == [6, 0, 7] && timeline.slots.map(\.milliseconds) == [5, 0, 2.5])
    #expect(timeline.start == Timestamp(milliseconds: 10_000))
  }

  @Test func partsInAnyOrderAreTheWhole() throws {
    var random = Seeded(41)
    for _ in 0..<50 {
      let span = [10, 1000, 100_000, 1 << 36][random.below(4)]
      let times = (0..<300).map { _ in 1_772_366_400_000 + random.below(span) * 10 }
      let whole = timeline(times)
      let parts = stride(from: 0, to: 300, by: 60).map { timeline(Array(times[$0..<$0 + 60])) }
      for order in [parts, parts.reversed(), parts.shuffled(using: &random)] {
        var merged = Timeline()
        for part in order { merged.merge(try read(part)) }
        #expect(
          merged.slots == whole.slots && merged.intervalSeconds == whole.intervalSeconds && merged.start == whole.start)
      }
    }
  }

  @Test func allOfTimeHasRoom() {
    let timeline = timeline([0, 253_402_300_799_999, 1_772_366_400_000, -1, -62_167_219_200_000, 253_402_300_799_000])
    #expect(timeline.slots.reduce(0) { $0 + $1.requests } == 4 && timeline.slots.count <= Timeline.maximumSlots)
  }

  @Test(arguments: [
    "{}", #"{"start":"x","interval_seconds":1}"#, #"{"start":"2026-01-01T00:00:00Z","interval_seconds":3}"#,
    #"{"start":"2026-01-01T00:00:00Z","interval_seconds":-1}"#,
    #"{"start":"2026-01-01T00:00:00Z","interval_seconds":9223372036854775807}"#,
    #"{"start":"2026-01-01T00:00:00Z","interval_seconds":1,"requests":[1]}"#,
    #"{"start":"2026-01-01T00:00:00Z","interval_seconds":1,"requests":[-1],"failed":[0],"bytes":[0],"total_ms":[0]}"#,
    #"{"start":"1900-01-01T00:00:00Z","interval_seconds":1,"requests":[],"failed":[],"bytes":[],"total_ms":[]}"#,
  ])
  func whatIsNoneIsRefused(text: String) throws {
    let document = try JSONValue(parsing: text)
    #expect(throws: BadRecord.self) { try Timeline(document) }
  }

  private func timeline(_ times: [Int]) -> Timeline {
    var timeline = Timeline()
    for time in times {
      timeline.add(Timestamp(milliseconds: time), hasFailed: time % 3 == 0, bytes: time % 7, milliseconds: 1)
    }
    return timeline
  }

  private func read(_ timeline: Timeline) throws -> Timeline {
    try Timeline(JSONValue(parsing: written { $0.append(timeline) }))
  }
}
