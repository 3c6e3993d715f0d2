import CCurl
import CLinux
import Glibc
import Records
import Toolkit

/// Fetches what a source yields: one thread, one epoll descriptor, many small multi handles. Input is read only while a
/// worker is free, so that memory does not grow with it; no item is ever dropped.
package final class Engine {
  /// Receives each item once, when it has succeeded or will not be tried again.
  package typealias Sink = (_ job: Job, _ outcome: Outcome) -> Void

  private let settings: FetchSettings
  private let source: RecordSource
  private let output: Output
  private let run: Run
  private let sink: Sink
  private let context: CurlContext
  private let sockets: SocketTable
  private var shards: [ConnectionShard] = []
  private var workers: [Worker] = []
  private var retries = RetryQueue()
  private var hosts = HostGate()
  private var spareJobs: [Job] = []
  private var inFlight = 0
  private var inputHasEnded = false
  private var isWaitingForInput = false
  private var isWaitingForReader = false
  private var unflushedSince = Int.max
  private var cutOffAt = Int.max
  private let grace: Int
  private var recentShard: ConnectionShard?

  /// - Parameter grace: seconds that requests in flight have after a signal.
  package init(
    _ settings: FetchSettings, source: RecordSource, output: Output, run: Run, grace: Int, sink: @escaping Sink
  ) throws(Failure) {
    self.settings = settings
    self.source = source
    self.output = output
    self.run = run
    self.grace = grace
    self.sink = sink
    context = try CurlContext(settings)
    sockets = SocketTable(capacity: 2 * settings.workers + 64)
    output.stopBlocking()
    watch(Signals.wakeDescriptor, EPOLLIN)
  }

  private func watch(_ descriptor: Int32, _ events: EPOLL_EVENTS) {
    var event = epoll_event(events: events.rawValue, data: epoll_data_t(fd: descriptor))
    epoll_ctl(sockets.epoll, EPOLL_CTL_ADD, descriptor, &event)
  }

  private func unwatch(_ descriptor: Int32) { epoll_ctl(sockets.epoll, EPOLL_CTL_DEL, descriptor, nil) }

  /// Fetches until the input has ended and all is done, or a signal has cut it short.
  package func fetchAll() throws(Failure) {
    var events = [epoll_event](repeating: epoll_event(), count: 32)
    while true {
      try admit()
      if inputHasEnded, inFlight == 0, retries.count == 0 { break }
      stopIfAsked()
      tickShards()
      let count = epoll_wait(sockets.epoll, &events, Int32(events.count), timeout())
      for i in 0..<max(0, Int(count)) { handle(events[i]) }
      try flushIfDue()
      run.progress.refresh()
    }
    try output.flush()
  }

  // MARK: Starting

  /// Starts retries that are due and new requests, while workers are free.
  private func admit() throws(Failure) {
    for job in hosts.release() { retries.add(job, due: 0) }
    while inFlight < settings.workers, !Signals.isStopping {
      if let job = retries.popDue(Clock.now) {
        start(job)
        continue
      }
      guard wantsInput, !isWaitingForInput else { return }
      switch try source.nextIfReady() {
      case .record(let request): try take(request)
      case .end: inputHasEnded = true
      case .notYet: return waitForInput()
      }
    }
    if Signals.isStopping { inputHasEnded = true }
  }

  /// Whether a further request may be taken in: retries that wait count too, so that memory stays bounded.
  private var wantsInput: Bool {
    !inputHasEnded && !output.isFull && inFlight < settings.workers
      && inFlight + retries.count + hosts.waitingCount < 2 * settings.workers
  }

  private func take(_ request: Record) throws(Failure) {
    let job = spareJobs.popLast() ?? Job()
    do throws(BadRecord) {
      try job.load(request)
      start(job)
    } catch {
      spareJobs.append(job)
      try source.reject(error)
    }
  }

  private func start(_ job: Job) {
    switch hosts.admit(job, Clock.now) {
    case .later(let due): retries.add(job, due: due)
    case .kept: break
    case .now:
      inFlight += 1
      shard(for: job).start(job, settings)
    }
  }

  /// A shard with a free worker: where the last request went if to the same host, else one by the host's hash, so that open
  /// connections are found again.
  private func shard(for job: Job) -> ConnectionShard {
    if let recentShard, recentShard.hasIdle, recentShard.lastHost == job.hostHash { return recentShard }
    if workers.count < settings.workers, !shards.contains(where: { $0.hasIdle && $0.lastHost == job.hostHash }) {
      addWorker()
    }
    let first = Int(job.hostHash % UInt64(shards.count))
    for i in 0..<shards.count {
      let shard = shards[(first + i) % shards.count]
      if shard.hasIdle {
        recentShard = shard
        return shard
      }
    }
    preconditionFailure("no free worker for a request within the limit")
  }

  private func addWorker() {
    if workers.count % ConnectionShard.size == 0 { shards.append(ConnectionShard(sockets: sockets)) }
    let shard = shards[shards.count - 1]
    let worker = Worker(shard, settings, context)
    workers.append(worker)
    shard.add(worker)
  }

  // MARK: Waiting

  private func waitForInput() {
    isWaitingForInput = true
    watch(source.descriptor, EPOLLIN)
  }

  private func handle(_ event: epoll_event) {
    let descriptor = event.data.fd
    if descriptor == Signals.wakeDescriptor { return Signals.drainWake() }
    if isWaitingForInput, descriptor == source.descriptor {
      isWaitingForInput = false
      return unwatch(descriptor)
    }
    if isWaitingForReader, descriptor == output.descriptor {
      isWaitingForReader = false
      return unwatch(descriptor)
    }
    guard let shard = sockets.shard(for: descriptor)?.takeUnretainedValue() else { return }
    var action: Int32 = 0
    if event.events & EPOLLIN.rawValue != 0 { action |= CURL_CSELECT_IN }
    if event.events & EPOLLOUT.rawValue != 0 { action |= CURL_CSELECT_OUT }
    if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { action |= CURL_CSELECT_ERR }
    shard.act(descriptor, action)
    shard.reap(finished)
  }

  private func tickShards() {
    let now = Clock.now
    for shard in shards where shard.deadline <= now {
      shard.act(CURL_SOCKET_TIMEOUT, 0)
      shard.reap(finished)
    }
  }

  /// Milliseconds until something is due.
  private func timeout() -> Int32 {
    var due = min(inFlight < settings.workers ? retries.nextDue : .max, cutOffAt)
    for shard in shards { due = min(due, shard.deadline) }
    if unflushedSince < .max, !isWaitingForReader { due = min(due, unflushedSince + Self.flushInterval) }
    if wantsInput, !isWaitingForInput { return 0 }
    let now = Clock.now
    let idle = run.progress.refreshInterval
    guard due < .max else { return idle }
    let wait = Int32(min(max(0, (due - now + 999) / 1000), 60_000))
    return idle < 0 ? wait : min(wait, idle)
  }

  private static let flushInterval = 50_000

  private func flushIfDue() throws(Failure) {
    guard !isWaitingForReader, unflushedSince < .max else { return }
    guard output.isFull || Clock.now - unflushedSince >= Self.flushInterval else { return }
    try output.flushWithoutWaiting()
    unflushedSince = output.buffer.isEmpty ? .max : unflushedSince
    guard !output.buffer.isEmpty else { return }
    // The reader is slow: once much has gathered no new request begins, but those in flight go on.
    isWaitingForReader = true
    watch(output.descriptor, EPOLLOUT)
  }

  // MARK: Ending

  private func finished(_ job: Job, _ outcome: Outcome) {
    inFlight -= 1
    job.hasLookedUp = true
    guard outcome.error != nil, !Signals.isStopping else { return conclude(job, outcome) }
    if let seconds = outcome.retryAfter {
      hosts.rest(job.hostHash, until: Clock.now + min(seconds * 1_000_000, settings.retry.maximumDelay))
    }
    let decision = settings.retry.decide(
      attempts: job.attempts, isTransient: outcome.isTransient, retryAfter: outcome.retryAfter,
      random: .random(in: 0...1))
    switch decision {
    case .giveUp: conclude(job, outcome)
    case .retry(let pause):
      job.lastOutcome = outcome
      retries.add(job, due: Clock.now + pause)
    case .tooFar(let seconds):
      var outcome = outcome
      outcome.message += ", to be asked again in \(seconds) s"
      conclude(job, outcome)
    }
  }

  private func conclude(_ job: Job, _ outcome: Outcome) {
    sink(job, outcome)
    spareJobs.append(job)
    if unflushedSince == .max { unflushedSince = Clock.now }
  }

  /// After a signal: waiting retries end as they last did; what is in flight is cut off when its time is up.
  private func stopIfAsked() {
    guard Signals.isStopping else { return }
    if cutOffAt == .max { cutOffAt = Clock.now + grace * 1_000_000 }
    while let job = retries.popAny() {
      if let outcome = job.lastOutcome { conclude(job, outcome) } else { spareJobs.append(job) }
    }
    guard Clock.now >= cutOffAt else { return }
    for worker in workers where worker.job != nil {
      let (job, outcome) = worker.shard.cancel(worker)
      inFlight -= 1
      conclude(job, outcome)
    }
  }
}
