import CLinux
import Glibc
import Records
import Toolkit

/// Requests over the toolkit's own HTTP/1.1 codec: plain TCP to a known address. Each connection is registered with epoll
/// once, edge-triggered; bodies that nobody looks at are discarded by the kernel.
final class PlainTransport {
  let settings: FetchSettings
  let throttle: Throttle?
  /// Called with a job whose attempt has ended.
  let onEnd: (Job, Outcome) -> Void
  /// Called with a job whose attempt has to go on elsewhere: where `Job.hop` says, or at an address yet to be found.
  let onElsewhere: (Job) -> Void
  private let epoll: Int32
  var connections: [PlainConnection] = []
  var free: [PlainConnection] = []
  var openCount = 0
  /// Of these, the ones that wait for a further request.
  var idleCount = 0
  /// Where the search for an idle connection to close goes on.
  var hand = 0
  /// No deadline of a connection is earlier.
  private var nextDeadline = Int.max
  private var writer: RequestWriter
  /// Connections that may have more to read, though no event will say so.
  private var unread: [PlainConnection.Key] = []

  // What reading needs, of which one is enough.
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
  var head = ResponseHead()

  init(
    _ settings: FetchSettings, epoll: Int32, throttle: Throttle?, onElsewhere: @escaping (Job) -> Void,
    onEnd: @escaping (Job, Outcome) -> Void
  ) {
    self.settings = settings
    self.epoll = epoll
    self.throttle = throttle
    self.onElsewhere = onElsewhere
    self.onEnd = onEnd
    writer = RequestWriter(settings)
  }

  deinit {
    for connection in connections where connection.descriptor >= 0 { close(connection.descriptor) }
    buffer.deallocate()
  }

  /// Whether `job` can go this way.
  static func canTake(_ job: Job) -> Bool {
    job.host.isPlain && job.host.address != nil && job.isPlain && job.hop == nil
  }

  // MARK: Starting

  /// Begins the next attempt of `job`, of which `canTake` is true.
  func start(_ job: Job) {
    let now = Clock.now
    while let key = job.host.idle.popLast() {
      let connection = connections[Int(key.index)]
      guard connection.key == key, connection.state == .idle else { continue }
      connection.isReused = true
      idleCount -= 1
      begin(job, on: connection, now, .now)
      return send(connection)
    }
    open(job, began: now, started: .now)
  }

  private func begin(_ job: Job, on connection: PlainConnection, _ began: Int, _ started: Timestamp) {
    connection.prepare()
    connection.job = job
    connection.began = began
    connection.started = started
    connection.state = .head
    setDeadline(connection, began + settings.timeout)
  }

  func setDeadline(_ connection: PlainConnection, _ deadline: Int) {
    connection.deadline = deadline
    nextDeadline = min(nextDeadline, deadline)
  }

  func open(_ job: Job, began: Int, started: Timestamp) {
    if openCount >= settings.workers { closeSomeIdle() }
    let connection = free.popLast() ?? newConnection()
    begin(job, on: connection, began, started)
    connection.host = job.host
    connection.isReused = false
    connection.isEnding = false
    connection.connectedAt = nil
    connection.connectBegan = Clock.now
    guard let address = job.host.address else { preconditionFailure("a host without an address") }
    connection.remoteIP = address.text
    var code = openSocket(address.family, connection)
    if code == 0 { code = address.connect(connection.descriptor) }
    guard code == 0 || code == EINPROGRESS else { return refused(connection, code) }
    connection.state = .connecting
    setDeadline(connection, min(began + settings.timeout, connection.connectBegan + settings.connectTimeout))
    var event = epoll_event(
      events: EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue,
      data: epoll_data_t(u64: connection.key.tag))
    guard epoll_ctl(epoll, EPOLL_CTL_ADD, connection.descriptor, &event) == 0 else { return refused(connection, errno) }
  }

  private func newConnection() -> PlainConnection {
    let connection = PlainConnection(index: connections.count)
    connections.append(connection)
    return connection
  }

