import CJansson
import Glibc

/// A whole JSON document in memory, read by jansson: for small documents such as settings and summaries.
package indirect enum JSONValue: Equatable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case string(String)
  case array([JSONValue])
  /// In the document's order.
  case object([(name: String, value: JSONValue)])

  /// Parses one document; throws the reason with its place.
  package init(parsing text: Bytes) throws(BadRecord) {
    var error = json_error_t()
    let flags = Int(JSON_ALLOW_NUL) | Int(JSON_REJECT_DUPLICATES) | Int(JSON_DECODE_ANY)
    let root = json_loadb(text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, flags, &error)
    guard let root else {
      let reason = withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw BadRecord("not valid JSON: \(reason) (line \(error.line), column \(error.column))")
    }
    defer { json_decref(root) }
    self.init(root)
  }

  package init(parsing text: String) throws(BadRecord) {
    let bytes = Array(text.utf8)
    let parsed = bytes.withUnsafeBytes { bytes in Result { () throws(BadRecord) in try JSONValue(parsing: bytes) } }
    self = try parsed.get()
  }

  private init(_ value: UnsafeMutablePointer<json_t>) {
    switch value.pointee.type {
    case JSON_OBJECT:
      var members: [(name: String, value: JSONValue)] = []
      var iterator = json_object_iter(value)
      while let current = iterator {
        if let name = json_object_iter_key(current), let member = json_object_iter_value(current) {
          members.append((String(cString: name), JSONValue(member)))
        }
        iterator = json_object_iter_next(value, current)
      }
      self = .object(members)
    case JSON_ARRAY:
      self = .array((0..<json_array_size(value)).compactMap { json_array_get(value, $0).map { JSONValue($0) } })
    case JSON_STRING:
      let bytes = Bytes(start: json_string_value(value), count: json_string_length(value))
      self = .string(bytes.string)
    case JSON_INTEGER: self = .integer(Int(json_integer_value(value)))
    case JSON_REAL: self = .real(json_real_value(value))
    case JSON_TRUE: self = .boolean(true)
    case JSON_FALSE: self = .boolean(false)
    default: self = .null
    }
  }

  package static func == (a: JSONValue, b: JSONValue) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.real(let a), .real(let b)): a == b
    case (.string(let a), .string(let b)): a.isSame(as: b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.name.isSame(as: $1.name) && $0.value == $1.value }
    default: false
    }
  }

  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.isSame(as: name) }?.value
  }

  package var members: [(name: String, value: JSONValue)] {
    if case .object(let members) = self { members } else { [] }
  }

  package var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
  package var string: String? { if case .string(let text) = self { text } else { nil } }

  /// An integer, also one written as a string of digits.
  package var integer: Int? {
    switch self {
    case .integer(let value): value
    case .string(let text): Int(text)
    default: nil
    }
  }

  /// How many: an integer of 0 to 2^53, so that sums of counts cannot overflow.
  package var count: Int? { integer.flatMap { (0...1 << 53).contains($0) ? $0 : nil } }

  package var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    case .string(let text): Int(text).map { Double($0) }
    default: nil
    }
  }
}

extension String {
  /// Whether the bytes are the same. `==` takes “é” and “e” with an accent behind it for one; names in stores are two.
  package func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// Whether the bytes come before those of `other`.
  package func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
