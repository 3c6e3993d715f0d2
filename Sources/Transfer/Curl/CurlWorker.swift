import CCurl
import Glibc
import Records
import Toolkit

/// One request at a time over libcurl, by one easy handle that is kept for the next.
final class CurlWorker {
  let easy: UnsafeMutableRawPointer
  unowned let shard: ConnectionShard
  /// The share and the headers that the handle points at must outlive it.
  private let context: CurlContext
  let settings: FetchSettings
  private let throttle: Throttle?
  var job: Job?
  var head = ResponseHead()
  var bytes = 0
  var startedAt = Timestamp(milliseconds: 0)
  /// When the attempt began, `Clock` time.
  private var began = 0
  /// Microseconds of the attempt that had passed before libcurl took it over.
  var offset = 0
  /// Whether the request is sent once more, on a connection of its own.
  var isAfresh = false
  var failure: (error: FetchError, message: String)?
  var hasExcess = false
  /// Whether the first request of the attempt had its connection.
  private var hasConnected = false
  var hash: BodyHash?
  let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  // What the handle is set to.
  private var acceptList: UnsafeMutablePointer<curl_slist>?
  private var currentAccept: String?
  var currentMethod = "GET"
  private var currentRange: ByteRange?
  private var usesLargeBuffer = false
  private var isHopped = false
  private var hasOffset = false
  private var currentConnectTo: UnsafeMutablePointer<curl_slist>?
  /// Keeps `currentConnectTo`.
  private var host: Host?

