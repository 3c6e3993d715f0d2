import Records

/// The head of a response as far as it governs what follows on the connection.
struct ParsedHead: Equatable {
  /// From 100 to 999 without 101; those from 600 are as good as a 5xx (RFC 9110, 15).
  var status: Int
  /// Of HTTP/1: 0 or 1.
  var minorVersion: Int
  var framing: BodyFraming
  /// Whether another response may follow this one's body; of no meaning for a 1xx.
  var isPersistent: Bool
  /// Bytes that the head takes in the input, with the empty line.
  var length: Int
}

enum HeadParse {
  /// What is there may still become a head.
  case incomplete
  case parsed(ParsedHead)
  case malformed(StaticString)
}

/// Parses the head that begins at the start of `bytes` as RFC 9112 has it; a bare LF ends a line, too (2.2), and a reason may
/// be missing with the space before it. What `ResponseHead` keeps goes to `head`, which is emptied first; it is complete where
/// the head is parsed. A 1xx is parsed like others: a further head follows.
func parseHead(_ bytes: Bytes, isAnswerToHead: Bool, into head: inout ResponseHead) -> HeadParse {
  head.removeAll()
  guard let base = bytes.baseAddress else { return .incomplete }
  var parser = ResponseParser(base, min(bytes.count, ResponseHead.limit))
  do throws(HeadStop) {
    return .parsed(try parser.parse(isAnswerToHead, &head))
  } catch {
    switch error {
    case .incomplete where bytes.count >= ResponseHead.limit: return .malformed("more than 1 MiB of headers")
    case .incomplete: return .incomplete
    case .malformed(let reason): return .malformed(reason)
    }
  }
}

/// One pass over a head.
private struct ResponseParser {
  private let base: UnsafeRawPointer
  private let end: Int
  /// Never beyond `end`.
  private var position = 0
  private var framing = FramingHeaders()
  private var minorVersion = 0
  private let contentLength = HeaderNames.contentLength
  private let transferEncoding = HeaderNames.transferEncoding
  private let connection = HeaderNames.connection

  init(_ base: UnsafeRawPointer, _ end: Int) {
    self.base = base
    self.end = end
  }

  mutating func parse(_ isAnswerToHead: Bool, _ head: inout ResponseHead) throws(HeadStop) -> ParsedHead {
    let status = try statusLine()
    try headers(&head)
    head.end(length: position)
    let body = try framing.framing(status: status, isAnswerToHead: isAnswerToHead)
    let isPersistent = framing.isPersistent(
      status: status, minorVersion: minorVersion, isAnswerToHead: isAnswerToHead, body)
    return ParsedHead(
      status: status, minorVersion: minorVersion, framing: body, isPersistent: isPersistent, length: position)
  }

  /// `HTTP/1.1 200 OK`
  private mutating func statusLine() throws(HeadStop) -> Int {
    let start: StaticString = "HTTP/1."
    for i in 0..<start.utf8CodeUnitCount where try next() != start.utf8Start[i] {
      throw .malformed("not an HTTP/1 response")
    }
    let version = try next()
    guard version == 0x30 || version == 0x31 else { throw .malformed("neither HTTP/1.0 nor HTTP/1.1") }
    minorVersion = Int(version) - 0x30
    guard try next() == 0x20 else { throw .malformed("a status line without status") }
    var status = 0
    for place in 0..<3 {
      let digit = Int(try next()) - 0x30
      guard digit >= 0, digit <= 9, place > 0 || digit >= 1 else {
        throw .malformed("a status that is none from 100 to 999")
      }
      status = status * 10 + digit
    }
    guard position < end else { throw .incomplete }
    let next = byte(position)
    guard next == 0x20 || next == 0x0D || next == 0x0A else { throw .malformed("a status line without status") }
    _ = try restOfLine()
    if status == 101 { throw .malformed("a change of protocol that was not asked for") }
    return status
  }

  /// All lines up to and with the empty one.
  private mutating func headers(_ head: inout ResponseHead) throws(HeadStop) {
    let lookup = HeaderNames.lookup
    var mayFold = false
    // A header that governs the framing, until it is known that no folded line follows.
    var pending: Int?
    while true {
      guard position < end else { throw .incomplete }
      let first = byte(position)
      if LineScan.isSpace(first) {
        guard mayFold else { throw .malformed("a blank behind the status line") }
        head.addFolded(try restOfLine())
        continue
      }
      if let header = pending { try take(header, head.lastValue) }
      if first == 0x0D || first == 0x0A {
        _ = try restOfLine()
        return
      }
      let header = lookup.index(of: try name())
      head.add(header, try restOfLine())
      pending = header == contentLength || header == transferEncoding || header == connection ? header : nil
      mayFold = true
    }
  }

  /// A header's name, up to and with the colon.
  @inline(__always) private mutating func name() throws(HeadStop) -> Bytes {
    let start = position
    var i = start
    while i < end, LineScan.isToken(byte(i)) { i &+= 1 }
    guard i < end else { throw .incomplete }
    guard byte(i) == 0x3A, i > start else { throw .malformed("a line that is no header") }
    position = i + 1
    return Bytes(start: base + start, count: i - start)
  }

  /// What there is up to the end of the line, without blanks around it.
  @inline(__always) private mutating func restOfLine() throws(HeadStop) -> Bytes {
    var start = position
    let control = LineScan.firstControl(base, start, end)
    guard control < end else { throw .incomplete }
    if byte(control) == 0x0A {
      position = control + 1
    } else {
      guard byte(control) == 0x0D else { throw .malformed("a control character in the head") }
      guard control + 1 < end else { throw .incomplete }
      guard byte(control + 1) == 0x0A else { throw .malformed("a carriage return within a line") }
      position = control + 2
    }
    var stop = control
    while start < stop, LineScan.isSpace(byte(start)) { start &+= 1 }
    while stop > start, LineScan.isSpace(byte(stop - 1)) { stop &-= 1 }
    return Bytes(start: base + start, count: stop - start)
  }

  private mutating func take(_ header: Int, _ value: Bytes?) throws(HeadStop) {
    guard let value else { return }
    if header == contentLength {
      try framing.addLength(value)
    } else if header == transferEncoding {
      // RFC 9112, 6.1: its framing is not to be trusted.
      if minorVersion == 0 { throw .malformed("Transfer-Encoding in HTTP/1.0") }
      try framing.addCodings(value)
    } else {
      framing.addOptions(value)
    }
  }

  @inline(__always) private func byte(_ i: Int) -> UInt8 { base.load(fromByteOffset: i, as: UInt8.self) }

  @inline(__always) private mutating func next() throws(HeadStop) -> UInt8 {
    guard position < end else { throw .incomplete }
    position &+= 1
    return byte(position &- 1)
  }
}
