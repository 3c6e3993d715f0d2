import Records

/// What the lines of a header say together.
extension ResponseHead {
  /// Bytes of what is told of Vary.
  private static let varyLimit = 256

  /// The names in Vary in lower case, joined by `, `: as many, from the first on, as fit. nil where there are none.
  var vary: String? {
    guard value(HeaderNames.vary) != nil else { return nil }
    var names: [UInt8] = []
    var isFull = false
    forEachValue(HeaderNames.vary) { line in
      for name in ListElements(line) where !isFull && !name.isEmpty { isFull = !Self.append(name, to: &names) }
    }
    return names.isEmpty ? nil : String(decoding: names, as: UTF8.self)
  }

  /// False where there is no place for it.
  private static func append(_ name: Bytes, to names: inout [UInt8]) -> Bool {
    let length = names.count
    if length > 0 { names.append(contentsOf: ", ".utf8) }
    for byte in name where !LineScan.isSpace(byte) || names.last != 0x20 {
      // What is no ASCII is no name either; it must not grow when it becomes text.
      names.append(LineScan.isSpace(byte) ? 0x20 : byte < 0x80 ? lowercased(byte) : 0x3F)
      guard names.count <= varyLimit else {
        names.removeSubrange(length...)
        return false
      }
    }
    return true
  }

  /// The one number that Content-Length says, however often (RFC 9110, 8.6); nil where it is none.
  var contentLength: Int? {
    guard let last = value(HeaderNames.contentLength), let length = lastElement(last).decimal else { return nil }
    var isOne = true
    forEachValue(HeaderNames.contentLength) { line in
      for element in ListElements(line) where element.decimal != length { isOne = false }
    }
    return isOne ? Int(length) : nil
  }
}
