import Glibc
import Records
import Testing

@testable import Toolkit

@Suite struct OutputTests {
  private let folder = TemporaryFolder()
  private let console: Console

  init() {
    console = Console(tool: "test")
    console.isQuiet = true
  }

  @Test func takesItsNameOnlyWhenComplete() throws {
    folder.write("out", "earlier\n")
    let output = Output(file: try OutputFile.create(folder.file("out"), console: console))
    output.buffer.append("{\"a\":1}")
    output.endRecord()
    #expect(folder.text("out.partial") == "")
    try output.flush()
    #expect(folder.text("out.partial") == "{\"a\":1}\n" && folder.text("out") == "earlier\n")
    #expect(output.unfinishedPath == folder.file("out.partial"))
    try output.complete()
    #expect(folder.text("out") == "{\"a\":1}\n" && folder.names == ["out"])
    #expect(output.records == 1 && output.bytes == 8)
  }

  @Test func beginsAnUnfinishedFileAnew() throws {
    folder.write("out.partial", "left by an unfinished run\n")
    let output = Output(file: try OutputFile.create(folder.file("out"), console: console))
    output.append(lines: Bytes(start: nil, count: 0), count: 0)
    try output.complete()
    #expect(folder.text("out") == "" && folder.names == ["out"])
  }

  @Test func twoRunsCannotWriteOneFile() throws {
    let path = folder.file("out")
    let first = Output(file: try OutputFile.create(path, console: console))
    first.buffer.append("first\n")
    try first.flush()
    let failure = #expect(throws: Failure.self) { try OutputFile.create(path, console: console) }
    #expect(failure?.status == .ioError && failure?.message == "\(path).partial: another run is writing it")
    try first.complete()
    #expect(folder.text("out") == "first\n")
  }

  @Test func aFailedRunLeavesItsPartialFile() throws {
    do {
      let output = Output(file: try OutputFile.create(folder.file("out"), console: console))
      output.buffer.append("kept\n")
      try output.flush()
    }
    #expect(folder.names == ["out.partial"] && folder.text("out.partial") == "kept\n")
    _ = try OutputFile.create(folder.file("out"), console: console)
  }

  @Test func keepsSymbolicLinksAndWritesDevicesDirectly() throws {
    folder.write("real", "old")
    symlink(folder.file("real"), folder.file("link"))
    let output = Output(file: try OutputFile.create(folder.file("link"), console: console))
    output.buffer.append("new")
    try output.complete()
    #expect(folder.text("real") == "new" && folder.names == ["link", "real"])
    var status = stat()
    #expect(lstat(folder.file("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    let device = Output(file: try OutputFile.create("/dev/null", console: console))
    device.buffer.append("gone")
    try device.complete()
    #expect(access("/dev/null.partial", F_OK) != 0)
  }

  @Test func saysWhatCannotBeWritten() throws {
    let failure = #expect(throws: Failure.self) { try OutputFile.create(folder.path, console: console) }
    #expect(failure?.status == .ioError && failure?.message == "\(folder.path): is a directory")
    let missing = #expect(throws: Failure.self) { try OutputFile.create(folder.file("no/out"), console: console) }
    #expect(missing?.message == "cannot open \(folder.file("no/out.partial")) for writing: no such file or directory")
    let full = Output(file: try OutputFile.create("/dev/full", console: console))
    full.buffer.append("x")
    let error = #expect(throws: Failure.self) { try full.flush() }
    #expect(error?.status == .ioError && error?.message == "cannot write /dev/full: no space left on device")
  }

  @Test func addsMembersBehindABody() throws {
    let output = Output(file: try OutputFile.create(folder.file("out"), console: console))
    for body in ["{", "{\"a\":1", "{ \"b\":2 "] {
      lend(body) { body in output.write(body) { $0.append(.ok, true) } }
      lend(body) { body in output.write(body) { _ in } }
    }
    try output.complete()
    let lines = (folder.text("out") ?? "").split(separator: "\n")
    #expect(
      lines == ["{\"ok\":true}", "{}", "{\"a\":1,\"ok\":true}", "{\"a\":1}", "{ \"b\":2 ,\"ok\":true}", "{ \"b\":2 }"])
    #expect(output.records == 6)
  }

  @Test func flushesWhereMuchHasGathered() throws {
    let output = Output(file: try OutputFile.create(folder.file("out"), console: console))
    let line = String(repeating: "x", count: 1000)
    for _ in 0..<300 {
      output.buffer.append(text: line)
      output.endRecord()
      try output.flushIfFull()
      #expect(output.buffer.count < 128 << 10)
    }
    #expect(output.bytes > 128 << 10)
    try output.complete()
    #expect(output.bytes == 300 * 1001 && folder.text("out")?.utf8.count == output.bytes)
  }
}
