import Records

/// What a comparison found.
package struct Differences: Sendable {
  package internal(set) var total = Tally()
  /// By variant, those with the most findings first; what is beyond the first thousand as `(other)`, at the end.
  package internal(set) var byVariant: [(name: String, tally: Tally)] = []
  /// By the first directory of the path, likewise.
  package internal(set) var byPrefix: [(name: String, tally: Tally)] = []
  /// The first of each kind, in the order of their keys.
  package internal(set) var examples: [Finding: [Difference]] = [:]

  package init() {}
}

/// One difference, for readers.
package struct Difference: Sendable, Equatable {
  /// The path; nil where the name of the entry says none.
  package let key: String?
  package let variant: String?
  /// The entry's; nil where there is none.
  package let name: String?
  /// Of the body as received.
  package let bytes: Int?
  /// Of the entry, as the export says.
  package let kvBytes: Int?
  package let expiration: Timestamp?
}
