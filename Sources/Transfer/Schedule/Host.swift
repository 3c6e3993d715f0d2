import CCurl
import Glibc
import Records

/// A place that requests go to: scheme, host and port of their URLs, and where these are connected to. All that is known
/// of it: whether it may be asked, how to reach it, how it has fared.
final class Host {
  /// What is known of its address.
  enum Lookup {
    /// The first request looks the name up alone, since each lookup costs a thread and descriptors.
    case needed
    case underWay
    /// Known, or left to whoever connects.
    case done
  }

  let authority: Authority
  /// Where to connect instead, as CURLOPT_CONNECT_TO wants it.
  private(set) var connectTo: UnsafeMutablePointer<curl_slist>?
  /// Where redirects may have to be connected to.
  private let otherTargets: [String]
  /// All lists so far, by their first line: handles of libcurl point at them as long as they like.
  private var connectToLists: [String: UnsafeMutablePointer<curl_slist>] = [:]
  /// Whether the toolkit's own codec may speak with it.
  let isPlain: Bool

  /// Jobs that are for it, wherever they wait.
  var jobs = 0
  // Whether it may be asked.
  var inFlight = 0
  /// Requests in flight at most.
  private(set) var limit: Int
  /// `Clock` time.
  var restsUntil = 0
  /// Jobs that wait for this host alone.
  var parked = JobQueue()
  private var adaptive: AdaptiveLimit?
  private let ceiling: Int

  // How to reach it.
  var lookup = Lookup.needed
  private(set) var address: SocketAddress?
  /// `Clock` time at which the name is looked up once more.
  private(set) var addressExpires = Int.max
  /// The name whose address is not known from the text alone.
  let name: String?
  /// The port to connect to instead of the URL's; 0: the URL's own, of whatever scheme a redirect leads to.
  private let pinnedPort: UInt16
  /// Addresses that could not be reached so far.
  private var unreachable = 0

  // How it has fared.
  private(set) var failuresInRow = 0
  private(set) var lastFailure = ""
  private(set) var isGivenUp = false
  /// Cooling answers in a row, for the pause where the host does not say how long.
  var coolings = 0

  /// Idle connections of the codec, the one used last behind all others.
  var idle: [PlainConnection.Key] = []

  /// - Parameter target: where to connect instead of the URL's own host and port.
  init(_ authority: Authority, target: (address: String, port: Int?)?, _ settings: FetchSettings) {
    self.authority = authority
    pinnedPort = (target?.port).flatMap { UInt16(exactly: $0) } ?? 0
    let place = target?.address ?? authority.name
    address = SocketAddress(place, port: pinnedPort > 0 ? pinnedPort : authority.port)
    if address != nil { lookup = .done }
    name = address == nil ? place : nil
    isPlain = settings.allowsPlain && authority.isSimple && !authority.isHTTPS
    ceiling = min(settings.workers, settings.perHost ?? .max)
    limit = ceiling
    if let minimum = settings.minimumWorkers {
      let adaptive = AdaptiveLimit(minimum: min(minimum, ceiling), maximum: ceiling)
      limit = adaptive.limit
      self.adaptive = adaptive
    }
    otherTargets = settings.connectTo.map(\.text)
    if let target { setConnectTo(target.address) }
  }

  deinit { for list in connectToLists.values { curl_slist_free_all(list) } }

  private func setConnectTo(_ address: String) {
    func bracketed(_ name: String) -> String { name.contains(":") ? "[\(name)]" : name }
    let ports = pinnedPort > 0 ? ("\(authority.port)", "\(pinnedPort)") : ("", "")
    let text = "\(bracketed(authority.name)):\(ports.0):\(bracketed(address)):\(ports.1)"
    if connectToLists[text] == nil {
      connectToLists[text] = otherTargets.reduce(curl_slist_append(nil, text)) { curl_slist_append($0, $1) }
    }
    connectTo = connectToLists[text]
  }

  /// Where a connection goes.
  var portToConnect: UInt16 { pinnedPort > 0 ? pinnedPort : authority.port }

  var mayStart: Bool { inFlight < limit }

  /// Whether nothing would be lost with it.
  var isForgettable: Bool {
    jobs == 0 && !isGivenUp && restsUntil == 0 && failuresInRow == 0 && idle.isEmpty && lookup != .underWay
  }

  // MARK: Reaching it

  /// A connection stands to `text`: the next ones can do without a lookup for a minute, as long as libcurl keeps a name.
  func connected(to text: String, now: Int) {
    guard isPlain, name != nil else { return }
    address = SocketAddress(text, port: portToConnect)
    addressExpires = now + 60_000_000
  }

  /// The resolver's answer: whoever connects takes one of these addresses.
  func resolved(to addresses: [String], now: Int) {
    guard !addresses.isEmpty else { return }
    let text = addresses[unreachable % addresses.count]
    address = SocketAddress(text, port: portToConnect)
    addressExpires = now + 60_000_000
    setConnectTo(text)
  }

  /// Nobody could be reached there: the next one looks the name up again, and takes another address that it stands for.
  /// - Parameter failed: the address; another one that was found since stays.
  func forgetAddress(_ failed: String?) {
    guard name != nil, let address, failed == nil || failed == address.text else { return }
    self.address = nil
    unreachable &+= 1
  }

  /// Whether the caller should look the name up anew; true once a minute.
  func takesRefresh(now: Int) -> Bool {
    guard now >= addressExpires else { return false }
    addressExpires = now + 60_000_000
    return true
  }

  // MARK: How it fares

  /// Learns of an attempt that ended.
  /// - Parameters:
  ///   - giveUpAfter: failures in a row after which nothing more is sent; nil: never.
  ///   - now: is asked for only where the concurrency adapts.
  func record(_ outcome: Outcome, giveUpAfter: Int?, now: @autoclosure () -> Int) {
    if isGivenUp {
      // What was in flight then changes nothing.
    } else if outcome.error?.isOfHost == true {
      failuresInRow += 1
      lastFailure = "\(outcome.error?.rawValue ?? ""): \(outcome.message)"
      if let giveUpAfter, failuresInRow >= giveUpAfter { isGivenUp = true }
    } else if outcome.error != .cancelled {
      failuresInRow = 0
      coolings = 0
    }
    guard adaptive != nil else { return }
    adaptive?.record(
      firstByte: outcome.error == nil ? outcome.ttfb : nil, isOverload: outcome.error?.isOverload == true,
      inFlight: inFlight, now: now())
    limit = min(ceiling, max(1, adaptive?.limit ?? ceiling))
  }
}
