import Records

/// How often each value of a member occurs. Beyond `limit` distinct values, further ones are counted as `(other)`.
package struct ValueCounter: ~Copyable {
  package static let limit = 1000
  package static let otherName = "(other)"
  /// Bytes of a value that is counted for itself.
  package static let maximumLength = 256

  private struct Entry {
    let start: Int
    let end: Int
    let hash: UInt64
    var count: Int
  }

  private var names = ByteBuffer()
  private var entries: [Entry] = []
  /// Open addressing; an index into `entries`, or -1.
  private var table = [Int32](repeating: -1, count: 64)
  private var last = -1
  private var others = 0

  package init() {}

  package var isEmpty: Bool { entries.isEmpty && others == 0 }

  package mutating func count(_ value: Bytes) {
    // Neighbours are often alike.
    if last >= 0, name(entries[last]).equals(value) {
      entries[last].count &+= 1
      return
    }
    let hash = tableHash(value)
    var slot = Int(truncatingIfNeeded: hash) & (table.count - 1)
    while table[slot] >= 0 {
      let i = Int(table[slot])
      if entries[i].hash == hash, name(entries[i]).equals(value) {
        entries[i].count &+= 1
        last = i
        return
      }
      slot = (slot + 1) & (table.count - 1)
    }
    insert(value, hash, slot)
  }

  private borrowing func name(_ entry: Entry) -> Bytes { names.bytes.slice(entry.start, entry.end) }

  private mutating func insert(_ value: Bytes, _ hash: UInt64, _ slot: Int) {
    // A name with NUL cannot be a member's name for many readers, and two members must not have one name.
    guard entries.count < Self.limit, value.count <= Self.maximumLength, value.firstIndex(of: 0) == nil,
      value.string != Self.otherName
    else {
      others += 1
      return
    }
    let start = names.count
    names.append(value)
    last = entries.count
    table[slot] = Int32(last)
    entries.append(Entry(start: start, end: names.count, hash: hash, count: 1))
    if entries.count * 2 > table.count { rehash() }
  }

  private mutating func rehash() {
    table = [Int32](repeating: -1, count: table.count * 2)
    for (i, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.hash) & (table.count - 1)
      while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
      table[slot] = Int32(i)
    }
  }

  /// The values and their counts, the most frequent first.
  package borrowing func ranking() -> [(name: String, count: Int)] {
    var found: [(name: String, count: Int)] = []
    for entry in entries { found.append((name(entry).string, entry.count)) }
    found.sort { ($1.count, $0.name) < ($0.count, $1.name) }
    if others > 0 { found.append((Self.otherName, others)) }
    return found
  }
}
