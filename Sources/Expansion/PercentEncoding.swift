import Records

/// RFC 3986's unreserved characters, and the slash between path segments: what a key brings into a URL as it is.
private let literal: [Bool] = (0..<256).map { code in
  let byte = UInt8(code)
  switch byte {
  case 48...57, 65...90, 97...122, 45, 46, 95, 126, 47: return true
  default: return false
  }
}

extension ByteBuffer {
  /// Appends a key as a URL path: every byte but the unreserved and `/` as %XX.
  mutating func append(percentEncoded key: Bytes) {
    literal.withUnsafeBufferPointer { literal in
      reserve(key.count * 3)
      for byte in key {
        if literal[Int(byte)] {
          append(byte: byte)
        } else {
          append(byte: 0x25)
          append(byte: hexDigit(byte >> 4))
          append(byte: hexDigit(byte & 15))
        }
      }
    }
  }
}
