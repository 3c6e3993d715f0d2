import Records
import Testing

@testable import Toolkit

@Suite struct ResumeTests {
  private let folder = TemporaryFolder()
  private let good = #"{"url":"http://h/1","ok":true}"# + "\n"
  private let failed = #"{"url":"http://h/2","ok":false}"# + "\n"
  private let object = #"{"source":"file:///d/","key":"k"}"# + "\n"

  @Test func nothingIsThereYet() throws {
    let (done, text) = try resume(adding: good)
    #expect(done == [:] && text == good)
  }

  @Test func continuesBehindTheLastWholeLine() throws {
    for cut in 0...failed.utf8.count - 1 {
      folder.write("out.partial", good + object + failed.prefix(cut))
      let (done, text) = try resume(adding: failed)
      #expect(done == [1: 1, 0: 1] && text == good + object + failed, "cut at \(cut)")
    }
  }

  @Test func failedItemsAreTakenOutOrKept() throws {
    folder.write("out.partial", failed + good + failed)
    var (done, text) = try resume(adding: "")
    #expect(done == [1: 1] && text == good)
    folder.write("out.partial", failed + good + failed)
    (done, text) = try resume(keepFailed: true, adding: object)
    #expect(done == [1: 1, 2: 2] && text == failed + good + failed + object)
  }

  @Test func countsDuplicates() throws {
    folder.write("out.partial", good + good + object + good)
    let (done, text) = try resume(adding: failed)
    #expect(done == [1: 3, 0: 1] && text == good + good + object + good + failed)
  }

  @Test func dropsLinesThatAreNoRecords() throws {
    for bad in ["garbage\n", "\n", "{\"url\":\n", "[1]\n", "\u{0}\u{0}\u{0}\n", "{\"url\":\"http://h/3\"} x\n"] {
      folder.write("out.partial", good + bad + object)
      let (done, text) = try resume(adding: failed)
      #expect(done == [1: 1, 0: 1] && text == good + object + failed, "\(bad)")
    }
  }

  @Test func continuesACompleteFileWithoutTouchingItBefore() throws {
    folder.write("out", good + failed)
    let resumed = try Resume.open(folder.file("out"), keepFailed: false, console: console)
    #expect(folder.text("out") == good + failed && folder.text("out.partial") == good)
    let (kept, dropped) = (resumed.keptRecords, resumed.droppedRecords)
    #expect(kept == 1 && dropped == 1)
    let output = Output(file: resumed.file)
    _ = resumed.takeDone()
    output.buffer.append(text: object)
    try output.complete()
    #expect(folder.text("out") == good + object && folder.names == ["out"])
  }

  @Test func thePartialFileIsNewerThanTheCompleteOne() throws {
    folder.write("out", failed + failed + object)
    folder.write("out.partial", good)
    let (done, text) = try resume(adding: "")
    #expect(done == [1: 1] && text == good)
  }

  @Test func anEmptyPartialFileCountsForNothing() throws {
    folder.write("out", good)
    folder.write("out.partial", "")
    let (done, text) = try resume(adding: object)
    #expect(done == [1: 1] && text == good + object)
  }

  @Test func isLockedAgainstAnotherRun() throws {
    for text in [good, failed] {
      folder.write("out.partial", text)
      let first = try Resume.open(folder.file("out"), keepFailed: false, console: console)
      let failure = #expect(throws: Failure.self) {
        _ = try Resume.open(folder.file("out"), keepFailed: false, console: console)
      }
      #expect(failure?.message == "\(folder.file("out.partial")): another run is writing it")
      #expect(throws: Failure.self) { _ = try OutputFile.create(folder.file("out"), console: console) }
      _ = first.takeDone()
    }
  }

  @Test func manyRecordsStayInOrder() throws {
    var expected = ""
    for i in 0..<5000 {
      expected += #"{"url":"http://h/\#(i)","ok":\#(i % 3 != 0),"pad":"\#(String(repeating: "x", count: 90))"}"# + "\n"
    }
    folder.write("out.partial", expected + "{\"url\":\"torn")
    let (_, text) = try resume(adding: "")
    let stay = expected.split(separator: "\n").filter { !$0.contains("\"ok\":false") }
    #expect(text == stay.joined(separator: "\n") + "\n")
  }

  private var console: Console {
    let console = Console(tool: "test")
    console.isQuiet = true
    return console
  }

  /// Resumes, adds `lines` and completes. How often http://h/N (or, as 0, the object) was done, and the file's text.
  private func resume(keepFailed: Bool = false, adding lines: String) throws -> (done: [Int: Int], text: String?) {
    let resumed = try Resume.open(folder.file("out"), keepFailed: keepFailed, console: console)
    let output = Output(file: resumed.file)
    var set = resumed.takeDone()
    var found: [Int: Int] = [:]
    var hash = IdentityHash()
    for i in 0...3 {
      let identity = try withRecord(i == 0 ? object : #"{"url":"http://h/\#(i)"}"#) { hash.identity(of: $0) }
      while set.take(identity) { found[i, default: 0] += 1 }
    }
    output.buffer.append(text: lines)
    try output.complete()
    defer { folder.write("out", "") }
    return (found, folder.text("out"))
  }
}
