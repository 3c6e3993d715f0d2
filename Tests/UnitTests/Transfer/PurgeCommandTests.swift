import Glibc
import Testing
import Toolkit

@testable import Transfer

/// A command on a loop, and what it has told.
private final class CommandRun {
  let loop = DescriptorLoop()
  private(set) var command: PurgeCommand?
  private(set) var endings: [PurgeCommand.Ending] = []
  private(set) var messages: [String] = []
  private(set) var output: [String] = []

  init(_ script: String, input: [UInt8] = [], keepsOutput: Bool = true) throws(Failure) {
    // As the tools do.
    signal(SIGPIPE, SIG_IGN)
    command = try PurgeCommand(
      script, input: input, watch: { [loop] in loop.watch($0, $1, $2) },
      onMessage: { [unowned self] in messages.append($0) },
      onOutput: keepsOutput ? { [unowned self] in output.append($0) } : nil,
      onEnd: { [unowned self] in endings.append($0) })
  }

  func run(until isDone: () -> Bool) -> Bool {
    guard let command else { return false }
    return loop.run(
      deadline: { command.deadline }, tick: { command.tick() },
      handle: { command.handle($0, isReadable: $1, isWritable: $2) }, until: isDone)
  }

  func ending() throws -> PurgeCommand.Ending {
    #expect(run { !endings.isEmpty })
    #expect(endings.count == 1 && loop.isEmpty && command?.deadline == .max)
    return try #require(endings.first)
  }

  func drop() { command = nil }
}

@Suite struct PurgeCommandTests {
  private func urls(_ bytes: Int) -> [UInt8] {
    var urls = Array("http://host.test/some/path/of/a/picture.jpg\n".utf8)
    while urls.count < bytes { urls += urls }
    return urls
  }

  /// Whether a process has ended within 5 s, even if its parent has not noticed yet.
  private func hasEnded(_ pid: pid_t) -> Bool {
    for _ in 0..<500 {
      guard let status = readFile("/proc/\(pid)/stat"), !status.contains(") Z ") else { return true }
      usleep(10_000)
    }
    return false
  }

  private func number(_ lines: [String]) throws -> pid_t { try #require(lines.first.flatMap { pid_t($0) }) }

  @Test func readsTheURLsAndEndsWell() throws {
    let run = try CommandRun(
      "while read -r url; do echo \"<$url>\"; done", input: Array("http://a/\nhttp://b/%20\n".utf8))
    let ending = try run.ending()
    #expect(ending.isSuccess && ending.message.isEmpty && "\(ending)" == "ended with status 0")
    #expect(run.output == ["<http://a/>", "<http://b/%20>"] && run.messages.isEmpty)
  }

  @Test func tellsOfItsStatusAndItsLastMessage() throws {
    let run = try CommandRun("echo one >&2; printf '  \\n\\n two: no\\n \\n\\n' >&2; exit 3")
    let ending = try run.ending()
    #expect(!ending.isSuccess && ending.program == .exited(status: 3) && ending.message == "two: no")
    #expect("\(ending)" == "ended with status 3: two: no" && run.messages == ["one", "two: no"])
  }

  @Test func takesAMessageWithoutItsNewline() throws {
    #expect(try CommandRun("printf 'half' >&2; exit 1").ending().message == "half")
  }

  @Test func cutsALongMessage() throws {
    let run = try CommandRun("head -c 70000 /dev/zero | tr '\\0' x >&2; echo >&2; exit 1")
    #expect(try run.ending().message == String(repeating: "x", count: 200))
    #expect(run.messages.reduce(0) { $0 + $1.count } == 70_000)
  }

  @Test func tellsOfASignal() throws {
    let ending = try CommandRun("echo at last >&2; kill -9 $$").ending()
    #expect(!ending.isSuccess && "\(ending)" == "was killed by signal 9: at last")
  }

  @Test func tellsOfACommandThatIsNot() throws {
    let ending = try CommandRun("mt-no-such-program").ending()
    #expect(ending.program == .exited(status: 127) && ending.message.contains("mt-no-such-program"))
  }

  @Test(arguments: [0, 3]) func mayLeaveItsInputUnread(_ status: Int32) throws {
    #expect(try CommandRun("exit \(status)", input: urls(1 << 20)).ending().program == .exited(status: status))
    let closing = try CommandRun("exec <&-; sleep 0.2; exit \(status)", input: urls(1 << 20))
    #expect(try closing.ending().program == .exited(status: status))
  }

  @Test func readsTenMegabytes() throws {
    let input = urls(10_000_000)
    let run = try CommandRun("wc -c; cat >/dev/null", input: input)
    #expect(try run.ending().isSuccess && run.output == ["\(input.count)"])
  }

  @Test func isNotHeldUpWhereItWritesBeforeItReads() throws {
    let input = urls(300_000)
    let run = try CommandRun(
      "yes $(seq 50) | head -n 4000 >&2; yes $(seq 50) | head -n 4000; wc -c; echo end >&2", input: input)
    #expect(try run.ending().message == "end")
    #expect(run.output.count == 4001 && run.output.last == "\(input.count)" && run.messages.count == 4001)
  }

  @Test func losesItsOutputUnlessItIsWanted() throws {
    let run = try CommandRun("yes | head -c 400000; echo $(readlink /proc/$$/fd/1) >&2", keepsOutput: false)
    #expect(try run.ending().message == "/dev/null" && run.output.isEmpty)
  }

  @Test func hasNoOtherDescriptors() throws {
    let descriptor = open("/dev/null", O_RDONLY)
    defer { close(descriptor) }
    let run = try CommandRun("exec ls /proc/self/fd")
    #expect(
      try run.ending().isSuccess && run.output.starts(with: ["0", "1", "2"]) && !run.output.contains("\(descriptor)"))
  }

