import CSimdjson

/// How a member's value reads in Swift; what it is not, is nil.
extension mt_json_value {
  var isThere: Bool { kind != UInt8(MT_JSON_ABSENT.rawValue) }

  /// A string's bytes, unescaped.
  var string: Bytes? { kind == UInt8(MT_JSON_STRING.rawValue) ? Bytes(start: text, count: length) : nil }

  /// An integer, also one written as a string of digits (those beyond 2^53 are).
  var wholeNumber: Int? {
    switch UInt32(kind) {
    case MT_JSON_SIGNED.rawValue: Int(integer)
    case MT_JSON_STRING.rawValue: string?.decimal.map { Int($0) }
    default: nil
    }
  }

  var number: Double? {
    switch UInt32(kind) {
    case MT_JSON_SIGNED.rawValue: Double(integer)
    case MT_JSON_DOUBLE.rawValue: real
    case MT_JSON_STRING.rawValue: string?.decimal.map { Double($0) }
    default: nil
    }
  }

  var boolean: Bool? {
    switch UInt32(kind) {
    case MT_JSON_TRUE.rawValue: true
    case MT_JSON_FALSE.rawValue: false
    default: nil
    }
  }
}
