import CCurl
import CLinux
import Toolkit

/// One multi handle and its workers. libcurl walks all connections of a multi handle twice a request, so that many small
/// ones cost less than one large one.
final class ConnectionShard {
  /// Connections a shard.
  static let size = 50

  let sockets: SocketTable
  /// When libcurl wants to be called, `Clock` time; `Int.max`: not.
  private(set) var deadline = Int.max
  /// Where the last request went.
  private(set) var lastHost: ObjectIdentifier?
  private let multi: UnsafeMutableRawPointer
  private var idle: [CurlWorker] = []

  private unowned let transport: CurlTransport

  /// - Parameter workers: how many it will have.
  init(_ transport: CurlTransport, workers: Int) {
    self.transport = transport
    sockets = transport.sockets
    guard let multi = curl_multi_init() else { fatalError("out of memory") }
    self.multi = multi
    let this = Unmanaged.passUnretained(self).toOpaque()
    // Fewer would close connections that are wanted again at once; more would take descriptors from others.
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, workers + 8)
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, workers + 8)
    _ = ccurl_multi_set_socket_callback(multi, socketChanged, this)
    _ = ccurl_multi_set_timer_callback(multi, timerChanged, this)
  }

  deinit { curl_multi_cleanup(multi) }

  func add(_ worker: CurlWorker) { idle.append(worker) }

  var hasIdle: Bool { !idle.isEmpty }

  /// Begins the next attempt of `job` on an idle worker.
  func start(_ job: Job) {
    let worker = idle.removeLast()
    lastHost = ObjectIdentifier(job.host)
    worker.start(job)
    add(worker.easy)
  }

  private func add(_ easy: UnsafeMutableRawPointer) {
    guard curl_multi_add_handle(multi, easy) == CURLM_OK else { fatalError("libcurl took no further transfer") }
  }

  /// Tells libcurl of `events` on `socket`, or with CURL_SOCKET_TIMEOUT of the deadline.
  func act(_ socket: Int32, _ events: Int32) {
    if socket == CURL_SOCKET_TIMEOUT { deadline = .max }
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, events, &running)
  }

  /// Hands over what has finished.
  func reap(_ finished: (Job, Outcome) -> Void) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      let code = ccurl_message_result(message)
      let worker = worker(of: easy)
      curl_multi_remove_handle(multi, easy)
      if worker.startsAfresh(after: code) {
        add(easy)
        continue
      }
      let (job, outcome) = worker.finish(code)
      idle.append(worker)
      finished(job, outcome)
    }
  }

  /// Lets go of what `worker`, one of this shard's, has in flight; how it ended, `worker` says.
  func release(_ worker: CurlWorker) {
    curl_multi_remove_handle(multi, worker.easy)
    idle.append(worker)
  }

  /// The name of the host of `job` has been looked up.
  func lookedUp(_ job: Job) { transport.onLookup(job) }

  /// `worker` waits until there is bandwidth for it.
  func wait(_ worker: CurlWorker) { transport.wait(worker) }

  private func worker(of easy: UnsafeMutableRawPointer) -> CurlWorker {
    guard let pointer = ccurl_get_pointer(easy, CURLINFO_PRIVATE) else {
      preconditionFailure("a handle without its worker")
    }
    return Unmanaged<CurlWorker>.fromOpaque(pointer).takeUnretainedValue()
  }

  fileprivate func setTimer(_ milliseconds: Int) {
    deadline = milliseconds < 0 ? .max : milliseconds == 0 ? 0 : Clock.now + milliseconds * 1000
  }
}

private let socketChanged: curl_socket_callback = { _, socket, what, context, _ in
  let shard = Unmanaged<ConnectionShard>.fromOpaque(context!)
  let events: UInt32
  switch what {
  case CURL_POLL_IN: events = EPOLLIN.rawValue
  case CURL_POLL_OUT: events = EPOLLOUT.rawValue
  case CURL_POLL_INOUT: events = EPOLLIN.rawValue | EPOLLOUT.rawValue
  default: events = 0
  }
  shard._withUnsafeGuaranteedRef { $0.sockets.want(events, socket, shard) }
  return 0
}

private let timerChanged: curl_multi_timer_callback = { _, milliseconds, context in
  Unmanaged<ConnectionShard>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.setTimer(milliseconds) }
  return 0
}
