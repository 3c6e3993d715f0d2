/// A decimal number at the start of a text, kept as text: a power of ten is shifted without an error of rounding, so that
/// `99.9 %` is 0.999 as exactly as 999 / 1000 is.
struct ConditionNumber {
  private let mantissa: Substring
  private let exponent: Int
  /// What stands behind it.
  let rest: Substring

  /// Nil where the text does not begin with `[-]digits[.digits]`, or its exponent is beyond all reason.
  init?(_ text: Substring) {
    var rest = text.dropFirst(text.first == "-" ? 1 : 0)
    guard Self.dropDigits(&rest) else { return nil }
    if rest.first == "." {
      rest = rest.dropFirst()
      guard Self.dropDigits(&rest) else { return nil }
    }
    mantissa = text[..<rest.startIndex]
    (exponent, self.rest) = Self.exponent(rest)
    guard exponent.magnitude <= 1000 else { return nil }
  }

  /// Times a power of ten; nil where that is too large.
  func value(timesTenTo power: Int = 0) -> Double? {
    guard let value = Double("\(mantissa)e\(exponent + power)"), value.isFinite else { return nil }
    return value
  }

  /// An `e` without digits is no exponent, but the start of a unit.
  private static func exponent(_ text: Substring) -> (Int, rest: Substring) {
    guard let first = text.first, first == "e" || first == "E" else { return (0, text) }
    let number = text.dropFirst()
    var rest = number.dropFirst(number.first == "-" || number.first == "+" ? 1 : 0)
    guard dropDigits(&rest) else { return (0, text) }
    return (Int(number[..<rest.startIndex]) ?? .max, rest)
  }

  private static func dropDigits(_ text: inout Substring) -> Bool {
    let rest = text.drop { ("0"..."9").contains($0) }
    defer { text = rest }
    return rest.startIndex > text.startIndex
  }
}
