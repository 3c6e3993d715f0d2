import Records

/// What a stream of records comes to, in memory that does not grow with it. Summaries of parts can be put together.
package final class Summary {
  /// Members counted by value, in the order of a summary record.
  package static let counted: [Dimension] = [
    .field(.ok), .field(.status), .field(.error), .field(.cache), .field(.variant), .field(.media), .field(.sizeClass),
    .fileExtension, .host, .sizeBucket, .field(.pop), .field(.targetPop), .field(.httpVersion), .field(.notWarmed),
    .field(.sized), .varyAccept, .message,
  ]

  /// Those of them whose values are broken down.
  package static let brokenDown: [Dimension] = [
    .field(.variant), .field(.media), .field(.sizeClass), .fileExtension, .host, .sizeBucket,
  ]

  /// Members measured.
  package static let measured: [Field] = [
    .size, .bytes, .total, .ttfb, .dns, .connect, .tls, .attempts, .cacheAge,
  ]

  /// Members whose different values are counted.
  package static let distinct: [Field] = [.key, .url]

  /// All members read.
  package static let fields: [Field] = Array(
    Set(counted.flatMap(\.fields) + measured + distinct + [.started, .codec, .duration, .height, .errorMessage]))

  /// What can be chosen.
  package struct Options: Sendable {
    /// Entries of each list of the greatest.
    package var top = 20
    /// Bytes above which an object is large.
    package var sizeThreshold = 256 << 20

    package init() {}
  }

  /// The members that make the group, `"variant":"mobile"`; empty for all records.
  package let group: String
  package internal(set) var records = 0
  package internal(set) var started: Timestamp?
  package internal(set) var finished: Timestamp?
  package internal(set) var timeline = Timeline()
  package internal(set) var large: LargeObjects
  /// How the run was made, by words of the user's.
  package internal(set) var settings: [(name: String, value: String)] = []

  package let options: Options
  var tallies = Summary.counted.map { Tally($0, hasBreakdown: Summary.brokenDown.contains($0)) }
  var quantities = [Quantity](repeating: Quantity(), count: Summary.measured.count)
  var distinctCounts = [DistinctCount](repeating: DistinctCount(), count: Summary.distinct.count)
  var largest: TopList
  var slowest: TopList
  var failing: FailureList
  private var scratch = ByteBuffer(capacity: 64)

  package init(group: String = "", options: Options = Options()) {
    self.group = group
    self.options = options
    large = LargeObjects(threshold: options.sizeThreshold)
    largest = TopList(limit: options.top)
    slowest = TopList(limit: options.top)
    // More than are looked at, so that counts of parts can be put together; but groups are many.
    failing = FailureList(capacity: options.top == 0 ? 0 : max(options.top, group.isEmpty ? 1000 : 100))
  }

  package func add(_ record: Record) {
    records += 1
    for i in 0..<Self.measured.count {
      if let value = record.whole(Self.measured[i]) {
        quantities[i].add(value)
      } else if let value = record.number(Self.measured[i]) {
        quantities[i].add(value)
      }
    }
    for i in 0..<Self.distinct.count {
      if let value = record.text(Self.distinct[i]) { distinctCounts[i].add(value) }
    }
    let facts = facts(of: record)
    for tally in tallies {
      if let value = tally.dimension.value(of: record, &scratch) { tally.count(value, facts) }
    }
    note(record, facts)
  }

  private func facts(of record: Record) -> Tally.Facts {
    var facts = Tally.Facts()
    facts.size = record.whole(.size) ?? 0
    facts.bytes = record.whole(.bytes) ?? 0
    facts.hasFailed = record.boolean(.ok) == false
    if let error = record.text(.error) { facts.error = ClosedList.errors.index(of: error) }
    if let verdict = record.text(.cache) { facts.verdict = ClosedList.verdicts.index(of: verdict) }
    return facts
  }

  /// What depends on several members.
  private func note(_ record: Record, _ facts: Tally.Facts) {
    let total = record.number(.total)
    if let name = record.text(.key), record.whole(.size) != nil, largest.admits(name, Double(facts.size)) {
      largest.add(TopEntry(name: name, value: Double(facts.size)))
    }
    if let name = record.text(.url) {
      if let total, slowest.admits(name, total) { slowest.add(slowEntry(of: record, name, total)) }
      if facts.hasFailed { failing.add(name, error: record.text(.error)) }
    }
    large.add(record, size: facts.size)
    guard let text = record.text(.started), let time = Timestamp(text) else { return }
    let milliseconds = min(max(total ?? 0, 0), 1e12)
    let end = time.adding(milliseconds: Int(milliseconds))
    started = min(started ?? time, time)
    finished = max(finished ?? end, end)
    timeline.add(time, hasFailed: facts.hasFailed, bytes: max(facts.bytes, 0), milliseconds: milliseconds)
  }

  private func slowEntry(of record: Record, _ name: Bytes, _ total: Double) -> TopEntry {
    var entry = TopEntry(name: name, value: total)
    entry.size = record.whole(.size)
    entry.bytes = record.whole(.bytes)
    entry.status = record.whole(.status)
    entry.variant = record.text(.variant).flatMap { $0.count <= ValueCounter.maximumLength ? $0.string : nil }
    if let error = record.text(.error) { entry.errors = ErrorSet(error) }
    return entry
  }
}
