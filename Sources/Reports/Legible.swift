extension StringProtocol {
  /// On one line, without what moves a cursor, turns the direction of the text that follows, or is no character:
  /// line ends and tabs become blanks, the others U+FFFD.
  var legible: String {
    var out = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029: out.append(" ")
      case _ where scalar.isIllegible: out.append("\u{FFFD}")
      default: out.append(scalar)
      }
    }
    return String(out)
  }
}

extension Unicode.Scalar {
  /// Controls, the marks and overrides of direction (UAX 9), and noncharacters.
  fileprivate var isIllegible: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFDD0...0xFDEF: true
    default: value & 0xFFFE == 0xFFFE
    }
  }
}