  /// An errno; 0: there is one.
  private func openSocket(_ family: Int32, _ connection: PlainConnection) -> Int32 {
    var descriptor = clinux_stream_socket(family)
    if descriptor < 0, errno == EMFILE || errno == ENFILE, closeSomeIdle() { descriptor = clinux_stream_socket(family) }
    guard descriptor >= 0 else { return errno }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    connection.descriptor = descriptor
    openCount += 1
    return 0
  }

  private func send(_ connection: PlainConnection) {
    guard let job = connection.job else { return }
    writer.write(job)
    let text = writer.text.bytes
    let count = Glibc.send(connection.descriptor, text.baseAddress, text.count, Int32(MSG_NOSIGNAL))
    if count == text.count { return }
    guard count >= 0 || errno == EAGAIN else { return broken(connection, errno) }
    connection.unsent.append(text.slice(max(0, count), text.count))
  }

  private func sendRest(_ connection: PlainConnection) {
    let rest = connection.unsent.bytes
    let count = Glibc.send(connection.descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
    if count >= 0 { return connection.unsent.removeFirst(count) }
    if errno != EAGAIN { broken(connection, errno) }
  }

  // MARK: Events

  /// An event of the connection that `tag` stands for.
  func handle(_ tag: UInt64, _ events: UInt32) {
    let index = Int(tag & 0xFFFF_FFFF)
    guard index < connections.count else { return }
    let connection = connections[index]
    guard connection.key.tag == tag else { return }
    let isReadable = events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
    if events & ~(EPOLLIN.rawValue | EPOLLOUT.rawValue) != 0 { connection.isEnding = true }
    switch connection.state {
    case .closed: return
    // The server closes it, or says something that nobody asked for.
    case .idle: if isReadable { shut(connection) }
    case .connecting:
      connected(connection)
      // What came already will be no event of its own.
      if connection.key.tag == tag, isReadable { read(connection) }
    case .head, .body:
      if !connection.unsent.isEmpty { sendRest(connection) }
      guard connection.key.tag == tag, isReadable else { return }
      read(connection)
    }
  }

  private func connected(_ connection: PlainConnection) {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(connection.descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else { return refused(connection, code) }
    connection.state = .head
    connection.connectedAt = Clock.now
    setDeadline(connection, connection.began + settings.timeout)
    send(connection)
  }

  /// Lets `connection` be read at the next `tick`.
  func readLater(_ connection: PlainConnection) {
    guard !connection.isUnread else { return }
    connection.isUnread = true
    unread.append(connection.key)
  }

  /// `Clock` time at which `tick` wants to be called; `Int.max`: not.
  func deadline(_ now: Int) -> Int {
    guard !unread.isEmpty else { return nextDeadline }
    return min(nextDeadline, throttle?.nextRefill(now: now) ?? now)
  }

  /// Does what is due.
  func tick(_ now: Int) {
    if !unread.isEmpty, throttle.map({ $0.allowance(now: now) > 0 }) ?? true {
      let keys = unread
      unread.removeAll(keepingCapacity: true)
      for key in keys {
        let connection = connections[Int(key.index)]
        guard connection.key == key else { continue }
        connection.isUnread = false
        if connection.state == .body || connection.state == .head { read(connection) }
      }
    }
    guard now >= nextDeadline else { return }
    nextDeadline = .max
    for connection in connections where connection.state != .closed {
      if connection.deadline <= now {
        expire(connection, now)
      } else {
        nextDeadline = min(nextDeadline, connection.deadline)
      }
    }
  }

  private func expire(_ connection: PlainConnection, _ now: Int) {
    let milliseconds = (now - connection.began) / 1000
    switch connection.state {
    case .closed: break
    case .idle: shut(connection)
    case .connecting:
      fail(connection, .timeout, "Connection timed out after \(milliseconds) milliseconds")
    case .head, .body:
      fail(
        connection, .timeout,
        "Operation timed out after \(milliseconds) milliseconds with \(connection.bytes) bytes received")
    }
  }
}
