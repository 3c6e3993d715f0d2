import Glibc
import Records
import Toolkit

/// Sorts records by their bytes: in memory, and in a temporary file where they are more than memory may hold.
final class RecordSorter {
  private struct Place {
    /// Eight bytes of the record, behind those that all records share: they decide most comparisons.
    var head: UInt64
    /// The record's length as four bytes, then the record.
    let start: UnsafeRawPointer

    var record: Bytes { lengthPrefixed(start) }
  }

  /// Records are no longer than this.
  static let longest = 1 << 30
  private static let block = 1 << 20

  private let memory: Int
  private var blocks: [UnsafeMutableRawBufferPointer] = []
  private var used = 0
  private var blockBytes = 0
  private var places: [Place] = []
  private var file: RunFile?

  /// - Parameter memory: bytes to use at most; a record that is longer than that needs more.
  init(memory: Int) { self.memory = memory }

  deinit { for block in blocks { block.deallocate() } }

  func add(_ record: Bytes) {
    let length = 4 + record.count
    if blocks.last.map({ $0.count - used < length }) ?? true {
      blocks.append(.allocate(byteCount: max(length, min(Self.block, memory / 8)), alignment: 16))
      blockBytes += blocks[blocks.count - 1].count
      used = 0
    }
    guard let start = blocks.last?.baseAddress.map({ $0 + used }) else { return }
    start.storeBytes(of: UInt32(record.count), as: UInt32.self)
    if let bytes = record.baseAddress { memcpy(start + 4, bytes, record.count) }
    used += length
    places.append(Place(head: 0, start: UnsafeRawPointer(start)))
  }

  /// Sorting needs half as much again as the places themselves.
  private var isFull: Bool { blockBytes + places.capacity * MemoryLayout<Place>.stride * 3 / 2 >= memory }

  /// Sorts what memory holds into the temporary file, if it is much. To be called after each record.
  func spillIfFull() throws(Failure) { if isFull, !places.isEmpty { try spill() } }

  private func spill() throws(Failure) {
    if file == nil { file = try RunFile() }
    guard let file else { return }
    sort()
    for place in places { try file.append(place.record) }
    try file.endRun()
    for block in blocks { block.deallocate() }
    blocks = []
    places = []
    blockBytes = 0
  }

  /// All records in order. None may be added later.
  func sorted() throws(Failure) -> SortedRecords {
    guard let file else {
      sort()
      return .held(HeldRecords(self))
    }
    if !places.isEmpty { try spill() }
    return .merged(try MergedRuns(file, memory: memory))
  }

  var count: Int { places.count }

  subscript(i: Int) -> Bytes { places[i].record }

  private func sort() {
    let shared = sharedLength
    for i in places.indices {
      let record = places[i].record
      var head: UInt64 = 0
      for j in shared..<min(shared + 8, record.count) { head |= UInt64(record[j]) << UInt64(56 - 8 * (j - shared)) }
      places[i].head = head
    }
    places.sort { $0.head != $1.head ? $0.head < $1.head : $0.record.precedes($1.record) }
  }

  /// How many bytes all records begin with alike.
  private var sharedLength: Int {
    guard let first = places.first?.record else { return 0 }
    var length = first.count
    for place in places {
      let record = place.record
      var i = 0
      while i < min(length, record.count), record[i] == first[i] { i += 1 }
      length = i
    }
    return length
  }
}

/// The record whose length stands before it in four bytes.
func lengthPrefixed(_ start: UnsafeRawPointer) -> Bytes {
  Bytes(start: start + 4, count: Int(start.loadUnaligned(as: UInt32.self)))
}
