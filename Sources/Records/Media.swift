/// What kind of media an object is, by the extension of its key.
package enum Media: String, CaseIterable, Sendable {
  case image, video, audio, other

  private static let byExtension: [UInt64: Media] = {
    var found: [UInt64: Media] = [:]
    for row in Table(PackageResources.extensions_tsv).rows {
      guard let media = Media(rawValue: row[0]) else { continue }
      for word in row[1].split(separator: " ") {
        var text = String(word)
        found[text.withUTF8 { packed(Bytes($0)) }] = media
      }
    }
    return found
  }()

  package init(key: Bytes) {
    guard let suffix = fileExtension(of: key), suffix.count <= 8, suffix[0] != 0 else {
      self = .other
      return
    }
    self = Self.byExtension[Self.packed(suffix)] ?? .other
  }

  /// The media of this name, compared byte by byte; nil for another name.
  package init?(name: Bytes) {
    guard let media = Media.allCases.first(where: { name.equals($0.literal) }) else { return nil }
    self = media
  }

  package var literal: StaticString {
    switch self {
    case .image: "image"
    case .video: "video"
    case .audio: "audio"
    case .other: "other"
    }
  }

  /// Up to eight bytes, letters in lower case, as one number.
  private static func packed(_ text: Bytes) -> UInt64 {
    var value: UInt64 = 0
    for byte in text { value = value << 8 | UInt64(lowercased(byte)) }
    return value
  }
}

/// What stands behind the last dot of the last path segment; nil where there is no dot, or nothing behind or before it.
package func fileExtension(of key: Bytes) -> Bytes? {
  var i = key.count - 1
  while i > 0, key[i] != 0x2F {
    if key[i] == 0x2E { return i + 1 < key.count && key[i - 1] != 0x2F ? key.slice(i + 1, key.count) : nil }
    i -= 1
  }
  return nil
}
