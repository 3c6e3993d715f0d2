import Glibc

/// A bounded queue from worker threads to the thread that writes, and the stack of work between the workers: the one
/// place where threads meet. Safe to share because every member is touched under `mutex` alone.
final class Handover<Work: Sendable, Product: Sendable>: @unchecked Sendable {
  private static var capacity: Int { 64 }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let workChanged = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let productsChanged = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var work: [Work]
  private var products: [Product] = []
  private var busyWorkers: Int
  private var runningWorkers: Int
  private var isCancelled = false

  init(work: [Work], workers: Int) {
    self.work = work
    runningWorkers = workers
    busyWorkers = workers
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(workChanged, nil)
    // A wall clock that is set back would make a short wait a long one.
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(productsChanged, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(productsChanged)
    pthread_cond_destroy(workChanged)
    pthread_mutex_destroy(mutex)
    productsChanged.deallocate()
    workChanged.deallocate()
    mutex.deallocate()
  }

  private func locked<T>(_ body: () -> T) -> T {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// The next work if there is some; the caller stays busy.
  func takeWork() -> Work? {
    locked { isCancelled ? nil : work.popLast() }
  }

  /// Waits for work, as one who has done all its own; nil when all is done or cancelled, and the caller ends.
  func waitForWork() -> Work? {
    locked {
      busyWorkers -= 1
      if busyWorkers == 0 { pthread_cond_broadcast(workChanged) }
      while work.isEmpty, busyWorkers > 0, !isCancelled { pthread_cond_wait(workChanged, mutex) }
      guard !isCancelled, let next = work.popLast() else {
        runningWorkers -= 1
        pthread_cond_broadcast(productsChanged)
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
    }
  }

  /// Adds work that the caller found.
  func add(_ more: [Work]) {
    guard !more.isEmpty else { return }
    locked {
      work += more
      pthread_cond_broadcast(workChanged)
    }
  }

  /// Hands a product to the writer; waits while the writer is behind.
  func deliver(_ product: Product) {
    locked {
      while products.count >= Self.capacity, !isCancelled { pthread_cond_wait(productsChanged, mutex) }
      products.append(product)
      pthread_cond_broadcast(productsChanged)
    }
  }

  enum Delivery {
    case products([Product])
    case nothingYet, end
  }

  /// All that was delivered, waiting at most `milliseconds` for the first.
  func takeProducts(waiting milliseconds: Int) -> Delivery {
    locked {
      if products.isEmpty, runningWorkers > 0 {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        deadline.tv_nsec += milliseconds * 1_000_000
        deadline.tv_sec += deadline.tv_nsec / 1_000_000_000
        deadline.tv_nsec %= 1_000_000_000
        pthread_cond_timedwait(productsChanged, mutex, &deadline)
      }
      guard !products.isEmpty else { return runningWorkers == 0 ? .end : .nothingYet }
      defer {
        products.removeAll(keepingCapacity: true)
        pthread_cond_broadcast(productsChanged)
      }
      return .products(products)
    }
  }

  /// Makes the workers end as soon as they ask or deliver.
  func cancel() {
    locked {
      isCancelled = true
      pthread_cond_broadcast(workChanged)
      pthread_cond_broadcast(productsChanged)
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