  @Test func doesNotWaitForWhatLivesLonger() throws {
    let began = Clock.now
    let run = try CommandRun("sleep 600 & echo $!; printf half >&2; exit 1")
    let ending = try run.ending()
    #expect(ending.program == .exited(status: 1) && ending.message == "half" && Clock.now - began < 10_000_000)
    let sleeper = try number(run.output)
    #expect(kill(sleeper, 0) == 0)
    kill(sleeper, SIGKILL)
  }

  @Test func canBeTerminated() throws {
    let run = try CommandRun("echo ready >&2; sleep 600", input: urls(1 << 20))
    #expect(run.run { !run.messages.isEmpty })
    run.command?.terminate()
    #expect(run.endings.isEmpty)
    #expect(try run.ending().program == .killed(signal: SIGTERM))
  }

  @Test func isAllowedToCleanUp() throws {
    let run = try CommandRun(
      "trap 'sleep 0.3; echo clean >&2; exit 9' TERM; echo ready >&2; while :; do sleep 0.1; done")
    #expect(run.run { !run.messages.isEmpty })
    run.command?.terminate()
    run.command?.terminate()
    let ending = try run.ending()
    #expect(ending.program == .exited(status: 9) && ending.message == "clean")
  }

  @Test func isKilledWhereItIgnoresSIGTERM() throws {
    let run = try CommandRun("trap '' TERM; echo ready >&2; while :; do sleep 1; done")
    #expect(run.run { !run.messages.isEmpty })
    let began = Clock.now
    run.command?.terminate()
    #expect(try run.ending().program == .killed(signal: SIGKILL))
    #expect((1_400_000..<8_000_000).contains(Clock.now - began))
  }

  @Test func whatItHasStartedEndsWithItWhereItIsTerminated() throws {
    let script = "(trap '' TERM; echo ready >&2; while :; do sleep 1; done) & echo $!; wait"
    let run = try CommandRun(script)
    #expect(run.run { !run.messages.isEmpty && !run.output.isEmpty })
    let child = try number(run.output)
    run.command?.terminate()
    #expect(try run.ending().program == .killed(signal: SIGTERM))
    #expect(hasEnded(child))
  }

  @Test func isKilledByWhoDropsIt() throws {
    let run = try CommandRun("trap '' TERM; sleep 600 & echo $!; echo $$; wait")
    #expect(run.run { run.output.count == 2 })
    let members = run.output.compactMap { pid_t($0) }
    run.drop()
    #expect(run.endings.isEmpty && members.count == 2 && members.allSatisfy { hasEnded($0) })
  }

  @Test func leavesNoDescriptorOpen() throws {
    // The last of several runs would have a higher number.
    func process() throws -> Int32 {
      var highest: Int32 = 0
      let command = try PurgeCommand(
        "exit 0", input: [], watch: { descriptor, wantsRead, _ in if wantsRead { highest = max(highest, descriptor) } },
        onMessage: { _ in }, onEnd: { _ in })
      withExtendedLifetime(command) {}
      return highest
    }
    let first = try process()
    for _ in 0..<100 { _ = try process() }
    // Other tests open some meanwhile.
    #expect(try process() < first + 80)
  }

  @Test(arguments: ["", " \t\n", "echo \0"]) func refusesWhatIsNoCommand(_ command: String) {
    let failure = #expect(throws: Failure.self) { try CommandRun(command) }
    #expect(failure?.status == .usage && failure?.option == "purge-command")
  }
}
