import Glibc
import Toolkit

/// How attempts over the codec end, and their connections.
extension PlainTransport {
  /// Ends an attempt by a fault of the connection or of the answer, and closes the connection.
  func fail(_ connection: PlainConnection, _ error: FetchError, _ message: String, isTransient: Bool = true) {
    connection.outcome.isTransient = isTransient
    connection.outcome.fail(error, message)
    shut(connection)
    deliver(connection, Clock.now)
  }

  func refused(_ connection: PlainConnection, _ code: Int32) {
    let place = "\(connection.remoteIP) port \(connection.host?.portToConnect ?? 0)"
    fail(connection, .connect, "Failed to connect to \(place): \(String(cString: strerror(code)))")
  }

  /// The connection broke. One that was idle may have been closed by the server just when the request was sent.
  func broken(_ connection: PlainConnection, _ code: Int32) {
    if connection.isReused, connection.isSilent { return restart(connection) }
    fail(connection, .reset, "Recv failure: \(String(cString: strerror(code)))")
  }

  /// Sends the request of a connection that had been closed over a new one.
  func restart(_ connection: PlainConnection) {
    guard let job = connection.job else { return }
    connection.job = nil
    shut(connection)
    // Another connection may have found out by now that nobody can be reached there.
    guard job.host.address != nil else {
      job.hop = Job.Hop(
        url: job.urlText.string, status: 0, count: 0, began: connection.began, started: connection.started)
      return onElsewhere(job)
    }
    open(job, began: connection.began, started: connection.started)
  }

  /// Ends an attempt whose answer has come whole.
  func complete(_ connection: PlainConnection, mayReuse: Bool, now: Int) {
    if mayReuse, connection.isPersistent, settings.connectionCloseDelay > 0, connection.unsent.isEmpty {
      connection.state = .idle
      idleCount += 1
      connection.host?.idle.append(connection.key)
      setDeadline(connection, now + settings.connectionCloseDelay * 1_000_000)
    } else {
      shut(connection)
    }
    deliver(connection, now)
  }

  private func deliver(_ connection: PlainConnection, _ now: Int) {
    guard let job = connection.job else { return }
    connection.job = nil
    if connection.outcome.error == nil, let url = connection.location {
      job.hop = Job.Hop(
        url: url, status: connection.outcome.status, vary: connection.outcome.vary,
        isSized: connection.outcome.isSized, count: 1, began: connection.began, started: connection.started)
      return onElsewhere(job)
    }
    connection.outcome.started = connection.started
    connection.outcome.total = now - connection.began
    connection.outcome.ttfb = connection.firstByteAt.map { $0 - connection.began }
    connection.outcome.bytes = connection.bytes
    if let connectedAt = connection.connectedAt {
      connection.outcome.wasConnected = true
      if !connection.isReused { connection.outcome.connect = connectedAt - connection.connectBegan }
      connection.outcome.remoteIP = connection.remoteIP
    }
    onEnd(job, connection.outcome)
  }

  func shut(_ connection: PlainConnection) {
    if connection.state == .idle { idleCount -= 1 }
    if connection.state == .idle, let host = connection.host, let place = host.idle.firstIndex(of: connection.key) {
      host.idle.swapAt(place, host.idle.count - 1)
      host.idle.removeLast()
    }
    connection.state = .closed
    connection.host = nil
    connection.renew()
    free.append(connection)
    guard connection.descriptor >= 0 else { return }
    Glibc.close(connection.descriptor)
    connection.descriptor = -1
    openCount -= 1
  }

  /// Closes a connection that waits for a further request; false where there is none.
  @discardableResult
  func closeSomeIdle() -> Bool {
    guard idleCount > 0 else { return false }
    for _ in connections.indices {
      hand = hand + 1 < connections.count ? hand + 1 : 0
      guard connections[hand].state == .idle else { continue }
      shut(connections[hand])
      return true
    }
    return false
  }

  /// Cuts off all that is under way.
  func cancelAll() {
    for connection in connections where connection.job != nil { fail(connection, .cancelled, "cut off by a signal") }
  }
}
