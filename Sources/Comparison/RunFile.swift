import Glibc
import Records
import Toolkit

/// A temporary file of sorted runs of records. It has no name, so that it is gone when the program is.
final class RunFile {
  /// Where the runs stand in the file.
  private(set) var runs: [Range<Int>] = []

  private static let flushAt = 1 << 20
  private let folder: String
  private let descriptor: Int32
  private var buffer = ByteBuffer(capacity: RunFile.flushAt)
  private var written = 0

  /// `$TMPDIR`, or else /tmp.
  static var usualFolder: String {
    getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
  }

  init(in folder: String = usualFolder) throws(Failure) {
    self.folder = folder
    var template = Array("\(folder)/media-toolkit.XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Failure(.ioError, "cannot open a temporary file in \(folder)", errno: errno) }
    unlink(&template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Appends a record to the run being written: its length in four bytes, then its bytes.
  func append(_ record: Bytes) throws(Failure) {
    withUnsafeBytes(of: UInt32(record.count)) { buffer.append($0) }
    buffer.append(record)
    if buffer.count >= Self.flushAt { try flush() }
  }

  func endRun() throws(Failure) {
    try flush()
    runs.append((runs.last?.upperBound ?? 0)..<written)
  }

  private func flush() throws(Failure) {
    var rest = buffer.bytes
    while !rest.isEmpty {
      let count = pwrite(descriptor, rest.baseAddress, rest.count, written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure(.ioError, "cannot write a temporary file in \(folder)", errno: errno) }
      written += count
      rest = rest.slice(count, rest.count)
    }
    buffer.removeAll()
  }

  /// Reads bytes of `range` to the end of `buffer`, at most `limit`.
  func read(_ range: Range<Int>, limit: Int, into buffer: inout ByteBuffer) throws(Failure) {
    while true {
      let count = buffer.append(upTo: min(range.count, limit)) {
        pread(descriptor, $0, min(range.count, limit), range.lowerBound)
      }
      if count < 0, errno == EINTR { continue }
      // A file of our own does not end early.
      guard count > 0 else {
        throw Failure(.ioError, "cannot read a temporary file in \(folder)", errno: count < 0 ? errno : EIO)
      }
      return
    }
  }
}

/// One run of a file, a record at a time.
final class RunReader {
  /// Valid until the next call of `advance`.
  private(set) var record = Bytes.empty

  private let file: RunFile
  private let chunk: Int
  private var rest: Range<Int>
  private var buffer = ByteBuffer()
  private var position = 0

  /// - Parameter chunk: bytes to read at a time.
  init(_ file: RunFile, _ run: Range<Int>, chunk: Int) {
    self.file = file
    self.chunk = chunk
    rest = run
  }

  /// Goes on to the next record; false at the end.
  func advance() throws(Failure) -> Bool {
    if position == buffer.count, rest.isEmpty { return false }
    try fill(4)
    guard let length = buffer.bytes.baseAddress.map({ lengthPrefixed($0 + position).count }) else { return false }
    try fill(4 + length)
    record = buffer.bytes.slice(position + 4, position + 4 + length)
    position += 4 + length
    return true
  }

  /// Reads on until `count` bytes are there behind the position.
  private func fill(_ count: Int) throws(Failure) {
    guard buffer.count - position < count else { return }
    buffer.removeFirst(position)
    position = 0
    while buffer.count < count {
      let before = buffer.count
      try file.read(rest, limit: max(chunk, count - before), into: &buffer)
      rest = (rest.lowerBound + buffer.count - before)..<rest.upperBound
    }
  }
}
