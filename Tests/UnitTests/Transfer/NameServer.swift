import CLinux
import Glibc
import Synchronization

/// A DNS server on loopback, over UDP and TCP, in a thread that ends with it.
final class NameServer: Sendable {
  enum Reply: Sendable {
    /// Octets, 4 or 16 each.
    case addresses([[UInt8]])
    case code(UInt8)
    case silence
    /// Cut off over UDP, whole over TCP.
    case onlyOverTCP([[UInt8]])
    /// An answer to another question.
    case wrongID
    /// Announces an answer that does not come.
    case broken
  }

  let port: UInt16
  private let service: Service
  private let stop: Int32
  private let thread: pthread_t

  /// - Parameter zone: names, without a final dot; of all others it says that they do not exist.
  init?(_ zone: [String: Reply]) {
    // The port that is free for one may be taken for the other.
    guard let sockets = (0..<20).lazy.compactMap({ _ in Sockets() }).first else { return nil }
    port = sockets.port
    stop = eventfd(0, Int32(EFD_CLOEXEC))
    service = Service(zone, sockets, stop: stop)
    let held = Unmanaged.passRetained(service)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<Service>.fromOpaque(context!).takeRetainedValue().serve()
        return nil
      }, held.toOpaque())
    guard code == 0 else {
      held.release()
      close(stop)
      return nil
    }
    self.thread = thread
  }

  deinit {
    var one: UInt64 = 1
    _ = write(stop, &one, 8)
    pthread_join(thread, nil)
    close(stop)
  }

  /// How often a name was asked for, for addresses of either kind, over UDP.
  func count(_ name: String) -> Int { service.counts.withLock { $0[name] ?? 0 } }
  var total: Int { service.counts.withLock { $0.values.reduce(0, +) } }
}

/// What the thread of a server does.
private final class Service: Sendable {
  let counts = Mutex<[String: Int]>([:])
  private let zone: [String: NameServer.Reply]
  private let sockets: Sockets
  private let stop: Int32

  init(_ zone: [String: NameServer.Reply], _ sockets: Sockets, stop: Int32) {
    self.zone = zone
    self.sockets = sockets
    self.stop = stop
  }

  func serve() {
    while true {
      var entries = [stop, sockets.udp, sockets.tcp].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&entries, 3, -1) > 0 else { continue }
      if entries[0].revents != 0 { return }
      if entries[1].revents != 0 { serveDatagram() }
      if entries[2].revents != 0 { serveConnection() }
    }
  }

  private func serveDatagram() {
    var query = [UInt8](repeating: 0, count: 512)
    var peer = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &peer) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let count = recvfrom(sockets.udp, &query, query.count, 0, $0, &length)
        guard count > 0, let reply = answer(Array(query[..<count]), isTCP: false) else { return }
        _ = sendto(sockets.udp, reply, reply.count, 0, $0, length)
      }
    }
  }

  private func serveConnection() {
    let connection = accept(sockets.tcp, nil, nil)
    guard connection >= 0 else { return }
    defer { close(connection) }
    guard let head = receive(2, connection), let query = receive(Int(head[0]) << 8 | Int(head[1]), connection),
      let reply = answer(query, isTCP: true)
    else { return }
    let message = [UInt8(reply.count >> 8), UInt8(reply.count & 0xFF)] + reply
    _ = send(connection, message, message.count, Int32(MSG_NOSIGNAL))
    // Until the client has closed, or the answer might be lost.
    _ = receive(1, connection)
  }

  private func receive(_ count: Int, _ connection: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return recv(connection, &bytes, count, Int32(MSG_WAITALL)) == count ? bytes : nil
  }

  private func answer(_ query: [UInt8], isTCP: Bool) -> [UInt8]? {
    guard let question = Question(query) else { return nil }
    if !isTCP { counts.withLock { $0[question.name, default: 0] += 1 } }
    switch zone[question.name] ?? .code(3) {
    case .addresses(let addresses): return question.reply(addresses: addresses)
    case .code(let code): return question.reply(code: code)
    case .silence: return nil
    case .onlyOverTCP(let addresses):
      return isTCP ? question.reply(addresses: addresses) : question.reply(isCutOff: true)
    case .wrongID:
      var reply = question.reply(addresses: [[192, 0, 2, 99]])
      reply[0] ^= 0xFF
      return reply
    case .broken:
      var reply = question.reply(addresses: [])
      reply[7] = 5
      return reply
    }
  }
}

/// One port of loopback, over UDP and TCP.
private final class Sockets: Sendable {
  let udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  let port: UInt16

  init?() {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (udp, tcp) = (udp, tcp)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(tcp, $0, length) == 0 && listen(tcp, 16) == 0 && getsockname(tcp, $0, &length) == 0
          && bind(udp, $0, length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    if !isBound { return nil }
  }

  deinit { for descriptor in [udp, tcp] { close(descriptor) } }
}

/// The question of a DNS query, RFC 1035.
private struct Question {
  let name: String
  private let id: ArraySlice<UInt8>
  private let section: ArraySlice<UInt8>
  private let type: UInt8

  init?(_ query: [UInt8]) {
    var labels: [String] = []
    var i = 12
    while i < query.count, query[i] != 0 {
      let end = i + 1 + Int(query[i])
      guard end < query.count else { return nil }
      labels.append(String(decoding: query[i + 1..<end], as: UTF8.self))
      i = end
    }
    guard i + 5 <= query.count else { return nil }
    name = labels.joined(separator: ".").lowercased()
    id = query[..<2]
    section = query[12..<i + 5]
    type = query[i + 2]
  }

  /// Those of the addresses that were asked for: A is 1, AAAA is 28.
  func reply(code: UInt8 = 0, isCutOff: Bool = false, addresses: [[UInt8]] = []) -> [UInt8] {
    let wanted = addresses.filter { $0.count == (type == 1 ? 4 : type == 28 ? 16 : 0) }
    let flags: [UInt8] = [isCutOff ? 0x83 : 0x81, 0x80 | code]
    var bytes = Array(id) + flags + [0, 1, 0, UInt8(wanted.count), 0, 0, 0, 0] + section
    for address in wanted { bytes += [0xC0, 0x0C, 0, type, 0, 1, 0, 0, 0, 60, 0, UInt8(address.count)] + address }
    return bytes
  }
}
