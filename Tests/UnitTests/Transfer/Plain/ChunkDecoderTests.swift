import Records
import Testing

@testable import Transfer

@Suite struct ChunkDecoderTests {
  static let valid: [(text: String, body: String)] = [
    ("0\r\n\r\n", ""), ("0\n\n", ""), ("000\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
    ("5\nhello\n6\n world\n0\n\n", "hello world"), ("00000000000000A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
    ("b;a=b;c=\"d;e\"\r\n\r\n0\r\n\r\nabcd\r\n0 \t ;x\r\n\r\n", "\r\n0\r\n\r\nabcd"),
    ("1;\r\nx\r\n0;\t\u{E9}\r\n\r\n", "x"),
    ("1\r\nx\r\n0\r\nETag: \"a\"\r\nX:\n\t folded \r\nY: \u{E9}\r\n\r\n", "x"), ("aB\r\n\(long)\r\n0\n\r\n", long),
  ]
  private static let long = String(repeating: "z", count: 0xAB)

  struct Result: Equatable {
    var progress = ChunkDecoder.Progress.more
    var consumed = 0
    var body: [UInt8] = []
  }

  /// Decodes `text`, cut at each of `cuts`.
  static func decode(_ text: [UInt8], cuts: [Int] = []) -> Result {
    var decoder = ChunkDecoder()
    var result = Result()
    var start = 0
    for cut in cuts + [text.count] {
      var consumed = -1
      let part = Array(text[start..<cut])
      let before = result.progress
      result.progress = lend(part) { decoder.decode($0, consumed: &consumed) { result.body.append(contentsOf: $0) } }
      #expect((0...part.count).contains(consumed))
      #expect(before == .more || result.progress == before && consumed == 0)
      #expect(consumed == part.count || result.progress != .more)
      result.consumed += consumed
      start = cut
    }
    return result
  }

  @Test(arguments: valid) func wholeBodies(text: String, body: String) {
    let bytes = Array(text.utf8)
    let expected = Result(progress: .end, consumed: bytes.count, body: Array(body.utf8))
    #expect(Self.decode(bytes) == expected)
    #expect(Self.decode(bytes + Array("HTTP/1.1 200 OK".utf8)) == expected)
  }

  @Test(arguments: valid) func everySplit(text: String, body: String) {
    let bytes = Array(text.utf8)
    let expected = Result(progress: .end, consumed: bytes.count, body: Array(body.utf8))
    for cut in 0...bytes.count {
      #expect(Self.decode(bytes, cuts: [cut]) == expected, "\(cut)")
      let prefix = Self.decode(Array(bytes[..<cut]))
      #expect(prefix.progress == (cut == bytes.count ? .end : .more) && prefix.consumed == cut, "\(cut)")
    }
    for a in 0...min(bytes.count, 60) {
      for b in a...min(bytes.count, 60) { #expect(Self.decode(bytes, cuts: [a, b]) == expected) }
    }
    #expect(Self.decode(bytes, cuts: Array(bytes.indices)) == expected)
  }

  /// What breaks a body, and how many bytes stand before that.
  @Test(arguments: [
    ("x\r\n", 0), ("\r\n", 0), ("\n", 0), (";a\r\n", 0), (" 5\r\n", 0), ("-5\r\n", 0), ("+5\r\n", 0), ("5g\r\n", 1),
    ("0x5\r\n", 1), ("5 \r\n", 2), ("5\t\n", 2), ("5 5\r\n", 2), ("5\r5", 2), ("5;a\u{0}\r\n", 3), ("5;a\u{7F}\r\n", 3),
    ("5;a\rb\r\n", 4), ("1000000000000000\r\n", 15), ("0000000000000005\r\n", 15), ("ffffffffffffffffffff", 15),
    ("5\r\nhellox\r\n", 8), ("5\r\nhello\rx", 9), ("5\r\nhello0\r\n\r\n", 8), ("1\r\nx\r\n\r\n", 6), ("0\r\n\rx", 4),
    ("0\r\n a: b\r\n\r\n", 3), ("0\r\n: b\r\n\r\n", 3), ("0\r\na\r\n\r\n", 4), ("0\r\na : b\r\n\r\n", 4),
    ("0\r\na: \u{0}\r\n\r\n", 6), ("0\r\na: \rb\r\n\r\n", 7), ("0\r\na: b\r\n\u{7F}", 9), ("0\r\n0\r\n\r\n", 4),
    ("G", 0),
    ("HTTP/1.1 200 OK", 0), ("@", 0), ("`", 0), ("/", 0), (":", 0),
  ])
  func malformedBodies(text: String, before: Int) {
    let bytes = Array(text.utf8)
    let whole = Self.decode(bytes)
    guard case .malformed(let reason) = whole.progress else {
      Issue.record("\(text) is taken: \(whole)")
      return
    }
    #expect(reason.utf8CodeUnitCount > 0)
    #expect(whole.consumed == before)
    for cut in 0...bytes.count {
      #expect(Self.decode(bytes, cuts: [cut]) == whole, "\(cut)")
      // Malformed at the byte that breaks it, not before.
      #expect((Self.decode(Array(bytes[..<cut])).progress == .more) == (cut <= before), "\(cut)")
    }
  }

  @Test func linesAndTrailersAreBounded() {
    let longest = ";" + String(repeating: "e", count: ChunkDecoder.lineLimit - 4) + "\r\n"
    // Each line has the limit for itself.
    #expect(Self.decode(Array("1\(longest)x\r\n0\(longest)\r\n".utf8)).progress == .end)
    #expect(Self.decode(Array("00\(longest)".utf8)).progress == .malformed("a chunk's extensions are too long"))
    // 1023 lines of 64 bytes, and a last one that leaves two.
    let lines = String(repeating: "a: \(String(repeating: "t", count: 59))\r\n", count: 1023)
    let trailers = "0\r\n\(lines)a: \(String(repeating: "t", count: 59))"
    #expect(Self.decode(Array((trailers + "\n\n").utf8)).progress == .end)
    #expect(Self.decode(Array((trailers + "\r\n\n").utf8)).progress == .malformed("the trailers are too long"))
  }

  @Test func dataMayBeTakenElsewhere() {
    var decoder = ChunkDecoder()
    var consumed = 0
    var body: [UInt8] = []
    func decode(_ text: String) -> ChunkDecoder.Progress {
      lend(text) { decoder.decode($0, consumed: &consumed) { body.append(contentsOf: $0) } }
    }
    decoder.skip(5)
    #expect(decoder.dataRemaining == 0)
    #expect(decode("fffffffffffffff\r") == .more && decoder.dataRemaining == 0)
    #expect(decode("\nab") == .more && decoder.dataRemaining == 0xFFF_FFFF_FFFF_FFFD)
    decoder.skip(0xFFF_FFFF_FFFF_FFF0)
    #expect(decoder.dataRemaining == 13)
    decoder.skip(-1)
    #expect(decoder.dataRemaining == 13)
    decoder.skip(10)
    #expect(decode("xyz\r\n2\r\n") == .more && decoder.dataRemaining == 2)
    // Never more than there is.
    decoder.skip(.max)
    #expect(decoder.dataRemaining == 0)
    #expect(decode("\r\n0\r\n\r\nHTTP") == .end && consumed == 7)
    decoder.skip(1)
    #expect(decode("x") == .end && consumed == 0 && String(decoding: body, as: UTF8.self) == "abxyz")
  }

  @Test func randomBodiesInRandomPieces() {
    var random = Seeded(9112)
    for _ in 0..<300 {
      var (text, body): ([UInt8], [UInt8]) = ([], [])
      for _ in 0..<random.below(5) {
        let chunk = (0..<random.below(40) + 1).map { _ in UInt8.random(in: 0...255, using: &random) }
        text += Array(String(chunk.count, radix: 16, uppercase: random.below(2) == 0).utf8)
        text += Array(random.pick(["\r\n", "\n", ";x\r\n", " ;x=\"y\"\n"]).utf8) + chunk
        text += Array(random.pick(["\r\n", "\n"]).utf8)
        body += chunk
      }
      text += Array(random.pick(["0\r\n\r\n", "0;x\n\n", "00\r\nX: y\r\n z\r\n\r\n"]).utf8)
      let cuts = (0..<random.below(6)).map { _ in random.below(text.count + 1) }.sorted()
      #expect(Self.decode(text, cuts: cuts) == Result(progress: .end, consumed: text.count, body: body))
    }
  }
}
