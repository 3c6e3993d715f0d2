/// What a figure counts in: how it is written for readers.
package enum Unit: String, CaseIterable, Sendable {
  case count
  /// A ratio: 1 is the whole.
  case share
  case milliseconds, seconds, bytes
  case perSecond = "per_second"
  case bytesPerSecond = "bytes_per_second"
  case plain
}

extension Unit {
  /// For a table: few digits, and long times in larger units. What is neither none nor all is never shown as that.
  package func short(_ value: Double) -> String {
    switch self {
    case .count: grouped(fixed(value, 0))
    case .share: shortPercent(value * 100)
    case .milliseconds:
      value.magnitude < 10_000
        ? "\(fixed(value, value.magnitude < 10 ? 2 : 0)) ms" : Unit.seconds.short(value / 1000)
    case .seconds: shortTime(value)
    case .bytes: shortBytes(value)
    case .perSecond: shortRate(value)
    case .bytesPerSecond: "\(shortBytes(value))/s"
    case .plain: grouped(trimmed(value, value.magnitude < 1 ? 3 : value.magnitude < 1000 ? 2 : 0))
    }
  }

  /// For a message that holds it against a limit: five digits that count, times in the unit itself. Whole numbers have all
  /// of their digits.
  package func precise(_ value: Double) -> String {
    switch self {
    case .count, .plain: fiveDigits(value)
    case .share: precisePercent(value * 100)
    case .milliseconds: "\(fiveDigits(value)) ms"
    case .seconds: "\(fiveDigits(value)) s"
    case .bytes: preciseBytes(value)
    case .perSecond: "\(fiveDigits(value))/s"
    case .bytesPerSecond: "\(preciseBytes(value))/s"
    }
  }
}

// MARK: Percent

private func shortPercent(_ value: Double) -> String {
  let edge = distanceFromAnEdge(value)
  guard edge > 0, edge < 1 else { return "\(fixed(value, 1)) %" }
  return "\(edge < smallest ? "\(value)" : fixed(value, decimals(showing: 2, of: edge))) %"
}

private func precisePercent(_ value: Double) -> String {
  let edge = distanceFromAnEdge(value)
  guard edge > 0, edge < 1, value.magnitude > 1 else { return "\(fiveDigits(value)) %" }
  return "\(trimmed(value, max(decimals(showing: 2, of: edge), 3))) %"
}

/// From none or all, whichever is nearer.
private func distanceFromAnEdge(_ value: Double) -> Double { min(value.magnitude, (100 - value.magnitude).magnitude) }

// MARK: Times and rates

private func shortTime(_ seconds: Double) -> String {
  switch seconds.magnitude {
  case ..<600: "\(fixed(seconds, seconds.magnitude < 100 ? 1 : 0)) s"
  case ..<7200: "\(fixed(seconds / 60, 1)) min"
  default: "\(grouped(fixed(seconds / 3600, 1))) h"
  }
}

/// What is rare has more decimals.
private func shortRate(_ value: Double) -> String {
  guard value.magnitude < 1 else { return "\(grouped(fixed(value, value.magnitude < 100 ? 1 : 0)))/s" }
  return "\(trimmed(value, value.magnitude >= 0.01 ? 3 : 6))/s"
}

// MARK: Bytes

private func shortBytes(_ value: Double) -> String {
  let (number, unit) = inLargestUnit(value)
  return "\(fixed(number, unit == "B" || number.magnitude >= 100 ? 0 : 1)) \(unit)"
}

private func preciseBytes(_ value: Double) -> String {
  let (number, unit) = inLargestUnit(value)
  return "\(fiveDigits(number)) \(unit)"
}

private func inLargestUnit(_ bytes: Double) -> (number: Double, unit: String) {
  var units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][...]
  var number = bytes
  while number.magnitude >= 1024, units.count > 1 {
    number /= 1024
    units.removeFirst()
  }
  return (number, units[units.startIndex])
}
