import Glibc
import Testing

@testable import Transfer

@Suite struct AdaptiveLimitTests {
  /// What was seen of a limit: its mean over time, the share of time that it was in a range, and what it let through.
  private struct Seen {
    let mean: Double
    let shareInRange: Double
    let answersPerSecond: Double
  }

  private func watch(
    _ seconds: Int, _ server: inout SimulatedServer, _ limit: inout AdaptiveLimit,
    range: ClosedRange<Double> = 0...0
  ) -> Seen {
    var (sum, inRange, last, value) = (0, 0, server.now, limit.limit)
    let (start, answers) = (server.now, server.answers)
    server.run(seconds, &limit) { now, present in
      sum += value * (now - last)
      inRange += range.contains(Double(value)) ? now - last : 0
      (last, value) = (now, present)
    }
    let elapsed = Double(last - start)
    return Seen(
      mean: Double(sum) / elapsed, shareInRange: Double(inRange) / elapsed,
      answersPerSecond: Double(server.answers - answers) * 1e6 / elapsed)
  }

  private static func constant(_ time: Double) -> SimulatedServer.Service { { _ in time } }

  private static func exponential(_ mean: Double) -> SimulatedServer.Service { { -log(1 - $0.unit()) * mean } }

  private static func lognormal(_ median: Double) -> SimulatedServer.Service {
    { random in
      // The sum of twelve is nearly normal.
      median * exp((0..<12).reduce(-6.0) { sum, _ in sum + random.unit() })
    }
  }

  private static func mixed(_ hit: Double, _ miss: Double, hits: Double) -> SimulatedServer.Service {
    { $0.unit() < hits ? hit : miss }
  }

  @Test(
    arguments: [(10, 20), (10, 300), (30, 100), (30, 1000), (100, 100), (100, 1000), (300, 300)], [false, true])
  func settlesNearWhatTheServerServesAtOnce(server: (places: Int, milliseconds: Int), isRandom: Bool) {
    let time = Double(server.milliseconds) * 1000
    let seconds = server.milliseconds < 200 ? 20 : server.places < 50 ? 200 : 50
    let places = Double(server.places)
    for minimum in [1, 10] {
      var simulated = SimulatedServer(
        places: server.places, service: isRandom ? Self.exponential(time) : Self.constant(time))
      var limit = AdaptiveLimit(minimum: minimum, maximum: 2000)
      #expect(limit.limit == minimum)
      simulated.run(seconds, &limit)
      let seen = watch(seconds, &simulated, &limit, range: places / 2...places * 3)
      #expect((places / 2...places * 3).contains(seen.mean))
      #expect(seen.shareInRange > (isRandom ? 0.8 : 0.95), "the mean is \(seen.mean)")
      #expect(seen.answersPerSecond > 0.9 * places * 1e6 / time)
    }
  }

  @Test(arguments: [20, 60, 300])
  func comesDownFromTheMaximum(places: Int) {
    var server = SimulatedServer(places: 100_000, service: Self.constant(100_000))
    var limit = AdaptiveLimit(minimum: 5, maximum: 500)
    server.run(20, &limit)
    #expect(limit.limit == 500)
    server.places = places
    server.run(30, &limit)
    let bounds = Double(places) / 2...Double(places) * 3
    let seen = watch(30, &server, &limit, range: bounds)
    #expect(bounds.contains(seen.mean) && seen.shareInRange > 0.9, "the mean is \(seen.mean)")
    server.places = 400
    server.run(30, &limit)
    #expect((200...500).contains(watch(30, &server, &limit).mean))
  }

  private static let flat: [(String, SimulatedServer.Service)] = [
    ("constant", constant(100_000)), ("exponential", exponential(100_000)), ("lognormal", lognormal(100_000)),
    ("even mix of hits and misses", mixed(1000, 100_000, hits: 0.5)),
    ("mostly hits", mixed(1000, 100_000, hits: 0.8)),
    ("mostly misses", mixed(1000, 100_000, hits: 0.1)),
  ]