  init(_ shard: ConnectionShard, _ settings: FetchSettings, _ context: CurlContext, _ throttle: Throttle?) {
    self.shard = shard
    self.context = context
    self.settings = settings
    self.throttle = throttle
    guard let easy = curl_easy_init() else { fatalError("out of memory") }
    self.easy = easy
    hash = settings.checksum.map { BodyHash($0) }
    errorText[0] = 0
    context.apply(settings, to: easy)
    let this = Unmanaged.passUnretained(self).toOpaque()
    _ = ccurl_set_pointer(easy, CURLOPT_PRIVATE, this)
    _ = ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    _ = ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, takeBody, this)
    _ = ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, takeHeader, this)
    _ = ccurl_set_open_callback(easy, openSocket, this)
    _ = ccurl_set_close_callback(easy, closeSocket, Unmanaged.passUnretained(shard.sockets).toOpaque())
    // libcurl throws away what follows a body, and says so here alone.
    _ = ccurl_set_debug_callback(easy, takeNote, this)
    _ = ccurl_set_long(easy, CURLOPT_VERBOSE, 1)
    if settings.allowsPlain { _ = ccurl_set_connected_callback(easy, connected, this) }
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(acceptList)
    errorText.deallocate()
  }

  // MARK: Starting

  /// Prepares the handle for the next attempt of `job`.
  func start(_ job: Job) {
    self.job = job
    bytes = 0
    errorText[0] = 0
    failure = nil
    hasExcess = false
    hasConnected = false
    head.removeAll()
    startedAt = .now
    began = job.hop?.began ?? Clock.now
    offset = 0
    setAfresh(false)
    hash?.reset()
    setPlace(job)
    setAccept(job.accept)
    setMethod(settings.method(of: job))
    setRange(settings.range(of: job))
    setBufferSize(large: (job.size ?? 0) > 8 << 20)
  }

  /// libcurl copies the URL.
  private func setPlace(_ job: Job) {
    if let hop = job.hop {
      startedAt = hop.started
      _ = hop.url.withCString { ccurl_set_pointer(easy, CURLOPT_URL, $0) }
      _ = ccurl_set_long(easy, CURLOPT_MAXREDIRS, max(0, settings.maximumRedirects - hop.count))
      setOffset()
    } else {
      _ = ccurl_set_pointer(easy, CURLOPT_URL, job.url.bytes.baseAddress)
      if isHopped {
        _ = ccurl_set_long(easy, CURLOPT_MAXREDIRS, settings.maximumRedirects)
      }
    }
    isHopped = job.hop != nil
    guard job.host.connectTo != currentConnectTo else { return }
    currentConnectTo = job.host.connectTo
    host = job.host
    _ = ccurl_set_pointer(easy, CURLOPT_CONNECT_TO, currentConnectTo)
  }

  /// libcurl's clock begins now: the attempt's has been running.
  func setOffset() {
    offset = Clock.now - began
    hasOffset = true
    _ = ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, max(1, (settings.timeout - offset) / 1000))
  }

  func setAfresh(_ isAfresh: Bool) {
    if hasOffset { _ = ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, settings.timeout / 1000) }
    hasOffset = false
    guard isAfresh != self.isAfresh else { return }
    self.isAfresh = isAfresh
    _ = ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, isAfresh ? 1 : 0)
  }

  private func setAccept(_ accept: String?) {
    guard accept != currentAccept else { return }
    currentAccept = accept
    let others = settings.headers.filter { accept == nil || !$0.lowercased().hasPrefix("accept:") }
    let lines = others + (accept.map { ["Accept: \($0)"] } ?? [])
    let replaced = acceptList
    acceptList = lines.reduce(nil) { curl_slist_append($0, $1) }
    _ = ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, acceptList)
    curl_slist_free_all(replaced)
  }

  private func setMethod(_ method: String) {
    guard method != currentMethod else { return }
    currentMethod = method
    if method == "HEAD" {
      _ = ccurl_set_pointer(easy, CURLOPT_CUSTOMREQUEST, nil)
      _ = ccurl_set_long(easy, CURLOPT_NOBODY, 1)
    } else {
      _ = ccurl_set_long(easy, CURLOPT_NOBODY, 0)
      _ = ccurl_set_long(easy, CURLOPT_HTTPGET, 1)
      _ = method.withCString { ccurl_set_pointer(easy, CURLOPT_CUSTOMREQUEST, method == "GET" ? nil : $0) }
    }
  }

  private func setRange(_ range: ByteRange?) {
    guard range != currentRange else { return }
    currentRange = range
    guard let range else { return _ = ccurl_set_pointer(easy, CURLOPT_RANGE, nil) }
    _ = range.headerValue.dropFirst("bytes=".count).withCString { ccurl_set_pointer(easy, CURLOPT_RANGE, $0) }
  }

  /// Fewer, larger reads halve the cost of large bodies; small ones would only pay for the memory.
  private func setBufferSize(large: Bool) {
    guard large != usesLargeBuffer else { return }
    usesLargeBuffer = large
    _ = ccurl_set_long(easy, CURLOPT_BUFFERSIZE, large ? 512 << 10 : 16 << 10)
  }

  // MARK: While libcurl works

  /// A socket to an address: the name has been looked up.
  fileprivate func opened(_ socket: Int32) {
    shard.sockets.opened(socket)
    // The codec needs the address that answers, not the first that is tried.
    if let job, job.isLeader, !job.host.isPlain { shard.lookedUp(job) }
  }

  /// A connection to `address` stands.
  fileprivate func isConnected(_ address: UnsafePointer<CChar>) {
    // Of a redirect's further requests, the addresses are not the host's.
    guard let job, job.hop == nil, job.host.isPlain, !hasConnected else { return }
    hasConnected = true
    job.host.connected(to: String(cString: address), now: Clock.now)
    if job.isLeader { shard.lookedUp(job) }
  }

  /// What libcurl is to be told of `data`: how much was taken, or to wait.
  fileprivate func addBody(_ data: Bytes) -> Int {
    if let throttle {
      guard throttle.allowance(now: Clock.now) > 0 else {
        shard.wait(self)
        return Int(CURL_WRITEFUNC_PAUSE)
      }
      throttle.spend(data.count)
    }
    bytes += data.count
    hash?.add(data)
    if let limit = settings.maximumBytes, bytes > limit, job?.step == .fetch {
      failure = (.tooLarge, "the body has more than \(limit) bytes")
      return 0
    }
    return data.count
  }

  /// There may be more of the body. False where it took no more: libcurl does not look after the transfer then.
  func resume() -> Bool { curl_easy_pause(easy, CURLPAUSE_CONT) != CURLE_WRITE_ERROR }

  /// More came than the body.
  fileprivate func foundExcess() { hasExcess = true }

  /// False where the head grows beyond all bounds, or promises too much.
  fileprivate func addHeader(_ line: Bytes) -> Bool {
    head.add(line: line)
    if head.length > ResponseHead.limit {
      failure = (.protocolError, "more than \(ResponseHead.limit) bytes of headers")
    } else if head.isComplete, let limit = settings.maximumBytes, job?.step == .fetch, currentMethod != "HEAD",
      let length = head.value(HeaderNames.contentLength)?.decimal, length > limit
    {
      failure = (.tooLarge, "the body has \(length) bytes, more than \(limit)")
    }
    return failure == nil
  }
}

private let takeBody: curl_write_callback = { text, size, count, context in
  let worker = Unmanaged<CurlWorker>.fromOpaque(context!)
  return worker._withUnsafeGuaranteedRef { $0.addBody(Bytes(start: text, count: size * count)) }
}

private let takeHeader: curl_write_callback = { text, size, count, context in
  let worker = Unmanaged<CurlWorker>.fromOpaque(context!)
  let isTaken = worker._withUnsafeGuaranteedRef { $0.addHeader(Bytes(start: text, count: size * count)) }
  return isTaken ? size * count : 0
}

private let openSocket: curl_sockopt_callback = { context, socket, _ in
  Unmanaged<CurlWorker>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.opened(socket) }
  return Int32(CURL_SOCKOPT_OK)
}

private let takeNote: curl_debug_callback = { _, kind, text, size, context in
  guard kind == CURLINFO_TEXT, let text, let context, size > 6, strncmp(text, "Excess", 6) == 0 else { return 0 }
  Unmanaged<CurlWorker>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.foundExcess() }
  return 0
}

private let connected: curl_prereq_callback = { context, address, _, _, _ in
  if let address { Unmanaged<CurlWorker>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.isConnected(address) } }
  return CURL_PREREQFUNC_OK
}

private let closeSocket: curl_closesocket_callback = { context, socket in
  Unmanaged<SocketTable>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.forget(socket) }
  return close(socket)
}
