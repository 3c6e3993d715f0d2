import Glibc

/// Bytes that JSON text cannot hold as they are: controls, the quote, the backslash, and all that needs a UTF-8 check.
private let special: [Bool] = (0..<256).map { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 >= 0x7F }

extension ByteBuffer {
  /// Appends `bytes` as a JSON string with its quotes. Each byte that is no part of valid UTF-8 becomes a U+FFFD.
  package mutating func append(quoted bytes: Bytes) {
    reserve(bytes.count + 2)
    append(byte: 0x22)
    appendEscaped(bytes)
    append(byte: 0x22)
  }

  package mutating func append(quoted text: String) {
    var text = text
    text.withUTF8 { append(quoted: Bytes($0)) }
  }

  private mutating func appendEscaped(_ bytes: Bytes) {
    special.withUnsafeBufferPointer { special in
      var clean = 0
      var i = 0
      while i < bytes.count {
        let byte = bytes[i]
        if !special[Int(byte)] { i += 1; continue }
        if byte >= 0x80, let length = utf8SequenceLength(bytes, i) { i += length; continue }
        append(bytes.slice(clean, i))
        appendEscape(byte)
        i += 1
        clean = i
      }
      append(bytes.slice(clean, bytes.count))
    }
  }

  private mutating func appendEscape(_ byte: UInt8) {
    switch byte {
    case 0x22: append("\\\"")
    case 0x5C: append("\\\\")
    case 0x0A: append("\\n")
    case 0x0D: append("\\r")
    case 0x09: append("\\t")
    case 0x7F: append(byte: 0x7F)
    case 0x80...: append("\u{FFFD}")
    default:
      append("\\u00")
      append(byte: hexDigit(byte >> 4))
      append(byte: hexDigit(byte & 15))
    }
  }

  /// Appends `,"name":` as the start of a further member.
  @inline(__always) package mutating func append(member field: Field) {
    append(",\"")
    append(field.name)
    append("\":")
  }

  package mutating func append(_ field: Field, _ text: Bytes) {
    append(member: field)
    append(quoted: text)
  }

  package mutating func append(_ field: Field, _ text: String) {
    append(member: field)
    append(quoted: text)
  }

  package mutating func append(_ field: Field, _ value: Bool) {
    append(member: field)
    append(value ? "true" : "false")
  }

  /// Appends an integer member; beyond 2^53 as a string, since many readers keep numbers as doubles.
  package mutating func append(_ field: Field, _ value: Int) {
    append(member: field)
    append(interoperable: value)
  }

  package mutating func append(interoperable value: Int) {
    let beyond = value.magnitude > 1 << 53
    if beyond { append(byte: 0x22) }
    append(value)
    if beyond { append(byte: 0x22) }
  }
}

/// The upper-case hexadecimal digit of a nibble.
@inline(__always) package func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 55 + nibble }
