import Records
import Testing

@testable import Transfer

/// How `text` parses, in words that tests can compare.
func parsed(_ text: [UInt8], isAnswerToHead: Bool = false) -> String {
  var head = ResponseHead()
  return lend(text) { bytes in
    switch parseHead(bytes, isAnswerToHead: isAnswerToHead, into: &head) {
    case .incomplete: "incomplete"
    case .malformed(let reason): "malformed: \(reason)"
    case .parsed(let parsed):
      "\(parsed.status) 1.\(parsed.minorVersion) \(parsed.framing) \(parsed.isPersistent ? "keep" : "close") \(parsed.length)"
    }
  }
}

/// The parse of a status line and headers, without the head's length.
func parsed(_ lines: String..., isAnswerToHead: Bool = false) -> String {
  let head = lines.map { $0 + "\r\n" }.joined() + "\r\n"
  let parse = parsed(Array(head.utf8), isAnswerToHead: isAnswerToHead)
  let length = " \(head.utf8.count)"
  return parse.hasSuffix(length) ? String(parse.dropLast(length.count)) : parse
}

@Suite struct ResponseParserTests {
  static let valid = [
    "HTTP/1.1 200 OK\r\nServer: nginx/1.27.0\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: image/jpeg\r\n"
      + "Content-Length: 1024\r\nConnection: keep-alive\r\nX-Cache-Status: HIT\r\nAccept-Ranges: bytes\r\n\r\n",
    "HTTP/1.1 200\r\nTransfer-Encoding:chunked\r\n\r\n", "HTTP/1.0 404 Not Found\n\n", "HTTP/1.1 304 \r\n\n",
    "HTTP/1.1 200 OK\nAge: 1\n , 2\r\nAge:\r\n\tx \r\n \r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",
    "HTTP/1.1 200 \u{E9}\t~\r\nContent-Length: 7,\r\n 7\r\n!#$%&'*+-.^_`|~0aZ: \u{FF}\r\n\r\n",
  ]

