import Records

extension Page {
  /// A value with its kind, so that each format can write it in its way.
  package enum Cell: Equatable, Sendable {
    case text(String)
    case flag(Bool)
    case time(Timestamp)
    case count(Int)
    /// A figure without a unit.
    case number(Double)
    /// 0 to 1.
    case share(Double)
    /// Relative: -0.12 is 12 % less.
    case change(Double)
    case milliseconds(Double)
    case seconds(Double)
    case bytes(Double)
    case perSecond(Double)
    case bytesPerSecond(Double)
    /// Not known.
    case none
  }
}

extension Page.Cell {
  /// What is measured, in the unit of its kind; nil where it is no number, or not a finite one.
  package var number: Double? {
    switch self {
    case .text, .flag, .none: nil
    case .time(let time): Double(time.milliseconds)
    case .count(let value): Double(value)
    case .number(let value), .share(let value), .change(let value), .milliseconds(let value), .seconds(let value),
      .bytes(let value), .perSecond(let value), .bytesPerSecond(let value):
      value.isFinite ? value : nil
    }
  }

  /// For readers: rounded, with its unit.
  package var display: String {
    switch self {
    case .text(let text): text
    case .flag(let flag): flag ? "yes" : "no"
    case .time(let time): Self.display(time)
    case .none: "–"
    case _ where number == nil: "–"
    case .count(let value): grouped("\(value)")
    case .number(let value): Self.plain(value)
    case .share(let value): "\(fixed(value * 100, 1)) %"
    case .change(let value): Self.change(value)
    case .milliseconds(let value): Self.milliseconds(value)
    case .seconds(let value): Self.seconds(value)
    case .bytes(let value): Self.bytes(value)
    case .perSecond(let value): Self.perSecond(value)
    case .bytesPerSecond(let value): "\(Self.bytes(value))/s"
    }
  }

  /// What is rare has more decimals.
  private static func perSecond(_ value: Double) -> String {
    guard value.magnitude < 1 else { return "\(grouped(fixed(value, value.magnitude < 100 ? 1 : 0)))/s" }
    var out = ByteBuffer()
    out.append(value, decimals: value.magnitude >= 0.01 ? 3 : 6)
    return "\(out.bytes.string)/s"
  }

  /// For programs: a JSON value, not rounded beyond a thousandth (shares and changes: a millionth).
  package func appendJSON(to out: inout ByteBuffer) {
    switch self {
    case .text(let text): out.append(quoted: text)
    case .flag(let flag): out.append(text: flag ? "true" : "false")
    case .time(let time): out.append(quoted: time)
    case .count(let value): out.append(interoperable: value)
    case .share(let value), .change(let value): out.append(value, decimals: 6)
    case .number(let value), .milliseconds(let value), .seconds(let value), .bytes(let value),
      .bytesPerSecond(let value):
      out.append(value, decimals: 3)
    case .perSecond(let value): out.append(value, decimals: 6)
    case .none: out.append("null")
    }
  }

  /// To the second, since a reader has no use for more.
  private static func display(_ time: Timestamp) -> String {
    var out = ByteBuffer()
    out.append(time)
    let text = out.bytes.string
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
  }

  private static func plain(_ value: Double) -> String {
    var out = ByteBuffer()
    out.append(value, decimals: value.magnitude < 1 ? 3 : value.magnitude < 1000 ? 2 : 0)
    return grouped(out.bytes.string)
  }

  private static func change(_ value: Double) -> String {
    let text = fixed(value.magnitude * 100, 1)
    return "\(text == "0.0" ? "" : value < 0 ? "−" : "+")\(text) %"
  }

  private static func milliseconds(_ value: Double) -> String {
    guard value.magnitude < 10_000 else { return seconds(value / 1000) }
    return "\(fixed(value, value.magnitude < 10 ? 2 : 0)) ms"
  }

  private static func seconds(_ value: Double) -> String {
    switch value.magnitude {
    case ..<600: "\(fixed(value, value.magnitude < 100 ? 1 : 0)) s"
    case ..<7200: "\(fixed(value / 60, 1)) min"
    default: "\(grouped(fixed(value / 3600, 1))) h"
    }
  }

  private static func bytes(_ value: Double) -> String {
    var value = value
    var unit = 0
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while value.magnitude >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(fixed(value, unit == 0 || value.magnitude >= 100 ? 0 : 1)) \(units[unit])"
  }
}

/// With a fixed number of decimals; of a value too large for them, the shortest form.
func fixed(_ value: Double, _ decimals: Int) -> String {
  var out = ByteBuffer()
  out.append(value, decimals: decimals)
  let text = out.bytes.string
  guard decimals > 0, value.isFinite, !text.contains("e") else { return text }
  let parts = text.split(separator: ".")
  let fraction = parts.count > 1 ? String(parts[1]) : ""
  return parts[0] + "." + fraction + String(repeating: "0", count: max(decimals - fraction.count, 0))
}

/// 1234567.8 as 1,234,567.8; what is no plain decimal stays.
private func grouped(_ text: String) -> String {
  let sign = text.hasPrefix("-") ? "-" : ""
  let whole = text.dropFirst(sign.count).prefix { $0.isNumber }
  guard whole.count > 3, !text.contains("e") else { return text }
  var out = ""
  for (i, digit) in whole.enumerated() {
    if i > 0, (whole.count - i) % 3 == 0 { out.append(",") }
    out.append(digit)
  }
  return sign + out + text.dropFirst(sign.count + whole.count)
}
