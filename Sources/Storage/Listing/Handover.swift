import Glibc
import Synchronization

/// A bounded queue from worker threads to the thread that writes, and the stack of work between the workers. Safe to share because every member but the atomic hints is touched under `mutex` alone.
/// Nobody is woken who does not wait: waking is a system call.
final class Handover<Work: Sendable, Product: Sendable>: @unchecked Sendable {
  private static var capacity: Int { 64 }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let workChanged = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let productCame = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let roomCame = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var work: [Work]
  private var products: [Product] = []
  private var busyWorkers: Int
  private var runningWorkers: Int
  private var blockedWorkers = 0
  private var isWriterWaiting = false
  private var isCancelled = false
  /// Workers that wait, less the work that waits for them. A hint, to be read without the mutex.
  private let shortage = Atomic<Int>(0)
  private let over = Atomic<Bool>(false)

  init(work: [Work], workers: Int) {
    self.work = work
    runningWorkers = workers
    busyWorkers = workers
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(workChanged, nil)
    pthread_cond_init(roomCame, nil)
    // A wall clock that is set back would make a short wait a long one.
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(productCame, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    for condition in [workChanged, productCame, roomCame] {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  private func locked<T>(_ body: () -> T) -> T {
    pthread_mutex_lock(mutex)
    defer {
      shortage.store(runningWorkers - busyWorkers - work.count, ordering: .relaxed)
      pthread_mutex_unlock(mutex)
    }
    return body()
  }

  /// Whether it was cancelled: what is still found is of no use. May be late to say so.
  var isOver: Bool { over.load(ordering: .relaxed) }

  /// Whether more work should be added: a worker waits for it, or less than `reserve` of it is in stock. A hint for
  /// those who could do their work themselves.
  func isWanting(reserve: Int = 0) -> Bool { shortage.load(ordering: .relaxed) + reserve > 0 }

  /// The next work if there is some; the caller stays busy.
  func takeWork() -> Work? {
    locked { isCancelled ? nil : work.popLast() }
  }

  /// Waits for work, as one who has done all its own; nil when all is done or cancelled, and the caller ends.
  func waitForWork() -> Work? {
    locked {
      busyWorkers -= 1
      if busyWorkers == 0 { pthread_cond_broadcast(workChanged) }
      while work.isEmpty, busyWorkers > 0, !isCancelled {
        shortage.store(runningWorkers - busyWorkers - work.count, ordering: .relaxed)
        pthread_cond_wait(workChanged, mutex)
      }
      guard !isCancelled, let next = work.popLast() else {
        runningWorkers -= 1
        if runningWorkers == 0 { pthread_cond_signal(productCame) }
        return nil
      }
      busyWorkers += 1
      return next
    }
  }

  /// Of the workers that were announced, one could not begin.
  func loseWorker() {
    locked {
      busyWorkers -= 1
      runningWorkers -= 1
      pthread_cond_broadcast(workChanged)
      pthread_cond_signal(productCame)
    }
  }

  /// Adds work that the caller found.
  func add(_ more: [Work]) {
    guard !more.isEmpty else { return }
    locked {
      work += more
      for _ in 0..<min(more.count, runningWorkers - busyWorkers) { pthread_cond_signal(workChanged) }
    }
  }

  /// Hands a product to the writer; waits while the writer is behind.
  func deliver(_ product: Product) {
    locked {
      blockedWorkers += 1
      while products.count >= Self.capacity, !isCancelled { pthread_cond_wait(roomCame, mutex) }
      blockedWorkers -= 1
      guard !isCancelled else { return }
      products.append(product)
      if isWriterWaiting { pthread_cond_signal(productCame) }
    }
  }

  enum Delivery {
    case products([Product])
    case nothingYet, end
  }

  /// All that was delivered, waiting at most `milliseconds` for the first. For one thread alone.
  func takeProducts(waiting milliseconds: Int) -> Delivery {
    locked {
      if products.isEmpty, runningWorkers > 0 {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        deadline.tv_nsec += milliseconds * 1_000_000
        deadline.tv_sec += deadline.tv_nsec / 1_000_000_000
        deadline.tv_nsec %= 1_000_000_000
        isWriterWaiting = true
        pthread_cond_timedwait(productCame, mutex, &deadline)
        isWriterWaiting = false
      }
      guard !products.isEmpty else { return runningWorkers == 0 ? .end : .nothingYet }
      let taken = products
      products = []
      products.reserveCapacity(Self.capacity)
      if blockedWorkers > 0 { pthread_cond_broadcast(roomCame) }
      return .products(taken)
    }
  }

  /// Makes the workers end as soon as they ask or deliver.
  func cancel() {
    locked {
      isCancelled = true
      over.store(true, ordering: .relaxed)
      pthread_cond_broadcast(workChanged)
      pthread_cond_broadcast(roomCame)
    }
  }
}

/// Runs `body` on a new thread with all signals blocked, so that they reach the main thread. False: there can be no more.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Box(body))
  let status = pthread_create(
    &thread, nil,
    { context in
      Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  if status == 0 { pthread_detach(thread) } else { box.release() }
  pthread_sigmask(SIG_SETMASK, &before, nil)
  return status == 0
}
