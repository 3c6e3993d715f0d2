private let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

extension ByteBuffer {
  /// Appends RFC 4648 base64 with padding.
  package mutating func append(base64 bytes: Bytes) {
    var i = 0
    while i < bytes.count {
      let left = bytes.count - i
      let group =
        Int(bytes[i]) << 16 | (left > 1 ? Int(bytes[i + 1]) << 8 : 0) | (left > 2 ? Int(bytes[i + 2]) : 0)
      append(byte: alphabet[group >> 18])
      append(byte: alphabet[group >> 12 & 63])
      append(byte: left > 1 ? alphabet[group >> 6 & 63] : 61)
      append(byte: left > 2 ? alphabet[group & 63] : 61)
      i += 3
    }
  }

  /// Appends what `text`, RFC 4648 base64 with padding, stands for. False, with nothing appended, where it is none.
  package mutating func append(decodingBase64 text: Bytes) -> Bool {
    guard text.count % 4 == 0 else { return false }
    let start = count
    var padding = 0
    var group = 0
    for (i, byte) in text.enumerated() {
      guard let value = sextet(byte, padded: &padding, isTail: i >= text.count - 2) else {
        truncate(to: start)
        return false
      }
      group = group << 6 | value
      guard i % 4 == 3 else { continue }
      append(byte: UInt8(group >> 16 & 255))
      if padding < 2 { append(byte: UInt8(group >> 8 & 255)) }
      if padding < 1 { append(byte: UInt8(group & 255)) }
      group = 0
    }
    return true
  }

  private func sextet(_ byte: UInt8, padded: inout Int, isTail: Bool) -> Int? {
    if byte == 61 {
      padded += 1
      return isTail ? 0 : nil
    }
    guard padded == 0 else { return nil }
    switch byte {
    case 65...90: return Int(byte) - 65
    case 97...122: return Int(byte) - 71
    case 48...57: return Int(byte) + 4
    case 43: return 62
    case 47: return 63
    default: return nil
    }
  }
}
