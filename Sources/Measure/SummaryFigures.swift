import Records

/// What a summary says.
extension Summary {
  /// Seconds from the first start to the last end.
  package var elapsed: Double? {
    guard let started, let finished else { return nil }
    return Double(finished.milliseconds - started.milliseconds) / 1000
  }

  /// Values and how many records have each, the most frequent first, `(other)` last; nothing for a dimension that is not counted.
  package func counts(_ dimension: Dimension) -> [(name: String, count: Int)] { tally(dimension)?.ranking ?? [] }

  package func count(_ dimension: Dimension, _ value: String) -> Int {
    counts(dimension).first { $0.name.isSame(as: value) }?.count ?? 0
  }

  /// What the records of each value come to; nothing for a dimension that is not broken down.
  package func breakdown(_ dimension: Dimension) -> [Breakdown] { tally(dimension)?.breakdown ?? [] }

  private func tally(_ dimension: Dimension) -> Tally? { tallies.first { $0.dimension == dimension } }

  /// Nil where no record has the member, or it is not measured.
  package func quantity(_ field: Field) -> Quantity? {
    guard let i = Self.measured.firstIndex(of: field), quantities[i].count > 0 else { return nil }
    return quantities[i]
  }

  /// Nil where no record has the member, or its values are not told apart.
  package func distinct(_ field: Field) -> DistinctCount? {
    guard let i = Self.distinct.firstIndex(of: field), !distinctCounts[i].isEmpty else { return nil }
    var found = distinctCounts[i]
    found.limit = records
    return found
  }

  /// Objects by `size`.
  package var largestObjects: [TopEntry] { largest.entries }

  /// Requests by `total_ms`.
  package var slowestRequests: [TopEntry] { slowest.entries }

  /// Requests by their failures: up to 1000, of a group 100.
  package var mostFailing: [TopEntry] { failing.ranking }

  /// The most failures that a request may have had which is not among `mostFailing`; 0 where all are.
  package var failuresMissed: Double { failing.missed }

  /// Records that say how a request ended.
  package var requests: Int { count(.field(.ok), "true") &+ failed }
  package var failed: Int { count(.field(.ok), "false") }

  /// 0 to 1; nil without requests.
  package var errorRate: Double? { requests > 0 ? Double(failed) / Double(requests) : nil }

  /// Answers whose cache verdict is known.
  package var judged: Int { counts(.field(.cache)).filter { $0.name != "unknown" }.reduce(0) { $0 &+ $1.count } }

  /// Hits among the answers whose cache verdict is known, 0 to 1; nil without any.
  package var hitRatio: Double? {
    let judged = judged
    return judged > 0 ? Double(count(.field(.cache), "hit")) / Double(judged) : nil
  }

  /// Of the records that say when they started; nil where no time passed.
  package var requestsPerSecond: Double? { perSecond { Double($0.requests) } }
  package var bytesPerSecond: Double? { quantity(.bytes) == nil ? nil : perSecond { Double($0.bytes) } }

  private func perSecond(_ value: (Timeline.Slot) -> Double) -> Double? {
    guard let elapsed, elapsed > 0 else { return nil }
    return timeline.slots.reduce(0) { $0 + value($1) } / elapsed
  }
}
