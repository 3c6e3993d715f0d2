import Glibc

/// Where true values lie with a confidence of 99 %, given that records are a sample.
package enum Confidence {
  /// The quantile of the normal distribution for two sides of 99 %.
  private static let z = 2.576

  /// Of a share, by E. B. Wilson's score interval (JASA 22, 1927).
  package static func share(_ part: Int, of whole: Int) -> ClosedRange<Double>? {
    guard whole > 0, part >= 0, part <= whole else { return nil }
    let n = Double(whole)
    let share = Double(part) / n
    let centre = share + z * z / (2 * n)
    let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    return max((centre - reach) / scale, 0)...min((centre + reach) / scale, 1)
  }

  /// Of a number of events that come independently (Poisson's distribution, by the normal one).
  package static func number(_ count: Double) -> ClosedRange<Double> {
    let count = max(count, 0)
    let reach = z * count.squareRoot()
    return max(count - reach, 0)...count + reach
  }

  /// Of a quantile, by the order statistics within which it lies, and the sketch's error beyond. Where the values are so few that
  /// it may lie beyond all of them, that side has no end.
  package static func quantile(_ q: Double, of quantity: Quantity) -> ClosedRange<Double>? {
    guard quantity.count > 0 else { return nil }
    let n = Double(quantity.count)
    let reach = z * (q * (1 - q) / n).squareRoot()
    let error = LogBins.relativeError
    var (low, high) = (-Double.infinity, Double.infinity)
    // The chance that all values lie on one side of the quantile must be small, too.
    if q - reach > 0, pow(1 - q, n) < 0.005, let value = quantity.quantile(q - reach) {
      low = value - value.magnitude * error
    }
    if q + reach < 1, pow(q, n) < 0.005, let value = quantity.quantile(q + reach) {
      high = value + value.magnitude * error
    }
    return low <= high ? low...high : nil
  }
}
