/// A token bucket for the bytes of all bodies together. It holds 50 ms' worth, but at least 16 KiB.
final class Throttle {
  /// Beyond it, a rate or a single expense counts as this many bytes, so that millionths of it fit an `Int`.
  private static let largest = 1 << 40

  private let bytesPerSecond: Int
  /// In millionths of a byte, as are all that follow: a rate times microseconds, without rounding.
  private let capacity: Int
  /// Fewer bytes than 10 ms' worth are not handed out: reading them one by one would only cost.
  private let quantum: Int
  /// Below 0 where more was spent than was allowed.
  private var tokens: Int
  private var refilled: Int?

  /// - Parameter bytesPerSecond: 1 or more.
  init(bytesPerSecond: Int) {
    self.bytesPerSecond = min(max(1, bytesPerSecond), Self.largest)
    capacity = max(16 << 10, self.bytesPerSecond / 20) * 1_000_000
    quantum = max(1, self.bytesPerSecond / 100) * 1_000_000
    tokens = capacity
  }

  /// Bytes that may be read at `now`; 0: none until `nextRefill`.
  func allowance(now: Int) -> Int {
    let elapsed = max(0, now - (refilled ?? now))
    let (earned, isTooMuch) = elapsed.multipliedReportingOverflow(by: bytesPerSecond)
    // Compared without a sum that could overflow.
    tokens = isTooMuch || earned > capacity && earned - capacity >= -tokens ? capacity : min(capacity, tokens + earned)
    refilled = max(now, refilled ?? now)
    return tokens >= quantum ? tokens / 1_000_000 : 0
  }

  /// So many bytes were read. What was not allowed is paid back before anything is allowed again.
  func spend(_ bytes: Int) { tokens = max(-(4 << 60), tokens - min(bytes, Self.largest) * 1_000_000) }

  /// When there is an allowance again: `now` or later.
  func nextRefill(now: Int) -> Int {
    guard tokens < quantum else { return now }
    return max(now, (refilled ?? now) + (quantum - tokens + bytesPerSecond - 1) / bytesPerSecond)
  }
}
