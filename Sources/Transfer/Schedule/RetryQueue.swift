/// Jobs that wait for their next attempt, the earliest first: a binary heap.
struct RetryQueue {
  private var heap: [(due: Int, job: Job)] = []

  var count: Int { heap.count }
  /// When the first is due, `Clock` time.
  var nextDue: Int { heap.first?.due ?? .max }

  mutating func add(_ job: Job, due: Int) {
    heap.append((due, job))
    var child = heap.count - 1
    while child > 0, heap[(child - 1) / 2].due > heap[child].due {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The first job if it is due at `now`.
  mutating func popDue(_ now: Int) -> Job? {
    guard let first = heap.first, first.due <= now else { return nil }
    return pop(first)
  }

  /// Takes out all jobs for which `fits` holds.
  mutating func remove(where fits: (Job) -> Bool) -> [Job] {
    let all = heap
    heap = []
    var removed: [Job] = []
    for (due, job) in all {
      if fits(job) { removed.append(job) } else { add(job, due: due) }
    }
    return removed
  }

  /// Any job; nil when none is left.
  mutating func popAny() -> Job? { heap.first.map { pop($0) } }

  private mutating func pop(_ first: (due: Int, job: Job)) -> Job {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      let children = (2 * parent + 1)..<min(2 * parent + 3, max(heap.count, 2 * parent + 1))
      guard let least = children.min(by: { heap[$0].due < heap[$1].due }), heap[least].due < heap[parent].due else {
        return first.job
      }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
