import CLinux
import Records
import Toolkit

/// What leaves the engine: purged items on their way, results, and all that is left when a run is stopped.
extension Engine {
  /// Sends on what has been purged.
  func release() {
    guard let purges, purges.isReady else { return }
    for job in purges.takePurged() {
      job.step = .fetch
      job.failures = 0
      job.lastOutcome = nil
      scheduler.add(job)
    }
    for (job, outcome) in purges.takeFailed() { conclude(job, outcome) }
  }

  /// The purge of `job` has ended.
  func purged(_ job: Job, _ outcome: Outcome) { purges?.ended(job, outcome) }

  // MARK: Writing

  func flushIfDue() throws(Failure) {
    guard !isWaitingForReader, unflushedSince < .max else { return }
    guard output.isFull || Clock.now - unflushedSince >= Self.flushInterval else { return }
    try output.flushWithoutWaiting()
    unflushedSince = output.buffer.isEmpty ? .max : unflushedSince
    guard !output.buffer.isEmpty else { return }
    // The reader is slow: once much has gathered no new request begins, but those in flight go on.
    isWaitingForReader = true
    watch(output.descriptor, EPOLLOUT.rawValue)
  }

  func conclude(_ job: Job, _ outcome: Outcome) {
    sink(job, outcome)
    recycle(job)
    if unflushedSince == .max { unflushedSince = Clock.now }
  }

  /// Forgets `job`, whose item is done or left to a later run.
  func recycle(_ job: Job) {
    footprint -= job.held
    job.held = 0
    job.host?.jobs -= 1
    job.host = nil
    // One with a huge record would keep its memory.
    if spareJobs.count < settings.workers + Self.window, job.footprint < 16 << 10 { spareJobs.append(job) }
  }

  func warn(_ message: String) { run.console.warning(message) }

  // MARK: Ending

  /// After a signal: what waits ends as it last did, or is left to a later run; what is in flight is cut off when its time
  /// is up.
  func stopIfAsked() {
    guard Signals.isStopping else { return }
    schedulerDue = .max
    if cutOffAt == .max { cutOffAt = Clock.now + grace * 1_000_000 }
    for host in hosts.all { scheduler.drain(host) }
    purges?.cancel()
    while let job = scheduler.popAny() {
      if job.step == .fetch, let outcome = job.lastOutcome { conclude(job, outcome) } else { recycle(job) }
    }
    guard Clock.now >= cutOffAt else { return }
    names?.cancelAll()
    curl.cancelAll()
    plain.cancelAll()
  }
}
