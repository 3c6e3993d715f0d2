/// Jobs in a row. The links are the jobs' own, so that a job is in one queue at most and queueing allocates nothing.
struct JobQueue {
  private var head: Job?
  /// Kept alive by the chain that begins at `head`; counting references to it, too, would cost more than the queue.
  private unowned(unsafe) var tail: Job?
  private(set) var count = 0

  var isEmpty: Bool { head == nil }

  mutating func append(_ job: Job) {
    if let tail { tail.next = job } else { head = job }
    tail = job
    count += 1
  }

  mutating func prepend(_ job: Job) {
    job.next = head
    head = job
    if tail == nil { tail = job }
    count += 1
  }

  mutating func popFirst() -> Job? {
    guard let job = head else { return nil }
    head = job.next
    job.next = nil
    if head == nil { tail = nil }
    count -= 1
    return job
  }
}
