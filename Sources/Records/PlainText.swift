extension UnsafeRawBufferPointer {
  /// Whether each byte is a printable ASCII character that JSON text holds as it is: no quote, no backslash. Far faster
  /// than to look for what needs an escape, since eight bytes are looked at in one go.
  package var isPlain: Bool {
    var position = 0
    while position + 8 <= count {
      guard isPlainWord(loadUnaligned(fromByteOffset: position, as: UInt64.self)) else { return false }
      position += 8
    }
    guard position < count else { return true }
    // The last eight once more, where there are eight.
    if count >= 8 { return isPlainWord(loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)) }
    return self[position...].allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
  }
}

/// The arithmetic of each byte may spill into the one above it, but only where the byte itself is found not to be plain.
@inline(__always) private func isPlainWord(_ word: UInt64) -> Bool {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let quotes = word ^ (ones &* 0x22)
  let backslashes = word ^ (ones &* 0x5C)
  let isControl = (word &- (ones &* 0x20)) & ~word
  let isBeyond = (word &+ ones) | word
  let isQuote = (quotes &- ones) & ~quotes
  let isBackslash = (backslashes &- ones) & ~backslashes
  return (isControl | isBeyond | isQuote | isBackslash) & (ones &* 0x80) == 0
}
