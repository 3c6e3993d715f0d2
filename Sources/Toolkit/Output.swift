import Glibc
import Records

/// Where a tool's records go: standard output, or a file that takes its name only when it is complete.
/// Whole lines are handed to write(2), so that a reader or a crash never sees half a record but at the very end.
package final class Output {
  /// The line being built; `endRecord` closes it.
  package var buffer = ByteBuffer(capacity: 160 << 10)
  package private(set) var records = 0
  package private(set) var bytes = 0

  private static let flushAt = 128 << 10
  package private(set) var descriptor: Int32
  private let file: OutputFile?
  private var isNonBlocking = false

  package init(file: OutputFile?) {
    self.file = file
    descriptor = file?.descriptor ?? 1
  }

  /// Ends the line that was appended to `buffer`.
  @inline(__always) package func endRecord() {
    buffer.append(byte: 0x0A)
    records += 1
  }

  /// Appends a record that comes in pieces.
  package func append(record start: Bytes, _ a: Bytes, _ b: Bytes, _ end: Bytes) {
    buffer.reserve(start.count + a.count + b.count + end.count + 1)
    buffer.append(start)
    buffer.append(a)
    buffer.append(b)
    buffer.append(end)
    endRecord()
  }

  /// Appends finished lines.
  package func append(lines: Bytes, count: Int) {
    buffer.append(lines)
    records += count
  }

  /// Flushes where much has gathered. To be called between records.
  @inline(__always) package func flushIfFull() throws(Failure) {
    if isFull { try flush() }
  }

  /// Whether so much has gathered that it should be flushed.
  @inline(__always) package var isFull: Bool { buffer.count >= Self.flushAt }

  /// Appends a record: `body`, a line without its closing brace, and what `members` appends, each `,"name":value`.
  package func write(_ body: Bytes, _ members: (inout ByteBuffer) -> Void) {
    let start = buffer.count
    buffer.append(body)
    let end = buffer.count
    members(&buffer)
    // A body that is only an opening brace wants no comma before the first member.
    if end - start == 1, buffer.count > end { buffer.removeByte(at: end) }
    buffer.append(byte: 0x7D)
    endRecord()
  }

  /// Hands all to the system; nothing stays here.
  package func flush() throws(Failure) {
    guard !buffer.isEmpty else { return }
    defer { buffer.removeAll() }
    try writeAll(buffer.bytes)
  }

  private func writeAll(_ all: Bytes) throws(Failure) {
    var rest = all
    while !rest.isEmpty {
      let count = try writeSome(rest)
      rest = rest.slice(count, rest.count)
      if count == 0 { waitUntilWritable() }
    }
  }

  /// write(2) once; 0 where it would have to wait.
  private func writeSome(_ some: Bytes) throws(Failure) -> Int {
    while true {
      let count = Glibc.write(descriptor, some.baseAddress, some.count)
      if count >= 0 {
        bytes += count
        return count
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: return 0
      case EPIPE where file == nil: throw .brokenPipe
      default: throw Failure(.ioError, "cannot write \(file?.path ?? "standard output")", errno: errno)
      }
    }
  }

  /// Opens a standard output that is a pipe once more, without blocking, so that a reader who is slow cannot hold up work
  /// that has to go on. The flag would otherwise be shared with whoever else has the pipe.
  package func stopBlocking() {
    guard file == nil else { return }
    let own = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    var status = stat()
    if own >= 0, fstat(own, &status) == 0, status.st_mode & S_IFMT == S_IFIFO {
      descriptor = own
      isNonBlocking = true
    } else if own >= 0 {
      close(own)
    }
  }

  /// Hands to the system what it takes at once; what it does not take stays in the buffer. Only a pipe leaves any.
  package func flushWithoutWaiting() throws(Failure) {
    guard isNonBlocking else { return try flush() }
    guard !buffer.isEmpty else { return }
    buffer.removeFirst(try writeSome(buffer.bytes))
  }

  /// Another process may have made a shared standard output non-blocking.
  private func waitUntilWritable() {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&entry, 1, -1)
  }

  /// Flushes, and gives the file its name.
  package func complete() throws(Failure) {
    try flush()
    try file?.complete()
  }

  /// What is left where a run could not complete.
  package var unfinishedPath: String? { file.map(\.partialPath) }
}
