import Records
import Toolkit

extension Condition {
  /// What a figure counts in: which units its condition may have, and how it is shown.
  package enum Scale: Sendable {
    case plain, ratio, milliseconds, seconds, bytes, bytesPerSecond

    init(of field: Field) {
      let name = "\(field.name)"
      if name.hasSuffix("_ms") {
        self = .milliseconds
      } else if name.hasSuffix("_seconds") {
        self = .seconds
      } else {
        self = field == .size || field == .bytes ? .bytes : .plain
      }
    }

    /// Its units, for a message.
    var units: String {
      switch self {
      case .plain: "it is a plain number"
      case .ratio: "%"
      case .milliseconds, .seconds: "ms, s, m, h or d"
      case .bytes: "B, KiB, MiB, GiB, TiB, kB, MB, GB or TB"
      case .bytesPerSecond: "B/s, KiB/s, MiB/s, GiB/s, kB/s, MB/s or GB/s"
      }
    }

    /// A number with a unit in the figure's unit: times `factor`, times ten to the power of `exponent`.
    func conversion(from unit: String) -> (factor: Double, exponent: Int)? {
      switch self {
      case .plain: return nil
      case .ratio: return unit == "%" ? (1, -2) : nil
      case .milliseconds: return Self.times[unit]
      case .seconds: return Self.times[unit].map { ($0.factor, $0.exponent - 3) }
      case .bytes: return Self.bytes(unit)
      case .bytesPerSecond: return Self.bytes(unit.hasSuffix("/s") ? String(unit.dropLast(2)) : unit)
      }
    }

    /// In milliseconds.
    private static let times: [String: (factor: Double, exponent: Int)] = [
      "ms": (1, 0), "s": (1, 3), "m": (60, 3), "h": (3600, 3), "d": (86_400, 3),
    ]

    /// As options for sizes read units.
    private static func bytes(_ unit: String) -> (factor: Double, exponent: Int)? {
      guard unit.first?.isLetter == true, var factor = ByteSize(argument: "1\(unit)")?.bytes else { return nil }
      var exponent = 0
      while factor % 1000 == 0 {
        factor /= 1000
        exponent += 3
      }
      return (Double(factor), exponent)
    }

    func describe(_ value: Double) -> String {
      switch self {
      case .plain: Self.rounded(value)
      case .ratio: "\(Self.rounded(value * 100)) %"
      case .milliseconds: "\(Self.rounded(value)) ms"
      case .seconds: "\(Self.rounded(value)) s"
      case .bytes: Self.withByteUnit(value)
      case .bytesPerSecond: "\(Self.withByteUnit(value))/s"
      }
    }

    private static func withByteUnit(_ value: Double) -> String {
      var units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][...]
      var value = value
      while value >= 1024, units.count > 1 {
        value /= 1024
        units.removeFirst()
      }
      return "\(rounded(value)) \(units[units.startIndex])"
    }

    /// With five digits that count; whole numbers have all of theirs.
    private static func rounded(_ value: Double) -> String {
      guard value.isFinite, value.magnitude >= 1e-9 || value == 0 else { return "\(value)" }
      var decimals = 4
      var bound = 10.0
      while value.magnitude >= bound, decimals > 0 {
        decimals -= 1
        bound *= 10
      }
      bound = 1
      while value.magnitude < bound, value != 0, decimals < 12 {
        decimals += 1
        bound /= 10
      }
      var out = ByteBuffer()
      out.append(value, decimals: decimals)
      return out.bytes.string
    }
  }
}
