import Glibc
import Records

/// Continues an output that an earlier run left, whole or torn, at whatever instant it ended.
package struct Resume: ~Copyable {
  package let file: OutputFile
  /// The items that the output already holds, each as often as it holds it.
  private var done: IdentitySet
  /// Records that stay in the output.
  package let keptRecords: Int
  /// Failed records that were taken out to be tried again.
  package let droppedRecords: Int

  /// Opens `path` to be continued. `PATH.partial` is the newest state where there is one, else `PATH` is.
  package static func open(_ path: String, keepFailed: Bool, console: Console) throws(Failure) -> Resume {
    let path = OutputFile.resolved(path)
    var found = stat()
    if stat(path, &found) == 0, found.st_mode & S_IFMT != S_IFREG {
      throw Failure(.usage, "--resume: \(path) is not a regular file")
    }
    let file = try OutputFile.openPartial(of: path)
    let partialPath = file.partialPath
    var status = stat()
    let hasPartial = fstat(file.descriptor, &status) == 0 && status.st_size > 0
    var earlier = file.descriptor
    if !hasPartial {
      earlier = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      guard earlier >= 0 || errno == ENOENT else { throw Failure(.ioError, "cannot open \(path)", errno: errno) }
    }
    var reader = EarlierOutput(descriptor: earlier, keepFailed: keepFailed)
    try reader.read(console: console, name: hasPartial ? partialPath : path)
    guard reader.bad == 0 || reader.kept + reader.dropped > 0 else {
      if !hasPartial { unlink(partialPath) }
      throw Failure(.badInput, "\(hasPartial ? partialPath : path): holds no records, so it cannot be continued")
    }
    let continued = hasPartial && reader.dropped + reader.bad == 0 ? file : try reader.rewrite(file)
    if continued === file { try cutTornLine(file, at: reader.wholeBytes) }
    if !hasPartial, earlier >= 0 { close(earlier) }
    return Resume(
      file: continued, keptRecords: reader.kept, droppedRecords: reader.dropped, done: reader.takeDone())
  }

  private init(file: OutputFile, keptRecords: Int, droppedRecords: Int, done: consuming IdentitySet) {
    self.file = file
    self.keptRecords = keptRecords
    self.droppedRecords = droppedRecords
    self.done = done
  }

  package consuming func takeDone() -> IdentitySet { done }

  private static func cutTornLine(_ file: OutputFile, at length: Int) throws(Failure) {
    guard ftruncate(file.descriptor, length) == 0, lseek(file.descriptor, 0, SEEK_END) >= 0 else {
      throw Failure(.ioError, "cannot cut the torn end of \(file.partialPath)", errno: errno)
    }
  }
}

/// The lines of an earlier output, and which of them stay.
private struct EarlierOutput: ~Copyable {
  private(set) var kept = 0
  private(set) var dropped = 0
  private(set) var bad = 0
  /// Where the last whole line ends.
  private(set) var wholeBytes = 0

  private let descriptor: Int32
  private let keepFailed: Bool
  private var done = IdentitySet(capacity: 0)
  private let parser = RecordParser(reading: IdentityHash.fields + [.ok], owning: [])

  init(descriptor: Int32, keepFailed: Bool) {
    self.descriptor = descriptor
    self.keepFailed = keepFailed
  }

  consuming func takeDone() -> IdentitySet { done }

  /// Reads all lines and fills `done`.
  mutating func read(console: Console, name: String) throws(Failure) {
    var lines = 0
    _ = try forEachWholeLine(of: descriptor) { _ in lines += 1 }
    var done = IdentitySet(capacity: lines)
    var hash = IdentityHash()
    var counts = (line: 0, kept: 0, dropped: 0, bad: 0)
    wholeBytes = try forEachWholeLine(of: descriptor) { line in
      counts.line += 1
      guard let record = try? parser.parse(line) else {
        counts.bad += 1
        console.warning("\(name):\(counts.line): not a whole record, its item is done again")
        return
      }
      guard stays(record) else { return counts.dropped += 1 }
      counts.kept += 1
      done.insert(hash.identity(of: record))
    }
    (kept, dropped, bad) = (counts.kept, counts.dropped, counts.bad)
    self.done = done
  }

  private borrowing func stays(_ record: Record) -> Bool { keepFailed || record.boolean(.ok) != false }

  /// Copies the lines that stay to a new partial file that takes the place of the old one.
  borrowing func rewrite(_ file: OutputFile) throws(Failure) -> OutputFile {
    let temporary = file.partialPath + ".new"
    let target = try OutputFile.opened(temporary, O_RDWR | O_CREAT | O_TRUNC)
    try OutputFile.lock(target, temporary)
    let rewritten = OutputFile(path: file.path, partialPath: file.partialPath, descriptor: target)
    let output = Output(file: rewritten)
    var failure: Failure?
    _ = try forEachWholeLine(of: descriptor) { line in
      guard failure == nil, let record = try? parser.parse(line), stays(record) else { return }
      output.buffer.append(line)
      output.endRecord()
      do throws(Failure) { try output.flushIfFull() } catch { failure = error }
    }
    if let failure { throw failure }
    try output.flush()
    guard fsync(target) == 0, rename(temporary, file.partialPath) == 0 else {
      throw Failure(.ioError, "cannot replace \(file.partialPath)", errno: errno)
    }
    syncDirectory(of: file.partialPath)
    return rewritten
  }
}

/// Calls `body` for each line that ends in a newline, from the start of the file; returns where the last of them ends.
private func forEachWholeLine(of descriptor: Int32, _ body: (Bytes) -> Void) throws(Failure) -> Int {
  guard descriptor >= 0 else { return 0 }
  lseek(descriptor, 0, SEEK_SET)
  var reader = LineReader()
  while true {
    let fill = reader.fill(from: descriptor)
    if case .failed(let code) = fill { throw Failure(.ioError, "cannot read the earlier output", errno: code) }
    if fill == .end { return reader.bytesRead - reader.unfinishedBytes }
    while let line = reader.next() { body(line) }
  }
}
