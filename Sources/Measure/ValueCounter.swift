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

  /// Counts a value and gives its index, which stays the same; 0 is all values that are not counted for themselves.
  @discardableResult package mutating func count(_ value: Bytes, times: Int = 1) -> Int {
    // Neighbours are often alike.
    if last >= 0, name(entries[last]).equals(value) {
      entries[last].count &+= times
      return last + 1
    }
    let hash = tableHash(value)
    var slot = Int(truncatingIfNeeded: hash) & (table.count - 1)
    while table[slot] >= 0 {
      let i = Int(table[slot])
      if entries[i].hash == hash, name(entries[i]).equals(value) {
        entries[i].count &+= times
        last = i
        return i + 1
      }
      slot = (slot + 1) & (table.count - 1)
    }
    return insert(value, hash, slot, times)
  }

  private borrowing func name(_ entry: Entry) -> Bytes { names.bytes.slice(entry.start, entry.end) }

  private mutating func insert(_ value: Bytes, _ hash: UInt64, _ slot: Int, _ times: Int) -> Int {
    // A name with NUL cannot be a member's name for many readers, and two members must not have one name.
    guard entries.count < Self.limit, value.count <= Self.maximumLength, value.firstIndex(of: 0) == nil,
      !Self.isOtherName(value)
    else {
      others &+= times
      return 0
    }
    let start = names.count
    names.append(value)
    last = entries.count
    table[slot] = Int32(last)
    entries.append(Entry(start: start, end: names.count, hash: hash, count: times))
    if entries.count * 2 > table.count { rehash() }
    return last + 1
  }

  private static func isOtherName(_ value: Bytes) -> Bool {
    var name = otherName
    return name.withUTF8 { value.equals(Bytes($0)) }
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
  package borrowing func ranking() -> [(name: String, count: Int)] { places().map { ($0.name, $0.count) } }

  /// The values, their counts and their indices, the most frequent first.
  borrowing func places() -> [(name: String, count: Int, index: Int)] {
    var found: [(name: String, count: Int, index: Int)] = []
    for (i, entry) in entries.enumerated() { found.append((name(entry).string, entry.count, i + 1)) }
    found.sort { $0.count != $1.count ? $0.count > $1.count : $0.name.precedes($1.name) }
    if others > 0 { found.append((Self.otherName, others, 0)) }
    return found
  }

  /// Calls `body` with each index, value and count.
  borrowing func forEach(_ body: (_ index: Int, _ value: Bytes, _ count: Int) -> Void) {
    for (i, entry) in entries.enumerated() { body(i + 1, name(entry), entry.count) }
    guard others > 0 else { return }
    var name = Self.otherName
    name.withUTF8 { body(0, Bytes($0), others) }
  }
}
