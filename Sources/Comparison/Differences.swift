import Records

/// What a comparison found.
package struct Differences: Sendable {
  package internal(set) var total = FindingCounts()
  package internal(set) var byVariant = FindingRanking()
  /// By the first directory of the path.
  package internal(set) var byPrefix = FindingRanking()
  /// The first of each kind, in the order of their keys.
  package internal(set) var examples: [Finding: [Difference]] = [:]

  package init() {}
}

/// Counts by name.
package struct FindingRanking: Sendable {
  /// Those with the most findings first.
  package internal(set) var named: [(name: String, counts: FindingCounts)] = []
  /// Of all names for which there was no room; nil: there are none.
  package internal(set) var others: FindingCounts?
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
