/// How many requests one host may have in flight, found by its latency and its refusals: the gradient of Netflix's
/// concurrency-limits, the best recent time to first byte beside the present one. A server that queues is slower the more
/// it is given; the limit settles at one and a half of what it serves at once.
///
/// Answers are judged in windows. As the best time would creep up while a queue stands, the limit is halved for a window
/// from time to time: a probe, as Envoy's gradient controller has them. Where that makes answers no faster, their time is
/// the server's own, whatever it was before, and is what others are compared with from then on.
struct AdaptiveLimit {
  /// How much slower than the best a window may be before the limit falls.
  private static let tolerance = 1.5
  /// Windows whose best counts, and after how many there is a probe.
  private static let memory = 40
  private static let probeInterval = 30
  /// The share of refusals that is taken for chance.
  private static let acceptedOverload = 0.03
  /// Answers of a window at least. It has as many as the limit, too: about a round trip.
  private static let enough = 30
  /// Microseconds that pass at most after a leap of the limit, before answers are judged again.
  private static let longestSettling = 2_000_000

  private enum Phase {
    /// Doubling, until the gradient first falls.
    case slowStart
    case steady
    /// Half is given out. With the mean time before it; whether no more than half is in flight yet.
    case probe(before: Double, hasBegun: Bool)
  }

  private let minimum: Double
  private let maximum: Double
  /// The limit, but for probes.
  private var value: Double
  private var phase = Phase.slowStart
  private var window = AnswerWindow()
  /// The time of each of the last windows, the oldest at `oldest` once there are enough.
  private var recent: [Double] = []
  private var oldest = 0
  private var windowsSinceProbe = 0
  /// Windows in a row in which the gradient was low.
  private var slowWindows = 0
  /// Microseconds that the slowest answer of the last window took.
  private var slowest = 0
  /// What is passed over after a leap of the limit: at first only the quick answers come.
  private var settling = (answers: 0, until: Int.min)

  /// - Parameters:
  ///   - minimum: where it starts, 1 or more.
  ///   - maximum: `minimum` or more.
  init(minimum: Int, maximum: Int) {
    self.minimum = Double(max(1, minimum))
    self.maximum = Double(max(1, minimum, maximum))
    value = self.minimum
    settling.answers = limit
  }

  /// Requests that may be in flight now, from the minimum to the maximum.
  var limit: Int { Int(isProbing ? halved : value) }

  private var isProbing: Bool { if case .probe = phase { true } else { false } }

  private var halved: Double { max(minimum, value / 2) }

  /// A request has ended.
  /// - Parameters:
  ///   - firstByte: microseconds until its first byte came; nil where none did.
  ///   - isOverload: 429, 503, a timeout or a reset. The time of such an answer says nothing.
  ///   - inFlight: requests in flight, this one included.
  ///   - now: `Clock` time.
  mutating func record(firstByte: Int?, isOverload: Bool, inFlight: Int, now: Int) {
    if case .probe(let before, false) = phase {
      guard inFlight <= limit + 1 else { return }
      phase = .probe(before: before, hasBegun: true)
      settle(now)
    }
    if !isOverload, settling.answers > 0 || now < settling.until {
      settling.answers -= 1
      return
    }
    window.add(isOverload ? nil : firstByte, isOverload: isOverload, inFlight: inFlight, now: now)
    guard window.isFull(at: now, wanted: isProbing ? max(2 * Self.enough, limit) : max(Self.enough, limit)) else {
      return
    }
    let before = limit
    judge()
    if limit > before * 5 / 4 || limit < before * 4 / 5 { settle(now) }
    window = AnswerWindow()
  }

  private mutating func settle(_ now: Int) {
    settling = (2 * limit, now + min(Self.longestSettling, slowest))
    window = AnswerWindow()
  }

  private mutating func judge() {
    slowest = window.slowest
    // One alone is chance in a window of any size.
    if window.overloads > 1, Double(window.overloads) > Self.acceptedOverload * Double(window.count) {
      return backOff()
    }
    guard window.timed >= 5 else { return }
    if case .probe(let before, _) = phase { return endProbe(before) }
    remember(window.atMost)
    windowsSinceProbe += 1
    let gradient = min(1, max(0.5, Self.tolerance * (recent.min() ?? 0) / max(1, window.atLeast)))
    slowWindows = gradient < 0.75 ? slowWindows + 1 : 0
    if gradient < 1, case .slowStart = phase { phase = .steady }
    // A limit that is not reached has no part in it.
    guard Double(window.mostInFlight) >= 0.9 * value - 1 else { return }
    if case .slowStart = phase {
      value = min(maximum, value * 2)
    } else if slowWindows == 0 ? windowsSinceProbe >= Self.probeInterval : slowWindows > 1 && windowsSinceProbe > 4 {
      beginProbe()
    } else {
      value = min(maximum, max(minimum, value * gradient + value.squareRoot()))
    }
  }

  private mutating func backOff() {
    value = max(minimum, min(value, Double(window.mostInFlight)) * 0.7)
    // From the minimum the way back is short.
    phase = value == minimum ? .slowStart : .steady
  }

  private mutating func beginProbe() {
    windowsSinceProbe = 0
    guard halved < value else { return forget() }
    phase = .probe(before: window.mean, hasBegun: false)
  }

  private mutating func endProbe(_ before: Double) {
    // A long queue is half as long then, one of the usual length somewhat more.
    if window.mean > (slowWindows > 1 ? 0.7 : 0.8) * before { forget() }
    remember(window.atMost)
    if window.mean < 0.6 * before {
      // Half as many are answered twice as fast: the others only waited. So may half of these.
      value = halved
      windowsSinceProbe = Self.probeInterval - 5
    }
    phase = .steady
    slowWindows = 0
  }

  private mutating func remember(_ time: Double) {
    if recent.count < Self.memory {
      recent.append(time)
    } else {
      recent[oldest] = time
      oldest = (oldest + 1) % Self.memory
    }
  }

  private mutating func forget() {
    recent.removeAll(keepingCapacity: true)
    oldest = 0
  }
}

/// Answers that are judged together.
private struct AnswerWindow {
  private var start = 0
  private(set) var count = 0
  private(set) var overloads = 0
  private(set) var mostInFlight = 0
  /// Microseconds.
  private(set) var slowest = 0
  /// Answers with a time.
  private(set) var timed = 0
  private(set) var mean = 0.0
  private var squares = 0.0

  mutating func add(_ firstByte: Int?, isOverload: Bool, inFlight: Int, now: Int) {
    if count == 0 { start = now }
    count += 1
    overloads += isOverload ? 1 : 0
    mostInFlight = max(mostInFlight, inFlight)
    guard let firstByte else { return }
    slowest = max(slowest, firstByte)
    // Welford's method.
    timed += 1
    let difference = Double(max(0, firstByte)) - mean
    mean += difference / Double(timed)
    squares += difference * (Double(max(0, firstByte)) - mean)
  }

  /// A quarter of a second and so many answers are needed; where few come, 10 in five seconds do.
  func isFull(at now: Int, wanted: Int) -> Bool {
    let elapsed = now - start
    return count >= 10 && elapsed >= 250_000 && (count >= wanted || elapsed >= 5_000_000)
  }

  /// The mean's standard error: so much is left to chance.
  private var error: Double { timed > 1 ? (squares / Double(timed - 1) / Double(timed)).squareRoot() : mean }
  var atLeast: Double { mean - error }
  var atMost: Double { mean + error }
}
