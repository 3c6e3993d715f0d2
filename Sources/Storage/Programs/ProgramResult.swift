import Glibc
import Records
import Toolkit

/// What a program that is soon done has written.
package struct ProgramResult {
  package let output: [UInt8]
  /// Its standard error, lines without the blank ones.
  package let messages: [String]
  package let ending: ProgramEnding

  /// Runs a program to its end; see `ChildProcess`.
  /// - Parameters:
  ///   - outputLimit: bytes; a program that writes more is ended, and it is a failure.
  ///   - seconds: one that takes longer is ended, and it is a failure, as where a signal stops the tool.
  package static func of(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], outputLimit: Int = 1 << 20,
    seconds: Int = 60
  ) throws(Failure) -> ProgramResult {
    let messages = Messages()
    let child = try ChildProcess(program, arguments, environment: environment) { messages.add($0) }
    let deadline = Clock.now + seconds * 1_000_000
    var output = ByteBuffer()
    var isAtEnd = false
    while !isAtEnd {
      let left = deadline - Clock.now
      guard left > 0, !Signals.isStopping else { throw unfinished(program, seconds) }
      guard child.wait(milliseconds: Int32(clamping: left / 1000 + 1)) == .output else { continue }
      let count = output.append(upTo: 16 << 10) { read(child.output, $0, 16 << 10) }
      isAtEnd = count == 0 || count < 0 && errno != EINTR
      guard output.count <= outputLimit else {
        throw Failure(.unavailable, "\(program) writes more than \(outputLimit) bytes")
      }
    }
    guard let ending = child.waitForEnd(milliseconds: max(deadline - Clock.now, 0) / 1000) else {
      throw unfinished(program, seconds)
    }
    return ProgramResult(output: Array(output.bytes), messages: messages.lines, ending: ending)
  }

  private static func unfinished(_ program: String, _ seconds: Int) -> Failure {
    Failure(.unavailable, Signals.isStopping ? "\(program) was stopped" : "\(program) takes longer than \(seconds) s")
  }

  /// The first lines of standard error: the rest of a flood is read and forgotten.
  private final class Messages {
    var lines: [String] = []
    func add(_ line: String) { if lines.count < 100 { lines.append(line) } }
  }
}
