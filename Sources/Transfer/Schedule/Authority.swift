import Glibc
import Records

/// Scheme, host and port of an http or https URL (RFC 3986, 3.2).
struct Authority: Equatable {
  let isHTTPS: Bool
  /// As it stands in the URL, an IPv6 address without its brackets.
  let name: String
  let port: UInt16
  /// For the Host header: the port only where it is not the scheme's own.
  let hostHeader: String
  /// Whether the URL has nothing unusual before its path: no user, no odd characters.
  let isSimple: Bool

  /// - Parameter text: the URL's start, up to the end of its authority: see `endOfAuthority`.
  init(_ text: Bytes) {
    isHTTPS = lowercased(text[4]) == 0x73
    let authority = text.slice(isHTTPS ? 8 : 7, text.count)
    let user = authority.lastIndex(of: 0x40)
    let place = authority.slice(user.map { $0 + 1 } ?? 0, authority.count)
    let isBracketed = place.first == 0x5B
    let nameEnd = isBracketed ? place.firstIndex(of: 0x5D) ?? place.count : place.firstIndex(of: 0x3A) ?? place.count
    name = place.slice(isBracketed ? min(1, nameEnd) : 0, nameEnd).string
    let rest = place.slice(min(isBracketed ? nameEnd + 1 : nameEnd, place.count), place.count)
    let standard: UInt16 = isHTTPS ? 443 : 80
    let digits = rest.count > 1 && rest[0] == 0x3A ? rest.slice(1, rest.count).decimal : nil
    port = digits.flatMap { UInt16(exactly: $0) } ?? standard
    let isPortGood = rest.isEmpty || digits.map { (1...65535).contains($0) } ?? false
    let isClosed = !isBracketed || nameEnd < place.count
    isSimple =
      user == nil && isPortGood && isClosed && !name.isEmpty
      && name.utf8.allSatisfy { Self.isHostByte($0, isBracketed) }
    hostHeader = (isBracketed ? "[\(name)]" : name) + (port == standard ? "" : ":\(port)")
  }

  private static func isHostByte(_ byte: UInt8, _ isBracketed: Bool) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 0x2D, 0x2E, 0x5F: true
    case 0x3A: isBracketed
    default: false
    }
  }
}

/// An address to connect to: IPv4 or IPv6, with its port.
struct SocketAddress {
  let text: String
  private var storage = sockaddr_storage()
  private let length: socklen_t

  /// - Parameter text: a numeric address, inet_pton(3); nil for all else.
  init?(_ text: String, port: UInt16) {
    self.text = text
    var four = sockaddr_in()
    var six = sockaddr_in6()
    if inet_pton(AF_INET, text, &four.sin_addr) == 1 {
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &storage) { to in withUnsafeBytes(of: four) { to.copyMemory(from: $0) } }
    } else if inet_pton(AF_INET6, text, &six.sin6_addr) == 1 {
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutableBytes(of: &storage) { to in withUnsafeBytes(of: six) { to.copyMemory(from: $0) } }
    } else {
      return nil
    }
  }

  var family: Int32 { Int32(storage.ss_family) }

  /// connect(2): 0 or an errno.
  func connect(_ socket: Int32) -> Int32 {
    withUnsafeBytes(of: storage) { bytes in
      let address = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      return Glibc.connect(socket, address, length) == 0 ? 0 : errno
    }
  }
}
