import Glibc
import Toolkit

/// A DNS server as `--resolver` takes it: `ADDR[:PORT]`, where an IPv6 address stands in brackets.
struct ResolverAddress: Equatable {
  /// Numeric, without brackets.
  let address: String
  let port: UInt16

  static let standardPort: UInt16 = 53

  init(_ text: String) throws(Failure) {
    let host: Substring
    let rest: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { throw Self.failure(text, "the bracket is not closed") }
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { throw Self.failure(text, "what follows the bracket is no port") }
    } else {
      guard !Self.isAddress(text, AF_INET6) else {
        throw Self.failure(text, "an IPv6 address is written in brackets, [\(text)]")
      }
      host = text.prefix { $0 != ":" }
      rest = text[host.endIndex...]
    }
    address = String(host)
    guard Self.isAddress(address, text.hasPrefix("[") ? AF_INET6 : AF_INET) else {
      throw Self.failure(text, "it is no address of a DNS server, ADDR or ADDR:PORT")
    }
    guard !rest.isEmpty else {
      port = Self.standardPort
      return
    }
    guard let port = Self.port(rest.dropFirst()) else {
      throw Self.failure(text, "the port is not a number from 1 to 65535")
    }
    self.port = port
  }

  private static func failure(_ text: String, _ why: String) -> Failure {
    Failure(option: "resolver", "“\(text)”: \(why)")
  }

  /// inet_pton(3).
  private static func isAddress(_ text: String, _ family: Int32) -> Bool {
    var storage = in6_addr()
    // C would see a text that ends there.
    return !text.utf8.contains(0) && inet_pton(family, text, &storage) == 1
  }

  private static func port(_ digits: Substring) -> UInt16? {
    // A sign would be taken, too.
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits), port > 0 else { return nil }
    return port
  }
}

extension ResolverAddress: CustomStringConvertible {
  /// As c-ares reads it, ares_set_servers_ports_csv(3).
  var description: String { (address.contains(":") ? "[\(address)]" : address) + ":\(port)" }
}
