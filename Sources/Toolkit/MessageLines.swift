import Glibc
import Records

/// Lines of a program's standard error, of any length: one that does not end is cut into pieces.
package struct MessageLines {
  private static let longest = 64 << 10
  /// Bytes that `fill` reads at most.
  package static let chunk = 4096

  private var bytes: [UInt8] = []
  private var isAtEnd = false

  package init() {}

  /// Reads once, read(2).
  package mutating func fill(from descriptor: Int32) -> LineReader.Fill {
    var chunk = [UInt8](repeating: 0, count: Self.chunk)
    let count = read(descriptor, &chunk, chunk.count)
    guard count <= 0 else {
      bytes += chunk.prefix(count)
      return .data
    }
    if count < 0, errno == EINTR || errno == EAGAIN { return .interrupted }
    isAtEnd = true
    return count == 0 ? .end : .failed(errno: errno)
  }

  /// Nothing more is to be read: what has no newline is a line, too.
  package mutating func finish() { isAtEnd = true }

  /// The next line that is not blank, without its newline.
  package mutating func next() -> String? {
    while !bytes.isEmpty {
      let newline = bytes.firstIndex(of: 0x0A)
      guard newline != nil || isAtEnd || bytes.count >= Self.longest else { return nil }
      let line = bytes.withUnsafeBytes { $0.slice(0, newline ?? bytes.count).trimmed.string }
      bytes.removeFirst(newline.map { $0 + 1 } ?? bytes.count)
      if !line.isEmpty { return line }
    }
    return nil
  }
}
