import Glibc
import Records
import Testing
import Toolkit

@testable import Comparison

@Suite struct RecordSorterTests {
  @Test(arguments: [0, 1, 100, 1 << 12, 1 << 16, 1 << 24])
  func sortsAsArraysDo(memory: Int) throws {
    var random = Seeded(UInt64(memory))
    let shared = random.below(2) == 0 ? [] : Array("the same".utf8)
    let records = (0..<2000).map { _ in
      shared + (0..<random.below(random.below(20) == 0 ? 3000 : 12)).map { _ in UInt8(random.below(3) * 127) }
    }
    let sorted = records.sorted { $0.lexicographicallyPrecedes($1) }
    #expect(try sort(records, memory: memory) == sorted)
  }

  @Test func nothingIsSorted() throws {
    #expect(try sort([], memory: 100).isEmpty)
    #expect(try sort([[]], memory: 1) == [[]])
    #expect(try sort([[0], [], [0, 0]], memory: 1) == [[], [0], [0, 0]])
  }

  @Test func partsSortAsTheirBytesDo() {
    var random = Seeded(3)
    func text() -> [UInt8] { (0..<random.below(5)).map { _ in random.pick([0, 1, 97, 254, 255]) } }
    func encoded(_ parts: [[UInt8]]) -> [UInt8] {
      var out = ByteBuffer()
      for part in parts { part.withUnsafeBytes { out.append(part: $0) } }
      return Array(out.bytes)
    }
    for _ in 0..<5000 {
      let (a, b) = ([text(), text()], [text(), text()])
      let isLess = a[0] == b[0] ? a[1].lexicographicallyPrecedes(b[1]) : a[0].lexicographicallyPrecedes(b[0])
      #expect(encoded(a).lexicographicallyPrecedes(encoded(b)) == isLess)
      #expect((encoded(a) == encoded(b)) == (a == b))
      encoded(a).withUnsafeBytes { bytes in
        let end = bytes.endOfPart(0)
        #expect(bytes.endOfPart(end) == bytes.count)
        var out = ByteBuffer()
        out.append(unescaping: bytes.slice(0, end - 2))
        #expect(Array(out.bytes) == a[0])
      }
    }
  }

  @Test func saysWhereNoFileCanBe() {
    do throws(Failure) {
      _ = try RunFile(in: "/nonexistent")
      Issue.record("a file was opened")
    } catch {
      #expect(error.status == .ioError)
      #expect(error.message == "cannot open a temporary file in /nonexistent: no such file or directory")
    }
  }

  @Test func theFileHasNoName() throws {
    let folder = TemporaryFolder()
    let file = try RunFile(in: folder.path)
    try [1, 2].withUnsafeBytes { bytes in try file.append(bytes) }
    try file.endRun()
    #expect(folder.names.isEmpty && file.runs == [0..<(4 + 2 * MemoryLayout<Int>.stride)])
  }

  private func sort(_ records: [[UInt8]], memory: Int) throws -> [[UInt8]] {
    let sorter = RecordSorter(memory: memory)
    for record in records {
      record.withUnsafeBytes { sorter.add($0) }
      try sorter.spillIfFull()
    }
    let sorted = try sorter.sorted()
    var found: [[UInt8]] = []
    while let record = try sorted.next() { found.append(Array(record)) }
    #expect(try sorted.next() == nil)
    return found
  }
}
