import CCurl
import Glibc
import Records

/// One request at a time, by one easy handle that is kept for the next.
final class Worker {
  let easy: UnsafeMutableRawPointer
  unowned let shard: ConnectionShard
  /// The share and the headers that the handle points at must outlive it.
  private let context: CurlContext
  private(set) var job: Job?
  private var head = ResponseHead()
  private var bytes = 0
  private var startedAt = Timestamp(milliseconds: 0)
  private var headIsTooLong = false
  private var acceptList: UnsafeMutablePointer<curl_slist>?
  private var currentAccept: String?
  private var usesLargeBuffer = false
  private let doesNotFollow: Bool
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  init(_ shard: ConnectionShard, _ settings: FetchSettings, _ context: CurlContext) {
    self.shard = shard
    self.context = context
    guard let easy = curl_easy_init() else { fatalError("out of memory") }
    self.easy = easy
    doesNotFollow = settings.maximumRedirects == 0
    errorText[0] = 0
    context.apply(settings, to: easy)
    let this = Unmanaged.passUnretained(self).toOpaque()
    _ = ccurl_set_pointer(easy, CURLOPT_PRIVATE, this)
    _ = ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    _ = ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, countBody, this)
    _ = ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, takeHeader, this)
    _ = ccurl_set_open_callback(easy, openSocket, this)
    _ = ccurl_set_close_callback(easy, closeSocket, Unmanaged.passUnretained(shard.sockets).toOpaque())
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(acceptList)
    errorText.deallocate()
  }

  /// Prepares the handle for `job`'s next attempt.
  func start(_ job: Job, _ settings: FetchSettings) {
    self.job = job
    job.attempts += 1
    bytes = 0
    errorText[0] = 0
    headIsTooLong = false
    head.removeAll()
    startedAt = .now
    // libcurl copies the URL.
    _ = ccurl_set_pointer(easy, CURLOPT_URL, job.url.bytes.baseAddress)
    setAccept(job.accept, settings)
    setBufferSize(large: (job.size ?? 0) > 8 << 20)
  }

  private func setAccept(_ accept: String?, _ settings: FetchSettings) {
    guard accept != currentAccept else { return }
    currentAccept = accept
    let others = settings.headers.filter { accept == nil || !$0.lowercased().hasPrefix("accept:") }
    let lines = others + (accept.map { ["Accept: \($0)"] } ?? [])
    let replaced = acceptList
    acceptList = lines.reduce(nil) { curl_slist_append($0, $1) }
    _ = ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, acceptList)
    curl_slist_free_all(replaced)
  }

  /// Fewer, larger reads halve the cost of large bodies; small ones would only pay for the memory.
  private func setBufferSize(large: Bool) {
    guard large != usesLargeBuffer else { return }
    usesLargeBuffer = large
    _ = ccurl_set_long(easy, CURLOPT_BUFFERSIZE, large ? 512 << 10 : 16 << 10)
  }

  /// A socket to an address: the name has been looked up.
  fileprivate func opened(_ socket: Int32) {
    shard.sockets.opened(socket)
    job?.hasLookedUp = true
  }

  fileprivate func addBody(_ count: Int) { bytes += count }

  /// False where the head grows beyond all bounds.
  fileprivate func addHeader(_ line: Bytes) -> Bool {
    head.add(line: line)
    headIsTooLong = head.length > ResponseHead.limit
    return !headIsTooLong
  }

  /// Reads off how the attempt ended, and lets go of the job.
  func finish(_ code: CURLcode) -> (job: Job, outcome: Outcome) {
    guard let job else { preconditionFailure("a worker without a job has finished") }
    self.job = nil
    var outcome = Outcome()
    outcome.started = startedAt
    outcome.bytes = bytes
    readTimes(&outcome)
    if let address = ccurl_get_pointer(easy, CURLINFO_PRIMARY_IP) {
      outcome.remoteIP = String(cString: address.assumingMemoryBound(to: CChar.self))
    }
    outcome.status = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE)
    outcome.wasConnected = hasConnected(code)
    if outcome.status > 0 { readHead(&outcome) }
    judge(&outcome, code)
    return (job, outcome)
  }

  /// How an attempt ends that is cut off.
  func cancel() -> (job: Job, outcome: Outcome) {
    var (job, outcome) = finish(CURLE_OK)
    outcome.error = .cancelled
    outcome.message = "cut off by a signal"
    return (job, outcome)
  }

  /// A connection that fails in its TLS handshake has no connect time.
  private func hasConnected(_ code: CURLcode) -> Bool {
    ccurl_get_offset(easy, CURLINFO_CONNECT_TIME_T) > 0 || code != CURLE_OK && FetchError(code) == .tls
  }

  private func readTimes(_ outcome: inout Outcome) {
    let lookup = ccurl_get_offset(easy, CURLINFO_NAMELOOKUP_TIME_T)
    let connect = ccurl_get_offset(easy, CURLINFO_CONNECT_TIME_T)
    let tls = ccurl_get_offset(easy, CURLINFO_APPCONNECT_TIME_T)
    let first = ccurl_get_offset(easy, CURLINFO_STARTTRANSFER_TIME_T)
    outcome.total = ccurl_get_offset(easy, CURLINFO_TOTAL_TIME_T)
    let isNew = ccurl_get_long(easy, CURLINFO_NUM_CONNECTS) > 0
    if isNew, lookup > 0 { outcome.dns = lookup }
    if isNew, connect > 0 { outcome.connect = max(0, connect - lookup) }
    if isNew, tls > 0 { outcome.tls = max(0, tls - connect) }
    if first > 0, head.length > 0 { outcome.ttfb = first }
  }

  private func readHead(_ outcome: inout Outcome) {
    switch ccurl_get_long(easy, CURLINFO_HTTP_VERSION) {
    case Int(CURL_HTTP_VERSION_1_0): outcome.httpVersion = "1.0"
    case Int(CURL_HTTP_VERSION_1_1): outcome.httpVersion = "1.1"
    case Int(CURL_HTTP_VERSION_2_0): outcome.httpVersion = "2"
    case Int(CURL_HTTP_VERSION_3): outcome.httpVersion = "3"
    default: break
    }
    outcome.contentType = head.value(HeaderNames.contentType)?.string
    outcome.cache = CacheVerdict(of: head)
    outcome.age = head.value(HeaderNames.age)?.decimal.map { Int($0) }
    for rule in CompiledRules.pop {
      guard outcome.pop == nil, let value = head.value(rule.header) else { continue }
      let element = lastElement(value)
      let start = rule.isBehindLastDash ? element.lastIndex(of: 0x2D).map { $0 + 1 } : 0
      outcome.pop = start.map { element.slice($0, element.count).string }
    }
    outcome.retryAfter = head.value(HeaderNames.retryAfter).flatMap { RetryPolicy.seconds(retryAfter: $0, now: .now) }
  }

  private func judge(_ outcome: inout Outcome, _ code: CURLcode) {
    if headIsTooLong {
      return fail(&outcome, .protocolError, "more than \(ResponseHead.limit) bytes of headers")
    }
    if code != CURLE_OK {
      let detail = errorText[0] == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText)
      outcome.isTransient = FetchError.isTransient(code)
      let message = detail.map { String(cString: $0) } ?? ""
      return fail(&outcome, error(code, message), message)
    }
    if doesNotFollow, [301, 302, 303, 307, 308].contains(outcome.status) {
      return fail(&outcome, .tooManyRedirects, "the server answered \(outcome.status), and redirects are not followed")
    }
    if let error = FetchError(status: outcome.status) {
      outcome.isTransient = error.isTransient(status: outcome.status)
      return fail(&outcome, error, "the server answered \(outcome.status)")
    }
    outcome.isTransient = true
    guard head.isComplete else { return fail(&outcome, .protocolError, "the headers ended without an empty line") }
    checkLength(&outcome)
  }

  /// libcurl has one code for a connection that breaks and for an answer that breaks the protocol; its message tells them
  /// apart.
  private func error(_ code: CURLcode, _ message: String) -> FetchError {
    guard code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR else { return FetchError(code) }
    let isBroken = ["Recv failure", "Send failure", "OpenSSL", "SSL_"].contains { message.hasPrefix($0) }
    return isBroken || message.isEmpty ? .reset : .protocolError
  }

  /// libcurl takes a Content-Length that it cannot read for none.
  private func checkLength(_ outcome: inout Outcome) {
    guard let text = head.value(HeaderNames.contentLength), ![204, 304].contains(outcome.status) else { return }
    guard let promised = text.decimal else {
      return fail(&outcome, .protocolError, "Content-Length is “\(text.string.prefix(40))”")
    }
    if Int(promised) != bytes {
      fail(&outcome, .shortBody, "\(bytes) bytes came of \(promised) that were promised")
    }
  }

  private func fail(_ outcome: inout Outcome, _ error: FetchError, _ message: String) {
    outcome.error = error
    outcome.message = message
  }
}

private let countBody: curl_write_callback = { _, size, count, context in
  let worker = Unmanaged<Worker>.fromOpaque(context!)
  worker._withUnsafeGuaranteedRef { $0.addBody(size * count) }
  return size * count
}

private let takeHeader: curl_write_callback = { text, size, count, context in
  let worker = Unmanaged<Worker>.fromOpaque(context!)
  let isTaken = worker._withUnsafeGuaranteedRef { $0.addHeader(Bytes(start: text, count: size * count)) }
  return isTaken ? size * count : 0
}

private let openSocket: curl_sockopt_callback = { context, socket, _ in
  Unmanaged<Worker>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.opened(socket) }
  return Int32(CURL_SOCKOPT_OK)
}

private let closeSocket: curl_closesocket_callback = { context, socket in
  Unmanaged<SocketTable>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.forget(socket) }
  return close(socket)
}
