import CCurl
import CLinux
import Toolkit

/// Requests over libcurl: many small multi handles on one epoll descriptor.
final class CurlTransport {
  let sockets: SocketTable
  /// Called with a job whose attempt has ended.
  private let onEnd: (Job, Outcome) -> Void
  /// Called with a job as soon as the name of its host is known.
  let onLookup: (Job) -> Void

  /// Attempts under way.
  private(set) var inFlight = 0
  private let settings: FetchSettings
  private let context: CurlContext
  private let throttle: Throttle?
  private var shards: [ConnectionShard] = []
  private var workers: [CurlWorker] = []
  private var recentShard: ConnectionShard?
  /// Workers that wait for bandwidth.
  private var waiting: [CurlWorker] = []

  init(
    _ settings: FetchSettings, epoll: Int32, throttle: Throttle?, onLookup: @escaping (Job) -> Void,
    onEnd: @escaping (Job, Outcome) -> Void
  ) throws(Failure) {
    self.settings = settings
    self.throttle = throttle
    self.onLookup = onLookup
    self.onEnd = onEnd
    context = try CurlContext(settings)
    sockets = SocketTable(epoll: epoll, capacity: 2 * settings.workers + 64)
  }

  /// Begins the next attempt of `job`; fewer than `settings.workers` are under way.
  func start(_ job: Job) {
    inFlight += 1
    shard(for: job.host).start(job)
  }

  private func end(_ job: Job, _ outcome: Outcome) {
    inFlight -= 1
    onEnd(job, outcome)
  }

  /// A shard with a free worker: where the last request went if to the same host, else one that `host` decides, so that open
  /// connections are found again.
  private func shard(for host: Host) -> ConnectionShard {
    if let recentShard, recentShard.hasIdle, recentShard.lastHost == ObjectIdentifier(host) { return recentShard }
    if workers.count < settings.workers,
      !shards.contains(where: { $0.hasIdle && $0.lastHost == ObjectIdentifier(host) })
    {
      addWorker()
    }
    let first = (Int(bitPattern: Unmanaged.passUnretained(host).toOpaque()) >> 4) % shards.count
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
    if workers.count % ConnectionShard.size == 0 {
      let share = min(ConnectionShard.size, settings.workers - workers.count)
      shards.append(ConnectionShard(self, workers: share))
    }
    let shard = shards[shards.count - 1]
    let worker = CurlWorker(shard, settings, context, throttle)
    workers.append(worker)
    shard.add(worker)
  }

  /// An event of a descriptor that is libcurl's.
  func handle(_ descriptor: Int32, _ events: UInt32) {
    guard let shard = sockets.shard(for: descriptor)?.takeUnretainedValue() else { return }
    var action: Int32 = 0
    if events & EPOLLIN.rawValue != 0 { action |= CURL_CSELECT_IN }
    if events & EPOLLOUT.rawValue != 0 { action |= CURL_CSELECT_OUT }
    if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { action |= CURL_CSELECT_ERR }
    shard.act(descriptor, action)
    shard.reap(end)
  }

  func wait(_ worker: CurlWorker) { waiting.append(worker) }

  /// `Clock` time at which `tick` wants to be called; `Int.max`: not.
  func deadline(_ now: Int) -> Int {
    var due = Int.max
    for shard in shards { due = min(due, shard.deadline) }
    if let throttle, !waiting.isEmpty { due = min(due, throttle.nextRefill(now: now)) }
    return due
  }

  /// Does what is due.
  func tick(_ now: Int) {
    if let throttle, !waiting.isEmpty, throttle.allowance(now: now) > 0 {
      let resumed = waiting
      waiting.removeAll(keepingCapacity: true)
      for worker in resumed where worker.job != nil && !worker.resume() {
        worker.shard.release(worker)
        let (job, outcome) = worker.finish(CURLE_WRITE_ERROR)
        end(job, outcome)
      }
    }
    for shard in shards where shard.deadline <= now {
      shard.act(CURL_SOCKET_TIMEOUT, 0)
      shard.reap(end)
    }
  }

  /// Cuts off all that is under way.
  func cancelAll() {
    for worker in workers where worker.job != nil {
      worker.shard.release(worker)
      let (job, outcome) = worker.cancel()
      end(job, outcome)
    }
  }
}
