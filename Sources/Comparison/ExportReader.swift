import Glibc
import Records
import Toolkit

/// Reads an export of a KV namespace as a stream: what `wrangler kv key list` writes, what `wrangler kv bulk put` takes,
/// both also with one object a line, and answers of Cloudflare's API, whose list is their member `result`.
final class ExportReader {
  private let path: String
  /// For messages.
  private let name: String
  private let report: (String) -> Void
  private let parser = ExportParser()
  /// So far, good or bad.
  private var elements = 0
  /// Where an answer stands that says there is more; nil: the last one said nothing of the kind.
  private var unfinishedLine: Int?

  /// - Parameter report: is told what is wrong with the export or an element of it, behind the file's name and line.
  init(path: String, report: @escaping (String) -> Void) {
    self.path = path
    name = path == "-" ? "standard input" : path
    self.report = report
  }

  /// Reads the file, `-` being standard input, and hands each entry to `body`. Ends early where a signal asks to stop.
  func read(_ body: (ExportEntry) throws(Failure) -> Void) throws(Failure) {
    guard let descriptor = try opened() else { return }
    defer { if descriptor > 0 { close(descriptor) } }
    var scanner = ExportScanner()
    while !Signals.isStopping {
      while let event = scanner.next() { try take(event, body) }
      // A signal that comes before a read of what is not there yet must end it, too.
      Signals.waitForInput(descriptor, timeout: -1)
      guard !Signals.isStopping else { return }
      switch scanner.fill(from: descriptor) {
      case .data, .interrupted: break
      case .failed(let code): throw Failure(.noInput, "cannot read \(name)", errno: code)
      case .end:
        while let event = scanner.finish() { try take(event, body) }
        if let line = unfinishedLine { report("\(name):\(line): the list goes on behind this answer") }
        return
      }
    }
  }

  /// open(2), which waits at a FIFO until somebody writes to it. Nil: asked to stop.
  private func opened() throws(Failure) -> Int32? {
    guard path != "-" else { return 0 }
    while !Signals.isStopping {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      if descriptor >= 0 { return descriptor }
      guard errno == EINTR else { throw Failure(.noInput, "cannot open \(path)", errno: errno) }
    }
    return nil
  }

  private func take(
    _ event: ExportScanner.Event, _ body: (ExportEntry) throws(Failure) -> Void
  ) throws(Failure) {
    switch event {
    case .problem(let what, let line): report("\(name):\(line): \(what)")
    case .element(let text, let line, let isOfArray):
      switch content(of: text, line: line, isOfArray: isOfArray) {
      case .entry(let entry): try body(entry)
      case .list(let list, let goesOn):
        unfinishedLine = goesOn ? line : nil
        try read(list, line: line + text.newlines(before: list), body)
      case .failure(let reason):
        throw Failure(.badInput, "\(name):\(line): the answer of a request that failed: \(reason)")
      case nil: break
      }
    }
  }

  /// What an element holds; nil, and reported, where it is bad.
  private func content(of text: Bytes, line: Int, isOfArray: Bool) -> ExportParser.Content? {
    do throws(BadRecord) {
      let content = try parser.parse(text, mayBeAnswer: !isOfArray)
      if case .entry = content { elements += 1 }
      return content
    } catch {
      elements += 1
      report("\(name):\(line): element \(elements): \(error.reason)")
      return nil
    }
  }

  /// Reads the list of an answer, an array that is whole.
  private func read(_ list: Bytes, line: Int, _ body: (ExportEntry) throws(Failure) -> Void) throws(Failure) {
    var scanner = ExportScanner(line: line)
    scanner.append(list)
    while let event = scanner.next() { try take(event, body) }
  }
}

extension UnsafeRawBufferPointer {
  /// How many newlines stand before `part`, which is one of these bytes.
  fileprivate func newlines(before part: Bytes) -> Int {
    guard let start = baseAddress, let place = part.baseAddress else { return 0 }
    return slice(0, place - start).count { $0 == 0x0A }
  }
}
