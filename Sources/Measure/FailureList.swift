import Records

/// The items that failed most often. While no more than `capacity` different items failed, the counts are exact; beyond, an item
/// that fails for the first time takes the place of one that failed least, and `uncounted` says what it may lack
/// (A. Metwally, D. Agrawal, A. El Abbadi: Space-Saving, ICDT 2005).
struct FailureList: Sendable {
  let capacity: Int
  private var entries: [TopEntry] = []
  private var places: [UInt64: Int] = [:]
  /// No entry has less, counted and uncounted.
  private var least = 1.0
  /// Where to look next for an entry with the least.
  private var cursor = 0
  /// What an item that is not here may have had.
  private(set) var missed = 0.0

  init(capacity: Int) { self.capacity = capacity }

  /// Counts a failure.
  mutating func add(_ name: Bytes, error: Bytes?) {
    let hash = tableHash(TopEntry.shortened(name))
    let errors = error.map { ErrorSet($0) } ?? []
    if let place = places[hash] {
      entries[place].value += 1
      entries[place].errors.formUnion(errors)
    } else {
      var entry = TopEntry(name: name, value: 1)
      entry.errors = errors
      insert(entry, hash)
    }
  }

  private mutating func insert(_ new: TopEntry, _ hash: UInt64) {
    guard capacity > 0 else { return }
    var new = new
    if entries.count < capacity {
      new.uncounted += missed
      places[hash] = entries.count
      entries.append(new)
      return
    }
    let place = placeOfLeast()
    missed = max(missed, least)
    new.uncounted += missed
    places[entries[place].hash] = nil
    places[hash] = place
    entries[place] = new
  }

  private mutating func placeOfLeast() -> Int {
    while true {
      for _ in entries.indices {
        cursor = cursor + 1 < entries.count ? cursor + 1 : 0
        if entries[cursor].value + entries[cursor].uncounted <= least { return cursor }
      }
      least = entries.lazy.map { $0.value + $0.uncounted }.min() ?? least
    }
  }

  /// Adds what another list counted: those with the most stay, as P. Agarwal and others put such lists together
  /// (Mergeable Summaries, PODS 2012).
  mutating func merge(_ other: FailureList) {
    for place in entries.indices where other.places[entries[place].hash] == nil {
      entries[place].uncounted += other.missed
    }
    for entry in other.entries {
      if let place = places[entry.hash] {
        entries[place].value += entry.value
        entries[place].uncounted += entry.uncounted
        entries[place].errors.formUnion(entry.errors)
      } else {
        entries.append(entry)
        entries[entries.count - 1].uncounted += missed
      }
    }
    missed += other.missed
    keepTheMost()
  }

  private mutating func keepTheMost() {
    entries.sort(by: TopEntry.precedes)
    for dropped in entries.dropFirst(capacity) { missed = max(missed, dropped.value + dropped.uncounted) }
    entries = Array(entries.prefix(capacity))
    places = [:]
    for (place, entry) in entries.enumerated() { places[entry.hash] = place }
    least = entries.lazy.map { $0.value + $0.uncounted }.min() ?? 1
  }

  /// All items, in the order of the list.
  var ranking: [TopEntry] { entries.sorted(by: TopEntry.precedes) }

  /// A list that was written.
  init(_ entries: [TopEntry], missed: Double, capacity: Int) {
    self.capacity = max(entries.count, capacity)
    self.missed = missed
    for entry in entries where places[entry.hash] == nil {
      places[entry.hash] = self.entries.count
      self.entries.append(entry)
    }
  }
}
