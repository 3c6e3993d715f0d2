/// The members of records, each declared once: mt-records(5), `--schema` and the code all read this table.
package enum Field: Int, CaseIterable, Sendable {
  case key, keyBase64, size, mtime, etag, storageClass, versionID, isLatest, media, source
  case url, variant, width, height, format, quality, accept
  case ok, status, error, errorMessage, attempts
  case started, dns, connect, tls, ttfb, total
  case bytes, contentType, vary, sized, httpVersion, remoteIP, sizeClass
  case cache, cacheAge, cacheLayer, pop
  case targetPop, partial, warmed, firstCache, notWarmed, sha256, md5
  case codec, duration
  case record

  /// What a member's value may be.
  package enum Kind: Sendable {
    case string, integer, number, boolean, timestamp
    /// A string of a closed list.
    case oneOf([String])
  }

  /// Where on the line from listing to report a member comes from.
  package enum Writer: String, CaseIterable, Sendable {
    case list = "mt-list"
    case expand = "mt-expand"
    case fetch = "mt-fetch"
    case stats = "mt-stats"
    /// Read where a record has it, such as one that a user made with ffprobe and jq.
    case others = "others"
  }

  package struct Definition: Sendable {
    package let field: Field
    package let name: StaticString
    package let kind: Kind
    package let writer: Writer
    /// Whether every record of its writer has it.
    package let isAlwaysThere: Bool
    package let meaning: String
  }

  package var definition: Definition { Self.table[rawValue] }
  package var name: StaticString { Self.table[rawValue].name }

  /// The field of this name, or nil.
  package init?(named name: some StringProtocol) {
    guard let found = Self.table.first(where: { "\($0.name)" == name }) else { return nil }
    self = found.field
  }

  /// The members that a tool writes: those that an input brings under these names are replaced or left out.
  package static func written(by writer: Writer) -> [Field] {
    table.filter { $0.writer == writer }.map(\.field)
  }
}
