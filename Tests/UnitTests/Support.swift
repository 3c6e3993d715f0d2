import Glibc
import Records

/// SplitMix64: the same numbers in every run.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// From 0 up to, not including, `end`.
  mutating func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &self) }

  mutating func unit() -> Double { Double.random(in: 0..<1, using: &self) }

  mutating func pick<C: RandomAccessCollection>(_ choices: C) -> C.Element { choices.randomElement(using: &self)! }
}

/// Lends bytes with the parser's padding behind them; the padding would be noticed if it were read as content.
func lend<R>(_ bytes: [UInt8], _ body: (Bytes) throws -> R) rethrows -> R {
  let padded = bytes + [UInt8](repeating: 0x22, count: RecordParser.padding)
  return try padded.withUnsafeBytes { try body($0.slice(0, bytes.count)) }
}

func lend<R>(_ text: String, _ body: (Bytes) throws -> R) rethrows -> R { try lend(Array(text.utf8), body) }

/// What `build` appends.
func written(_ build: (inout ByteBuffer) -> Void) -> String {
  var out = ByteBuffer()
  build(&out)
  return out.bytes.string
}

/// Parses `line` and lends the record.
@discardableResult
func withRecord<R>(
  _ line: String, reading fields: [Field] = Field.allCases, owning owned: [Field] = [], _ body: (Record) throws -> R
) throws -> R {
  let parser = RecordParser(reading: fields, owning: owned)
  return try withExtendedLifetime(parser) { try lend(line) { try body(try parser.parse($0)) } }
}

/// The package's folder.
let packageRoot: String = {
  let parts = #filePath.split(separator: "/").dropLast(3)
  return "/" + parts.joined(separator: "/")
}()

/// The rows of a table in the source tree, read without the code under test.
func sourceTable(_ path: String) -> [[String]] {
  let text = readFile("\(packageRoot)/Sources/\(path)") ?? ""
  return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
    line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
  }
}

/// A file's text; nil where it cannot be opened.
func readFile(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var out = ByteBuffer()
  while out.append(upTo: 1 << 16, { read(descriptor, $0, 1 << 16) }) > 0 {}
  return out.bytes.string
}

/// A folder of its own for a test, removed with all files in it.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/media-toolkit-test.XXXXXX".utf8CString)
    path =
      mkdtemp(&template) == nil
      ? "/nonexistent" : String(decoding: template.dropLast().map { UInt8($0) }, as: UTF8.self)
  }

  deinit {
    for name in names { unlink(file(name)) }
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func text(_ name: String) -> String? { readFile(file(name)) }

  func write(_ name: String, _ text: String) { write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) {
    let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    lend(bytes) { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        guard count > 0 else { return }
        rest = rest.slice(count, rest.count)
      }
    }
  }

  /// The files in the folder, sorted.
  var names: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { found.append(name) }
    }
    return found.sorted()
  }
}