  @Test(arguments: flat.indices, [1, 2, 3] as [UInt64])
  func growsToTheMaximumWhereLatencyIsFlatHoweverNoisy(index: Int, seed: UInt64) {
    var server = SimulatedServer(places: 100_000, seed: seed, service: Self.flat[index].1)
    var limit = AdaptiveLimit(minimum: 10, maximum: 200)
    server.run(15, &limit)
    let seen = watch(30, &server, &limit)
    #expect(seen.mean > 180, "\(Self.flat[index].0)")
  }

  /// Everything takes ten times as long from one moment on: no queue, but other objects.
  @Test func whatIsSlowByItselfIsTheNewNormal() {
    for service in [Self.constant(50_000), Self.exponential(50_000)] {
      var server = SimulatedServer(places: 100_000, service: service)
      var limit = AdaptiveLimit(minimum: 10, maximum: 200)
      server.run(15, &limit)
      server.service = { 10 * service(&$0) }
      server.run(25, &limit)
      #expect(watch(30, &server, &limit).mean > 180)
      server.service = service
      server.run(15, &limit)
      #expect(watch(15, &server, &limit).mean > 180)
    }
  }

  @Test func anOutageIsFollowedByRecovery() {
    var server = SimulatedServer(places: 100, service: Self.constant(50_000))
    var limit = AdaptiveLimit(minimum: 10, maximum: 500)
    server.run(20, &limit)
    let before = watch(10, &server, &limit)
    server.refused = 1
    server.run(20, &limit)
    #expect(limit.limit == 10)
    server.refused = 0
    server.run(10, &limit)
    let after = watch(10, &server, &limit)
    #expect(after.answersPerSecond > 0.9 * before.answersPerSecond && before.answersPerSecond > 1800)
  }

  @Test func refusalsBringItToTheMinimum() {
    var server = SimulatedServer(places: 100_000, service: Self.constant(100_000))
    var limit = AdaptiveLimit(minimum: 10, maximum: 500)
    server.run(10, &limit)
    #expect(limit.limit == 500)
    server.refused = 0.1
    server.run(10, &limit)
    #expect(watch(20, &server, &limit).mean < 20)
  }

  @Test func aFewRefusalsAreChance() {
    var server = SimulatedServer(places: 100_000, service: Self.constant(100_000))
    var limit = AdaptiveLimit(minimum: 10, maximum: 500)
    server.run(10, &limit)
    server.refused = 0.005
    #expect(watch(30, &server, &limit).mean > 450)
    for _ in 0..<5 { limit.record(firstByte: nil, isOverload: true, inFlight: 500, now: server.now) }
    #expect(limit.limit >= 250)
  }

  @Test func oneSlowAnswerChangesNothing() {
    var server = SimulatedServer(places: 100_000, service: Self.constant(100_000))
    var limit = AdaptiveLimit(minimum: 10, maximum: 100)
    server.run(10, &limit)
    for _ in 0..<20 {
      limit.record(firstByte: 60_000_000, isOverload: false, inFlight: 100, now: server.now)
      #expect(watch(3, &server, &limit).mean > 90)
    }
  }

  @Test func whatIsNotUsedDoesNotGrow() {
    var server = SimulatedServer(places: 100_000, service: Self.constant(100_000))
    server.demand = 5
    var limit = AdaptiveLimit(minimum: 10, maximum: 500)
    server.run(30, &limit)
    #expect(limit.limit == 10)
    server.demand = 60
    server.run(30, &limit)
    #expect((60...160).contains(limit.limit))
  }

  @Test func staysWithinItsBoundsWhateverComes() {
    var random = Seeded(9)
    for _ in 0..<300 {
      let minimum = 1 + random.below(20)
      let maximum = minimum + random.below(200)
      var limit = AdaptiveLimit(minimum: minimum, maximum: maximum)
      var now = random.below(1 << 40)
      let isBad = random.unit()
      for _ in 0..<400 {
        now += random.below(30_000)
        limit.record(
          firstByte: random.pick([nil, 0, -1, 1000, random.below(1 << 24), .max]), isOverload: random.unit() < isBad,
          inFlight: random.below(2 * limit.limit), now: now)
        #expect((minimum...maximum).contains(limit.limit))
      }
    }
    var inverted = AdaptiveLimit(minimum: 0, maximum: -3)
    inverted.record(firstByte: 1, isOverload: true, inFlight: 1, now: 1)
    #expect(inverted.limit == 1)
  }
}
