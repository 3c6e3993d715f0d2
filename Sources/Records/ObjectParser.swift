import CSimdjson

/// Reads some members of JSON objects that are no records of ours, by simdjson's strict parse.
package final class ObjectParser {
  private let handle: OpaquePointer
  private var text = Bytes(start: nil, count: 0)

  /// - Parameter members: the members to read; all else names them by their place in this list.
  package init(reading members: [StaticString]) {
    let names = members.map {
      UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self) as UnsafePointer<CChar>?
    }
    guard let handle = mt_json_parser_new(names, [UInt8](repeating: 0, count: names.count), names.count) else {
      fatalError("out of memory")
    }
    self.handle = handle
  }

  deinit { mt_json_parser_free(handle) }

  /// Parses one object, behind which `RecordParser.padding` bytes must be readable. What is read of it is valid until the
  /// next call, and as long as `text` is.
  package func parse(_ text: Bytes) throws(BadRecord) {
    guard let start = text.baseAddress, !text.isEmpty else { throw BadRecord("not a JSON object") }
    let status = mt_json_parse(handle, start.assumingMemoryBound(to: CChar.self), text.count)
    guard status == MT_JSON_OK.rawValue else { throw BadRecord(RecordParser.reason(status, text)) }
    self.text = text
  }

  private func value(_ member: Int) -> mt_json_value { mt_json_values(handle)[member] }

  /// Whether the member is there, and not null.
  package func has(_ member: Int) -> Bool {
    value(member).isThere && value(member).kind != UInt8(MT_JSON_NULL.rawValue)
  }

  /// A string's bytes, unescaped.
  package func text(_ member: Int) -> Bytes? { value(member).string }

  /// An integer, also one written as a string of digits.
  package func integer(_ member: Int) -> Int? { value(member).wholeNumber }

  package func number(_ member: Int) -> Double? { value(member).number }

  package func boolean(_ member: Int) -> Bool? { value(member).boolean }

  /// An array or object as it stands in the text.
  package func compound(_ member: Int) -> Bytes? {
    let value = value(member)
    guard value.kind == UInt8(MT_JSON_COMPOUND.rawValue) else { return nil }
    return text.slice(Int(value.start), Int(value.end)).trimmed
  }
}
