import Glibc
import Records

/// `PATH`, written as `PATH.partial` and renamed when complete. The partial file is locked, so that two runs cannot write one.
package final class OutputFile {
  package let path: String
  package let partialPath: String
  private(set) var descriptor: Int32
  /// What is to be done before the file takes its name.
  var finish: (() throws(Failure) -> Void)?

  /// Opens a new partial file for `path`; a thing that is no regular file (a device, a FIFO) is written directly.
  package static func create(_ path: String, console: Console) throws(Failure) -> OutputFile {
    // Names of open descriptors, such as /dev/stdout, are what is behind them, never to be replaced.
    if path == "/dev/stdout" || path == "/dev/stderr" || path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/self/fd/")
    {
      return OutputFile(path: path, partialPath: path, descriptor: try opened(path, O_WRONLY | O_APPEND))
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      if status.st_mode & S_IFMT == S_IFDIR { throw Failure(.ioError, "\(path): is a directory") }
      return OutputFile(path: path, partialPath: path, descriptor: try opened(path, O_WRONLY))
    }
    let target = try resolved(path)
    let partialPath = target + ".partial"
    let file = OutputFile(path: target, partialPath: partialPath, descriptor: try openLocked(partialPath))
    if fstat(file.descriptor, &status) == 0, status.st_size > 0 {
      console.note("\(file.partialPath): left by an unfinished run, begun anew")
    }
    guard ftruncate(file.descriptor, 0) == 0 else {
      throw Failure(.ioError, "cannot truncate \(file.partialPath)", errno: errno)
    }
    return file
  }

  /// Opens and locks the partial file of `path`, as it is; nil where there is none.
  static func openPartial(of path: String) throws(Failure) -> OutputFile? {
    let partialPath = path + ".partial"
    guard access(partialPath, F_OK) == 0 else { return nil }
    return OutputFile(path: path, partialPath: partialPath, descriptor: try openLocked(partialPath))
  }

  /// Opens and locks a file. Another run may have renamed it between the two: then the lock is on that run's finished output,
  /// and the name is another file's.
  static func openLocked(_ path: String) throws(Failure) -> Int32 {
    while true {
      let descriptor = try opened(path, O_RDWR | O_CREAT | O_NOFOLLOW)
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw Failure(.ioError, "\(path): another run is writing it")
      }
      if isStillNamed(descriptor, path) { return descriptor }
      close(descriptor)
    }
  }

  init(path: String, partialPath: String, descriptor: Int32) {
    self.path = path
    self.partialPath = partialPath
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Goes on with the file that `other` has open, which has taken the partial file's name.
  func take(_ other: OutputFile) { swap(&descriptor, &other.descriptor) }

  /// Syncs the file, renames it to its name, and syncs its directory.
  func complete() throws(Failure) {
    guard partialPath != path else { return }
    try finish?()
    guard sync(descriptor) else { throw Failure(.ioError, "cannot sync \(partialPath)", errno: errno) }
    guard Self.isStillNamed(descriptor, partialPath) else {
      throw Failure(.ioError, "\(partialPath): removed or replaced by another program")
    }
    guard rename(partialPath, path) == 0 else {
      throw Failure(.ioError, "cannot rename \(partialPath) to \(path)", errno: errno)
    }
    syncDirectory(of: path)
  }

  /// The file that a symbolic link names, there or not, so that the link itself survives.
  static func resolved(_ path: String) throws(Failure) -> String {
    guard !path.isEmpty else { throw Failure(.usage, "the name of an output is empty") }
    var path = path
    for _ in 0..<40 {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let length = readlink(path, &buffer, Int(PATH_MAX))
      guard length >= 0 else { return path }
      let target = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      path = target.hasPrefix("/") ? target : (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + target
    }
    throw Failure(.ioError, "\(path)", errno: ELOOP)
  }

  /// open(2) for writing; at a FIFO it waits for a reader.
  static func opened(_ path: String, _ flags: Int32) throws(Failure) -> Int32 {
    var descriptor: Int32
    repeat {
      descriptor = open(path, flags | O_CLOEXEC, 0o666)
    } while descriptor < 0 && errno == EINTR && !Signals.isStopping
    guard descriptor >= 0 else { throw Failure(.ioError, "cannot open \(path) for writing", errno: errno) }
    return descriptor
  }

  /// Whether `path` is the open file.
  static func isStillNamed(_ descriptor: Int32, _ path: String) -> Bool {
    var held = stat()
    var named = stat()
    return fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino
      && held.st_dev == named.st_dev
  }
}

/// Makes a rename in the directory of `path` last; a file system that cannot is left alone.
func syncDirectory(of path: String) {
  let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  _ = sync(descriptor)
  close(descriptor)
}

/// fsync(2), again where a signal interrupts it.
func sync(_ descriptor: Int32) -> Bool {
  while fsync(descriptor) != 0 {
    guard errno == EINTR else { return false }
  }
  return true
}
