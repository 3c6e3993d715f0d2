import Records

/// Decides which job starts next. It holds the jobs that wait: for a free worker, in the class of their size; for their
/// host, which rests, is full, or has a name that is being looked up; or for the end of a pause.
struct Scheduler {
  enum Next {
    case start(Job)
    /// Its host was given up.
    case abandon(Job)
    /// Nothing may start before that `Clock` time (`Int.max`: before something ends).
    case wait(until: Int)
  }

  private(set) var inFlight = 0
  /// Jobs that wait for a free worker.
  private(set) var readyCount = 0
  /// Jobs that wait for their host.
  private(set) var parkedCount = 0

  private let workers: Int
  private var ready = [JobQueue(), JobQueue(), JobQueue()]
  private var shares: ClassShares
  private let isBySize: Bool
  private var paused = RetryQueue()
  private var resting: [Host] = []
  private var pacer: RatePacer?

  init(_ settings: FetchSettings) {
    workers = settings.workers
    isBySize = settings.isBySize
    shares = ClassShares(workers: settings.workers, limits: settings.classLimits)
    pacer = settings.rate.map { RatePacer(perSecond: $0) }
  }

  /// Jobs that wait for whatever.
  var waitingCount: Int { readyCount + parkedCount + paused.count }
  var hasFreeWorker: Bool { inFlight < workers }

  // MARK: In

  mutating func add(_ job: Job) {
    ready[job.place].append(job)
    noteReady(job, 1)
  }

  /// `job` waits until `due`, `Clock` time.
  mutating func add(_ job: Job, due: Int) { paused.add(job, due: due) }

  private mutating func addFirst(_ job: Job) {
    ready[job.place].prepend(job)
    noteReady(job, 1)
  }

  private mutating func noteReady(_ job: Job, _ change: Int) {
    readyCount += change
    if isBySize { shares.waiting(job.place, count: change, bytes: job.weight * change) }
  }

  // MARK: Out

  /// What to do at `now` with the next job.
  mutating func next(_ now: Int) -> Next {
    wake(now)
    while hasFreeWorker {
      if let pacer, readyCount > 0 {
        let due = pacer.nextStart(now: now)
        if due > now { return .wait(until: due) }
      }
      guard let place = isBySize ? shares.next() : readyCount > 0 ? 0 : nil, let job = ready[place].popFirst() else {
        break
      }
      noteReady(job, -1)
      if job.host.isGivenUp { return .abandon(job) }
      guard admits(job, now) else { continue }
      _ = pacer?.take(now: now)
      inFlight += 1
      job.host.inFlight += 1
      if isBySize { shares.started(place, bytes: job.weight) }
      return .start(job)
    }
    let nextRest = resting.reduce(Int.max) { min($0, $1.restsUntil) }
    return .wait(until: hasFreeWorker ? min(paused.nextDue, nextRest) : .max)
  }

  /// Whether the host of `job` may be asked now; if not, the job waits for it.
  private mutating func admits(_ job: Job, _ now: Int) -> Bool {
    let host = job.host!
    if host.restsUntil == 0, host.mayStart {
      switch host.lookup {
      case .done: return true
      case .needed:
        host.lookup = .underWay
        job.isLeader = true
        return true
      case .underWay: break
      }
    }
    host.parked.append(job)
    parkedCount += 1
    return false
  }

  /// Brings back what waited for a time that has come.
  private mutating func wake(_ now: Int) {
    while let job = paused.popDue(now) { addFirst(job) }
    guard !resting.isEmpty else { return }
    for host in resting where host.restsUntil <= now {
      host.restsUntil = 0
      unpark(host)
    }
    resting.removeAll { $0.restsUntil == 0 }
  }

  // MARK: What happens to jobs and hosts

  /// `job` has left its worker.
  mutating func ended(_ job: Job) {
    inFlight -= 1
    job.host.inFlight -= 1
    if isBySize { shares.ended(job.place, bytes: job.weight) }
    if job.isLeader { lookedUp(job) }
    unpark(job.host)
  }

  /// The name of the host of `job`, which looked it up for the others, is known, or will not be.
  mutating func lookedUp(_ job: Job) {
    guard job.isLeader else { return }
    job.isLeader = false
    job.host.lookup = .done
    unpark(job.host)
  }

  /// Nothing goes to `host` before `time`.
  mutating func rest(_ host: Host, until time: Int) {
    if host.restsUntil == 0 { resting.append(host) }
    host.restsUntil = max(host.restsUntil, time)
  }

  /// Lets go of as many as the host can take now; of all where it was given up.
  private mutating func unpark(_ host: Host) {
    guard !host.parked.isEmpty, host.restsUntil == 0 || host.isGivenUp, host.lookup != .underWay || host.isGivenUp
    else {
      return
    }
    var room = host.isGivenUp ? Int.max : host.limit - host.inFlight
    while room > 0, let job = host.parked.popFirst() {
      parkedCount -= 1
      addFirst(job)
      room -= 1
    }
  }

  /// A host was given up: what waits for it, or for a further attempt, need not wait.
  mutating func gaveUp(_ host: Host) {
    unpark(host)
    for job in paused.remove(where: { $0.host === host }) { addFirst(job) }
  }

  /// Takes out a job that waits for a pause or a worker, when the run is stopped; nil when none is left.
  mutating func popAny() -> Job? {
    if let job = paused.popAny() { return job }
    for place in ready.indices {
      if let job = ready[place].popFirst() {
        noteReady(job, -1)
        return job
      }
    }
    return nil
  }

  /// Makes what waits for `host` come out of `popAny`.
  mutating func drain(_ host: Host) {
    while let job = host.parked.popFirst() {
      parkedCount -= 1
      addFirst(job)
    }
  }
}
