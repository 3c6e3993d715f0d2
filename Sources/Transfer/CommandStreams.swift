import Glibc
import Toolkit

/// Feeds a program's standard input without ever waiting. Who has made it closes the descriptor.
struct CommandInput {
  /// -1: closed.
  var descriptor: Int32
  private let bytes: [UInt8]
  private var written = 0

  init(_ descriptor: Int32, _ bytes: [UInt8]) {
    self.descriptor = descriptor
    self.bytes = bytes
    doNotBlock(descriptor)
  }

  /// Writes what the pipe takes, write(2). True: there is no more to write, or nobody reads it: the program's ending tells
  /// what that means.
  mutating func write() -> Bool {
    guard written < bytes.count else { return true }
    let (descriptor, start) = (descriptor, written)
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start) }
    guard count >= 0 else { return errno != EAGAIN && errno != EINTR }
    written += count
    return written == bytes.count
  }
}

/// Lines that a program writes, read without ever waiting. Who has made it closes the descriptor.
final class CommandLines {
  /// Reads of 4 KiB at once: other work must not wait for a flood.
  private static let mostReads = 16
  /// Bytes: no pipe holds more.
  private static let mostLeft = 1 << 20

  /// -1: closed.
  var descriptor: Int32
  /// The last line, cut.
  private(set) var last = ""
  private var lines = MessageLines()
  private let onLine: (String) -> Void

  init(_ descriptor: Int32, _ onLine: @escaping (String) -> Void) {
    self.descriptor = descriptor
    self.onLine = onLine
    doNotBlock(descriptor)
  }

  /// Reads what is there, passes lines on. True: the end was read.
  func read() -> Bool { read(times: Self.mostReads) == .end }

  /// Reads what is left and takes that for all.
  func finish() {
    if descriptor >= 0 { _ = read(times: Self.mostLeft / MessageLines.chunk) }
    lines.finish()
    passOn()
  }

  private enum Outcome { case end, more }

  private func read(times: Int) -> Outcome {
    for _ in 0..<times {
      let outcome = lines.fill(from: descriptor)
      passOn()
      switch outcome {
      case .data: break
      case .interrupted: return .more
      case .end, .failed: return .end
      }
    }
    return .more
  }

  private func passOn() {
    while let line = lines.next() {
      last = String(String.UnicodeScalarView(line.unicodeScalars.prefix(PurgeCommand.longestMessage)))
      onLine(line)
    }
  }
}

/// O_NONBLOCK, for this end of a pipe alone.
private func doNotBlock(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }
