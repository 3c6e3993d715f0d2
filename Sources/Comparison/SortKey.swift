import Records

/// Records of a comparison are bytes that sort, compared as they are, by what they say: parts first, each ended by two
/// zeros, then numbers of eight bytes, the highest byte first.
extension ByteBuffer {
  /// Appends a part. A zero within it is followed by 255, so that parts sort as their bytes do, also before longer ones.
  mutating func append(part: Bytes) {
    var start = 0
    while let zero = part.firstIndex(of: 0, from: start) {
      append(part.slice(start, zero + 1))
      append(byte: 0xFF)
      start = zero + 1
    }
    append(part.slice(start, part.count))
    append(byte: 0)
    append(byte: 0)
  }

  mutating func append(number: UInt64) { withUnsafeBytes(of: number.bigEndian) { append($0) } }

  /// Appends what an escaped part, without its end, stands for.
  mutating func append(unescaping part: Bytes) {
    var start = 0
    while let zero = part.firstIndex(of: 0, from: start), zero + 1 < part.count {
      append(part.slice(start, zero + 1))
      start = zero + 2
    }
    append(part.slice(start, part.count))
  }
}

extension UnsafeRawBufferPointer {
  /// The place behind the part that begins at `start`, its end included.
  func endOfPart(_ start: Int) -> Int {
    var from = start
    while let zero = firstIndex(of: 0, from: from), zero + 1 < count {
      if self[zero + 1] == 0 { return zero + 2 }
      from = zero + 2
    }
    return count
  }

  func number(at place: Int) -> UInt64 { UInt64(bigEndian: loadUnaligned(fromByteOffset: place, as: UInt64.self)) }
}
