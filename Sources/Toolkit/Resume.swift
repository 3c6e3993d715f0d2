import Glibc
import Records

/// Continues an output that an earlier run left, whole or torn, at whatever instant it ended.
///
/// The earlier lines stay in the partial file, failed ones too, until the run is complete: then those whose items came in
/// the input again, and so were done anew, are left out. Whatever ends the run before, nothing has been taken away.
package final class Resume {
  /// Results that the output holds and that stay.
  package private(set) var keptRecords = 0
  /// Failed results, whose items are done again.
  package private(set) var failedRecords = 0
  /// Where the output is continued.
  package private(set) var file: OutputFile

  private let keepFailed: Bool
  private let parser: RecordParser
  private var hash = IdentityHash()
  private var done = IdentitySet(capacity: 0)
  private var failed = IdentitySet(capacity: 0)
  /// Of `failed`, those that the input has.
  private var superseded = IdentitySet(capacity: 0)
  private var badLines = 0
  /// Where the earlier lines end.
  private var earlierBytes = 0

  /// Opens `path` to be continued. `PATH.partial` is the newest state where there is one, also an empty one, else `PATH` is.
  /// - Parameter owned: the members that the tool writes: an item is known by all others.
  package init(_ path: String, owning owned: [Field], keepFailed: Bool, console: Console) throws(Failure) {
    self.keepFailed = keepFailed
    parser = RecordParser(reading: [.ok], owning: owned)
    let path = try OutputFile.resolved(path)
    var found = stat()
    if stat(path, &found) == 0, found.st_mode & S_IFMT != S_IFREG {
      throw Failure(.usage, "--resume: \(path) is not a regular file")
    }
    let partial = try OutputFile.openPartial(of: path)
    if let partial { file = partial } else { file = try Self.copy(path) }
    try read(console, name: partial?.partialPath ?? path)
    guard badLines == 0 || keptRecords + failedRecords > 0 else {
      if partial == nil { unlink(file.partialPath) }
      throw Failure(.badInput, "\(partial?.partialPath ?? path): holds no results, so it cannot be continued")
    }
    guard ftruncate(file.descriptor, earlierBytes) == 0, lseek(file.descriptor, 0, SEEK_END) >= 0 else {
      throw Failure(.ioError, "cannot cut the torn end of \(file.partialPath)", errno: errno)
    }
    file.finish = { [unowned self] () throws(Failure) in try leaveOutSuperseded() }
  }

  /// Only looks at what an earlier run left, for a run that writes nothing.
  package init(lookingAt path: String, owning owned: [Field], keepFailed: Bool, console: Console) throws(Failure) {
    self.keepFailed = keepFailed
    parser = RecordParser(reading: [.ok], owning: owned)
    let path = try OutputFile.resolved(path)
    let partial = path + ".partial"
    let found = access(partial, F_OK) == 0 ? partial : path
    var descriptor = open(found, O_RDONLY | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT { descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw Failure(.ioError, "cannot open \(found)", errno: errno) }
    file = OutputFile(path: path, partialPath: partial, descriptor: descriptor)
    try read(console, name: found)
  }

  /// A partial file that holds what `path` holds.
  private static func copy(_ path: String) throws(Failure) -> OutputFile {
    let earlier = open(path, O_RDONLY | O_CLOEXEC)
    guard earlier >= 0 || errno == ENOENT else { throw Failure(.ioError, "cannot open \(path)", errno: errno) }
    defer { if earlier >= 0 { close(earlier) } }
    return try makePartial(of: path, fromLinesOf: earlier, replacing: false) { _ in true }
  }

  /// Makes a partial file of those whole lines of `descriptor` (-1: none) that stay, under another name until it is complete,
  /// so that no half of it is ever seen.
  private static func makePartial(
    of path: String, fromLinesOf descriptor: Int32, replacing: Bool, where stays: (Bytes) -> Bool
  ) throws(Failure) -> OutputFile {
    let temporary = path + ".partial.new"
    let file = OutputFile(
      path: path, partialPath: path + ".partial", descriptor: try OutputFile.openLocked(temporary))
    guard replacing || access(file.partialPath, F_OK) != 0 else {
      throw Failure(.ioError, "\(file.partialPath): another run is writing it")
    }
    guard ftruncate(file.descriptor, 0) == 0 else {
      throw Failure(.ioError, "cannot truncate \(temporary)", errno: errno)
    }
    let output = Output(file: file)
    if descriptor >= 0 {
      _ = try forEachWholeLine(of: descriptor) { line throws(Failure) in
        guard stays(line) else { return }
        output.buffer.append(line)
        output.endRecord()
        try output.flushIfFull()
      }
    }
    try output.flush()
    guard sync(file.descriptor), rename(temporary, file.partialPath) == 0 else {
      throw Failure(.ioError, "cannot rename \(temporary) to \(file.partialPath)", errno: errno)
    }
    syncDirectory(of: path)
    return file
  }

  private func read(_ console: Console, name: String) throws(Failure) {
    var lines = 0
    _ = try forEachWholeLine(of: file.descriptor) { _ in lines += 1 }
    done = IdentitySet(capacity: lines)
    var failures: [Identity] = []
    var number = 0
    earlierBytes = try forEachWholeLine(of: file.descriptor) { line in
      number += 1
      switch judge(line) {
      case .done(let identity):
        keptRecords += 1
        done.insert(identity)
      case .failed(let identity):
        failedRecords += 1
        failures.append(identity)
      case .bad:
        badLines += 1
        console.warning("\(name):\(number): not a result, left out")
      }
    }
    failed = IdentitySet(capacity: failures.count)
    for identity in failures { failed.insert(identity) }
    superseded = IdentitySet(capacity: failures.count)
  }

  private enum Judgement {
    case done(Identity)
    case failed(Identity)
    case bad
  }

  private func judge(_ line: Bytes) -> Judgement {
    guard let record = try? parser.parse(line), let ok = record.boolean(.ok) else { return .bad }
    let identity = hash.identity(ofBody: record.body)
    return ok || keepFailed ? .done(identity) : .failed(identity)
  }

  /// Whether `item`, a record of the input, has been done. Each call stands for one occurrence.
  func isDone(_ item: Record) -> Bool { isDone(body: item.body) }

  /// Whether the item has been done whose line is `body`, without its closing brace and the members of a result.
  package func isDone(body: Bytes) -> Bool {
    let identity = hash.identity(ofBody: body)
    if failed.contains(identity), !superseded.contains(identity) { superseded.insert(identity) }
    return done.take(identity)
  }

  /// Rewrites the partial file without bad lines and without failed ones that were done anew.
  private func leaveOutSuperseded() throws(Failure) {
    guard badLines > 0 || superseded.count > 0 else { return }
    var position = 0
    let new = try Self.makePartial(of: file.path, fromLinesOf: file.descriptor, replacing: true) { line in
      defer { position += line.count + 1 }
      guard position < earlierBytes else { return true }
      switch judge(line) {
      case .done: return true
      case .failed(let identity): return !superseded.contains(identity)
      case .bad: return false
      }
    }
    file.take(new)
  }
}

/// Calls `body` for each line that ends in a newline, from the start of the file; returns where the last of them ends.
private func forEachWholeLine(
  of descriptor: Int32, _ body: (Bytes) throws(Failure) -> Void
) throws(Failure) -> Int {
  lseek(descriptor, 0, SEEK_SET)
  var reader = LineReader()
  while true {
    let fill = reader.fill(from: descriptor)
    if case .failed(let code) = fill { throw Failure(.ioError, "cannot read the earlier output", errno: code) }
    if fill == .end { return reader.bytesRead - reader.unfinishedBytes }
    while reader.next() != nil { try body(reader.rawLine) }
  }
}
