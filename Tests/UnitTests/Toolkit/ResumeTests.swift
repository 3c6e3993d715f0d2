import Glibc
import Records
import Testing

@testable import Toolkit

@Suite struct ResumeTests {
  private let folder = TemporaryFolder()
  private let good = #"{"url":"http://h/1","ok":true}"# + "\n"
  private let failed = #"{"url":"http://h/2","ok":false}"# + "\n"
  private let object = #"{"url":"http://h/0","ok":true}"# + "\n"

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

  @Test func failedItemsStayUntilTheyAreDoneAnew() throws {
    folder.write("out.partial", failed + good + failed)
    var (done, text) = try resume(adding: "")
    #expect(done == [1: 1] && text == good, "all items are in the input, and done")
    folder.write("out.partial", failed + good + failed)
    (done, text) = try resume(asking: 0...1, adding: object)
    #expect(done == [1: 1] && text == failed + good + failed + object, "the failed item is not in the input")
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
    let resumed = try Resume(folder.file("out"), owning: owned, keepFailed: false, console: console)
    #expect(folder.text("out") == good + failed && folder.text("out.partial") == good + failed)
    #expect(resumed.keptRecords == 1 && resumed.failedRecords == 1)
    let output = Output(file: resumed.file)
    output.buffer.append(text: object)
    try output.complete()
    #expect(folder.text("out") == good + failed + object && folder.names == ["out"])
  }

  @Test func thePartialFileIsNewerThanTheCompleteOne() throws {
    folder.write("out", failed + failed + object)
    folder.write("out.partial", good)
    let (done, text) = try resume(adding: "")
    #expect(done == [1: 1] && text == good)
  }

  @Test func anEmptyPartialFileIsNewerToo() throws {
    folder.write("out", good)
    folder.write("out.partial", "")
    let (done, text) = try resume(adding: object)
    #expect(done == [:] && text == object)
  }

  @Test func isLockedAgainstAnotherRun() throws {
    for text in [good, failed] {
      folder.write("out.partial", text)
      let first = try Resume(folder.file("out"), owning: owned, keepFailed: false, console: console)
      let failure = #expect(throws: Failure.self) {
        _ = try Resume(folder.file("out"), owning: owned, keepFailed: false, console: console)
      }
      #expect(failure?.message == "\(folder.file("out.partial")): another run is writing it")
      #expect(throws: Failure.self) { _ = try OutputFile.create(folder.file("out"), console: console) }
      #expect(first.keptRecords + first.failedRecords == 1)
    }
  }

  @Test func manyRecordsStayInOrder() throws {
    var expected = ""
    for i in 0..<5000 {
      expected += #"{"url":"http://h/\#(i)","ok":\#(i % 3 != 0),"pad":"\#(String(repeating: "x", count: 90))"}"# + "\n"
    }
    folder.write("out.partial", expected + "{\"url\":\"torn")
    let (_, text) = try resume(adding: "")
    #expect(text == expected)
  }

  private var console: Console {
    let console = Console(tool: "test")
    console.isQuiet = true
    return console
  }

  private let owned = Field.written(by: .fetch)

  /// Resumes with an input of http://h/N, each asked for until it is not done, adds `lines` and completes. How often each was
  /// done, and the file's text.
  private func resume(
    keepFailed: Bool = false, asking items: ClosedRange<Int> = 0...3, adding lines: String
  ) throws -> (done: [Int: Int], text: String?) {
    let resumed = try Resume(folder.file("out"), owning: owned, keepFailed: keepFailed, console: console)
    let output = Output(file: resumed.file)
    var found: [Int: Int] = [:]
    for i in items {
      try withRecord(#"{"url":"http://h/\#(i)"}"#) { item in
        while resumed.isDone(item) { found[i, default: 0] += 1 }
      }
    }
    output.buffer.append(text: lines)
    try output.complete()
    defer {
      unlink(folder.file("out"))
      unlink(folder.file("out.partial"))
    }
    return (found, folder.text("out"))
  }
}
