/// RFC 3986's unreserved characters: what a value brings into a query as it is.
private let unreserved: [Bool] = (0..<256).map { code in
  switch UInt8(code) {
  case 48...57, 65...90, 97...122, 45, 46, 95, 126: true
  default: false
  }
}

/// Those and the slash between path segments: what a key brings into a path as it is.
private let literal: [Bool] = unreserved.enumerated().map { $0 == 47 || $1 }

extension ByteBuffer {
  /// Appends a key or path as the path of a URL: every byte but the unreserved and `/` as %XX.
  package mutating func append(percentEncoded key: Bytes) { append(key, leaving: literal) }

  /// Appends a name or value of a query: every byte but the unreserved as %XX.
  package mutating func append(queryEncoded value: Bytes) { append(value, leaving: unreserved) }

  private mutating func append(_ key: Bytes, leaving literal: [Bool]) {
    literal.withUnsafeBufferPointer { literal in
      _ = append(upTo: key.count * 3) { target in
        var end = target.assumingMemoryBound(to: UInt8.self)
        for byte in key {
          if literal[Int(byte)] {
            end[0] = byte
            end += 1
          } else {
            end[0] = 0x25
            end[1] = hexDigit(byte >> 4)
            end[2] = hexDigit(byte & 15)
            end += 3
          }
        }
        return UnsafeMutableRawPointer(end) - target
      }
    }
  }

  /// Appends what percent-encoded text stands for. A `%` that no two hexadecimal digits follow stands for itself.
  /// - Parameter plusIsSpace: as forms have it (WHATWG URL, application/x-www-form-urlencoded).
  package mutating func append(percentDecoded text: Bytes, plusIsSpace: Bool) {
    _ = append(upTo: text.count) { target in
      var count = 0
      var i = 0
      while i < text.count {
        var byte = text[i]
        if byte == 0x25, i + 2 < text.count, let high = hexValue(text[i + 1]), let low = hexValue(text[i + 2]) {
          byte = high << 4 | low
          i += 2
        } else if byte == 0x2B, plusIsSpace {
          byte = 0x20
        }
        target.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
        i += 1
      }
      return count
    }
  }
}

private func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case 48...57: digit - 48
  case 65...70: digit - 55
  case 97...102: digit - 87
  default: nil
  }
}
