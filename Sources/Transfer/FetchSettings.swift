import Glibc

/// How requests are made.
package struct FetchSettings: Sendable {
  /// Which code speaks with servers.
  package enum Transport: String, CaseIterable, Sendable {
    /// The toolkit's own HTTP/1.1 codec where that can do it, else libcurl.
    case auto
    case libcurl
  }

  package enum HTTPVersion: String, CaseIterable, Sendable {
    case one = "1.1"
    /// Over TLS, where the server can.
    case two = "2"
  }

  package enum AddressFamily: Sendable { case any, four, six }

  /// How items are purged before they are fetched.
  package enum Purge: Equatable, Sendable {
    /// By this method, to the URL itself.
    case method(String)
    /// By a shell command that reads URLs.
    case command(String)
  }

  // How many, how long.
  /// Requests in flight at most.
  package var workers = 500
  /// Of one attempt, microseconds.
  package var timeout = 240_000_000
  package var connectTimeout = 30_000_000
  package var retry = RetryPolicy()
  package var maximumRedirects = 10
  /// Seconds that an idle connection is kept for reuse; 0: closed after each request.
  package var connectionCloseDelay = 15

  // Sizes.
  package var isBySize = false
  /// Requests in flight at most of each class; 0: automatic.
  package var classLimits = [0, 0, 0]
  package var sizeClasses = SizeClasses()
  /// Whether sizes that are not known are asked for by HEAD.
  package var asksForSize = false

  // Flow.
  /// Where the concurrency of each host adapts, its least.
  package var minimumWorkers: Int?
  /// Requests in flight at most a host.
  package var perHost: Int?
  /// Requests a second.
  package var rate: Double?
  /// Bytes of bodies a second.
  package var bandwidth: Int?
  /// Failures of a host in a row after which it is given up.
  package var giveUpAfter: Int?

  // Proof.
  package var warming: WarmPolicy?
  package var range: ByteRange?
  /// Only objects of more bytes are asked for by range; nil: all.
  package var rangeAbove: Int?
  package var method = "GET"
  package var purge: Purge?
  /// Items that are purged before any of them is fetched.
  package var purgeChunk = 30

  // Where.
  package var connectTo: [ConnectTo] = []
  package var pops: [PointOfPresence] = []
  /// DNS servers, `ADDRESS[:PORT]`; none: the system's.
  package var nameServers: [String] = []
  /// URL of a DNS server over HTTPS.
  package var dnsOverHTTPS: String?
  package var addressFamily = AddressFamily.any
  package var interface: String?
  package var proxy: String?
  package var noProxy: String?
  package var httpVersion = HTTPVersion.one
  /// PEM files of the client.
  package var certificate: String?
  package var key: String?
  /// PEM file of the authorities to trust instead of the system's.
  package var authorities: String?
  /// Whether certificates are checked.
  package var verifiesCertificates = true

  // What is sent.
  /// Headers for each request, `Name: value`.
  package var headers: [String] = []
  package var userAgent = "media-toolkit"
  /// Netscape's format.
  package var cookieFile: String?
  package var bearerToken: String?

  // What the answers are held against.
  package var checksContentType = true
  package var checksum: BodyHash.Algorithm?
  package var expectedStatus: ExpectedStatus?
  /// Bytes of a body.
  package var maximumBytes: Int?

  package var transport = Transport.auto

  package init() {}

  /// Headers that the codec leaves to libcurl: those of the connection, and those that must not follow a redirect.
  private static let unusualHeaders = [
    "host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "expect", "keep-alive",
    "authorization", "cookie", "proxy-authorization", "proxy-connection", "range",
  ]

  /// Whether some requests may go over the toolkit's own codec; set by `settle`.
  private(set) var allowsPlain = false

  /// Finds out what follows from the settings, once they are all made.
  mutating func settle() {
    let hasProxy =
      proxy != nil
      || ["http_proxy", "all_proxy", "ALL_PROXY"].contains { (name: String) in
        getenv(name).map { $0.pointee != 0 } ?? false
      }
    let hasUnusualHeader = headers.contains { line in
      let name = line.prefix { $0 != ":" && $0 != ";" }
      return line.hasSuffix(";") || line.hasSuffix(":") || Self.unusualHeaders.contains(name.lowercased())
    }
    allowsPlain =
      transport == .auto && !hasProxy && !hasUnusualHeader && bearerToken == nil && cookieFile == nil
      && interface == nil && dnsOverHTTPS == nil
      && [method, purgeMethod].allSatisfy { ["GET", "HEAD", "PURGE"].contains($0) }
  }

  private var purgeMethod: String { if case .method(let name) = purge { name } else { "PURGE" } }

  /// The method of the next request of `job`.
  func method(of job: Job) -> String {
    switch job.step {
    case .measure: "HEAD"
    case .purge: purgeMethod
    case .fetch: method
    }
  }

  /// The range to ask of `job`'s object; nil: all of it.
  func range(of job: Job) -> ByteRange? {
    guard let range, job.step == .fetch else { return nil }
    guard let rangeAbove else { return range }
    return (job.size ?? 0) > rangeAbove ? range : nil
  }
}
