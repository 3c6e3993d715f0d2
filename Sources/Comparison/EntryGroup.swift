import Records

/// The entries of one path that results may fit, in order, and which of them results fit.
struct EntryGroup: ~Copyable {
  private struct Place {
    /// Where the record, without its path, stands in the buffer.
    let start, end: Int
    /// Where what tells it from other entries ends, the further parameters included.
    let identityEnd: Int
    /// Results fit the entries from this one up to, not including, that one.
    var fitEnd = 0
  }

  /// An entry, and what is known of it now.
  struct Entry {
    let item: ItemRecord
    let details: EntryDetails
  }

  private var buffer = ByteBuffer(capacity: 4096)
  private var places: [Place] = []
  private var lastVersion: UInt64 = 0

  var count: Int { places.count }

  mutating func removeAll() {
    buffer.removeAll()
    places.removeAll(keepingCapacity: true)
  }

  /// Adds the next entry in order; gives back one that is not held, with what it is.
  /// - Parameter record: the record behind its path.
  mutating func add(_ record: Bytes) -> (finding: Finding, entry: Entry)? {
    let item = ItemRecord(record, path: 0)
    let identity = record.endOfPart(item.quality)
    let details = EntryDetails(record, at: identity)
    let entry = Entry(item: item, details: details)
    if item.kind.isChunk { return (.chunk, entry) }
    defer { lastVersion = details.version }
    if let last = places.last, record.starts(buffer.bytes.slice(last.start, last.identityEnd)) {
      return (details.version == lastVersion ? .repeatedEntry : .olderVersion, entry)
    }
    places.append(
      Place(start: buffer.count, end: buffer.count + record.count, identityEnd: buffer.count + identity))
    buffer.append(record)
    return nil
  }

  /// Notes that a result fits all entries that begin with `start`, and gives the first; nil: there is none.
  mutating func fit(_ start: Bytes) -> Int? {
    let first = firstPlace { !$0.precedes(start) }
    let end = firstPlace { !$0.precedes(start) && !$0.starts(start) }
    guard first < end else { return nil }
    places[first].fitEnd = max(places[first].fitEnd, end)
    return first
  }

  /// The first of which `holds` is true; it is false of all before.
  private func firstPlace(_ holds: (Bytes) -> Bool) -> Int {
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if holds(bytes(places[middle])) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  subscript(i: Int) -> Entry {
    let place = places[i]
    let bytes = bytes(place)
    return Entry(
      item: ItemRecord(bytes, path: 0), details: EntryDetails(bytes, at: place.identityEnd - place.start))
  }

  private func bytes(_ place: Place) -> Bytes { buffer.bytes.slice(place.start, place.end) }

  /// Where the results' fit that covers `i` ends, or an earlier one's; to be asked in order with the last answer.
  func fitEnd(at i: Int, after end: Int) -> Int { max(end, places[i].fitEnd) }
}

extension UnsafeRawBufferPointer {
  /// Whether these bytes begin with `start`.
  func starts(_ start: Bytes) -> Bool { count >= start.count && slice(0, start.count).equals(start) }
}
