import Records

/// The items with the greatest values, each item once: one that comes again keeps its greatest. What is equal
/// is ordered by name, and then by all else, so the list depends on the records alone, and lists of parts put together are the list of the whole.
struct TopList: Sendable {
  let limit: Int
  /// In the order of the list.
  private(set) var entries: [TopEntry] = []
  /// The last entry of a full list.
  private var least = -Double.infinity
  private var leastName: [UInt8] = []

  init(limit: Int) { self.limit = limit }

  /// Whether an item has a place; to be asked first, since most have none.
  @inline(__always) func admits(_ name: Bytes, _ value: Double) -> Bool {
    if entries.count < limit || value > least { return true }
    return value == least && leastName.withUnsafeBytes { name.precedes($0) }
  }

  mutating func add(_ entry: TopEntry) {
    guard limit > 0 else { return }
    if let i = entries.firstIndex(where: { $0.name.isSame(as: entry.name) }) {
      guard
        entry.value > entries[i].value || entry.value == entries[i].value && entry.details.precedes(entries[i].details)
      else { return }
      entries.remove(at: i)
    }
    let place = entries.firstIndex { TopEntry.precedes(entry, $0) } ?? entries.count
    entries.insert(entry, at: place)
    if entries.count > limit { entries.removeLast() }
    guard entries.count == limit, let last = entries.last else { return }
    least = last.value
    leastName = Array(last.name.utf8)
  }

  mutating func merge(_ other: TopList) { for entry in other.entries { add(entry) } }
}
