import Records

/// Counts findings by name, for as many names as a ranking may need.
struct FindingTable {
  /// Further names are counted together.
  private static let limit = 1000
  /// So are longer ones.
  private static let longestName = 256

  private var names: [[UInt8]] = []
  private var counts: [FindingCounts] = []
  private var places: [UInt64: [Int]] = [:]
  private var others: FindingCounts?
  /// The place that was found last, since names come in runs.
  private var last: Int?

  mutating func add(_ finding: Finding, to name: Bytes) {
    if let last, name.elementsEqual(names[last]) {
      counts[last][finding] += 1
    } else if let place = place(of: name) {
      last = place
      counts[place][finding] += 1
    } else {
      others = others ?? FindingCounts()
      others?[finding] += 1
    }
  }

  /// Nil: there are too many.
  private mutating func place(of name: Bytes) -> Int? {
    let hash = tableHash(name)
    if let found = places[hash]?.first(where: { name.elementsEqual(names[$0]) }) { return found }
    guard names.count < Self.limit, name.count <= Self.longestName else { return nil }
    places[hash, default: []].append(names.count)
    names.append(Array(name))
    counts.append(FindingCounts())
    return names.count - 1
  }

  /// A name that is empty is `(none)`.
  var ranking: FindingRanking {
    let named = zip(names, counts).map { name, counts in
      (name: name.isEmpty ? "(none)" : String(decoding: name, as: UTF8.self), counts: counts)
    }
    return FindingRanking(
      named: named.sorted { ($1.counts.sum, $0.name) < ($0.counts.sum, $1.name) }, others: others)
  }
}
