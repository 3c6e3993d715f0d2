import Testing

@testable import Transfer

@Suite struct RatePacerTests {
  private static let second = 1_000_000

  @Test(arguments: [0.1, 0.5, 1, 3, 7.3, 60, 99.9, 1000, 33_333, 500_000])
  func isExactOnAverageAndEven(rate: Double) {
    var pacer = RatePacer(perSecond: rate)
    let from = 987_654_321_012
    var now = from
    var previous: Int?
    let count = 20_000
    for _ in 0...count {
      now = pacer.nextStart(now: now)
      if let previous {
        let gap = Double(now - previous)
        #expect(abs(gap - 1e6 / rate) <= 1)
      }
      previous = now
      #expect(pacer.nextStart(now: now) == now)
      let mayStart = pacer.take(now: now)
      #expect(mayStart)
    }
    #expect(abs(Double(now - from) - Double(count) * 1e6 / rate) <= 1)
  }

  /// A caller whose clock ticks each millisecond and who oversleeps now and then.
  @Test(arguments: [0.7, 20, 750, 20_000])
  func aCoarseClockLosesNothing(rate: Double) {
    var pacer = RatePacer(perSecond: rate)
    var random = Seeded(5)
    var now = 5000
    var starts = 0
    while now < 300 * Self.second {
      while pacer.take(now: now) { starts += 1 }
      let next = (pacer.nextStart(now: now) + 999) / 1000 * 1000
      now = max(next, now + 1000) + 1000 * random.below(4)
    }
    #expect(abs(Double(starts) - rate * 299.995) <= max(2, rate / 50))
  }

  @Test(arguments: [0.5, 1, 100, 1000, 12_345])
  func idleTimeIsNotSavedUp(rate: Double) {
    var pacer = RatePacer(perSecond: rate)
    let first = pacer.take(now: 0)
    let second = pacer.take(now: 0)
    #expect(first && !second)
    let now = 1000 * Self.second
    var burst = 0
    while pacer.take(now: now) { burst += 1 }
    #expect(burst >= 1 && Double(burst) <= 1 + rate / 100)
  }

  /// Whenever it is asked, no stretch of time sees more than its rate and 10 ms' worth.
  @Test func noWindowHasMoreThanTheRateAllows() {
    var random = Seeded(6)
    for rate in [2.0, 150, 4000] {
      var pacer = RatePacer(perSecond: rate)
      var starts: [Int] = []
      var now = 0
      for _ in 0..<3000 {
        now += random.below(random.below(20) == 0 ? Int(3e7 / rate) : Int(2e6 / rate))
        while pacer.take(now: now) { starts.append(now) }
      }
      for i in stride(from: 0, to: starts.count - 50, by: 7) {
        for n in 1...50 {
          let elapsed = Double(starts[i + n] - starts[i])
          #expect(Double(n) <= (elapsed + 10_001) * rate / 1e6 + 1)
        }
      }
    }
  }

  @Test(arguments: [0, -1, Double.nan, -Double.infinity])
  func noRateIsNoReasonToFail(rate: Double) {
    var pacer = RatePacer(perSecond: rate)
    let later = 7 + 1_000_000 * Self.second
    let starts = [pacer.take(now: 7), pacer.take(now: later), pacer.take(now: later + 1)]
    #expect(starts == [true, true, false])
    var unlimited = RatePacer(perSecond: Double.infinity)
    #expect((0..<100).filter { _ in unlimited.take(now: 1) }.count == 100)
  }
}
