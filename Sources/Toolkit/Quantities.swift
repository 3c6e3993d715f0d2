import ArgumentParser
import Glibc
import Records

/// A number of bytes with a unit: `500`, `10KiB`, `10k`, `1.5GiB` (powers of 1024), `10MB` (powers of 1000).
package struct ByteSize: ExpressibleByArgument, Sendable, Equatable {
  package let bytes: Int

  package init(bytes: Int) { self.bytes = bytes }

  package init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = argument.dropFirst(digits.count).lowercased()
    guard let value = Double(digits),
      let power = ["", "k", "m", "g", "t", "p"].firstIndex(where: {
        unit.first.map { "\($0)" } ?? "" == $0 || unit == "b" && $0 == ""
      })
    else { return nil }
    let base: Double
    switch unit.dropFirst(power == 0 ? 0 : 1) {
    case "", "ib": base = 1024
    case "b": base = power == 0 ? 1024 : 1000
    default: return nil
    }
    let bytes = value * pow(base, Double(power))
    guard bytes < 9e18 else { return nil }
    self.bytes = Int(bytes)
  }

  /// In the largest unit of which it is a whole number.
  package var defaultValueDescription: String {
    let units = ["", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var count = bytes
    var unit = 0
    while count > 0, count % 1024 == 0, unit < units.count - 1 {
      count /= 1024
      unit += 1
    }
    return "\(count)\(units[unit])"
  }
}

/// A point in time, given as an age (`90s`, `30m`, `12h`, `7d`, `2w`) or as an RFC 3339 date or time.
package struct PointInTime: ExpressibleByArgument, Sendable {
  package let time: Timestamp

  package init?(argument: String) {
    var text = argument
    if let time = text.withUTF8({ Timestamp(Bytes($0)) }) {
      self.time = time
      return
    }
    let seconds: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let unit = argument.last, let factor = seconds[unit], let count = Double(argument.dropLast()),
      count >= 0, count * factor < 1e11
    else { return nil }
    time = Timestamp(milliseconds: Timestamp.now.milliseconds - Int(count * factor * 1000))
  }
}

/// A length of time with a unit: `500ms`, `10s`, `5m`, `2h`, `1d`; a bare number is seconds. From a millisecond to ten years.
package struct Duration: ExpressibleByArgument, Sendable, Equatable {
  package let seconds: Double

  package init(seconds: Double) { self.seconds = seconds }

  package init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units = ["": 1, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400] as [String: Double]
    guard let count = Double(digits), let factor = units[String(argument.dropFirst(digits.count))] else { return nil }
    seconds = count * factor
    guard seconds >= 0.001, seconds <= 315_360_000 else { return nil }
  }
}
