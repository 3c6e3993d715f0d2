import CCurl
import Glibc
import Records
import Toolkit

/// Reading answers.
extension PlainTransport {
  /// Bytes that one connection may bring before the others have their turn.
  private static let turn = 4 << 20
  /// Bytes that are read at once at least, whatever the bandwidth: a head should come in one piece.
  private static let leastRead = 4 << 10
  /// Interim answers (1xx) that are passed over.
  private static let interimLimit = 32

  /// Reads what is there.
  func read(_ connection: PlainConnection) {
    var left = Self.turn
    while true {
      // A small body comes with its head, so that heads wait for bandwidth, too.
      let allowance = min(left, throttle?.allowance(now: Clock.now) ?? .max)
      guard allowance > 0 else { return readLater(connection) }
      let limit = min(buffer.count, max(allowance, Self.leastRead))
      if connection.state == .body {
        let unseen = settings.checksum == nil ? connection.unseen : 0
        if unseen > 0 {
          let count = recv(connection.descriptor, nil, min(unseen, allowance), Int32(MSG_TRUNC))
          if count > 0 {
            left -= count
            throttle?.spend(count)
            if discarded(connection, count) { continue } else { return }
          }
          if isOver(connection, count) { return } else { continue }
        }
      }
      let count = recv(connection.descriptor, buffer.baseAddress, limit, 0)
      guard count > 0 else {
        if isOver(connection, count) { return } else { continue }
      }
      left -= count
      guard take(connection, Bytes(start: buffer.baseAddress, count: count)) else { return }
      // A short read has drained the socket; new data will be a new event.
      if count < limit, !connection.isEnding { return }
    }
  }

  /// Whether reading is over after a recv(2) that brought nothing.
  private func isOver(_ connection: PlainConnection, _ count: Int) -> Bool {
    if count == 0 {
      ended(connection)
    } else if errno == EINTR {
      return false
    } else if errno != EAGAIN {
      broken(connection, errno)
    }
    return true
  }

  /// The server has sent all that it will.
  private func ended(_ connection: PlainConnection) {
    switch (connection.state, connection.framing) {
    case (.head, _):
      if connection.isSilent {
        if connection.isReused { return restart(connection) }
        return fail(connection, .reset, "the server closed the connection without an answer")
      }
      fail(connection, .protocolError, "the headers ended without an empty line")
    case (_, .length(let promised)):
      fail(connection, .shortBody, "\(connection.bytes) bytes came of \(promised) that were promised")
    case (_, .chunked):
      fail(connection, .shortBody, "the server closed the connection within a chunked body")
    case (_, .untilClose), (_, .none):
      finish(connection, excess: 0, mayReuse: false)
    }
  }

