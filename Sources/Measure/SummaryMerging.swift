import Records

extension Summary {
  /// Adds what another summary holds. Counts and sums come out as those of one run over all records, and so do sketches,
  /// distinct counts and lists, in whatever order; but where a member has more values than are counted apart, which of them
  /// are, and where more requests failed than are listed, which of them, depends on the parts.
  package func merge(_ other: Summary) throws(BadRecord) {
    try checkFits(other)
    if quantity(.size) == nil { large = other.large } else if other.quantity(.size) != nil { large.merge(other.large) }
    records &+= other.records
    for (mine, theirs) in zip(tallies, other.tallies) { mine.merge(theirs) }
    for i in quantities.indices { quantities[i].merge(other.quantities[i]) }
    for i in distinctCounts.indices { distinctCounts[i].merge(other.distinctCounts[i]) }
    largest.merge(other.largest)
    slowest.merge(other.slowest)
    failing.merge(other.failing)
    timeline.merge(other.timeline)
    if let time = other.started { started = min(started ?? time, time) }
    if let time = other.finished { finished = max(finished ?? time, time) }
    mergeSettings(other.settings)
  }

  /// Throws where the other counted other objects as large.
  func checkFits(_ other: Summary) throws(BadRecord) {
    guard quantity(.size) != nil, other.quantity(.size) != nil, large.threshold != other.large.threshold else { return }
    throw BadRecord(
      "its large objects are those above \(other.large.threshold) bytes, those of the others above \(large.threshold)")
  }

  /// Notes how the run was made, in place of what was noted under the same names.
  package func add(settings more: [(name: String, value: String)]) {
    settings.removeAll { old in more.contains { $0.name == old.name } }
    settings = (settings + more).sorted { $0.name < $1.name }
  }

  /// Of parts that were set differently each value is kept, with ` | ` between.
  private func mergeSettings(_ others: [(name: String, value: String)]) {
    for (name, value) in others {
      if let i = settings.firstIndex(where: { $0.name == name }) {
        settings[i].value = Self.joined(settings[i].value, value)
      } else {
        settings.append((name, value))
      }
    }
    settings.sort { $0.name < $1.name }
  }

  private static func joined(_ a: String, _ b: String) -> String {
    guard a != b else { return a }
    return Set((a + separator + b).split(separator: separator, omittingEmptySubsequences: false)).sorted()
      .joined(separator: separator)
  }

  private static let separator = " | "
}
