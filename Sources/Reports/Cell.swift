import Measure
import Records

extension Page {
  package typealias Unit = Measure.Unit

  /// A value with its kind, so that each format can write it in its way.
  package enum Cell: Equatable, Sendable {
    case text(String)
    case flag(Bool)
    case time(Timestamp)
    /// What is counted, exactly.
    case count(Int)
    case figure(Double, Unit)
    /// Relative: -0.12 is 12 % less.
    case change(Double)
    /// Not known.
    case none
  }
}

extension Page.Cell {
  /// A figure without a unit.
  package static func number(_ value: Double) -> Self { .figure(value, .plain) }
  /// 0 to 1.
  package static func share(_ value: Double) -> Self { .figure(value, .share) }
  package static func milliseconds(_ value: Double) -> Self { .figure(value, .milliseconds) }
  package static func seconds(_ value: Double) -> Self { .figure(value, .seconds) }
  package static func bytes(_ value: Double) -> Self { .figure(value, .bytes) }
  package static func perSecond(_ value: Double) -> Self { .figure(value, .perSecond) }
  package static func bytesPerSecond(_ value: Double) -> Self { .figure(value, .bytesPerSecond) }

  /// What is measured, in the unit of its kind; nil where it is no number, or not a finite one.
  package var number: Double? {
    switch self {
    case .text, .flag, .none: nil
    case .time(let time): Double(time.milliseconds)
    case .count(let value): Double(value)
    case .figure(let value, _), .change(let value): value.isFinite ? value : nil
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
    case .figure(let value, let unit): unit.short(value)
    case .change(let value): "\(value == 0 ? "" : value < 0 ? "−" : "+")\(Unit.share.short(value.magnitude))"
    }
  }

  /// For programs: a JSON value, not rounded beyond a thousandth (shares, changes and rates: a millionth).
  package func appendJSON(to out: inout ByteBuffer) {
    switch self {
    case .text(let text): out.append(quoted: text)
    case .flag(let flag): out.append(text: flag ? "true" : "false")
    case .time(let time): out.append(quoted: time)
    case .count(let value): out.append(interoperable: value)
    case .figure(let value, .share), .figure(let value, .perSecond), .change(let value):
      out.append(value, decimals: 6)
    case .figure(let value, _): out.append(value, decimals: 3)
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
}

extension Unit {
  package func cell(_ value: Double) -> Page.Cell {
    if self == .count, let whole = Int(exactly: value.rounded()) { .count(whole) } else { .figure(value, self) }
  }
}
