import Glibc
import Toolkit

/// Looks the names of hosts up at the DNS servers of `--resolver`, each once for all jobs that want it at the time.
final class HostNames {
  /// Gets nil where the host has its address now, else how the attempt ends.
  typealias Done = (Outcome?) -> Void

  private var resolver: Resolver!
  private var waiting: [String: [(job: Job, done: Done)]] = [:]
  private var descriptors: Set<Int32> = []

  /// - Parameter watch: called with what to watch a descriptor for; with neither, to forget it.
  init(_ settings: FetchSettings, watch: @escaping Resolver.Watch) throws(Failure) {
    let family =
      switch settings.addressFamily {
      case .any: AF_UNSPEC
      case .four: AF_INET
      case .six: AF_INET6
      }
    resolver = try Resolver(servers: settings.nameServers, family: family, timeout: settings.connectTimeout) {
      [unowned self] descriptor, reads, writes in
      if reads || writes { descriptors.insert(descriptor) } else { descriptors.remove(descriptor) }
      watch(descriptor, reads, writes)
    }
  }

  /// Looks up the name that the host of `job` has, which has one.
  func lookUp(_ job: Job, _ done: @escaping Done) {
    guard let name = job.host.name else { return done(nil) }
    guard waiting[name]?.append((job, done)) == nil else { return }
    waiting[name] = [(job, done)]
    resolver.lookUp(name) { [unowned self] in answered(name, $0) }
  }

  private func answered(_ name: String, _ result: Resolver.Result) {
    for (job, done) in waiting.removeValue(forKey: name) ?? [] {
      switch result {
      case .success(let addresses):
        job.host.resolved(to: addresses, now: Clock.now)
        done(nil)
      case .failure(let failure):
        var outcome = Outcome()
        outcome.started = .now
        outcome.isTransient = failure.isTransient
        outcome.fail(.dns, "\(name): \(failure.message)")
        done(outcome)
      }
    }
  }

  /// Whether the descriptor is one of the resolver's.
  func handle(_ descriptor: Int32, isReadable: Bool, isWritable: Bool) -> Bool {
    guard descriptors.contains(descriptor) else { return false }
    resolver.handle(descriptor, isReadable: isReadable, isWritable: isWritable)
    return true
  }

  var deadline: Int { resolver.deadline }

  func tick(_ now: Int) { if resolver.deadline <= now { resolver.tick() } }

  /// Ends all attempts that wait for a name.
  func cancelAll() {
    let all = waiting
    waiting = [:]
    for (_, done) in all.values.joined() { done(.cancelled("cut off by a signal")) }
  }
}
