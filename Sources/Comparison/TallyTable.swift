import Records

/// Tallies by name, as many as a report can show.
struct TallyTable {
  /// Further names are counted as `(other)`.
  static let limit = 1000
  /// So are longer ones.
  private static let longestName = 256

  private var names: [[UInt8]] = []
  private var tallies: [Tally] = []
  private var places: [UInt64: [Int]] = [:]
  private var others: Tally?
  /// The place that was found last, since names come in runs.
  private var last: Int?

  mutating func add(_ finding: Finding, _ times: Int, to name: Bytes) {
    if let last, name.elementsEqual(names[last]) {
      tallies[last][finding] += times
    } else if let place = place(of: name) {
      last = place
      tallies[place][finding] += times
    } else {
      others = others ?? Tally()
      others?[finding] += times
    }
  }

  /// Nil: there are too many.
  private mutating func place(of name: Bytes) -> Int? {
    let hash = tableHash(name)
    if let found = places[hash]?.first(where: { name.elementsEqual(names[$0]) }) { return found }
    guard names.count < Self.limit, name.count <= Self.longestName else { return nil }
    places[hash, default: []].append(names.count)
    names.append(Array(name))
    tallies.append(Tally())
    return names.count - 1
  }

  /// The largest first, the others at the end. A name that is empty is `(none)`.
  var ranking: [(name: String, tally: Tally)] {
    let known = zip(names, tallies).map { name, tally in
      (name: name.isEmpty ? "(none)" : String(decoding: name, as: UTF8.self), tally: tally)
    }
    return known.sorted { ($1.tally.sum, $0.name) < ($0.tally.sum, $1.name) }
      + (others.map { [(name: "(other)", tally: $0)] } ?? [])
  }
}

extension Tally {
  fileprivate var sum: Int { Finding.allCases.reduce(0) { $0 + self[$1] } }
}
