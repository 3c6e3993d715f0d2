import Glibc

/// Round values between 0 and 1, along an axis of a plot, with what is written beside them.
typealias Ticks = [(position: Double, label: String)]

/// From 0 to the largest value, or to a round one above it.
struct LinearScale {
  let upper: Double
  let ticks: Ticks

  /// - Parameter marks: the most ticks above 0 that there is room for.
  init(upTo maximum: Double, _ unit: Page.Unit, marks: Int, isRounded: Bool = true) {
    let largest = maximum > 1e-9 ? min(maximum, 1e20) : 1
    let step = unit.roundStep(largest / Double(marks))
    let count = max(Int((largest / step).rounded(isRounded ? .up : .down)), isRounded ? 1 : 0)
    let upper = isRounded ? Double(count) * step : largest
    self.upper = upper
    ticks = (0...count).map { (Double($0) * step / upper, unit.tick(Double($0) * step)) }
  }

  func position(_ value: Double) -> Double { min(max(value / upper, 0), 1) }
}

/// A logarithmic axis.
struct LogScale {
  let lower: Double
  let upper: Double
  private(set) var ticks: Ticks = []

  /// - Parameters:
  ///   - range: above 0.
  ///   - fits: whether there is room for these ticks.
  init(_ range: ClosedRange<Double>, _ unit: Page.Unit, fits: (Ticks) -> Bool) {
    let isPoint = range.upperBound / range.lowerBound < 1.000_001
    lower = isPoint ? range.lowerBound / 2 : range.lowerBound
    upper = isPoint ? range.upperBound * 2 : range.upperBound
    let choices = [rounds(unit), steps(unit)].map { series in
      series.map { ticks(at: $0, unit) }.first(where: fits) ?? []
    }
    ticks = choices.first { $0.count > 1 } ?? []
  }

  func position(_ value: Double) -> Double { min(max(log(value / lower) / log(upper / lower), 0), 1) }

  private func ticks(at values: [Double], _ unit: Page.Unit) -> Ticks {
    values.filter { (lower...upper).contains($0) }.map { (position($0), unit.tick($0)) }
  }

  /// The usual series of round values, the densest first.
  private func rounds(_ unit: Page.Unit) -> [[Double]] {
    let isBinary = unit == .bytes || unit == .bytesPerSecond
    let base = isBinary ? 2.0 : 10
    let first = (log(lower) / log(base)).rounded(.down)
    let last = (log(upper) / log(base)).rounded(.up)
    let series: [(stride: Double, steps: [Double])] =
      (isBinary ? [] : [(1, [1, 2, 5]), (1, [1, 3])]) + [1, 2, 5, 10, 20, 50, 100].map { ($0, [1]) }
    return series.map { stride, steps in
      let start = (first / stride).rounded(.down) * stride
      return Swift.stride(from: start, through: last, by: stride).flatMap { exponent in
        steps.map { $0 * pow(base, exponent) }
      }
    }
  }

  /// Those of a linear axis, the densest first, for a range that has no two values of such a series.
  private func steps(_ unit: Page.Unit) -> [[Double]] {
    (1...5).reversed().map { count in
      let step = unit.roundStep((upper - lower) / Double(count))
      let first = (lower / step).rounded(.up)
      return (0...count).map { (first + Double($0)) * step }
    }
  }
}

extension Page.Unit {
  /// A step of 1, 2 or 5 times a power of ten, of the unit in which it is shown, that is at least as large.
  fileprivate func roundStep(_ least: Double) -> Double {
    let base = shownUnit(least)
    let power = pow(10, log10(least / base).rounded(.down))
    let step = [1, 2, 5, 10].first { $0 * power * base >= least } ?? 10
    return self == .count ? max(step * power * base, 1) : step * power * base
  }

  private func shownUnit(_ value: Double) -> Double {
    let units: [Double] =
      switch self {
      case .bytes, .bytesPerSecond: (0...5).map { pow(1024, Double($0)) }
      case .seconds: [1, 60, 3600]
      case .milliseconds: [1, 60_000, 3_600_000]
      case .count, .share, .perSecond, .plain: [1]
      }
    return units.last { $0 <= value } ?? 1
  }

  /// As in a table, without zeros behind the point.
  fileprivate func tick(_ value: Double) -> String {
    let text = cell(value).display
    let number = text.prefix { $0.isNumber || $0 == "." || $0 == "," }
    guard number.contains(".") else { return text }
    let kept = number.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()
    return String(kept) + text.dropFirst(number.count)
  }
}

/// What can be drawn of the values of a picture: beyond these limits no figure is real, and no arithmetic safe.
func drawable(_ value: Double) -> Double? { value >= 0 && value <= 1e18 ? value : nil }
