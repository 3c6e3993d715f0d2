import Records

/// Which derivative of an object is meant. What is not said is empty.
struct Selection {
  var variant = Bytes.empty
  var width = Bytes.empty
  var height = Bytes.empty
  var format = Bytes.empty
  var quality = Bytes.empty

  var isEmpty: Bool { variant.isEmpty && width.isEmpty && height.isEmpty && format.isEmpty && quality.isEmpty }

  /// Without a format that goes without saying: that of the object itself, where only its dimensions change.
  func canonical(for path: Bytes) -> Selection {
    guard !width.isEmpty || !height.isEmpty, let own = fileExtension(of: path) else { return self }
    let isSame = format.equalsIgnoringCase(own) || Self.isJPEG(format) && Self.isJPEG(own)
    guard isSame else { return self }
    var copy = self
    copy.format = .empty
    return copy
  }

  private static func isJPEG(_ format: Bytes) -> Bool {
    format.equalsIgnoringCase("jpg") || format.equalsIgnoringCase("jpeg")
  }

  /// Appends the variant's name, or else the parameters as keys have them. The texts are those of a record, still escaped.
  func appendLabel(to out: inout ByteBuffer) {
    guard variant.isEmpty else { return out.append(unescaping: variant) }
    let start = out.count
    for (name, value) in [("w=", width), ("h=", height), ("f=", format), ("q=", quality)] as [(StaticString, Bytes)]
    where !value.isEmpty {
      if out.count > start { out.append(byte: 0x3A) }
      out.append(name)
      out.append(unescaping: value)
    }
    if out.count == start { out.append("(none)") }
  }
}

extension UnsafeRawBufferPointer {
  static var empty: Bytes { Bytes(start: nil, count: 0) }
}
