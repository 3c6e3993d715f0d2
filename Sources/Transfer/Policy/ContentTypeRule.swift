import Records

/// Whether the Content-Type of an answer fits what was asked for. Types are compared without their parameters, without
/// regard to case and to an `x-` before the subtype.
package enum ContentTypeRule {
  /// The rows of content-types.tsv: a kind of media or `any`, and a type.
  private static let further: [(kind: Media?, type: MediaRange)] =
    Table(PackageResources.content_types_tsv).rows.flatMap { row in
      row[1].split(separator: " ").compactMap { word in
        var word = String(word)
        return word.withUTF8 { MediaRange(Bytes($0)) }.map { (Media(rawValue: row[0]), $0) }
      }
    }

  /// - Parameters:
  ///   - contentType: the header's value; nil where there is none.
  ///   - name: the key, or the path of the URL: its extension says what kind of media is asked for.
  ///   - accept: the Accept header that was sent.
  ///   - format: the image format asked for, as mt-expand writes it.
  /// - Returns: nil where it fits, else a message such as `text/html does not fit photo.jpg`.
  package static func mismatch(contentType: Bytes?, name: Bytes, accept: String?, format: String?) -> String? {
    guard let contentType else { return nil }
    let media = Media(key: name)
    if accept == nil, format == nil, begins(contentType, with: media) { return nil }
    // What is no type at all says as little as none.
    guard let type = MediaRange(contentType), !type.isWild, !isFurther(type, nil) else { return nil }
    let shown = Bytes(rebasing: contentType.prefix { $0 != 0x3B }.prefix(100)).trimmed.string
    if let accept {
      switch preference(accept, type) {
      case .named: return nil
      case .refused: return "\(shown) does not fit “Accept: \(accept.prefix(100))”"
      case .unsaid: break
      }
    }
    if let format, ["webp", "avif", "jpeg", "jpg", "png"].contains(format.lowercased()) {
      // Whether the format is made is up to the server, but it is an image.
      return type.has(kind: "image") ? nil : "\(shown) does not fit the format \(format)"
    }
    if media == .other || type.has(kind: media.literal) || isFurther(type, media) { return nil }
    let file = name.lastIndex(of: 0x2F).map { name.slice($0 + 1, name.count) } ?? name
    return "\(shown) does not fit \(file.string)"
  }

  /// The path of an http or https URL, without query and fragment; all of it where it is none.
  package static func path(of url: Bytes) -> Bytes {
    guard let start = endOfAuthority(url) else { return url }
    let path = url.slice(start, url.count)
    return path.slice(0, path.firstIndex { $0 == 0x3F || $0 == 0x23 } ?? path.count)
  }

  /// The usual answer, found without reading its type in full.
  private static func begins(_ contentType: Bytes, with media: Media) -> Bool {
    let count = media.literal.utf8CodeUnitCount
    return contentType.count > count + 1 && contentType[count] == 0x2F
      && contentType.slice(0, count).equals(media.literal)
  }

  private static func isFurther(_ type: MediaRange, _ kind: Media?) -> Bool {
    further.contains { $0.kind == kind && $0.type.covers(type) }
  }

  private enum Preference {
    /// By a range that names its type.
    case named
    case refused
    /// By `*/*`, or there is no range that can be read.
    case unsaid
  }

  /// What an Accept header says of `type`: the most specific range counts (RFC 9110, 12.5.1).
  private static func preference(_ accept: String, _ type: MediaRange) -> Preference {
    var accept = accept
    return accept.withUTF8 { preference(Bytes($0), type) }
  }

  private static func preference(_ accept: Bytes, _ type: MediaRange) -> Preference {
    var isAnyRead = false
    var best: (rank: Int, isRefused: Bool) = (-1, true)
    for element in accept.split(separator: 0x2C) {
      guard let range = MediaRange(Bytes(rebasing: element)) else { continue }
      isAnyRead = true
      if range.covers(type), range.rank > best.rank { best = (range.rank, range.isRefused) }
    }
    guard isAnyRead else { return .unsaid }
    return best.isRefused ? .refused : best.rank == 0 ? .unsaid : .named
  }
}
