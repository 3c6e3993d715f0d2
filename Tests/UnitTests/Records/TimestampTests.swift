import Glibc
import Records
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (1_772_366_400_250, "2026-03-01T12:00:00.250Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
  ])
  func writesAndReads(milliseconds: Int, text: String) {
    #expect(written { $0.append(Timestamp(milliseconds: milliseconds)) } == text)
    #expect(parsed(text) == milliseconds)
  }

  @Test func agreesWithTheSystemsCalendar() {
    var random = Seeded(8)
    for _ in 0..<5000 {
      let seconds = Int.random(in: -62_135_596_800...253_402_300_799, using: &random)
      let milliseconds = seconds * 1000 + random.below(1000)
      let text = written { $0.append(Timestamp(milliseconds: milliseconds)) }
      #expect(parsed(text) == milliseconds, "\(text)")
      var time = seconds
      var parts = tm()
      gmtime_r(&time, &parts)
      let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
      #expect(
        numbers.prefix(6) == [
          Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min),
          Int(parts.tm_sec),
        ])
    }
  }

  @Test(arguments: [
    ("1970-01-02", 86_400_000), ("1970-01-01T00:00:01Z", 1000), ("1970-01-01t00:00:01z", 1000),
    ("1970-01-01T00:00:00.5Z", 500), ("1970-01-01T00:00:00.123456789Z", 123), ("1970-01-01T01:00:00+01:00", 0),
    ("1969-12-31T19:30:00-04:30", 0), ("1970-01-01T00:00:00.001+00:00", 1), ("1972-02-29T00:00:00Z", 68_169_600_000),
    ("1970-01-01T00:00:60Z", 60_000), ("1970-01-01T00:00:00-00:00", 0),
  ])
  func readsTheFormsOfRFC3339(text: String, milliseconds: Int) { #expect(parsed(text) == milliseconds) }

  @Test(arguments: [
    "", "2026", "2026-03", "2026-13-01", "2026-00-10", "2026-01-00", "2026-01-32", "2026-1-01", "2026/01/01",
    "20260101",
    "2026-01-01T", "2026-01-01T12:00:00", "2026-01-01T24:00:00Z", "2026-01-01T12:60:00Z", "2026-01-01T12:00:61Z",
    "2026-01-01T12:00:00+0100", "2026-01-01T12:00:00+01", "2026-01-01T12:00:00Zx", "2026-01-01T12:00Z", "x2026-01-01",
    "2026-01-01 12:00:00Z", "2026-01-01T12:00:00.5", "2026-01-01T12:00:00,5Z", "-026-01-01", "2026-01-+1", "٢٠٢٦-٠١-٠١",
  ])
  func refusesAllElse(text: String) { #expect(parsed(text) == nil) }

  @Test func isOrderedAndRunsWithTheClock() {
    #expect(Timestamp(milliseconds: -1) < Timestamp(milliseconds: 0))
    #expect(Timestamp(seconds: 3, nanoseconds: 4_999_999).milliseconds == 3004)
    #expect(abs(Timestamp.now.milliseconds / 1000 - time(nil)) <= 2)
  }

  private func parsed(_ text: String) -> Int? { lend(text) { Timestamp($0)?.milliseconds } }
}
