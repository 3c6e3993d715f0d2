import CCares
import Glibc

/// What c-ares calls back to. The resolver holds it, so that it outlives the channel.
final class ResolverState {
  let watch: DescriptorWatch
  /// The resolver's owner may be gone as well.
  var isGone = false
  /// Who is to be told, once c-ares has returned.
  var finished: [() -> Void] = []

  init(_ watch: @escaping DescriptorWatch) { self.watch = watch }
}

/// One name. c-ares holds it until it has called back, which it does exactly once.
final class ResolverLookup {
  private let state: ResolverState
  private let servers: [ResolverAddress]
  private let family: Int32
  private let done: (Resolver.Result) -> Void

  init(
    _ state: ResolverState, servers: [ResolverAddress], family: Int32, _ done: @escaping (Resolver.Result) -> Void
  ) {
    self.state = state
    self.servers = servers
    self.family = family
    self.done = done
  }

  func end(_ code: Int32, _ answer: UnsafeMutablePointer<ares_addrinfo>?) {
    let addresses = answer.map { Self.addresses($0) } ?? []
    let failure = LookupFailure(code, servers: servers.map { $0.description }, family: family)
    state.finished.append { [done] in done(addresses.isEmpty ? .failure(failure) : .success(addresses)) }
  }

  private static func addresses(_ answer: UnsafeMutablePointer<ares_addrinfo>) -> [String] {
    var ofFamily: [Int32: [String]] = [:]
    var next = answer.pointee.nodes
    while let node = next?.pointee {
      next = node.ai_next
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      // getnameinfo(3) makes text of an address of either family.
      let code = getnameinfo(
        node.ai_addr, socklen_t(node.ai_addrlen), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      if code == 0 { ofFamily[node.ai_family, default: []].append(String(nulTerminated: text)) }
    }
    return Array(((ofFamily[AF_INET] ?? []) + (ofFamily[AF_INET6] ?? [])).prefix(Resolver.maximumAddresses))
  }
}

extension String {
  fileprivate init(nulTerminated text: [CChar]) {
    self.init(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

let resolverLookupEnded: ares_addrinfo_callback = { context, code, _, answer in
  defer { if let answer { ares_freeaddrinfo(answer) } }
  guard let context else { return }
  Unmanaged<ResolverLookup>.fromOpaque(context).takeRetainedValue().end(code, answer)
}
