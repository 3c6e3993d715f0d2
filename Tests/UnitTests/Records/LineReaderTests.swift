import Glibc
import Records
import Testing

@Suite struct LineReaderTests {
  @Test(arguments: [
    ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]),
    ("a\r\r\n", ["a\r"]),
    ("\n\na\n", ["", "", "a"]), ("a\r", ["a"]), ("a\rb\n", ["a\rb"]), ("\u{FEFF}a\n\u{FEFF}b", ["a", "\u{FEFF}b"]),
    ("\u{FEFF}", [""]), ("\r\n\r\n", ["", ""]), ("a\u{0}b\n", ["a\u{0}b"]),
  ])
  func splits(text: String, lines: [String]) {
    for size in [1, 2, 3, 100] { #expect(read(Array(text.utf8), in: size) == lines, "\(size) bytes a write") }
  }

  @Test func linesCrossTheBordersOfReads() {
    var random = Seeded(9)
    for _ in 0..<200 {
      let lines = (0...random.below(30)).map { _ in
        String(repeating: random.pick(["x", "é", "{}"]), count: random.below(40))
      }
      let ends = random.below(2) == 0
      let text = lines.joined(separator: "\n") + (ends ? "\n" : "")
      let expected = !ends && lines.last == "" ? Array(lines.dropLast()) : lines
      #expect(read(Array(text.utf8), in: 1 + random.below(50)) == expected)
    }
  }

  @Test func longLinesGrowTheBuffer() {
    let long = String(repeating: "0123456789", count: 100_000)
    #expect(read(Array("a\n\(long)\nb\n\(long)".utf8), in: 60_000) == ["a", long, "b", long])
  }

  @Test func countsWhatIsUnfinished() {
    var pipe: [Int32] = [-1, -1]
    #expect(Glibc.pipe(&pipe) == 0)
    var reader = LineReader()
    _ = "ab\ncde".withCString { Glibc.write(pipe[1], $0, 6) }
    #expect(reader.next() == nil)
    #expect(reader.fill(from: pipe[0]) == .data)
    #expect(reader.next()?.string == "ab")
    #expect(reader.next() == nil)
    #expect(reader.unfinishedBytes == 3 && reader.bytesRead == 6)
    close(pipe[1])
    #expect(reader.fill(from: pipe[0]) == .end)
    #expect(reader.unfinishedBytes == 3)
    #expect(reader.next()?.string == "cde")
    #expect(reader.next() == nil && reader.unfinishedBytes == 0)
    close(pipe[0])
    #expect(reader.fill(from: -1) == .failed(errno: EBADF))
  }

  @Test func saysWhenNothingIsThereYet() {
    var pipe: [Int32] = [-1, -1]
    #expect(Glibc.pipe(&pipe) == 0 && fcntl(pipe[0], F_SETFL, O_NONBLOCK) == 0)
    var reader = LineReader()
    #expect(reader.fill(from: pipe[0]) == .interrupted)
    close(pipe[0])
    close(pipe[1])
  }

  /// Writes `size` bytes at a time into a pipe, and reads after each.
  private func read(_ bytes: [UInt8], in size: Int) -> [String] {
    var pipe: [Int32] = [-1, -1]
    guard Glibc.pipe(&pipe) == 0 else { return ["no pipe"] }
    var reader = LineReader()
    var lines: [String] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      let chunk = bytes[start..<min(start + size, bytes.count)]
      guard chunk.withUnsafeBytes({ Glibc.write(pipe[1], $0.baseAddress, $0.count) }) == chunk.count else {
        return ["short write"]
      }
      guard reader.fill(from: pipe[0]) == .data else { return ["no data"] }
      while let line = reader.next() { lines.append(line.string) }
    }
    close(pipe[1])
    guard reader.fill(from: pipe[0]) == .end else { return ["no end"] }
    while let line = reader.next() { lines.append(line.string) }
    close(pipe[0])
    return lines
  }
}
