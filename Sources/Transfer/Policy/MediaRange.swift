import Records

/// A media type, or a range of them as in an Accept header: `image/webp`, `image/*;q=0.8`, `*/*` (RFC 9110, 12.5.1).
struct MediaRange: Sendable {
  /// In lower case and without an `x-`; `*` for any.
  private let kind: [UInt8]
  private let subtype: [UInt8]
  /// Whether its weight is 0.
  let isRefused: Bool

  /// Nil where `text` is no type.
  init?(_ text: Bytes) {
    var parts = text.split(separator: 0x3B).map { Bytes(rebasing: $0).trimmed }
    guard !parts.isEmpty else { return nil }
    let type = parts.removeFirst()
    guard let slash = type.firstIndex(of: 0x2F), slash > 0, slash + 1 < type.count,
      type.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return nil }
    kind = type.slice(0, slash).map { lowercased($0) }
    subtype = Self.normal(type.slice(slash + 1, type.count))
    guard kind != [0x2A] || subtype == [0x2A] else { return nil }
    isRefused = parts.contains { part in
      part.count > 2 && lowercased(part[0]) == 0x71 && part[1] == 0x3D
        && part.slice(2, part.count).allSatisfy { $0 == 0x30 || $0 == 0x2E }
    }
  }

  private static func normal(_ subtype: Bytes) -> [UInt8] {
    let text = subtype.map { lowercased($0) }
    let bare = text.count > 2 && text.starts(with: [0x78, 0x2D]) ? Array(text.dropFirst(2)) : text
    // Never registered, but often sent.
    return bare == Array("jpg".utf8) || bare == Array("pjpeg".utf8) ? Array("jpeg".utf8) : bare
  }

  /// 0: any type; 1: any of a kind; 2: one type.
  var rank: Int { kind == [0x2A] ? 0 : subtype == [0x2A] ? 1 : 2 }

  var isWild: Bool { rank < 2 }

  func has(kind name: StaticString) -> Bool { kind.withUnsafeBytes { $0.equals(name) } }

  func covers(_ type: MediaRange) -> Bool {
    rank == 0 || kind == type.kind && (rank == 1 || subtype == type.subtype)
  }
}
