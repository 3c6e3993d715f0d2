import Records
import Toolkit

/// Goes through sorted results and entries side by side, a path at a time.
///
/// A result fits an entry of the same path that has its variant's name; or one without such a name that has its width and
/// height, or that one of them which the entry has, and its format. Its quality counts where the result states one. A
/// result that states nothing of all this fits the entry that states nothing.
struct Join: ~Copyable {
  private let entries: SortedRecords
  private let results: SortedRecords
  private let now: Timestamp
  private var entry: Bytes?
  private var result: Bytes?
  private var collector: DifferenceCollector
  private var group = EntryGroup()
  private var path = ByteBuffer()
  private var plainPath = ByteBuffer()
  private var current = ByteBuffer()
  private var wanted = ByteBuffer()

  /// - Parameters:
  ///   - now: entries that expire before are expired.
  ///   - output: is given a record of each finding but `both`, in the order of their keys.
  init(entries: SortedRecords, results: SortedRecords, now: Timestamp, output: Output?) throws(Failure) {
    self.entries = entries
    self.results = results
    self.now = now
    collector = DifferenceCollector(output: output)
    entry = try entries.next()
    result = try results.next()
  }

  /// Ends early where a signal asks to stop.
  mutating func run() throws(Failure) -> Differences {
    while let next = first, !Signals.isStopping {
      path.removeAll()
      path.append(next.slice(0, next.endOfPart(0)))
      plainPath.removeAll()
      plainPath.append(unescaping: path.bytes.slice(0, path.count - 2))
      try gatherEntries()
      try takeResults()
      try tellOfEntries()
    }
    return collector.differences
  }

  /// The record whose path is next.
  private var first: Bytes? {
    guard let entry, let result else { return entry ?? result }
    return result.precedes(entry) ? result : entry
  }

  private mutating func gatherEntries() throws(Failure) {
    group.removeAll()
    while let record = entry, record.starts(path.bytes) {
      if let aside = group.add(record.slice(path.count, record.count)) {
        try collector.take(aside.finding, found(aside.entry))
      }
      entry = try entries.next()
    }
  }

  private mutating func takeResults() throws(Failure) {
    while let record = result, record.starts(path.bytes) {
      current.removeAll()
      current.append(record)
      let item = ItemRecord(current.bytes, path: path.count)
      let entry = fit(item).map { group[$0].details }
      let outcome = ResultOutcome(item)
      var found = FoundItem(
        path: plainPath.bytes, selection: item.selection, name: entry?.name, bytes: outcome.bytes, kvBytes: entry?.size)
      try judge(found, isOK: outcome.isOK, isInKV: entry != nil)
      result = try results.next()
      while let again = result, again.starts(item.bytes.slice(0, item.quality)) {
        found.bytes = ResultOutcome(ItemRecord(again, path: path.count)).bytes
        try collector.take(.repeatedResult, found)
        result = try results.next()
      }
    }
  }

  private mutating func judge(_ found: FoundItem, isOK: Bool, isInKV: Bool) throws(Failure) {
    guard isOK else { return try collector.take(isInKV ? .failedInKV : .failedNotInKV, found) }
    guard isInKV else { return try collector.take(.onlyInResults, found) }
    collector.count(.both, found)
    if let received = found.bytes, let stored = found.kvBytes, received != stored {
      try collector.take(.sizeDiffers, found)
    }
  }

  /// Notes which entries a result fits, and gives the one that fits best.
  private mutating func fit(_ item: ItemRecord) -> Int? {
    guard group.count > 0 else { return nil }
    let selection = item.selection
    let hasVariant = !selection.variant.isEmpty
    var best = hasVariant ? group.fit(item.bytes.slice(item.path, item.variant)) : nil
    let hasSize = !selection.width.isEmpty || !selection.height.isEmpty
    guard hasSize || !hasVariant || !selection.format.isEmpty || !selection.quality.isEmpty else { return best }
    let isWhole = !selection.width.isEmpty && !selection.height.isEmpty
    for sides in isWhole ? [Sides.both, .width, .height] : [.both] {
      want(sides, of: item)
      let first = group.fit(wanted.bytes)
      best = best ?? first
    }
    return best
  }

  private enum Sides { case both, width, height }

  /// Builds how entries without a variant's name begin that `item` fits.
  private mutating func want(_ sides: Sides, of item: ItemRecord) {
    let selection = item.selection
    wanted.removeAll()
    wanted.append(byte: ItemRecord.Kind.item.rawValue)
    wanted.append(part: .empty)
    if sides == .height { wanted.append(part: .empty) }
    let sidesStart = sides == .height ? item.width : item.variant
    wanted.append(item.bytes.slice(sidesStart, sides == .width ? item.width : item.height))
    if sides == .width { wanted.append(part: .empty) }
    // Without a quality of its own, a result fits any; one that says nothing fits what has no further parameters either.
    let hasQuality = !selection.quality.isEmpty || selection.isEmpty
    wanted.append(item.bytes.slice(item.height, hasQuality ? item.quality : item.format))
    if selection.isEmpty { wanted.append(part: .empty) }
  }

  private mutating func tellOfEntries() throws(Failure) {
    var fitEnd = 0
    for i in 0..<group.count {
      fitEnd = group.fitEnd(at: i, after: fitEnd)
      let item = found(group[i])
      guard item.path != nil else { try collector.take(.unmatched, item); continue }
      if i >= fitEnd { try collector.take(.onlyInKV, item) }
      if let expiration = item.expiration, expiration < now { try collector.take(.expired, item) }
    }
  }

  private func found(_ entry: EntryGroup.Entry) -> FoundItem {
    FoundItem(
      path: entry.item.kind.hasPath ? plainPath.bytes : nil, selection: entry.item.selection,
      name: entry.details.name, kvBytes: entry.details.size,
      expiration: entry.details.expiration.map { Timestamp(seconds: $0, nanoseconds: 0) })
  }
}
