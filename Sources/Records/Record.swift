import CSimdjson

/// One line of a stream: its known members and its bytes. Valid until its parser parses the next line.
package struct Record {
  /// The whole line, without its newline.
  package let line: Bytes
  /// The line without its closing brace and without the members that the tool itself writes.
  package let body: Bytes
  let values: UnsafePointer<mt_json_value>?
  let places: UnsafePointer<Int>

  private func value(_ field: Field) -> UnsafePointer<mt_json_value>? {
    let place = places[field.rawValue]
    guard place >= 0, let values, values[place].kind != UInt8(MT_JSON_ABSENT.rawValue) else { return nil }
    return values + place
  }

  package func has(_ field: Field) -> Bool { value(field) != nil }

  /// A string's bytes, unescaped; nil where the member is absent or no string.
  package func text(_ field: Field) -> Bytes? {
    guard let value = value(field), value.pointee.kind == UInt8(MT_JSON_STRING.rawValue) else { return nil }
    return Bytes(start: value.pointee.text, count: value.pointee.length)
  }

  /// An integer, also one written as a string of digits (those beyond 2^53 are).
  package func integer(_ field: Field) -> Int? {
    guard let value = value(field) else { return nil }
    switch UInt32(value.pointee.kind) {
    case MT_JSON_SIGNED.rawValue: return Int(value.pointee.integer)
    case MT_JSON_STRING.rawValue: return text(field)?.decimal.map { Int($0) }
    default: return nil
    }
  }

  package func number(_ field: Field) -> Double? {
    guard let value = value(field) else { return nil }
    switch UInt32(value.pointee.kind) {
    case MT_JSON_SIGNED.rawValue: return Double(value.pointee.integer)
    case MT_JSON_DOUBLE.rawValue: return value.pointee.real
    case MT_JSON_STRING.rawValue: return text(field)?.decimal.map { Double($0) }
    default: return nil
    }
  }

  package func boolean(_ field: Field) -> Bool? {
    guard let value = value(field) else { return nil }
    switch UInt32(value.pointee.kind) {
    case MT_JSON_TRUE.rawValue: return true
    case MT_JSON_FALSE.rawValue: return false
    default: return nil
    }
  }

  /// The value as it stands in the line, whatever it is.
  package func raw(_ field: Field) -> Bytes? {
    guard let value = value(field) else { return nil }
    return line.slice(Int(value.pointee.start), Int(value.pointee.end)).trimmed
  }

  /// The string of a member that must be there.
  package func required(_ field: Field) throws(BadRecord) -> Bytes {
    guard let text = text(field) else {
      throw BadRecord(has(field) ? "“\(field.name)” is not a string" : "“\(field.name)” is missing")
    }
    return text
  }

  /// An integer of 0 or more that may be missing, but must be one where it is there.
  package func optionalCount(_ field: Field) throws(BadRecord) -> Int? {
    guard has(field) else { return nil }
    guard let value = integer(field), value >= 0 else {
      throw BadRecord("“\(field.name)” is not an integer of 0 or more")
    }
    return value
  }
}
