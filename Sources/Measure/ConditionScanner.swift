/// Reads a condition piece by piece; a blank may stand before each.
struct ConditionScanner {
  /// Bytes of a condition: enough for any, and little to search names for.
  static let limit = 1000

  private let text: String
  private let bytes: [UInt8]
  private var place = 0

  init(_ text: String) throws(BadCondition) {
    guard text.utf8.count <= Self.limit else {
      throw BadCondition(message: "a condition has at most \(Self.limit) bytes, not \(text.utf8.count)")
    }
    self.text = text
    bytes = Array(text.utf8)
  }

  /// What is wrong with what was last read.
  func refuse(_ why: String) -> BadCondition { BadCondition(message: "“\(text)”: \(why)") }

  /// Something else should stand here.
  func expected(_ what: String) -> BadCondition {
    let start = bytes[place...].firstIndex { !Self.isBlank($0) } ?? bytes.count
    let column = String(decoding: bytes[..<start], as: UTF8.self).count + 1
    let found = start < bytes.count ? "“\(String(decoding: bytes[start...], as: UTF8.self).prefix(20))”" : "the end"
    return refuse("column \(column): expected \(what), not \(found)")
  }

  var isAtEnd: Bool { bytes[place...].allSatisfy { Self.isBlank($0) } }

  func isNext(_ literal: String) -> Bool { bytes[place...].drop(while: Self.isBlank).starts(with: literal.utf8) }

  /// Passes over `literal` if it comes next.
  mutating func accept(_ literal: String) -> Bool {
    guard isNext(literal) else { return false }
    skipBlanks()
    place += literal.utf8.count
    return true
  }

  mutating func expect(_ literal: String) throws(BadCondition) {
    guard accept(literal) else { throw expected("“\(literal)”") }
  }

  /// A name: all up to a blank, a bracket, a quotation mark or a comparison.
  mutating func word(_ what: String) throws(BadCondition) -> String {
    skipBlanks()
    guard let word = take(until: " \t\r\n()<>=!\"'") else { throw expected(what) }
    return word
  }

  /// A value: what is in quotation marks, or all up to a blank, a bracket or a quotation mark.
  mutating func value(_ what: String) throws(BadCondition) -> String {
    for mark in ["\"", "'"] where accept(mark) {
      let value = take(until: mark) ?? ""
      try expect(mark)
      return value
    }
    skipBlanks()
    guard let word = take(until: " \t\r\n()\"'") else { throw expected(what) }
    return word
  }

  private mutating func take(until ends: String) -> String? {
    let end = bytes[place...].firstIndex { ends.utf8.contains($0) } ?? bytes.count
    guard end > place else { return nil }
    defer { place = end }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }

  private mutating func skipBlanks() { while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 } }

  private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
