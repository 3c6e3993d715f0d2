import Records

/// A message with each number, address and identifier as one `#`, so that messages that differ in these alone are the same:
/// `timed out after 3001 ms at 203.0.113.7:443` becomes `timed out after # ms at #`.
///
/// Masked are words that begin with a digit up to where their letters begin (`10s` is `#s`), words of at least 8
/// hexadecimal digits with a decimal one among them, and what joins such words: `.`, `:`, `-`, `/`.
func masked(_ message: Bytes, _ out: inout ByteBuffer) -> Bytes {
  out.removeAll()
  var i = 0
  /// Where the last `#` ends in `out`, if only what joins follows it.
  var joint: Int?
  while i < message.count {
    guard isWordByte(message[i]) else {
      if !isJoining(message[i]) { joint = nil }
      out.append(byte: message[i])
      i += 1
      continue
    }
    let end = message[i...].firstIndex { !isWordByte($0) } ?? message.count
    let word = message.slice(i, end)
    let length = maskedLength(word, isJoined: joint != nil)
    if length > 0 {
      if let joint { out.truncate(to: joint) } else { out.append(byte: 0x23) }
      joint = length == word.count ? out.count : nil
    } else {
      joint = nil
    }
    out.append(word.slice(length, word.count))
    i = end
  }
  return out.bytes
}

/// How many bytes at a word's start are masked.
private func maskedLength(_ word: Bytes, isJoined: Bool) -> Int {
  let digits = word.firstIndex { !isDigit($0) } ?? word.count
  if digits == word.count { return digits }
  let isHexadecimal = word.allSatisfy { isDigit($0) || (0x61...0x66).contains($0 | 0x20) }
  if isHexadecimal, isJoined || word.count >= 8 && word.contains(where: isDigit) { return word.count }
  return digits
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
private func isWordByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || (97...122).contains(byte | 32) || byte == 95 || byte >= 0x80
}
private func isJoining(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x3A || byte == 0x2D || byte == 0x2F }
