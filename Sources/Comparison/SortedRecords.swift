import Records
import Toolkit

/// Records in the order of their bytes, from memory or from a file.
enum SortedRecords {
  case held(HeldRecords)
  case merged(MergedRuns)

  /// The next record, valid until the next call; nil at the end.
  func next() throws(Failure) -> Bytes? {
    switch self {
    case .held(let records): records.next()
    case .merged(let runs): try runs.next()
    }
  }
}

/// Records that a sorter holds in memory.
final class HeldRecords {
  private let sorter: RecordSorter
  private var position = 0

  init(_ sorter: RecordSorter) { self.sorter = sorter }

  func next() -> Bytes? {
    guard position < sorter.count else { return nil }
    position += 1
    return sorter[position - 1]
  }
}

/// The runs of a file as one, by a heap of their first records.
final class MergedRuns {
  /// The run with the first record is at the top.
  private var heap: [RunReader] = []
  private var hasHandedOut = false

  /// - Parameter memory: bytes that the runs' buffers share, though each has some thousand.
  init(_ file: RunFile, memory: Int) throws(Failure) {
    let each = min(max(memory / max(file.runs.count, 1), 4 << 10), 1 << 20)
    for run in file.runs {
      let reader = RunReader(file, run, chunk: each)
      if try reader.advance() { heap.append(reader) }
    }
    for i in (0..<heap.count / 2).reversed() { sink(i) }
  }

  func next() throws(Failure) -> Bytes? {
    if hasHandedOut, let top = heap.first {
      if try !top.advance() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
      }
      sink(0)
    }
    hasHandedOut = true
    return heap.first?.record
  }

  private func sink(_ start: Int) {
    var i = start
    while true {
      var least = i
      for child in 2 * i + 1...2 * i + 2 where child < heap.count {
        if heap[child].record.precedes(heap[least].record) { least = child }
      }
      guard least != i else { return }
      heap.swapAt(i, least)
      i = least
    }
  }
}
