/// RFC 3986's unreserved characters, and the slash between path segments: what a key brings into a URL as it is.
private let literal: [Bool] = (0..<256).map { code in
  let byte = UInt8(code)
  switch byte {
  case 48...57, 65...90, 97...122, 45, 46, 95, 126, 47: return true
  default: return false
  }
}

extension ByteBuffer {
  /// Appends a key or path as the path of a URL: every byte but the unreserved and `/` as %XX.
  package mutating func append(percentEncoded key: Bytes) {
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
}
