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
    guard place >= 0, let values, values[place].isThere else { return nil }
    return values + place
  }

  package func has(_ field: Field) -> Bool { value(field) != nil }

  /// A string's bytes, unescaped; nil where the member is absent or no string.
  package func text(_ field: Field) -> Bytes? { value(field)?.pointee.string }

  /// An integer, also one written as a string of digits (those beyond 2^53 are).
  package func integer(_ field: Field) -> Int? { value(field)?.pointee.wholeNumber }

  /// An integer, also one written with a point or an exponent, such as `300.0`.
  package func whole(_ field: Field) -> Int? { integer(field) ?? number(field).flatMap { Int(exactly: $0) } }

  package func number(_ field: Field) -> Double? { value(field)?.pointee.number }

  package func boolean(_ field: Field) -> Bool? { value(field)?.pointee.boolean }

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
