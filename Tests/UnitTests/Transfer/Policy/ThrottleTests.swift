import Testing

@testable import Transfer

@Suite struct ThrottleTests {
  private static let second = 1_000_000

  @Test(arguments: [1, 100, 12_345, 10 << 20, 1 << 31])
  func isExactOnAverage(rate: Int) {
    let throttle = Throttle(bytesPerSecond: rate)
    var now = 123_456_789
    let end = now + 100 * Self.second
    var total = 0
    while now < end {
      let allowed = throttle.allowance(now: now)
      throttle.spend(allowed)
      total += allowed
      let next = throttle.nextRefill(now: now)
      #expect(next > now || throttle.allowance(now: now) > 0)
      now = max(next, now + 1)
    }
    let burst = max(16 << 10, rate / 20)
    #expect(total <= rate * 100 + burst)
    #expect(Double(total) >= Double(rate) * 99.9)
  }

  @Test func isThereWhenItSaid() {
    var random = Seeded(8)
    for rate in [3, 5000, 1 << 20, 300 << 20] {
      let throttle = Throttle(bytesPerSecond: rate)
      var now = 0
      for _ in 0..<500 {
        throttle.spend(min(throttle.allowance(now: now), 1 + random.below(1 << 20)) + random.below(100))
        now = throttle.nextRefill(now: now)
        #expect(throttle.allowance(now: now) > 0)
        now += random.below(3) == 0 ? random.below(1000) : 0
      }
    }
  }

  @Test func idleTimeIsSavedUpToTheBurst() {
    for (rate, burst) in [(1000, 16 << 10), (100 << 20, 5 << 20)] {
      let throttle = Throttle(bytesPerSecond: rate)
      #expect(throttle.allowance(now: 0) == burst)
      #expect(throttle.allowance(now: 3600 * Self.second) == burst)
    }
  }

  @Test func whatWasReadTooMuchIsPaidBack() {
    let throttle = Throttle(bytesPerSecond: 1_000_000)
    #expect(throttle.allowance(now: 0) == 50_000)
    throttle.spend(1_050_000)
    #expect(throttle.allowance(now: Self.second) == 0)
    #expect(throttle.nextRefill(now: Self.second) == 1_010_000)
    #expect(throttle.allowance(now: 1_010_000) == 10_000)
  }

  @Test func extremesDoNotOverflow() {
    let throttle = Throttle(bytesPerSecond: .max)
    let allowed = throttle.allowance(now: 0)
    for _ in 0..<20 { throttle.spend(.max) }
    #expect(throttle.allowance(now: 1) == 0)
    #expect(throttle.nextRefill(now: 1) > 1)
    #expect(throttle.allowance(now: .max) == allowed && allowed > 1 << 32)
  }

  @Test func aClockThatStandsOrGoesBackGivesNothing() {
    let throttle = Throttle(bytesPerSecond: 1_000_000)
    throttle.spend(throttle.allowance(now: 5000))
    #expect(throttle.allowance(now: 5000) == 0)
    #expect(throttle.allowance(now: 0) == 0)
    #expect(throttle.allowance(now: 5000) == 0)
    #expect(throttle.allowance(now: 15_000) == 10_000)
  }
}
