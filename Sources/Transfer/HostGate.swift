/// What is known of the hosts: who rests after a Retry-After, and whose name is still being looked up. The first request
/// to a host looks its name up alone, since each lookup costs a thread and descriptors; the others wait for it.
struct HostGate {
  enum Admission {
    case now
    /// `Clock` time.
    case later(Int)
    /// Kept here until the host's name is known.
    case kept
  }

  private struct Host {
    var restsUntil = 0
    var leader: Job?
    var waiting: [Job] = []
  }

  private var hosts: [UInt64: Host] = [:]
  private var lookups: Set<UInt64> = []
  /// Jobs kept here.
  private(set) var waitingCount = 0

  /// Whether `job` may start at `now`.
  mutating func admit(_ job: Job, _ now: Int) -> Admission {
    guard let host = hosts[job.hostHash] else {
      hosts[job.hostHash] = Host(leader: job)
      lookups.insert(job.hostHash)
      return .now
    }
    if host.restsUntil > now { return .later(host.restsUntil + .random(in: 0...250_000)) }
    guard host.leader != nil else { return .now }
    hosts[job.hostHash]?.waiting.append(job)
    waitingCount += 1
    return .kept
  }

  /// The host asked to be left alone until `time`.
  mutating func rest(_ hostHash: UInt64, until time: Int) {
    let earlier = hosts[hostHash]?.restsUntil ?? 0
    hosts[hostHash]?.restsUntil = max(earlier, time)
  }

  /// The jobs whose host's name is now known.
  mutating func release() -> [Job] {
    guard !lookups.isEmpty else { return [] }
    var released: [Job] = []
    for hash in lookups where hosts[hash]?.leader?.hasLookedUp == true {
      released += hosts[hash]?.waiting ?? []
      hosts[hash]?.leader = nil
      hosts[hash]?.waiting = []
      lookups.remove(hash)
    }
    waitingCount -= released.count
    return released
  }
}
