import Glibc

/// The files named as arguments, or standard input, one after the other.
struct InputFiles {
  private var rest: ArraySlice<String>
  private var isRegular = false
  private(set) var name = ""
  private(set) var descriptor: Int32 = -1
  /// Bytes of all files; nil where one of them is no regular file or all are empty.
  let totalSize: Int?
  /// Set where the reader has all of the current input but has not handed it out.
  var hasEnded = false

  init(_ paths: [String]) throws(Failure) {
    rest = paths.isEmpty ? ["-"] : paths[...]
    totalSize = try Self.check(Array(rest))
    try openNext()
  }

  /// Whether all files can be opened: to be known before anything is done. Returns their size, as `totalSize`.
  @discardableResult
  static func check(_ paths: [String]) throws(Failure) -> Int? {
    var total: Int? = 0
    for path in paths {
      var status = stat()
      if path == "-" {
        guard fstat(0, &status) == 0 else { throw Failure(.noInput, "cannot open standard input", errno: errno) }
      } else {
        guard access(path, R_OK) == 0, stat(path, &status) == 0 else {
          throw Failure(.noInput, "cannot open \(path)", errno: errno)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw Failure(.noInput, "\(path): is a directory") }
      }
      total = status.st_mode & S_IFMT == S_IFREG ? total.map { $0 + status.st_size } : nil
    }
    return total == 0 ? nil : total
  }

  var isOpen: Bool { descriptor >= 0 }

  /// Whether a read would not block.
  var isReady: Bool { isRegular || hasEnded || Signals.isReadable(descriptor) }

  /// Opens the next input; where there is none, or a signal asks to stop meanwhile, `isOpen` turns false.
  mutating func openNext() throws(Failure) {
    if descriptor > 0 { close(descriptor) }
    descriptor = -1
    hasEnded = false
    guard let path = rest.popFirst() else { return }
    name = path == "-" ? "standard input" : path
    guard let opened = try Self.open(path) else { return }
    descriptor = opened
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Failure(.noInput, "cannot open \(name)", errno: errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw Failure(.noInput, "\(name): is a directory") }
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }

  /// open(2), which waits at a FIFO until somebody writes to it. Nil: asked to stop.
  private static func open(_ path: String) throws(Failure) -> Int32? {
    guard path != "-" else { return 0 }
    while !Signals.isStopping {
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      if descriptor >= 0 { return descriptor }
      guard errno == EINTR else { throw Failure(.noInput, "cannot open \(path)", errno: errno) }
    }
    return nil
  }
}

extension Input {
  /// Whether all files can be opened.
  package func checkFiles() throws(Failure) { try InputFiles.check(files) }
}