  @Test(arguments: [
    ("HTTP/1.1 200 OK", "200 1.1 untilClose close"), ("HTTP/1.1 200 ", "200 1.1 untilClose close"),
    ("HTTP/1.1 200", "200 1.1 untilClose close"), ("HTTP/1.0 599 a  b: c", "599 1.0 untilClose close"),
    ("HTTP/1.1 999 denied", "999 1.1 untilClose close"),
    ("HTTP/1.1 204 No Content", "204 1.1 none keep"), ("HTTP/1.1 304 Not Modified", "304 1.1 none keep"),
    ("HTTP/1.1 100 Continue", "100 1.1 none keep"), ("HTTP/1.1 199 x", "199 1.1 none keep"),
    ("HTTP/1.0 304 x", "304 1.0 none close"),
  ])
  func statusLines(line: String, expected: String) { #expect(parsed(line) == expected) }

  @Test(arguments: [
    "HTTP/1.1 101 Switching Protocols", "HTTP/1.1 099 x", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
    "HTTP/1.1  200 OK", "HTTP/1.1 +20 OK", "HTTP/1.1 2x0 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK", "HTTP/1.1",
    "HTTP/1.2 200 OK", "HTTP/2 200 OK", "HTTP/1 200 OK", "HTTP/1.10 200 OK", "http/1.1 200 OK", " HTTP/1.1 200 OK",
    "ICY 200 OK", "", "HTTP/1.1 200 O\u{0}K", "HTTP/1.1 200 O\rK", "HTTP/1.1 200 O\u{7F}K", "HTTP/1.1 ", "HTTP/1.1 2",
  ])
  func malformedStatusLines(line: String) { #expect(parsed(line).hasPrefix("malformed: ")) }

  @Test(arguments: ["X", "HTT", "HTTP/1.X", "HTTP/1.1 1x", "\r", "\n", "HTTP/2", "HTTP/1.1 200X", "<html>"])
  func garbageIsMalformedAtOnce(start: String) {
    #expect(parsed(Array(start.utf8)).hasPrefix("malformed") == (start != "HTT"))
  }

  @Test(arguments: [
    ("Content-Length: 0", "length(0) keep"), ("content-LENGTH:\t 12 \t", "length(12) keep"),
    ("Content-Length: 9223372036854775807", "length(9223372036854775807) keep"),
    ("Content-Length: 007", "length(7) keep"),
    ("Content-Length: 5, 5,05", "length(5) keep"), ("Content-Length: 5\r\nContent-Length: 5", "length(5) keep"),
    ("Content-Length: \r\n 5", "length(5) keep"), ("Content-Length: 5,\r\n\t5", "length(5) keep"),
    ("Content-Length: 5\r\nConnection: x, Close", "length(5) close"),
    ("Content-Length: 5\r\nConnection: x\r\nConnection:close\r\nConnection: keep-alive", "length(5) close"),
    ("Content-Length: 5\r\nConnection: closed", "length(5) keep"),
    ("Transfer-Encoding: chunked", "chunked keep"), ("transfer-encoding: , CHUNKED ,", "chunked keep"),
    ("Transfer-Encoding: chunked\r\nConnection: close", "chunked close"),
    ("Transfer-Encoding: chunked\r\nContent-Length: 5", "chunked close"),
    ("Content-Length: 5\r\nTransfer-Encoding: chunked", "chunked close"),
    ("Content-Length: 5\r\nTransfer-Encoding: gzip", "untilClose close"),
    ("Transfer-Encoding: gzip", "untilClose close"),
    ("Transfer-Encoding: identity", "untilClose close"), ("Transfer-Encoding: chunked, gzip", "untilClose close"),
    ("Transfer-Encoding: chunked;a=b", "untilClose close"), ("Transfer-Encoding: xchunked", "untilClose close"),
    ("Connection: keep-alive", "untilClose close"), ("X-Content-Length: 5", "untilClose close"),
    ("X: 1\r\n Content-Length: 5", "untilClose close"),
  ])
  func framing(headers: String, expected: String) {
    #expect(parsed("HTTP/1.1 200 OK", headers) == "200 1.1 \(expected)")
  }

  @Test(arguments: [
    "Content-Length:", "Content-Length: x", "Content-Length: -1", "Content-Length: +1", "Content-Length: 1 2",
    "Content-Length: 5,", "Content-Length: ,5", "Content-Length: 5, 6", "Content-Length: 5\r\nContent-Length: 6",
    "Content-Length: 9223372036854775808", "Content-Length: 99999999999999999999999999", "Content-Length: 0x5",
    "Content-Length: 5\r\n 6", "Content-Length: 5.0", "Content-Length: x\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding:", "Transfer-Encoding: ,", "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: a=\"x, chunked", "Age", "Age : 1", " Age: 1", "\tAge: 1", ": 1", "A ge: 1", "A\u{0}ge: 1",
    "é: 1",
    "(: 1", "A\"b: 1", "Age: \u{0}", "Age: 1\u{1}", "Age: \u{7F}1", "Age: 1\r2", "Age: 1\r\r\n", "Age: 123456789\u{B}",
    "Age",
    "Age: 1\r\n\u{0}", "Age: 1\r\n \u{0}", "X", "Age: 1\r\nX", "HTTP/1.1 200 OK",
  ])
  func malformedHeaders(headers: String) { #expect(parsed("HTTP/1.1 200 OK", headers).hasPrefix("malformed: ")) }

  @Test func everyByteOfNamesAndValues() {
    let token = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    for byte in UInt8.min...UInt8.max {
      #expect(LineScan.isToken(byte) == token.contains(byte))
      let inName = Array("HTTP/1.1 200 OK\r\nX".utf8) + [byte] + Array("y: 1\r\n\r\n".utf8)
      // A line's end in a name makes two lines of it, the first without a colon.
      let isName = token.contains(byte) || byte == 0x3A
      #expect(parsed(inName).hasPrefix("malformed") == !isName, "\(byte)")
      let isValue = byte >= 0x20 && byte != 0x7F || byte == 0x09
      for offset in 0..<20 {
        let filler = [UInt8](repeating: 0x80, count: offset) + [0x09, 0xFF]
        let inValue = Array("HTTP/1.1 200 OK\r\nA:".utf8) + filler + [byte] + Array("y\r\n\r\n".utf8)
        #expect(parsed(inValue).hasPrefix("malformed") == !isValue, "\(byte) at \(offset)")
      }
    }
  }

  @Test func answersWithoutBody() {
    #expect(parsed("HTTP/1.1 200 OK", "Content-Length: 5", isAnswerToHead: true) == "200 1.1 none keep")
    #expect(parsed("HTTP/1.1 200 OK", isAnswerToHead: true) == "200 1.1 none keep")
    #expect(parsed("HTTP/1.1 204 x", "Content-Length: 5", isAnswerToHead: true) == "204 1.1 none keep")
    #expect(parsed("HTTP/1.1 200 OK", "Connection: close", isAnswerToHead: true) == "200 1.1 none close")
    #expect(
      parsed("HTTP/1.1 200 OK", "Content-Length: 5", "Transfer-Encoding: chunked", isAnswerToHead: true)
        == "200 1.1 none close")
    #expect(parsed("HTTP/1.1 304 x", "Content-Length: 5") == "304 1.1 none keep")
    #expect(parsed("HTTP/1.1 103 x", "Content-Length: 5") == "103 1.1 none keep")
    #expect(parsed("HTTP/1.1 204 x", "Content-Length: 0") == "204 1.1 none keep")
    // Bytes might follow that are no response.
    #expect(parsed("HTTP/1.1 204 x", "Content-Length: 5") == "204 1.1 none close")
    #expect(parsed("HTTP/1.1 204 x", "Transfer-Encoding: chunked") == "204 1.1 none close")
  }

  @Test func http10() {
    #expect(parsed("HTTP/1.0 200 OK", "Content-Length: 5") == "200 1.0 length(5) close")
    #expect(parsed("HTTP/1.0 200 OK", "Content-Length: 5", "Connection: Keep-Alive") == "200 1.0 length(5) keep")
    #expect(
      parsed("HTTP/1.0 200 OK", "Content-Length: 5", "Connection: keep-alive, close") == "200 1.0 length(5) close")
    #expect(parsed("HTTP/1.0 200 OK", "Connection: keep-alive") == "200 1.0 untilClose close")
    #expect(parsed("HTTP/1.0 200 OK", "Transfer-Encoding: chunked") == "malformed: Transfer-Encoding in HTTP/1.0")
  }

  @Test(arguments: valid) func everyPrefixOfAHeadIsIncomplete(text: String) throws {
    let bytes = Array(text.utf8)
    for count in bytes.indices { #expect(parsed(Array(bytes[..<count])) == "incomplete", "\(count)") }
    let whole = parsed(bytes)
    #expect(whole.hasSuffix(" \(bytes.count)"))
    for rest in ["x", "\r\n", " ", "HTTP/1.1 200 OK\r\n\r\n"] { #expect(parsed(bytes + Array(rest.utf8)) == whole) }
  }

  @Test(arguments: valid) func theEndOfAHeadFromAnyPosition(text: String) {
    let bytes = Array(text.utf8)
    for count in bytes.indices {
      #expect(lend(Array(bytes[..<count])) { endOfHead($0) } == nil)
      for more in [0, 5] {
        #expect(
          lend(bytes + Array("\r\n\r\n\n\n".utf8.prefix(more))) { endOfHead($0, from: count) } == bytes.count,
          "\(count)")
      }
    }
  }

  @Test func anEmptyLineHasNoOtherForm() {
    for text in ["", "a", "\n", "\r\n\r", "a\r\r\n", "a\n \n", "a\n\r\r\n", "a\r\n \r\n"] {
      #expect(lend(text) { endOfHead($0) } == nil)
      #expect(lend(text) { endOfHead($0, from: 99) } == nil)
    }
  }

  @Test func theLongestHead() {
    let start = Array("HTTP/1.1 200 OK\r\nX: ".utf8)
    let end = Array("\r\n\r\n".utf8)
    let filler = [UInt8](repeating: 0x78, count: ResponseHead.limit - start.count - end.count)
    #expect(parsed(start + filler + end + [0x78]) == "200 1.1 untilClose close \(ResponseHead.limit)")
    #expect(parsed(start + filler + end.dropLast()) == "incomplete")
    for tooLong in [start + filler + [0x78] + end, start + filler + [0x78] + end.dropLast(), start + filler + filler] {
      #expect(parsed(tooLong) == "malformed: more than 1 MiB of headers")
    }
  }
}
