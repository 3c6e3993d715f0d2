import Records

/// A report as a reader sees it, before it has a format.
package struct Page: Sendable {
  package let title: String
  package var sections: [Section] = []

  package init(title: String) { self.title = title }

  package struct Section: Sendable {
    package let title: String
    package let columns: [Column]
    package let rows: [[Cell]]

    package init(_ title: String, _ columns: [Column], _ rows: [[Cell]]) {
      self.title = title
      self.columns = columns
      self.rows = rows
    }
  }

  package struct Column: Sendable {
    /// For readers.
    package let title: String
    /// For programs: lower snake case, with the unit.
    package let name: String
    package let isNumeric: Bool

    package init(_ title: String, _ name: String, isNumeric: Bool = true) {
      self.title = title
      self.name = name
      self.isNumeric = isNumeric
    }
  }

  /// A value with its kind, so that each format can write it in its way.
  package enum Cell: Equatable, Sendable {
    case text(String)
    case count(Int)
    /// 0 to 1.
    case share(Double)
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
  /// For readers: rounded, with its unit.
  package var display: String {
    switch self {
    case .text(let text): text
    case .count(let value): grouped(value)
    case .share(let value): "\(fixed(value * 100, 1)) %"
    case .milliseconds(let value):
      value < 10 ? "\(fixed(value, 2)) ms" : value < 10_000 ? "\(fixed(value, 0)) ms" : "\(fixed(value / 1000, 1)) s"
    case .seconds(let value): "\(fixed(value, value < 100 ? 1 : 0)) s"
    case .bytes(let value): Self.bytes(value)
    case .perSecond(let value): "\(fixed(value, value < 100 ? 1 : 0))/s"
    case .bytesPerSecond(let value): "\(Self.bytes(value))/s"
    case .none: "–"
    }
  }

  /// For programs: a JSON value, not rounded beyond a thousandth.
  package func appendJSON(to out: inout ByteBuffer) {
    switch self {
    case .text(let text): out.append(quoted: text)
    case .count(let value): out.append(interoperable: value)
    case .share(let value): out.append(value, decimals: 6)
    case .milliseconds(let value), .seconds(let value), .bytes(let value), .perSecond(let value),
      .bytesPerSecond(let value):
      out.append(value, decimals: 3)
    case .none: out.append("null")
    }
  }

  private static func bytes(_ value: Double) -> String {
    var value = value
    var unit = 0
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(fixed(value, unit == 0 || value >= 100 ? 0 : 1)) \(units[unit])"
  }
}

/// With a fixed number of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  var out = ByteBuffer()
  out.append(value, decimals: decimals)
  let text = out.bytes.string
  guard decimals > 0, value.isFinite, !text.contains("e") else { return text }
  let parts = text.split(separator: ".")
  let fraction = parts.count > 1 ? String(parts[1]) : ""
  return parts[0] + "." + fraction + String(repeating: "0", count: decimals - fraction.count)
}

/// 1234567 as 1,234,567.
private func grouped(_ value: Int) -> String {
  var digits = Array("\(value.magnitude)")
  var i = digits.count - 3
  while i > 0 {
    digits.insert(",", at: i)
    i -= 3
  }
  return (value < 0 ? "-" : "") + String(digits)
}
