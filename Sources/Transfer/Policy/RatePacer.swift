/// Starts at an even rate. Who comes late catches up with at most 10 ms; a longer idle time is not saved up.
struct RatePacer {
  /// Microseconds; clocks and event loops are no finer.
  private static let catchUp = 10_000

  /// Microseconds between two starts.
  private let interval: Double
  /// When the next start is due, `Clock` time; the part of a microsecond is kept apart, so that no error adds up.
  private var due: Int?
  private var fraction = 0.0

  /// - Parameter perSecond: above 0; less than one a million seconds counts as that.
  init(perSecond: Double) { interval = perSecond > 1e-6 ? 1e6 / perSecond : 1e12 }

  /// Whether one may start at `now`; if so, it is taken to have started.
  mutating func take(now: Int) -> Bool {
    var start = due ?? now
    guard start <= now else { return false }
    if start < now - Self.catchUp {
      start = now - Self.catchUp
      fraction = 0
    }
    fraction += interval
    let whole = fraction.rounded(.down)
    due = start + Int(whole)
    fraction -= whole
    return true
  }

  /// When the next one may start: `now` or later.
  func nextStart(now: Int) -> Int { max(now, due ?? now) }
}
