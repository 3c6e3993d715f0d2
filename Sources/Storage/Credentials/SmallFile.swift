import Glibc
import Records
import Toolkit

/// The content of a regular file of at most `limit` bytes; nil where there is none.
func readSmallFile(_ path: String, limit: Int) throws(Failure) -> [UInt8]? {
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw Failure(.badConfiguration, "cannot open \(path)", errno: errno) }
  defer { close(descriptor) }
  var content: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 16 << 10)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw Failure(.badConfiguration, "cannot read \(path)", errno: errno) }
    guard count > 0 else { return content }
    content += buffer[..<count]
    guard content.count <= limit else { throw Failure(.badConfiguration, "\(path): more than \(limit) bytes") }
  }
}

/// Puts a file that only its owner can read in place of `path`, in one step; false where that cannot be.
func replacePrivateFile(_ path: String, with content: Bytes) -> Bool {
  var name = Array("\(path).XXXXXX".utf8CString)
  let descriptor = mkstemp(&name)
  guard descriptor >= 0 else { return false }
  var rest = content
  while !rest.isEmpty {
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { break }
    rest = rest.slice(count, rest.count)
  }
  let isWritten = rest.isEmpty && fsync(descriptor) == 0
  close(descriptor)
  if isWritten, rename(name, path) == 0 { return true }
  unlink(name)
  return false
}

extension String {
  /// What a file of one token holds: without the line's end.
  init(token bytes: [UInt8]) { self = bytes.withUnsafeBytes { $0.trimmed.string } }
}
