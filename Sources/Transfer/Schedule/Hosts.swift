import Records

/// All hosts of a run, by the start of their URLs and the point of presence that is asked.
struct Hosts {
  private var table: [UInt64: Host] = [:]
  private var recentHash: UInt64 = 0
  private var recent: Host?
  private var prunesAt: Int
  private let settings: FetchSettings

  init(_ settings: FetchSettings) {
    self.settings = settings
    prunesAt = 4096
  }

  /// Hosts that are remembered.
  var count: Int { table.count }

  /// - Parameters:
  ///   - start: the URL up to the end of its authority.
  ///   - pop: an index of `settings.pops`; -1: none.
  mutating func host(_ start: Bytes, pop: Int) -> Host {
    let hash = tableHash(start) &+ UInt64(truncatingIfNeeded: pop + 1) &* 0x9E37_79B9_7F4A_7C15
    if hash == recentHash, let recent { return recent }
    let host = table[hash] ?? make(start, pop, hash)
    recentHash = hash
    recent = host
    return host
  }

  private mutating func make(_ start: Bytes, _ pop: Int, _ hash: UInt64) -> Host {
    if table.count >= prunesAt { prune() }
    let authority = Authority(start)
    var target: (address: String, port: Int?)?
    if pop >= 0 {
      target = (settings.pops[pop].address, settings.pops[pop].port)
    } else if let match = settings.connectTo.first(where: { $0.matches(authority.name, Int(authority.port)) }) {
      target = (match.address ?? authority.name, match.addressPort)
    }
    let host = Host(authority, target: target, settings)
    table[hash] = host
    return host
  }

  var all: some Collection<Host> { table.values }

  /// Forgets hosts of which nothing is known that matters, so that memory does not grow with their number.
  private mutating func prune() {
    recent = nil
    table = table.filter { !$0.value.isForgettable }
    prunesAt = max(4096, 2 * table.count)
  }
}
