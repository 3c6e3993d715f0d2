import Records

/// A message with each number, address and identifier as one `#`, so that messages that differ in these alone are the same:
/// `timed out after 3001 ms at 203.0.113.7:443` becomes `timed out after # ms at #`.
///
/// Masked are all digits of words that begin with one (`10s` is `#s`), words of hexadecimal digits (`0x…`, at least 8 with a decimal
/// one among them, or at least 12), and what joins what is masked: `.`, `:`, `-`, `/`.
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
    joint = append(word, joint, to: &out)
    i = end
  }
  return out.bytes
}

/// Appends a word, or the `#` for it behind `joint`; returns where the `#` ends, if nothing follows it.
private func append(_ word: Bytes, _ joint: Int?, to out: inout ByteBuffer) -> Int? {
  guard isDigit(word[0]) || isHexadecimal(word, isJoined: joint != nil) else {
    out.append(word)
    return nil
  }
  if let joint { out.truncate(to: joint) } else { out.append(byte: 0x23) }
  guard !isHexadecimal(word, isJoined: true) else { return out.count }
  // Letters behind digits stay.
  var isMasked = true
  for byte in word {
    if !isDigit(byte) { out.append(byte: byte) } else if !isMasked { out.append(byte: 0x23) }
    isMasked = isDigit(byte)
  }
  return isMasked ? out.count : nil
}

/// Whether a word is an identifier or a number, and not one that only looks like it.
private func isHexadecimal(_ word: Bytes, isJoined: Bool) -> Bool {
  let digits = word.count > 2 && word[0] == 0x30 && word[1] | 0x20 == 0x78 ? word.slice(2, word.count) : word
  guard digits.allSatisfy({ isDigit($0) || (0x61...0x66).contains($0 | 0x20) }) else { return false }
  return isJoined || digits.count < word.count || word.count >= 12 || word.count >= 8 && word.contains(where: isDigit)
}

func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
private func isWordByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || (97...122).contains(byte | 32) || byte == 95 || byte >= 0x80
}
private func isJoining(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x3A || byte == 0x2D || byte == 0x2F }