  /// `count` bytes of the body were thrown away. False where the answer is over.
  private func discarded(_ connection: PlainConnection, _ count: Int) -> Bool {
    connection.bytes += count
    if connection.framing == .chunked {
      connection.chunks.skip(count)
    } else {
      connection.remaining -= count
    }
    if isTooLarge(connection) { return false }
    guard case .length = connection.framing, connection.remaining == 0 else { return true }
    var byte: UInt8 = 0
    let more = recv(connection.descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    finish(connection, excess: max(0, more), mayReuse: more < 0)
    return false
  }

  /// Takes bytes of an answer. False where it is over.
  private func take(_ connection: PlainConnection, _ bytes: Bytes) -> Bool {
    guard connection.state == .head else { return takeBody(connection, bytes) }
    if connection.firstByteAt == nil { connection.firstByteAt = Clock.now }
    if connection.partialHead.isEmpty { return takeHead(connection, bytes) }
    connection.partialHead.append(bytes)
    guard endOfHead(connection.partialHead.bytes, from: connection.searched) != nil else {
      connection.searched = max(0, connection.partialHead.count - 3)
      guard connection.partialHead.count <= ResponseHead.limit else {
        fail(connection, .protocolError, "more than \(ResponseHead.limit) bytes of headers")
        return false
      }
      return true
    }
    // Its place is needed for what may follow.
    var whole = ByteBuffer(capacity: 16)
    swap(&whole, &connection.partialHead)
    connection.searched = 0
    return takeHead(connection, whole.bytes)
  }

  private func takeHead(_ connection: PlainConnection, _ bytes: Bytes) -> Bool {
    guard let job = connection.job else { return false }
    var rest = bytes
    while !rest.isEmpty {
      switch parseHead(rest, isAnswerToHead: settings.method(of: job) == "HEAD", into: &head) {
      case .incomplete:
        connection.partialHead.append(rest)
        connection.searched = max(0, rest.count - 3)
        return true
      case .malformed(let reason):
        fail(connection, .protocolError, "\(reason)")
        return false
      case .parsed(let parsed):
        rest = rest.slice(parsed.length, rest.count)
        if parsed.status >= 200 { return begin(connection, job, parsed, rest) }
        connection.interimCount += 1
        guard connection.interimCount <= Self.interimLimit else {
          fail(connection, .protocolError, "more than \(Self.interimLimit) interim answers")
          return false
        }
      }
    }
    return true
  }

  /// The head has come; what follows is the body.
  private func begin(
    _ connection: PlainConnection, _ job: Job, _ parsed: ParsedHead, _ rest: Bytes
  ) -> Bool {
    // What a server says to an idle connection before it closes it, is no answer to a request that was sent meanwhile.
    if parsed.status == 408, connection.isReused, !parsed.isPersistent {
      restart(connection)
      return false
    }
    connection.state = .body
    connection.framing = parsed.framing
    connection.isPersistent = parsed.isPersistent
    connection.outcome.status = parsed.status
    connection.outcome.httpVersion = parsed.minorVersion == 0 ? "1.0" : "1.1"
    connection.outcome.read(head, job, settings)
    if settings.maximumRedirects > 0, Outcome.isRedirect(parsed.status),
      let location = head.value(HeaderNames.location), !location.isEmpty
    {
      guard let url = resolved(location, job) else {
        let text = location.string.prefix(200)
        fail(connection, .protocolError, "the answer's Location is no URL: \(text)", isTransient: false)
        return false
      }
      connection.location = url
    }
    connection.hashesBody = settings.checksum != nil && job.step == .fetch
    if connection.hashesBody, let checksum = settings.checksum {
      connection.hash?.reset()
      connection.hash = connection.hash ?? BodyHash(checksum)
    }
    switch parsed.framing {
    case .none:
      finish(connection, excess: 0, mayReuse: rest.isEmpty && !connection.isEnding)
      return false
    case .length(let count):
      connection.remaining = count
      if isTooLarge(connection) { return false }
    case .chunked: connection.chunks = ChunkDecoder()
    case .untilClose: break
    }
    return takeBody(connection, rest)
  }

  private func takeBody(_ connection: PlainConnection, _ bytes: Bytes) -> Bool {
    throttle?.spend(bytes.count)
    switch connection.framing {
    case .none: return false
    case .length:
      let own = bytes.slice(0, min(bytes.count, connection.remaining))
      connection.add(own)
      connection.remaining -= own.count
      if isTooLarge(connection) { return false }
      guard connection.remaining == 0 else { return true }
      let excess = bytes.count - own.count
      finish(connection, excess: excess, mayReuse: excess == 0 && !connection.isEnding)
      return false
    case .chunked:
      var consumed = 0
      let progress = connection.chunks.decode(bytes, consumed: &consumed) { connection.add($0) }
      if isTooLarge(connection) { return false }
      switch progress {
      case .more: return true
      case .end: finish(connection, excess: 0, mayReuse: consumed == bytes.count && !connection.isEnding)
      case .malformed(let reason): fail(connection, .protocolError, "\(reason)")
      }
      return false
    case .untilClose:
      connection.add(bytes)
      return !isTooLarge(connection)
    }
  }

  /// Whether the body is beyond what is wanted; the attempt is over then.
  private func isTooLarge(_ connection: PlainConnection) -> Bool {
    guard let limit = settings.maximumBytes, connection.job?.step == .fetch else { return false }
    var bytes = connection.bytes
    if case .length(let promised) = connection.framing { bytes = promised }
    guard bytes > limit else { return false }
    fail(connection, .tooLarge, "the body has more than \(limit) bytes")
    return true
  }

  private func finish(_ connection: PlainConnection, excess: Int, mayReuse: Bool) {
    guard let job = connection.job else { return }
    connection.outcome.isTransient = true
    if case .length(let promised) = connection.framing, excess > 0 {
      connection.outcome.fail(.protocolError, "the body is longer than its Content-Length, \(promised)")
    } else if connection.location == nil {
      if connection.hashesBody { connection.outcome.checksum = connection.hash?.finish() }
      connection.outcome.judge(job, settings)
    }
    complete(connection, mayReuse: mayReuse, now: Clock.now)
  }

  /// Where a redirect leads, by libcurl's own rules.
  private func resolved(_ location: Bytes, _ job: Job) -> String? {
    guard let url = curl_url() else { return nil }
    defer { curl_url_cleanup(url) }
    var text: UnsafeMutablePointer<CChar>?
    let isThere =
      curl_url_set(
        url, CURLUPART_URL, job.url.bytes.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(CURLU_PATH_AS_IS))
      == CURLUE_OK
      && location.string.withCString {
        curl_url_set(url, CURLUPART_URL, $0, UInt32(CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_PATH_AS_IS))
      } == CURLUE_OK && curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK
    guard isThere, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}

extension PlainConnection {
  /// Bytes of the body that need not be looked at.
  var unseen: Int {
    switch framing {
    case .length: remaining
    case .chunked: chunks.dataRemaining
    case .untilClose: 1 << 30
    case .none: 0
    }
  }

  /// Takes a part of the body.
  func add(_ part: Bytes) {
    bytes += part.count
    if hashesBody { hash?.add(part) }
  }
}
