import Records
import Toolkit

/// What follows an attempt.
extension Engine {
  /// An attempt of `job` has ended.
  func ended(_ job: Job, _ outcome: Outcome) {
    var outcome = outcome
    if let time = job.lookupTime { outcome.add(lookup: time) }
    job.lookupTime = nil
    job.hop = nil
    learn(job, outcome)
    scheduler.ended(job)
    if Signals.isStopping, job.step != .fetch { return recycle(job) }
    if Signals.isStopping, outcome.error != nil { return conclude(job, outcome) }
    if outcome.error != nil { failed(job, outcome) } else { succeeded(job, outcome) }
  }

  /// What an attempt says of its host.
  private func learn(_ job: Job, _ outcome: Outcome) {
    let host = job.host!
    let wasGivenUp = host.isGivenUp
    host.record(outcome, giveUpAfter: settings.giveUpAfter, now: Clock.now)
    guard let error = outcome.error else { return }
    if outcome.status == 0, !outcome.wasConnected, error == .connect || error == .timeout {
      host.forgetAddress(job.address)
    }
    if host.isGivenUp, !wasGivenUp {
      warn("\(host.authority.hostHeader): \(host.givenUpMessage)")
      scheduler.gaveUp(host)
    }
    guard error == .rateLimited || error == .unavailable || outcome.retryAfter != nil else { return }
    var pause = settings.retry.cooling(host.coolings, random: .random(in: 0...1))
    if let seconds = outcome.retryAfter { pause = min(seconds * 1_000_000, settings.retry.maximumDelay) }
    // Of many answers to requests that were under way together, the first counts.
    if host.restsUntil == 0 { host.coolings += 1 }
    scheduler.rest(host, until: Clock.now + pause)
  }

  private func failed(_ job: Job, _ outcome: Outcome) {
    job.failures += 1
    let decision =
      job.host.isGivenUp
      ? .giveUp
      : settings.retry.decide(
        attempts: job.failures, isTransient: outcome.isTransient, retryAfter: outcome.retryAfter,
        random: .random(in: 0...1))
    switch decision {
    case .giveUp: gaveUp(job, outcome)
    case .retry(let pause):
      job.lastOutcome = outcome
      scheduler.add(job, due: Clock.now + pause)
    case .tooFar(let seconds):
      var outcome = outcome
      outcome.message += ", to be asked again in \(seconds) s"
      gaveUp(job, outcome)
    }
  }

  private func gaveUp(_ job: Job, _ outcome: Outcome) {
    switch job.step {
    // What the item is like, its own request will say.
    case .measure: proceed(job)
    case .purge: purged(job, outcome)
    case .fetch: conclude(job, outcome)
    }
  }

  private func succeeded(_ job: Job, _ outcome: Outcome) {
    switch job.step {
    case .measure:
      job.size = outcome.promised
      proceed(job)
    case .purge: purged(job, outcome)
    case .fetch: prove(job, outcome)
    }
  }

  /// With `--until-hit`, asks again as long as that is of use.
  private func prove(_ job: Job, _ outcome: Outcome) {
    guard let warming = settings.warming else { return conclude(job, outcome) }
    job.failures = 0
    if job.proof == nil { job.proof = Job.Proof(first: outcome.cache?.verdict ?? "unknown") }
    let decision = warming.decide(
      verdict: outcome.cache, bodyBytes: max(outcome.bytes, outcome.isPartial == true ? job.size ?? 0 : 0),
      isQuotaExhausted: outcome.isQuotaExhausted, asked: job.asked)
    switch decision {
    case .proven:
      job.proof?.isWarm = true
      job.proof?.reason = nil
      conclude(job, outcome)
    case .hopeless(let reason):
      job.proof?.reason = reason
      conclude(job, outcome)
    case .askAgain(let pause):
      job.proof?.reason = .notHit
      guard !Signals.isStopping else { return conclude(job, outcome) }
      job.asked += 1
      job.lastOutcome = outcome
      scheduler.add(job, due: Clock.now + pause)
    }
  }

  /// Ends an item whose host was given up.
  func abandon(_ job: Job) {
    switch job.step {
    case .purge: purged(job, .cancelled(job.host.givenUpMessage))
    case .measure, .fetch: conclude(job, .cancelled(job.host.givenUpMessage))
    }
  }
}

extension Host {
  var givenUpMessage: String { "host given up after \(failuresInRow) failures in a row, the last: \(lastFailure)" }
}

extension Outcome {
  /// Counts the time of a lookup that was made before the transport began.
  fileprivate mutating func add(lookup time: Int) {
    dns = time
    ttfb = ttfb.map { $0 + time }
    total += time
    started = started.adding(milliseconds: -(time / 1000))
  }
}
