import Records

/// When a failed attempt is tried again.
package struct RetryPolicy: Sendable {
  /// Attempts after the first.
  package var limit = 2
  /// The first pause, microseconds; each further one is twice as long.
  package var firstDelay = 500_000
  /// No pause is longer, microseconds; a server that asks for a longer one is not asked again.
  package var maximumDelay = 60_000_000

  package init() {}

  package enum Decision: Equatable, Sendable {
    /// After so many microseconds.
    case retry(Int)
    case giveUp
    /// Retry-After, in seconds, is beyond the longest pause.
    case tooFar(Int)
  }

  /// - Parameters:
  ///   - attempts: attempts made so far, 1 or more.
  ///   - retryAfter: seconds that the server asks for.
  ///   - random: 0 to 1. Half of the pause is left to chance, so that items that failed together do not return together.
  package func decide(attempts: Int, isTransient: Bool, retryAfter: Int?, random: Double) -> Decision {
    guard isTransient, attempts <= limit else { return .giveUp }
    let pause = min(maximumDelay, firstDelay << min(attempts - 1, 30))
    let jittered = pause / 2 + Int(Double(pause / 2) * random)
    guard let retryAfter else { return .retry(jittered) }
    guard retryAfter <= maximumDelay / 1_000_000 else { return .tooFar(retryAfter) }
    return .retry(retryAfter * 1_000_000 + Int(250_000 * random))
  }

  /// How long a host rests that answered 429 or 503 without saying how long, microseconds: a fifth of the first pause at
  /// first, twice as long for each further time without a good answer between.
  package func cooling(_ times: Int, random: Double) -> Int {
    let pause = min(maximumDelay, (firstDelay / 5) << min(times, 30))
    return pause / 2 + Int(Double(pause / 2) * random)
  }

  /// Seconds of a Retry-After header: a number, or an HTTP date (RFC 9110, 10.2.3).
  package static func seconds(retryAfter value: Bytes, now: Timestamp) -> Int? {
    if let seconds = value.decimal { return Int(min(seconds, 1 << 40)) }
    if !value.isEmpty, value.allSatisfy({ (48...57).contains($0) }) { return 1 << 40 }
    guard let date = httpDate(value) else { return nil }
    return max(0, (date.milliseconds - now.milliseconds + 999) / 1000)
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT`; the two obsolete forms are not read.
  private static func httpDate(_ text: Bytes) -> Timestamp? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard text.count == 29, let day = text.slice(5, 7).decimal, let year = text.slice(12, 16).decimal,
      let month = months.firstIndex(of: text.slice(8, 11).string), let hour = text.slice(17, 19).decimal,
      let minute = text.slice(20, 22).decimal, let second = text.slice(23, 25).decimal,
      text.slice(26, 29).equals("GMT")
    else { return nil }
    let days = daysFromCivil(Int(year), month + 1, Int(day))
    return Timestamp(seconds: days * 86_400 + Int(hour) * 3600 + Int(minute) * 60 + Int(second), nanoseconds: 0)
  }
}
