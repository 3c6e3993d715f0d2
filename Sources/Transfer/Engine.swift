import CLinux
import Glibc
import Records
import Toolkit

/// Fetches what a source yields, on one thread and one epoll descriptor. Input is read only while there is room, so that
/// memory does not grow with it; no item is ever dropped.
package final class Engine {
  /// Receives each item once, when it has succeeded or will not be tried again.
  package typealias Sink = (_ job: Job, _ outcome: Outcome) -> Void

  let settings: FetchSettings
  let source: RecordSource
  let resume: Resume?
  let output: Output
  let run: Run
  let sink: Sink
  private let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
  private let throttle: Throttle?
  var curl: CurlTransport!
  var plain: PlainTransport!
  var names: HostNames?
  var purges: PurgeChunks?
  var scheduler: Scheduler
  var hosts: Hosts
  var spareJobs: [Job] = []
  /// Bytes that the jobs hold.
  var footprint = 0
  private var inputHasEnded = false
  private var isWaitingForInput = false
  var isWaitingForReader = false
  var unflushedSince = Int.max
  var cutOffAt = Int.max
  /// What `Scheduler.Next.wait` said last.
  var schedulerDue = Int.max
  let grace: Int

  /// Requests that wait, beyond those in flight, at most.
  static let window = 10_000
  /// Bytes that requests may hold before no more are read.
  private static let footprintLimit = 64 << 20
  static let flushInterval = 50_000

  /// - Parameters:
  ///   - resume: what is done already, where the items are more than the records: see `FetchSettings.pops`.
  ///   - grace: seconds that requests in flight have after a signal.
  package init(
    _ settings: FetchSettings, source: RecordSource, resume: Resume?, output: Output, run: Run, grace: Int,
    sink: @escaping Sink
  ) throws(Failure) {
    var settings = settings
    settings.settle()
    self.settings = settings
    self.source = source
    self.resume = settings.pops.isEmpty ? nil : resume
    self.output = output
    self.run = run
    self.grace = grace
    self.sink = sink
    throttle = settings.bandwidth.map { Throttle(bytesPerSecond: $0) }
    scheduler = Scheduler(settings)
    hosts = Hosts(settings)
    try openTransports()
    output.stopBlocking()
    watch(Signals.wakeDescriptor, EPOLLIN.rawValue)
  }

  deinit { close(epoll) }

  private func openTransports() throws(Failure) {
    curl = try CurlTransport(settings, epoll: epoll, throttle: throttle) { [unowned self] job in
      scheduler.lookedUp(job)
    } onEnd: { [unowned self] in
      ended($0, $1)
    }
    plain = PlainTransport(settings, epoll: epoll, throttle: throttle) { [unowned self] in
      startOverLibcurl($0)
    } onEnd: { [unowned self] in
      ended($0, $1)
    }
    if !settings.nameServers.isEmpty {
      names = try HostNames(settings) { [unowned self] in rewatch($0, reads: $1, writes: $2) }
    }
    if let purge = settings.purge {
      purges = PurgeChunks(purge, size: settings.purgeChunk, run: run) { [unowned self] in
        rewatch($0, reads: $1, writes: $2)
      }
    }
  }

  /// Items that were read and are not done.
  package var itemsUnderWay: Int { scheduler.inFlight + scheduler.waitingCount + (purges?.waitingCount ?? 0) }

  // MARK: Descriptors

  func watch(_ descriptor: Int32, _ events: UInt32) {
    var event = epoll_event(events: events, data: epoll_data_t(u64: UInt64(descriptor)))
    if epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0 {
      epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event)
    }
  }

  private func unwatch(_ descriptor: Int32) { epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil) }

  private func rewatch(_ descriptor: Int32, reads: Bool, writes: Bool) {
    guard reads || writes else { return unwatch(descriptor) }
    watch(descriptor, (reads ? EPOLLIN.rawValue : 0) | (writes ? EPOLLOUT.rawValue : 0))
  }

  // MARK: The loop

  /// Fetches until the input has ended and all is done, or a signal has cut it short.
  package func fetchAll() throws(Failure) {
    var events = [epoll_event](repeating: epoll_event(), count: 256)
    while true {
      // What is due may give back workers, and add to what waits.
      tick()
      try admit()
      stopIfAsked()
      if inputHasEnded, scheduler.inFlight == 0, scheduler.waitingCount == 0, purges?.isEmpty ?? true { break }
      let count = epoll_wait(epoll, &events, Int32(events.count), timeout())
      for i in 0..<max(0, Int(count)) { handle(events[i].data.u64, events[i].events) }
      try flushIfDue()
      run.progress.refresh()
    }
    try output.flush()
  }

  private func handle(_ tag: UInt64, _ events: UInt32) {
    guard tag < 1 << 32 else { return plain.handle(tag, events) }
    let descriptor = Int32(truncatingIfNeeded: tag)
    if descriptor == Signals.wakeDescriptor { return Signals.drainWake() }
    if isWaitingForInput, descriptor == source.descriptor {
      isWaitingForInput = false
      return unwatch(descriptor)
    }
    if isWaitingForReader, descriptor == output.descriptor {
      isWaitingForReader = false
      return unwatch(descriptor)
    }
    let isReadable = events & ~EPOLLOUT.rawValue != 0
    let isWritable = events & (EPOLLOUT.rawValue | EPOLLERR.rawValue) != 0
    if names?.handle(descriptor, isReadable: isReadable, isWritable: isWritable) == true { return }
    if purges?.handle(descriptor, isReadable: isReadable, isWritable: isWritable) == true { return }
    curl.handle(descriptor, events)
  }

  private func tick() {
    let now = Clock.now
    curl.tick(now)
    plain.tick(now)
    names?.tick(now)
    purges?.tick(now)
    release()
  }

  /// Milliseconds until something is due.
  private func timeout() -> Int32 {
    let now = Clock.now
    var due = min(schedulerDue, cutOffAt > now ? cutOffAt : .max)
    due = min(due, curl.deadline(now), plain.deadline(now))
    due = min(due, names?.deadline ?? .max, purges?.deadline ?? .max)
    if unflushedSince < .max, !isWaitingForReader { due = min(due, unflushedSince + Self.flushInterval) }
    if wantsInput && !isWaitingForInput || purges?.isReady == true { return 0 }
    let idle = run.progress.refreshInterval
    guard due < .max else { return idle }
    let wait = Int32(min(max(0, (due - now + 999) / 1000), 60_000))
    return idle < 0 ? wait : min(wait, idle)
  }

  // MARK: Starting

  /// Takes in requests while there is room, and starts what may start.
  private func admit() throws(Failure) {
    while !Signals.isStopping {
      schedulerDue = startAll()
      guard wantsInput, !isWaitingForInput else { break }
      switch try source.nextIfReady() {
      case .record(let request): try take(request)
      case .end: inputHasEnded = true
      case .notYet: waitForInput()
      }
      if inputHasEnded { purges?.close() }
    }
    if Signals.isStopping { inputHasEnded = true }
  }

  /// Starts what may start now; returns when to look again.
  private func startAll() -> Int {
    guard scheduler.waitingCount > 0 else { return .max }
    let now = Clock.now
    while true {
      // Each request brings further bytes: those that are under way have to be paid for first.
      if let throttle, throttle.allowance(now: now) <= 0 { return throttle.nextRefill(now: now) }
      switch scheduler.next(now) {
      case .start(let job): start(job, now)
      case .abandon(let job): abandon(job)
      case .wait(let due): return due
      }
    }
  }

  /// Whether a further request may be taken in. Those that wait count too, so that memory stays bounded; they are read
  /// ahead only where that helps to choose the next.
  private var wantsInput: Bool {
    guard !inputHasEnded, !output.isFull, footprint < Self.footprintLimit + settings.workers << 10 else { return false }
    guard itemsUnderWay < settings.workers + max(Self.window, 2 * settings.purgeChunk) else { return false }
    return settings.isBySize || scheduler.hasFreeWorker && scheduler.readyCount == 0
  }

  private func waitForInput() {
    isWaitingForInput = true
    watch(source.descriptor, EPOLLIN.rawValue)
  }

  private func take(_ request: Record) throws(Failure) {
    do throws(BadRecord) {
      try settings.forEachItem(of: request, { spareJobs.popLast() ?? Job() }) { job in
        guard resume?.isDone(body: job.body.bytes) == true else { return submit(job) }
        source.passedOver()
        recycle(job)
      }
    } catch {
      try source.reject(error)
    }
  }

  private func submit(_ job: Job) {
    job.host = hosts.host(job.start, pop: job.pop)
    job.host.jobs += 1
    job.held = job.footprint
    footprint += job.held
    if settings.asksForSize, job.size == nil {
      job.step = .measure
      scheduler.add(job)
    } else {
      proceed(job)
    }
  }

  /// Sends `job` on its way once its size is known, or will not be.
  func proceed(_ job: Job) {
    job.place = settings.isBySize ? settings.sizeClasses.index(of: job.size ?? 0) : 0
    job.failures = 0
    job.lastOutcome = nil
    guard let purges else {
      job.step = .fetch
      return scheduler.add(job)
    }
    job.step = .purge
    purges.add(job, Clock.now)
    if purges.isByMethod { scheduler.add(job) }
    // Of sizes that were asked for, the last has come.
    if inputHasEnded, scheduler.inFlight == 0, scheduler.waitingCount == 0 { purges.close() }
  }

  /// Begins an attempt of `job`, which has a worker.
  private func start(_ job: Job, _ now: Int) {
    if job.step == .fetch { job.attempts += 1 }
    let needsRefresh = job.host.takesRefresh(now: now)
    if let names, job.host.name != nil, job.host.address == nil || needsRefresh { return lookUp(job, names) }
    dispatch(job, overLibcurl: needsRefresh)
  }

  private func dispatch(_ job: Job, overLibcurl: Bool = false) {
    job.address = job.host.address?.text
    if !overLibcurl, PlainTransport.canTake(job) { plain.start(job) } else { startOverLibcurl(job) }
  }

  /// libcurl cannot close the codec's idle connections where it needs their descriptors.
  private func startOverLibcurl(_ job: Job) {
    while plain.openCount + curl.inFlight >= settings.workers, plain.closeSomeIdle() {}
    curl.start(job)
  }

  private func lookUp(_ job: Job, _ names: HostNames) {
    let began = Clock.now
    names.lookUp(job) { [unowned self] failure in
      job.lookupTime = Clock.now - began
      guard let failure else {
        scheduler.lookedUp(job)
        return dispatch(job)
      }
      ended(job, failure)
    }
  }
}
