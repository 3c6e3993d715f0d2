import Glibc

/// Splits what a descriptor yields into lines, in one buffer that grows to the longest line.
package struct LineReader: ~Copyable {
  package enum Fill: Equatable {
    case data, end
    /// Interrupted by a signal before anything was read.
    case interrupted
    case failed(errno: Int32)
  }

  private static let chunk = 256 << 10

  private var buffer = ByteBuffer(capacity: LineReader.chunk + RecordParser.padding)
  private var start = 0
  private var scanned = 0
  private var isAtEnd = false
  private var isAtBeginning = true
  /// The line handed out last as it came, without its LF but with CR or byte order mark; valid as long.
  package private(set) var rawLine = Bytes(start: nil, count: 0)

  /// Bytes read that no line handed out has covered: a line without its newline, so far.
  package var unfinishedBytes: Int { buffer.count - start }

  /// Bytes taken from the descriptor.
  package private(set) var bytesRead = 0

  package init() {}

  /// The next complete line without its newline (LF or CR LF), or at the end of input what is left. The bytes are valid until
  /// `fill` is called and followed by `RecordParser.padding` readable ones. Nil: `fill` first.
  package mutating func next() -> Bytes? {
    let bytes = buffer.bytes
    if let newline = bytes.firstIndex(of: 0x0A, from: scanned) {
      let line = lineContent(bytes.slice(start, newline))
      start = newline + 1
      scanned = start
      return line
    }
    scanned = bytes.count
    guard isAtEnd, start < bytes.count else { return nil }
    let line = lineContent(bytes.slice(start, bytes.count))
    start = bytes.count
    return line
  }

  private mutating func lineContent(_ line: Bytes) -> Bytes {
    var line = line
    rawLine = line
    if isAtBeginning {
      isAtBeginning = false
      if line.count >= 3, line[0] == 0xEF, line[1] == 0xBB, line[2] == 0xBF { line = line.slice(3, line.count) }
    }
    return line.last == 0x0D ? line.slice(0, line.count - 1) : line
  }

  /// Reads once from `descriptor`, read(2). Lines handed out before are no longer valid.
  package mutating func fill(from descriptor: Int32) -> Fill {
    if start > 0 {
      buffer.removeFirst(start)
      scanned -= start
      start = 0
    }
    buffer.reserve(Self.chunk + RecordParser.padding)
    let count = buffer.append(upTo: Self.chunk) { read(descriptor, $0, Self.chunk) }
    if count > 0 {
      bytesRead += count
      return .data
    }
    if count == 0 {
      isAtEnd = true
      return .end
    }
    return errno == EINTR || errno == EAGAIN ? .interrupted : .failed(errno: errno)
  }
}
