import CCares
import Glibc
import Toolkit

/// Looks names up at given DNS servers, through c-ares, on the caller's event loop and thread.
///
/// The servers alone are asked: no /etc/hosts, no search domains, no aliases, nothing of resolv.conf, so that a name means
/// the same on each machine. `localhost` and names below it never leave the machine (RFC 6761), and an address is its own
/// answer. An answer that is cut off is asked for again over TCP.
final class Resolver {
  typealias Watch = DescriptorWatch
  typealias Result = Swift.Result<[String], LookupFailure>

  /// Addresses an answer holds at most.
  static let maximumAddresses = 16
  /// How often each server is asked.
  private static let tries = 3
  /// Milliseconds until the second try at most; the next waits last twice as long each.
  private static let longestFirstWait = 2000

  private let servers: [ResolverAddress]
  private let family: Int32
  private let state: ResolverState
  private let channel: ares_channel
  /// `Clock` time at which `tick` wants to be called; Int.max: not.
  private(set) var deadline = Int.max

  /// - Parameters:
  ///   - servers: one or more, each `ADDR[:PORT]`; all others are asked where one does not answer.
  ///   - family: AF_UNSPEC, AF_INET, AF_INET6: which addresses are wanted.
  ///   - timeout: of a lookup in all, microseconds; after 14 s a silent server is given up in any case.
  ///   - watch: is not called when the resolver is dropped.
  /// - Throws: a usage failure of `--resolver`.
  init(
    servers: [String], family: Int32, timeout: Int = 15_000_000, watch: @escaping Watch
  ) throws(Failure) {
    var parsed: [ResolverAddress] = []
    for text in servers { parsed.append(try ResolverAddress(text)) }
    guard !parsed.isEmpty else { throw Failure(option: "resolver", "it names no server") }
    self.servers = parsed
    self.family = family
    state = ResolverState(watch)
    channel = try Self.open(state, parsed, firstWait: Self.firstWait(timeout, servers: parsed.count))
  }

  /// Lookups under way are dropped, without a word to anybody: closing takes the descriptors off the event loop, too.
  deinit {
    state.isGone = true
    ares_destroy(channel)
    ares_library_cleanup()
  }

  /// Milliseconds until the second try, so that all tries of a silent server, which wait 1, 2 and 4 times as long, end within
  /// `timeout` microseconds.
  private static func firstWait(_ timeout: Int, servers: Int) -> Int {
    min(max(1, timeout / 1000 / ((1 << tries) - 1) / servers), longestFirstWait)
  }

  private static func open(
    _ state: ResolverState, _ servers: [ResolverAddress], firstWait: Int
  ) throws(Failure) -> ares_channel {
    var code = ares_library_init(ARES_LIB_INIT_ALL)
    guard code == ccares_success else { throw failure(code) }
    var options = ares_options()
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES
    options.timeout = Int32(firstWait)
    options.tries = Int32(tries)
    options.sock_state_cb = socketChanged
    options.sock_state_cb_data = Unmanaged.passUnretained(state).toOpaque()
    // `ndomains` 0: no search domains. They would come from the host's own name otherwise.
    let mask =
      ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_DOMAINS
      | ARES_OPT_LOOKUPS | ARES_OPT_RESOLVCONF | ARES_OPT_NOROTATE
    var channel: ares_channel?
    // c-ares copies both texts. "b": ask DNS only.
    var lookups = Array("b".utf8CString)
    var configuration = Array("/dev/null".utf8CString)
    code = lookups.withUnsafeMutableBufferPointer { lookups in
      configuration.withUnsafeMutableBufferPointer { configuration in
        options.lookups = lookups.baseAddress
        options.resolvconf_path = configuration.baseAddress
        return ares_init_options(&channel, &options, mask)
      }
    }
    guard code == ccares_success, let channel else {
      ares_library_cleanup()
      throw failure(code)
    }
    code = ares_set_servers_ports_csv(channel, servers.map { $0.description }.joined(separator: ","))
    guard code == ccares_success else {
      ares_destroy(channel)
      ares_library_cleanup()
      throw failure(code)
    }
    return channel
  }

  private static func failure(_ code: Int32) -> Failure {
    Failure(.software, "the resolver cannot start: \(String(cString: ares_strerror(code)))")
  }

  /// Looks `name` up; never calls `done` before it returns.
  /// - Parameter done: gets the addresses in text, at least one: IPv4 first, those of a family in the order of RFC 6724, as
  ///   the system has them; or why there are none. Not called at all where the resolver goes before.
  func lookUp(_ name: String, _ done: @escaping (Result) -> Void) {
    defer { updateDeadline() }
    guard !name.isEmpty, name.utf8.count <= 254, !name.utf8.contains(0) else {
      let failure = LookupFailure(message: "it is no host's name", isTransient: false)
      return state.finished.append { done(.failure(failure)) }
    }
    if let known = Self.knownAddresses(of: name) {
      let wanted = known.filter { family == AF_UNSPEC || family == ($0.contains(":") ? AF_INET6 : AF_INET) }
      let failure = LookupFailure(ccares_no_data, servers: [], family: family)
      return state.finished.append { done(wanted.isEmpty ? .failure(failure) : .success(wanted)) }
    }
    let lookup = ResolverLookup(state, servers: servers, family: family, done)
    var hints = ares_addrinfo_hints()
    hints.ai_family = family
    // One of each address, not one for each kind of socket.
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    ares_getaddrinfo(channel, name, nil, &hints, resolverLookupEnded, Unmanaged.passRetained(lookup).toOpaque())
  }

  /// Of an address itself, and of `localhost` (RFC 6761, section 6.3). c-ares would ask for the former where both families
  /// are wanted, and knows the latter from /etc/hosts alone.
  private static func knownAddresses(of name: String) -> [String]? {
    var storage = in6_addr()
    if [AF_INET, AF_INET6].contains(where: { inet_pton($0, name, &storage) == 1 }) { return [name] }
    let lowered = name.lowercased()
    let absolute = lowered.hasSuffix(".") ? lowered.dropLast() : lowered[...]
    return absolute == "localhost" || absolute.hasSuffix(".localhost") ? ["127.0.0.1", "::1"] : nil
  }

  /// A descriptor that was to be watched is ready, or has an error.
  func handle(_ descriptor: Int32, isReadable: Bool, isWritable: Bool) {
    // An error is found by reading.
    process(isReadable || !isWritable ? descriptor : ARES_SOCKET_BAD, isWritable ? descriptor : ARES_SOCKET_BAD)
  }

  /// Asks again, gives up, and hands over what has come.
  func tick() { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD) }

  private func process(_ readable: Int32, _ writable: Int32) {
    ares_process_fd(channel, readable, writable)
    // Those who are told may ask for further names.
    let finished = state.finished
    state.finished.removeAll()
    for tell in finished { tell() }
    updateDeadline()
  }

  private func updateDeadline() {
    guard state.finished.isEmpty else {
      deadline = 0
      return
    }
    var left = timeval()
    guard ares_timeout(channel, nil, &left) != nil else {
      deadline = .max
      return
    }
    // c-ares has a clock that may be read a moment earlier: better a moment too late than in vain.
    deadline = Clock.now + Int(left.tv_sec) * 1_000_000 + Int(left.tv_usec) + 500
  }
}

private let socketChanged: ares_sock_state_cb = { context, descriptor, readable, writable in
  guard let context else { return }
  let state = Unmanaged<ResolverState>.fromOpaque(context).takeUnretainedValue()
  if !state.isGone { state.watch(descriptor, readable != 0, writable != 0) }
}
