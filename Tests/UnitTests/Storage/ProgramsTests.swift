import Glibc
import Records
import Testing
import Toolkit

@testable import Storage

@Suite struct ProgramsTests {
  private func shell(_ script: String, outputLimit: Int = 1 << 20, seconds: Int = 30) throws(Failure) -> ProgramResult {
    try ProgramResult.of(
      "sh", ["-c", script], environment: ["SOME_NAME": "a value"], outputLimit: outputLimit, seconds: seconds)
  }

  private func text(_ result: ProgramResult) -> String { String(decoding: result.output, as: UTF8.self) }

  @Test func takesOutputMessagesAndStatus() throws {
    let result = try shell("echo out; echo one >&2; printf '\\n\\ntwo' >&2; exit 7")
    #expect(text(result) == "out\n" && result.messages == ["one", "two"] && result.ending == .exited(status: 7))
  }

  @Test func argumentsAreGivenAsTheyAre() throws {
    let arguments = ["%s|", "a b", "", "$(id)", "'\"\\", "é\n"]
    let result = try ProgramResult.of("printf", arguments)
    #expect(text(result) == "a b||$(id)|'\"\\|é\n|")
  }

  @Test func changesTheEnvironment() throws {
    #expect(text(try shell("echo $SOME_NAME; test -n \"$PATH\" && echo path")) == "a value\npath\n")
  }

  @Test func hasNothingToReadAndNoOtherDescriptors() throws {
    let descriptor = open("/dev/null", O_RDONLY)
    defer { close(descriptor) }
    #expect(text(try shell("cat; ls /proc/$$/fd | sort -n | tr '\\n' ' '")).hasPrefix("0 1 2 "))
    #expect(!text(try shell("exec ls /proc/self/fd")).split(separator: "\n").contains("\(descriptor)"))
  }

  @Test func hasDefaultSignals() throws {
    signal(SIGPIPE, SIG_IGN)
    let lines = text(try shell("grep -E 'Sig(Blk|Ign)' /proc/self/status")).split(separator: "\n")
    // The C library keeps two signals, 32 and 33, for itself.
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix("0000000") })
  }

  @Test func neitherPipeHoldsUpTheOther() throws {
    let result = try shell("for i in 1 2 3 4; do head -c 300000 /dev/zero >&2; head -c 200000 /dev/zero; done")
    #expect(result.output.count == 800_000 && result.ending == .exited(status: 0))
  }

  @Test func tellsOfASignal() throws {
    let result = try shell("echo half; kill -9 $$")
    #expect(text(result) == "half\n" && result.ending == .killed(signal: 9))
    #expect("\(result.ending)" == "was killed by signal 9")
  }

  @Test func doesNotWaitForWhatLivesLonger() throws {
    let began = Clock.now
    let result = try shell("sleep 20 >/dev/null & echo done")
    #expect(text(result) == "done\n" && Clock.now - began < 10_000_000)
  }

  @Test func endsWhatTakesTooLong() throws {
    let began = Clock.now
    #expect(throws: Failure.self) { try shell("trap '' TERM; while :; do sleep 1; done", seconds: 1) }
    #expect(Clock.now - began < 15_000_000)
  }

  @Test func endsWhatWritesTooMuch() throws {
    #expect(throws: Failure.self) { try shell("yes", outputLimit: 100_000) }
  }

  @Test func endsWhatAScriptHasStarted() throws {
    let child = try ChildProcess("sh", ["-c", "sleep 600 & wait"]) { _ in }
    #expect(kill(-child.pid, 0) == 0)
    child.terminate()
    #expect(child.waitForEnd() == .killed(signal: SIGTERM))
    for _ in 0..<200 where kill(-child.pid, 0) == 0 { usleep(10_000) }
    #expect(kill(-child.pid, 0) == -1)
  }

  @Test func saysThatThereIsNoSuchProgram() {
    let failure = #expect(throws: Failure.self) { try ProgramResult.of("mt-no-such-program", []) }
    #expect(failure?.message == "cannot run mt-no-such-program: it is not in PATH")
    #expect(failure?.status == .unavailable)
  }
}
