import Records

/// What happened when: requests by the time at which they started, in at most `maximumSlots` slots. A slot is the least power of two of
/// seconds that suffices, so the slots depend on the records alone, and those of parts can be put together.
package struct Timeline: Sendable {
  package static let maximumSlots = 240

  package struct Slot: Equatable, Sendable {
    package fileprivate(set) var requests = 0
    package fileprivate(set) var failed = 0
    /// Bytes received.
    package fileprivate(set) var bytes = 0
    /// The sum of total_ms.
    package fileprivate(set) var milliseconds = 0.0

    fileprivate mutating func add(_ other: Slot) {
      requests &+= other.requests
      failed &+= other.failed
      bytes = saturatingSum(bytes, other.bytes)
      milliseconds += other.milliseconds
    }
  }

  /// The length of a slot.
  package private(set) var intervalSeconds = 1
  /// From the first slot in which something happened to the last.
  package private(set) var slots: [Slot] = []
  /// The number of `slots[0]`, counted in slots since 1970.
  private var first = 0

  package init() {}

  package var start: Timestamp { Timestamp(milliseconds: first * intervalSeconds * 1000) }

  /// Times before 1970 are nobody's, and left out.
  mutating func add(_ time: Timestamp, hasFailed: Bool, bytes: Int, milliseconds: Double) {
    guard time.milliseconds >= 0 else { return }
    let second = time.milliseconds / 1000
    var place = second / intervalSeconds - first
    if place < 0 || place >= slots.count {
      makeRoom(for: second...second)
      place = second / intervalSeconds - first
    }
    slots[place].add(Slot(requests: 1, failed: hasFailed ? 1 : 0, bytes: bytes, milliseconds: milliseconds))
  }

  mutating func merge(_ other: Timeline) {
    guard !other.slots.isEmpty else { return }
    var other = other
    let seconds = other.first * other.intervalSeconds...(other.first + other.slots.count) * other.intervalSeconds - 1
    while intervalSeconds < other.intervalSeconds { halve() }
    makeRoom(for: seconds)
    while other.intervalSeconds < intervalSeconds { other.halve() }
    for (i, slot) in other.slots.enumerated() { slots[other.first + i - first].add(slot) }
  }

  /// Lengthens the row of slots, or the slots, so that these seconds since 1970 have a place.
  private mutating func makeRoom(for seconds: ClosedRange<Int>) {
    while true {
      let low = seconds.lowerBound / intervalSeconds
      let high = seconds.upperBound / intervalSeconds
      let from = slots.isEmpty ? low : min(first, low)
      let through = slots.isEmpty ? high : max(first + slots.count - 1, high)
      guard through - from < Self.maximumSlots else {
        halve()
        continue
      }
      slots.insert(contentsOf: repeatElement(Slot(), count: slots.isEmpty ? 0 : first - from), at: 0)
      slots += repeatElement(Slot(), count: through - from + 1 - slots.count)
      first = from
      return
    }
  }

  /// Makes each slot twice as long.
  private mutating func halve() {
    let start = first / 2
    var longer = [Slot](repeating: Slot(), count: slots.isEmpty ? 0 : (first + slots.count - 1) / 2 - start + 1)
    for (i, slot) in slots.enumerated() { longer[(first + i) / 2 - start].add(slot) }
    slots = longer
    first = start
    intervalSeconds *= 2
  }
}

func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflowed) = a.addingReportingOverflow(b)
  return overflowed ? .max : sum
}

extension ByteBuffer {
  /// Appends the timeline as an object of a summary.
  mutating func append(_ timeline: Timeline) {
    append("{\"start\":")
    append(quoted: timeline.start)
    append(",\"interval_seconds\":")
    append(timeline.intervalSeconds)
    append(timeline, "requests") { $0.append($1.requests) }
    append(timeline, "failed") { $0.append($1.failed) }
    append(timeline, "bytes") { $0.append(interoperable: $1.bytes) }
    append(timeline, "total_ms") { $0.append($1.milliseconds, decimals: 3) }
    append(byte: 0x7D)
  }

  private mutating func append(
    _ timeline: Timeline, _ name: StaticString, _ value: (inout ByteBuffer, Timeline.Slot) -> Void
  ) {
    append(",\"")
    append(name)
    append("\":[")
    for (i, slot) in timeline.slots.enumerated() {
      if i > 0 { append(byte: 0x2C) }
      value(&self, slot)
    }
    append(byte: 0x5D)
  }
}

extension Timeline {
  /// Reads what `append(_: Timeline)` wrote.
  init(_ document: JSONValue) throws(BadRecord) {
    let bad = BadRecord("a timeline that is none of this release")
    guard var text = document["start"]?.string, let start = text.withUTF8({ Timestamp(Bytes($0)) }),
      start.milliseconds >= 0,
      let interval = document["interval_seconds"]?.integer, (1...1 << 40).contains(interval),
      interval & (interval - 1) == 0
    else { throw bad }
    let columns = ["requests", "failed", "bytes", "total_ms"].map { document[$0]?.elements ?? [] }
    guard columns.allSatisfy({ $0.count == columns[0].count }), columns[0].count <= Self.maximumSlots else {
      throw bad
    }
    intervalSeconds = interval
    first = start.milliseconds / 1000 / interval
    for i in columns[0].indices {
      guard let requests = columns[0][i].count, let failed = columns[1][i].count, let bytes = columns[2][i].integer,
        bytes >= 0, let milliseconds = columns[3][i].number
      else { throw bad }
      slots.append(Slot(requests: requests, failed: failed, bytes: bytes, milliseconds: milliseconds))
    }
  }
}
