import Glibc

/// A pipe that no other program inherits. What is not taken is closed.
package struct Pipe: ~Copyable {
  private var readEnd: Int32
  package private(set) var writeEnd: Int32

  package init() throws(Failure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(.software, "there can be no pipe", errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  deinit { for end in [readEnd, writeEnd] where end >= 0 { close(end) } }

  /// Lends the end that a program is to have as its standard input.
  package borrowing func withReadEnd<R>(_ body: (Int32) -> R) -> R { body(readEnd) }

  /// The end to read from, which is then the caller's; the other end is closed.
  package consuming func takeReadEnd() -> Int32 {
    let taken = readEnd
    readEnd = -1
    return taken
  }

  /// The end to write to, which is then the caller's; the other end is closed.
  package consuming func takeWriteEnd() -> Int32 {
    let taken = writeEnd
    writeEnd = -1
    return taken
  }
}
