import Records
import Toolkit

/// What the figures of conditions count in: which units a number may have that they are held against.
extension Unit {
  /// Of a measured member.
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
    case .count, .plain, .perSecond: "it is a plain number"
    case .share: "%"
    case .milliseconds, .seconds: "ms, s, m, h or d"
    case .bytes: "B, KiB, MiB, GiB, TiB, kB, MB, GB or TB"
    case .bytesPerSecond: "B/s, KiB/s, MiB/s, GiB/s, kB/s, MB/s or GB/s"
    }
  }

  /// A number with a unit in the figure's unit: times `factor`, times ten to the power of `exponent`.
  func conversion(from unit: String) -> (factor: Double, exponent: Int)? {
    switch self {
    case .count, .plain, .perSecond: return nil
    case .share: return unit == "%" ? (1, -2) : nil
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
}
