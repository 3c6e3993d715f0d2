/// What a comparison finds of an item, an entry or a record.
package enum Finding: Int, CaseIterable, Sendable {
  /// An item that was fetched, and has an entry.
  case both
  case onlyInResults
  case onlyInKV
  /// An item of both whose body has another size than its entry.
  case sizeDiffers
  /// An item that could not be fetched, though it has an entry.
  case failedInKV
  case failedNotInKV
  /// An entry whose time is over.
  case expired
  /// An entry for which there is one of a higher version.
  case olderVersion
  /// A further result of an item.
  case repeatedResult
  /// A further entry that says the same as one before.
  case repeatedEntry
  /// An entry whose name says nothing of an item.
  case unmatched
  /// An entry that is a part of a large value.
  case chunk

  /// Those that a page shows examples of, each of them a check.
  package static let differences: [Finding] = [
    .onlyInResults, .onlyInKV, .sizeDiffers, .failedInKV, .failedNotInKV, .expired, .olderVersion, .unmatched,
  ]

  /// For programs.
  package var name: StaticString {
    switch self {
    case .both: "both"
    case .onlyInResults: "only_in_results"
    case .onlyInKV: "only_in_kv"
    case .sizeDiffers: "size_differs"
    case .failedInKV: "failed_in_kv"
    case .failedNotInKV: "failed_not_in_kv"
    case .expired: "expired"
    case .olderVersion: "older_version"
    case .repeatedResult: "repeated_result"
    case .repeatedEntry: "repeated_entry"
    case .unmatched: "unmatched"
    case .chunk: "chunk"
    }
  }
}

/// How often each finding was made.
package struct FindingCounts: Sendable, Equatable {
  private var counts = [Int](repeating: 0, count: Finding.allCases.count)

  package init() {}

  package subscript(finding: Finding) -> Int {
    get { counts[finding.rawValue] }
    set { counts[finding.rawValue] = newValue }
  }

  /// Of all kinds.
  var sum: Int { counts.reduce(0, +) }

  package static func += (a: inout FindingCounts, b: FindingCounts) {
    for finding in Finding.allCases { a[finding] += b[finding] }
  }
}
