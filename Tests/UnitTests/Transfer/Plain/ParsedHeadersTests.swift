import Records
import Testing

@testable import Transfer

/// What the parser hands to `ResponseHead`.
@Suite struct ParsedHeadersTests {
  @Test func keepsWhatMatters() {
    var head = ResponseHead()
    let text =
      "HTTP/1.1 200 OK\r\nCONTENT-TYPE: \t image/avif \r\nX-Other: y\r\nAge: 1\nage:2\r\nRetry-After:\r\n\r\nAge: 3"
    #expect(parse(text, &head))
    #expect(value(head, HeaderNames.contentType) == "image/avif")
    #expect(value(head, HeaderNames.age) == "2")
    #expect(value(head, HeaderNames.retryAfter) == "")
    #expect(value(head, HeaderNames.cacheControl) == nil)
    let (count, length, isComplete) = (head.count(HeaderNames.age), head.length, head.isComplete)
    #expect(count == 2 && length == text.utf8.count - 6 && isComplete)
  }

  @Test func joinsFoldedLines() {
    var head = ResponseHead()
    #expect(parse("HTTP/1.1 200 OK\r\nVia:\r\n x\r\nAge: a \r\n\t b  c \n \r\n d\r\nX-Other: x\r\n y\r\n\r\n", &head))
    #expect(value(head, HeaderNames.age) == "a b  c d")
    #expect(parse("HTTP/1.1 200 OK\r\nAge:\r\n \r\n a\r\n\r\n", &head))
    #expect(value(head, HeaderNames.age) == "a")
    #expect(parse("HTTP/1.1 200 OK\r\nAge: a\r\nX-Other: x\r\n b\r\n\r\n", &head))
    #expect(value(head, HeaderNames.age) == "a")
  }

  @Test func isEmptiedFirst() {
    var head = ResponseHead()
    #expect(parse("HTTP/1.1 200 OK\r\nAge: 1\r\n\r\n", &head))
    for text in ["", "HTTP/1.1 200 OK\r\nLocation: /\r\n"] {
      #expect(!parse(text, &head))
      let (length, isComplete) = (head.length, head.isComplete)
      #expect(value(head, HeaderNames.age) == nil && length == 0 && !isComplete)
    }
  }

  /// Both transports keep the same.
  @Test(
    arguments: ResponseParserTests.valid
      + CapturedHead.all.map { (["HTTP/1.1 200 OK"] + $0.headers).map { $0 + "\r\n" }.joined() + "\r\n" })
  func keepsTheSameAsLineByLine(text: String) {
    var whole = ResponseHead()
    var lines = ResponseHead()
    #expect(parse(text, &whole))
    var rest = Substring(text).utf8
    while let feed = rest.firstIndex(of: 0x0A) {
      lend(Array(rest[...feed])) { lines.add(line: $0) }
      rest = rest[rest.index(after: feed)...]
    }
    for header in HeaderNames.all.indices { #expect(value(whole, header) == value(lines, header)) }
    let (a, b) = ((whole.length, whole.isComplete), (lines.length, lines.isComplete))
    #expect(a == b && a.1)
  }

  @Test func findsNamesInAnyCase() {
    for (i, name) in HeaderNames.all.enumerated() {
      let upper = name.map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }
      for spelled in [name, upper, [upper[0]] + name.dropFirst()] {
        #expect(lend(spelled) { HeaderNames.index(of: $0) } == i)
      }
      // Every other byte in every place.
      for place in name.indices {
        for byte in UInt8.min...UInt8.max where byte != name[place] && byte != upper[place] {
          var other = name
          other[place] = byte
          let found = lend(other) { HeaderNames.index(of: $0) }
          #expect(found == nil || HeaderNames.all[found!] == other)
        }
      }
      #expect(lend(Array(name.dropLast())) { HeaderNames.index(of: $0) } == nil)
      #expect(lend(name + [0x78]) { HeaderNames.index(of: $0) } == nil)
    }
    #expect(lend([]) { HeaderNames.index(of: $0) } == nil)
  }

  @Test func findsNamesOfOneHash() {
    // As many as fit, many of one length, first and last letter.
    let names = (0..<255).map { Array("x-\($0 + 100)-x".utf8) }
    let lookup = HeaderLookup(names)
    for (i, name) in names.enumerated() { #expect(lend(name) { lookup.index(of: $0) } == i) }
    #expect(lend("x-999-x") { lookup.index(of: $0) } == nil)
    #expect(lend("x") { HeaderLookup([]).index(of: $0) } == nil)
  }

  private func parse(_ text: String, _ head: inout ResponseHead) -> Bool {
    lend(text) { if case .parsed = parseHead($0, isAnswerToHead: false, into: &head) { true } else { false } }
  }

  private func value(_ head: borrowing ResponseHead, _ header: Int) -> String? { head.value(header)?.string }
}
