@testable import Transfer

/// A server with so many places and a queue before them, first come first served, and clients that ask again as soon as
/// they are answered, as many as the limit allows. Simulated event by event; times are microseconds.
struct SimulatedServer {
  /// Microseconds that a request is served, by chance.
  typealias Service = @Sendable (inout Seeded) -> Double

  /// Requests served at once; the others wait.
  var places: Int
  var service: Service
  /// The share of requests that are refused instead of answered.
  var refused = 0.0
  /// Requests in flight at most, whatever the limit allows.
  var demand = Int.max

  private(set) var now = 0
  private(set) var answers = 0
  private var random: Seeded
  /// When those that are served end, and when they were sent; the earliest end first, a binary heap.
  private var served: [(end: Int, sent: Int)] = []
  private var queue: [Int] = []
  private var queueStart = 0

  init(places: Int, seed: UInt64 = 1, service: @escaping Service) {
    self.places = places
    self.service = service
    random = Seeded(seed)
  }

  private var inFlight: Int { served.count + queue.count - queueStart }

  /// Goes on for so many seconds; hands the time and the limit after each answer to `observe`.
  mutating func run(_ seconds: Int, _ limit: inout AdaptiveLimit, observe: (Int, Int) -> Void = { _, _ in }) {
    let end = now + seconds * 1_000_000
    while now < end {
      send(min(limit.limit, demand))
      let (ended, sent) = popServed()
      now = max(now, ended)
      let isRefused = random.unit() < refused
      limit.record(
        firstByte: isRefused ? nil : now - sent, isOverload: isRefused, inFlight: inFlight + 1, now: now)
      answers += 1
      observe(now, limit.limit)
    }
  }

  private mutating func send(_ count: Int) {
    while inFlight < count { queue.append(now) }
    while served.count < places, queueStart < queue.count {
      push(now + max(1, Int(service(&random))), queue[queueStart])
      queueStart += 1
    }
    guard queueStart > 4096 else { return }
    queue.removeFirst(queueStart)
    queueStart = 0
  }

  private mutating func push(_ end: Int, _ sent: Int) {
    served.append((end, sent))
    var child = served.count - 1
    while child > 0, served[(child - 1) / 2].end > served[child].end {
      served.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func popServed() -> (end: Int, sent: Int) {
    served.swapAt(0, served.count - 1)
    let first = served.removeLast()
    var parent = 0
    while 2 * parent + 1 < served.count {
      var child = 2 * parent + 1
      if child + 1 < served.count, served[child + 1].end < served[child].end { child += 1 }
      guard served[child].end < served[parent].end else { break }
      served.swapAt(child, parent)
      parent = child
    }
    return first
  }
}
