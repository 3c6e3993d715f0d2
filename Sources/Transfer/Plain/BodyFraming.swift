import Records

/// How the body of a response is delimited (RFC 9112, 6.3).
enum BodyFraming: Equatable {
  case none
  /// So many bytes, from 0 to Int64's largest.
  case length(Int)
  case chunked
  case untilClose
}

/// Why a head cannot be parsed.
enum HeadStop: Error {
  /// It has not all come.
  case incomplete
  case malformed(StaticString)
}

/// What the headers of one response say of the body's length and of the connection, taken line by line.
struct FramingHeaders {
  private var length: Int?
  private var codings = 0
  private var endsInChunked = false
  private var asksToClose = false
  private var asksToKeep = false

  /// Content-Length: several equal values are one (RFC 9110, 8.6).
  mutating func addLength(_ value: Bytes) throws(HeadStop) {
    for element in ListElements(value) {
      guard let decimal = element.decimal else { throw .malformed("Content-Length is no number") }
      guard length ?? Int(decimal) == Int(decimal) else { throw .malformed("Content-Length has two values") }
      length = Int(decimal)
    }
  }

  /// Transfer-Encoding. A quoted comma in a parameter would make two elements of one; neither would be `chunked` alone.
  mutating func addCodings(_ value: Bytes) throws(HeadStop) {
    for element in ListElements(value) where !element.isEmpty {
      codings += 1
      endsInChunked = element.equalsIgnoringCase("chunked")
    }
    if codings == 0 { throw .malformed("Transfer-Encoding is empty") }
  }

  /// Connection: other options are for intermediaries.
  mutating func addOptions(_ value: Bytes) {
    for element in ListElements(value) {
      if element.equalsIgnoringCase("close") { asksToClose = true }
      if element.equalsIgnoringCase("keep-alive") { asksToKeep = true }
    }
  }

  /// RFC 9112, 6.3, in its order.
  func framing(status: Int, isAnswerToHead: Bool) throws(HeadStop) -> BodyFraming {
    if isAnswerToHead || status < 200 || status == 204 || status == 304 { return .none }
    if codings > 0 {
      // Whoever sends no TE may be sent nothing but chunked (RFC 9110, 10.1.4). A coding below chunked would have to be
      // decoded to know the body. Where chunked is not the last the body ends with the connection; it is counted as it is.
      guard endsInChunked else { return .untilClose }
      guard codings == 1 else { throw .malformed("a transfer coding that was not asked for") }
      return .chunked
    }
    return length.map { .length($0) } ?? .untilClose
  }

  /// RFC 9112, 9.3. A server that gives two lengths, or a body where there is none, may mean another end than we do.
  func isPersistent(status: Int, minorVersion: Int, isAnswerToHead: Bool, _ framing: BodyFraming) -> Bool {
    if framing == .untilClose || asksToClose || minorVersion == 0 && !asksToKeep { return false }
    if codings > 0, length != nil { return false }
    return status != 204 || isAnswerToHead || codings == 0 && length ?? 0 == 0
  }
}

/// The elements of a comma-separated list without blanks around them; empty ones, too.
struct ListElements: Sequence, IteratorProtocol {
  private var rest: Bytes?

  init(_ list: Bytes) { rest = list }

  mutating func next() -> Bytes? {
    guard let list = rest else { return nil }
    guard let comma = list.firstIndex(of: 0x2C) else {
      rest = nil
      return list.trimmed
    }
    rest = list.slice(comma + 1, list.count)
    return list.slice(0, comma).trimmed
  }
}
