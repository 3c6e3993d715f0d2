import Records

/// Scans of bytes that are lent by their first address, `start` and `end` being offsets that the caller has checked.
enum LineScan {
  /// The first control character but TAB (RFC 9110, 5.5: VCHAR, obs-text, SP and HTAB make a value), or `end`.
  /// Eight bytes at a time: in each, the lowest bit that is set marks the first byte that fits.
  @inline(__always)
  static func firstControl(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
    var i = start
    while end &- i >= 8 {
      let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: i, as: UInt64.self))
      let flipped = word ^ 0x7F7F_7F7F_7F7F_7F7F
      let below = (word &- 0x2020_2020_2020_2020) & ~word
      let deleted = (flipped &- 0x0101_0101_0101_0101) & ~flipped
      let hits = (below | deleted) & 0x8080_8080_8080_8080
      if hits == 0 {
        i &+= 8
        continue
      }
      i &+= hits.trailingZeroBitCount >> 3
      if base.load(fromByteOffset: i, as: UInt8.self) != 0x09 { return i }
      i &+= 1
    }
    while i < end {
      let byte = base.load(fromByteOffset: i, as: UInt8.self)
      if isControl(byte) { return i }
      i &+= 1
    }
    return end
  }

  /// Whether `byte` may not be in a header's value.
  @inline(__always) static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7F }

  /// Whether `byte` may be in a header's name: a tchar of RFC 9110, 5.6.2, as a bit for each of the ASCII characters.
  @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
    let half: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
    return byte < 128 && half &>> UInt64(byte) & 1 != 0
  }

  @inline(__always) static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// The position behind the empty line that ends a head, in bytes that begin with the head; nil where it has not come.
/// `from`: how many bytes an earlier call has looked at in vain. What is before the empty line is not checked.
func endOfHead(_ bytes: Bytes, from: Int = 0) -> Int? {
  // A line feed and a carriage return may have been the last that came.
  var position = max(0, from - 2)
  while let feed = bytes.firstIndex(of: 0x0A, from: position) {
    position = feed + 1
    if position < bytes.count, bytes[position] == 0x0A { return position + 1 }
    if position + 1 < bytes.count, bytes[position] == 0x0D, bytes[position + 1] == 0x0A { return position + 2 }
  }
  return nil
}
