import Glibc
import Records

/// The records of a run's inputs: files in order or standard input, bad lines reported and left out, `--shard`, `--limit`
/// and what is done already applied.
package final class RecordSource {
  package enum Next {
    case record(Record)
    /// Nothing is there yet; wait for `descriptor`.
    case notYet
    case end
  }

  /// Takes a line that does not begin with a brace and writes the record that it stands for.
  package typealias PlainLine = (_ line: Bytes, _ record: inout ByteBuffer) throws(BadRecord) -> Void

  /// Good ones, those passed over by `--shard` and `--resume` too.
  package private(set) var records = 0
  package private(set) var bytes = 0
  package private(set) var badLines = 0
  package private(set) var skippedAsDone = 0

  private let run: Run
  private let options: Input
  private let parser: RecordParser
  private let plainLine: PlainLine?
  private var inputs: InputFiles
  private var reader = LineReader()
  private var lineNumber = 0
  private var converted = ByteBuffer()
  private var hash = IdentityHash()
  private let resume: Resume?
  private let rejects: Output?

  /// - Parameters:
  ///   - fields: the members that the tool reads.
  ///   - owned: the members that the tool writes itself.
  ///   - resume: what is done already and passed over.
  package init(
    _ options: Input, run: Run, reading fields: [Field], owning owned: [Field] = [],
    resume: Resume? = nil, plainLine: PlainLine? = nil
  ) throws(Failure) {
    self.options = options
    self.run = run
    self.plainLine = plainLine
    self.resume = resume
    let needsIdentity = options.shard != nil
    parser = RecordParser(reading: fields + (needsIdentity ? IdentityHash.fields : []), owning: owned)
    for path in options.files { try run.checkInput(path) }
    inputs = try InputFiles(options.files)
    rejects = try options.rejects.map { path throws(Failure) in
      guard !options.files.contains(path) else { throw Failure(.usage, "--rejects: \(path) is an input") }
      try run.claim(path)
      return Output(file: try .create(path, console: run.console))
    }
    run.opened(self)
    run.progress.fraction = { [unowned self] in fraction }
  }

  /// The share of the input that was handed out; nil where its size is not known.
  private var fraction: Double? {
    let ofBytes = inputs.totalSize.map { min(Double(bytes - reader.unfinishedBytes) / Double($0), 1) }
    guard let limit = options.limit, limit > 0 else { return ofBytes }
    // It ends with whatever comes first.
    return max(ofBytes ?? 0, Double(records) / Double(limit))
  }

  /// The descriptor to wait for after `.notYet`.
  package var descriptor: Int32 { inputs.descriptor }

  /// The next record, reading as long as that takes; `beforeWaiting` is called when it may take long. Nil at the end, or
  /// when a signal asks to stop.
  package func next(beforeWaiting: () throws(Failure) -> Void) throws(Failure) -> Record? {
    while true {
      switch try nextIfReady() {
      case .record(let record): return record
      case .end: return nil
      case .notYet:
        try beforeWaiting()
        _ = Signals.waitForInput(descriptor, timeout: run.progress.refreshInterval)
        run.progress.refresh()
      }
    }
  }

  /// The next record if it can be had without waiting.
  package func nextIfReady() throws(Failure) -> Next {
    while !Signals.isStopping {
      if let limit = options.limit, limit > 0, records >= limit { return .end }
      if let line = reader.next() {
        lineNumber += 1
        if !line.trimmed.isEmpty, let record = try accept(line) { return .record(record) }
        continue
      }
      guard inputs.isOpen else { return .end }
      guard inputs.isReady else { return .notYet }
      try refill()
    }
    return .end
  }

  private func refill() throws(Failure) {
    let before = reader.bytesRead
    switch reader.fill(from: inputs.descriptor) {
    case .data: bytes += reader.bytesRead - before
    case .interrupted: break
    case .end:
      if reader.unfinishedBytes == 0 { try openNext() } else { inputs.hasEnded = true }
    case .failed(let code): throw Failure(.noInput, "cannot read \(inputs.name)", errno: code)
    }
  }

  private func openNext() throws(Failure) {
    try inputs.openNext()
    reader = LineReader()
    lineNumber = 0
  }

  private func accept(_ line: Bytes) throws(Failure) -> Record? {
    do throws(BadRecord) {
      let record = try parse(line)
      records += 1
      run.progress.tick()
      if options.shard != nil || resume != nil, !isWanted(record) { return nil }
      return record
    } catch {
      try report(error)
      return nil
    }
  }

  private func parse(_ line: Bytes) throws(BadRecord) -> Record {
    let text = line.trimmed
    guard let plainLine, text.first != 0x7B else { return try parser.parse(line) }
    converted.removeAll()
    try plainLine(text, &converted)
    converted.reserve(RecordParser.padding)
    return try parser.parse(converted.bytes)
  }

  private func isWanted(_ record: Record) -> Bool {
    if let shard = options.shard, hash.identity(of: record).shard(of: shard.count) != shard.index - 1 { return false }
    guard resume?.isDone(record) != true else {
      skippedAsDone += 1
      return false
    }
    return true
  }

  /// Notes that an item of the record handed out last is done already.
  package func passedOver() { skippedAsDone += 1 }

  /// Reports the line of the record handed out last as bad: it is left out, and the run goes on unless told to stop.
  package func reject(_ bad: BadRecord) throws(Failure) {
    records -= 1
    try report(bad)
  }

  private func report(_ bad: BadRecord) throws(Failure) {
    badLines += 1
    if let rejects {
      rejects.buffer.append(reader.rawLine)
      rejects.endRecord()
      try rejects.flushIfFull()
    }
    let message = "\(inputs.name):\(lineNumber): \(bad.reason)"
    if options.onBadLine == .stop {
      try rejects?.complete()
      throw Failure(.badInput, message)
    }
    run.fail(message)
  }

  /// Hands the rejects to the system, as after a failure of the run.
  func flushRejects() { try? rejects?.flush() }

  /// To be called when the stream has been read: completes the rejects, and says so where nothing was good.
  package func finish() throws(Failure) {
    try rejects?.complete()
    if badLines > 0, records == 0 {
      run.fail("every line of the input was bad, \(badLines) in all")
    }
  }
}
