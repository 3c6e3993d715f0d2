import Records
import Testing
import Transfer

@Suite struct RetryPolicyTests {
  private static let second = 1_000_000

  @Test(
    arguments: [
      (1, true, nil, .retry(500_000)), (2, true, nil, .retry(second)), (3, true, nil, .giveUp),
      (1, false, nil, .giveUp), (1, false, 1, .giveUp),
      (1, true, 7, .retry(7_250_000)), (2, true, 60, .retry(60_250_000)), (1, true, 61, .tooFar(61)),
      (1, true, .max, .tooFar(.max)), (3, true, 61, .giveUp),
      (1, true, 0, .retry(250_000)), (2, true, 0, .retry(250_000)),
    ] as [(Int, Bool, Int?, RetryPolicy.Decision)])
  func decides(attempts: Int, isTransient: Bool, retryAfter: Int?, decision: RetryPolicy.Decision) {
    #expect(
      RetryPolicy().decide(attempts: attempts, isTransient: isTransient, retryAfter: retryAfter, random: 1) == decision)
  }

  @Test func neverRetriesWithoutALimit() {
    var policy = RetryPolicy()
    policy.limit = 0
    #expect(policy.decide(attempts: 1, isTransient: true, retryAfter: 1, random: 0) == .giveUp)
  }

  @Test func pausesDoubleUpToTheLongest() {
    var policy = RetryPolicy()
    policy.limit = 100
    var random = Seeded(12)
    for attempts in 1...100 {
      let full = min(60 * Self.second, 500_000 * (attempts > 8 ? 256 : 1 << (attempts - 1)))
      for _ in 0..<50 {
        guard
          case .retry(let pause) = policy.decide(
            attempts: attempts, isTransient: true, retryAfter: nil, random: random.unit())
        else { return #expect(Bool(false), "gave up") }
        #expect((full / 2...full).contains(pause))
      }
    }
  }

  @Test func neverReturnsBeforeTheServerWants() {
    var random = Seeded(13)
    for _ in 0..<1000 {
      let wanted = 1 + random.below(60)
      let decision = RetryPolicy().decide(attempts: 1, isTransient: true, retryAfter: wanted, random: random.unit())
      guard case .retry(let pause) = decision else { return #expect(Bool(false), "gave up") }
      #expect((wanted * Self.second...wanted * Self.second + 250_000).contains(pause))
    }
  }

  @Test(
    arguments: [
      ("0", 0), ("120", 120), ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
      ("Sun, 06 Nov 1994 08:48:59 GMT", 0),
      ("Wed, 21 Oct 2015 07:28:00 GMT", 661_300_740), ("9223372036854775807", 1 << 40),
      ("99999999999999999999", 1 << 40),
      ("-1", nil), ("", nil), ("soon", nil), ("1.5", nil),
      ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov  6 08:49:37 1994", nil),
      ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 06 Nox 1994 08:49:37 GMT", nil),
    ] as [(String, Int?)])
  func readsRetryAfter(value: String, seconds: Int?) {
    let now = lend("1994-11-06T08:49:00Z") { Timestamp($0)! }
    #expect(lend(value) { RetryPolicy.seconds(retryAfter: $0, now: now) } == seconds)
  }

  @Test func roundsADateUpToWholeSeconds() {
    let now = lend("1994-11-06T08:49:36.001Z") { Timestamp($0)! }
    #expect(lend("Sun, 06 Nov 1994 08:49:37 GMT") { RetryPolicy.seconds(retryAfter: $0, now: now) } == 1)
  }

  @Test func aHostCoolsTwiceAsLongEachTime() {
    var policy = RetryPolicy()
    policy.firstDelay = 500_000
    policy.maximumDelay = 3_000_000
    #expect((0...6).map { policy.cooling($0, random: 1) } == [100, 200, 400, 800, 1600, 3000, 3000].map { $0 * 1000 })
    #expect(policy.cooling(2, random: 0) == 200_000 && policy.cooling(.max, random: 1) == 3_000_000)
  }
}
