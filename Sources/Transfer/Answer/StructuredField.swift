import Records

/// As much of RFC 8941 as Cache-Status needs.
enum StructuredField {
  /// Calls `body` for each part between separators that stand outside of quoted strings, without blanks around it.
  static func forEachPart(of text: Bytes, separatedBy separator: UInt8, _ body: (Bytes) -> Void) {
    var start = 0
    var isQuoted = false
    var i = 0
    while i < text.count {
      let byte = text[i]
      if byte == 0x22 { isQuoted.toggle() }
      if byte == 0x5C, isQuoted { i += 1 }
      if byte == separator, !isQuoted {
        body(text.slice(start, i).trimmed)
        start = i + 1
      }
      i += 1
    }
    body(text.slice(min(start, text.count), text.count).trimmed)
  }

  /// A token as it is, a string without its quotes and escapes.
  static func bare(_ text: Bytes) -> String {
    guard text.count >= 2, text.first == 0x22, text.last == 0x22 else { return text.string }
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in text.slice(1, text.count - 1) {
      isEscaped = byte == 0x5C && !isEscaped
      if !isEscaped { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
