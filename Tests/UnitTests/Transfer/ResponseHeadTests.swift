import Records
import Testing

@testable import Transfer

@Suite struct ResponseHeadTests {
  @Test func keepsTheHeadersThatMatterWithoutBlanks() {
    var head = ResponseHead()
    add(
      [
        "HTTP/1.1 200 OK", "CONTENT-TYPE: \t image/avif ", "Content-Length:5", "X-Other: x", "Age: 1", "age: 2",
        "Retry-After:",
      ], to: &head)
    #expect(value(head, HeaderNames.contentType) == "image/avif")
    #expect(value(head, HeaderNames.contentLength) == "5")
    #expect(value(head, HeaderNames.age) == "2")
    #expect(value(head, HeaderNames.retryAfter) == "")
    #expect(value(head, HeaderNames.cacheControl) == nil)
    let count = head.count(HeaderNames.age)
    #expect(count == 2)
  }

  @Test func isCompleteAtTheEmptyLine() {
    var head = ResponseHead()
    add(["HTTP/1.1 200 OK", "Age: 1"], to: &head)
    var isComplete = head.isComplete
    #expect(!isComplete)
    add([""], to: &head)
    isComplete = head.isComplete
    let length = head.length
    #expect(isComplete && length == 17 + 8 + 2)
  }

  @Test func aFurtherStatusLineBeginsAnew() {
    for first in ["HTTP/1.1 301 Moved", "HTTP/1.1 103 Early Hints", "HTTP/2 302 "] {
      var head = ResponseHead()
      add([first, "Age: 1", "X-Cache: HIT", "", "HTTP/2 200 ", "Content-Type: a/b"], to: &head)
      #expect(value(head, HeaderNames.age) == nil)
      #expect(value(head, HeaderNames.contentType) == "a/b")
      let (isComplete, length) = (head.isComplete, head.length)
      #expect(!isComplete && length == 13 + 19)
      let verdict = CacheVerdict(of: head)
      #expect(verdict == CacheVerdict("unknown"))
    }
  }

  @Test(arguments: [
    "Age", "Age 1", ": 1", "", " ", " Age: 1", "\tAge: 1", "Age : 1", "A ge: 1", "Ag: 1", "Agee: 1", "\u{0}: 1", "HTTP",
    "HTTP:", "é: 1",
  ])
  func passesOverOddLines(line: String) {
    var head = ResponseHead()
    add(["HTTP/1.1 200 OK", line], to: &head)
    #expect(value(head, HeaderNames.age) == nil)
  }

  @Test func takesEveryByteOfAValue() {
    var head = ResponseHead()
    for line in [[UInt8]("Content-Type: ".utf8) + Array(0x21...0xFF), Array("age:1:2:3".utf8)] {
      lend(line) { head.add(line: $0) }
    }
    #expect(value(head, HeaderNames.age) == "1:2:3")
    let bytes = head.value(HeaderNames.contentType).map { Array($0) }
    #expect(bytes == Array(0x21...0xFF))
  }

  @Test func countsWhatIsTooMuch() {
    var head = ResponseHead()
    let line = "X-Filler: " + String(repeating: "x", count: 9990)
    add(["HTTP/1.1 200 OK"] + Array(repeating: line, count: 200), to: &head)
    let length = head.length
    #expect(length == 17 + 200 * 10_002 && length > ResponseHead.limit)
  }

  @Test func keepsAllHeadersOfTheRules() {
    for rule in CacheRule.all {
      #expect(lend(rule.header.uppercased()) { HeaderNames.index(of: $0) } == HeaderNames.index(of: rule.header))
    }
    #expect(PopRule.all.map(\.header) == sourceTable("Transfer/Resources/pop-rules.tsv").map { $0[0] })
    #expect(lend("x-unknown") { HeaderNames.index(of: $0) } == nil)
    #expect(Set(HeaderNames.all).count == HeaderNames.all.count)
  }

  private func add(_ lines: [String], to head: inout ResponseHead) {
    for line in lines { lend(line + "\r\n") { head.add(line: $0) } }
  }

  private func value(_ head: borrowing ResponseHead, _ header: Int) -> String? { head.value(header)?.string }
}
