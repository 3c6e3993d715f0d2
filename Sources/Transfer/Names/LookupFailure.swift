import CCares
import Glibc

/// Why a name has no address.
struct LookupFailure: Error, Equatable {
  let message: String
  /// Whether another try may succeed.
  let isTransient: Bool

  init(message: String, isTransient: Bool) {
    self.message = message
    self.isTransient = isTransient
  }

  /// What a status of c-ares means, ares_getaddrinfo(3).
  /// - Parameters:
  ///   - servers: who was asked.
  ///   - family: what was asked for, AF_UNSPEC, AF_INET, AF_INET6.
  init(_ code: Int32, servers: [String], family: Int32) {
    let servers = servers.joined(separator: " and ")
    switch code {
    case ccares_not_found: self.init(message: "\(servers) knows no such name", isTransient: false)
    case ccares_no_data, ccares_success:
      let kind = family == AF_INET ? "IPv4 address" : family == AF_INET6 ? "IPv6 address" : "address"
      self.init(message: "the name has no \(kind)", isTransient: false)
    case ccares_bad_name: self.init(message: "it is no host's name", isTransient: false)
    case ccares_timeout: self.init(message: "\(servers) did not answer in time", isTransient: true)
    // c-ares has this one code, too, for answers such as SERVFAIL and REFUSED.
    case ccares_refused_connection:
      self.init(message: "\(servers) cannot be reached or refuses to answer", isTransient: true)
    default:
      let reason = String(cString: ares_strerror(code))
      self.init(message: "\(servers) could not tell: \(reason)", isTransient: true)
    }
  }
}
