import CLinux
import Glibc
import Toolkit

/// One run of the user's command that purges a chunk of URLs: `sh -c` with the URLs on its standard input, on the caller's
/// event loop and thread. It leads a process group of its own. Who drops one kills it.
package final class PurgeCommand {
  typealias Watch = DescriptorWatch

  struct Ending: Equatable {
    let program: ProgramEnding
    /// The last line of its standard error that is not blank, at most `longestMessage` characters; empty: there is none.
    let message: String

    var isSuccess: Bool { program == .exited(status: 0) }
  }

  static let longestMessage = 200
  /// From SIGTERM to SIGKILL, microseconds.
  private static let grace = 1_500_000
  /// How often the rest of a group is looked for once its first process has ended; nothing else tells of it.
  private static let groupInterval = 50_000

  /// `Clock` time at which `tick` wants to be called; Int.max: not.
  private(set) var deadline = Int.max

  private let watch: Watch
  private let onEnd: (Ending) -> Void
  private let pid: pid_t
  /// Readable once the program has ended; -1 once that is known.
  private var process: Int32
  private var input: CommandInput
  private let errors: CommandLines
  private let output: CommandLines?
  private var program: ProgramEnding?
  private var killsAt = Int.max
  private var isKilled = false
  private var isOver = false

  /// Starts the command.
  /// - Parameters:
  ///   - input: what it can read, any size; copied.
  ///   - watch: is called until `onEnd`, and not when this is dropped.
  ///   - onMessage: gets each line of its standard error that is not blank, those of a flood too, in pieces of at most 64 KiB.
  ///   - onOutput: gets the same of its standard output; nil: what it writes there is lost.
  ///   - onEnd: how it has ended: once, from `handle` or `tick`, after all descriptors were forgotten. What it has left in
  ///     the background runs on, unless it was terminated.
  init(
    _ command: String, input: some Collection<UInt8>, watch: @escaping Watch, onMessage: @escaping (String) -> Void,
    onOutput: ((String) -> Void)? = nil, onEnd: @escaping (Ending) -> Void
  ) throws(Failure) {
    try Self.check(command)
    let inputPipe = try Pipe()
    let errorPipe = try Pipe()
    let outputPipe = try Pipe()
    var pid = pid_t()
    let code = inputPipe.withReadEnd {
      spawn(
        "/bin/sh", ["-c", command], input: .descriptor($0), output: onOutput == nil ? nil : outputPipe.writeEnd,
        errors: errorPipe.writeEnd, &pid)
    }
    guard code == 0 else { throw Failure(.unavailable, "cannot run the purge command", errno: code) }
    process = clinux_pidfd_open(pid)
    guard process >= 0 else {
      let code = errno
      kill(-pid, SIGKILL)
      _ = ProgramEnding(waitingFor: pid)
      throw Failure(.unavailable, "cannot watch the purge command", errno: code)
    }
    self.pid = pid
    self.watch = watch
    self.onEnd = onEnd
    self.input = CommandInput(inputPipe.takeWriteEnd(), Array(input))
    errors = CommandLines(errorPipe.takeReadEnd(), onMessage)
    if let onOutput { output = CommandLines(outputPipe.takeReadEnd(), onOutput) } else { output = nil }
    watch(process, true, false)
    watch(errors.descriptor, true, false)
    if let output { watch(output.descriptor, true, false) }
    watch(self.input.descriptor, false, true)
  }

  /// Tells nobody: closing takes the descriptors off the event loop, too.
  deinit {
    guard !isOver else { return }
    killGroup()
    if program == nil { _ = ProgramEnding(waitingFor: pid) }
    for descriptor in descriptors { close(descriptor) }
  }

  /// Whether `command` can be run at all, however that ends.
  package static func check(_ command: String) throws(Failure) {
    guard command.contains(where: { !$0.isWhitespace }) else {
      throw Failure(option: "purge-command", "it is empty")
    }
    guard !command.utf8.contains(0) else { throw Failure(option: "purge-command", "it contains a NUL") }
  }

  /// A descriptor that was to be watched is ready, or has an error.
  func handle(_ descriptor: Int32, isReadable: Bool, isWritable: Bool) {
    guard !isOver, descriptor >= 0 else { return }
    switch descriptor {
    case input.descriptor:
      if input.write() { forget(&input.descriptor) }
    case errors.descriptor:
      if errors.read() { forget(&errors.descriptor) }
    case output?.descriptor:
      if let output, output.read() { forget(&output.descriptor) }
    case process: tick()
    default: break
    }
  }

  /// Ends the command and what it has started: SIGTERM, and a second and a half later SIGKILL. `onEnd` then waits for its first
  /// process, and until SIGKILL for all others.
  func terminate() {
    guard !isOver, killsAt == .max else { return }
    killsAt = Clock.now + Self.grace
    deadline = killsAt
    kill(-pid, SIGTERM)
  }

  /// Does what is due.
  func tick() {
    guard !isOver else { return }
    if program == nil, let ending = ProgramEnding(ifOver: pid) {
      program = ending
      forget(&process)
    }
    if Clock.now >= killsAt, !isKilled {
      isKilled = true
      deadline = .max
      killGroup()
    }
    guard let program else { return }
    if killsAt < .max, !isKilled, groupIsAlive {
      deadline = min(killsAt, Clock.now + Self.groupInterval)
    } else {
      end(program)
    }
  }

  private var groupIsAlive: Bool { kill(-pid, 0) == 0 }

  /// Once the first process has ended, its number is its group's as long as others are in it.
  private func killGroup() { if program == nil || groupIsAlive { kill(-pid, SIGKILL) } }

  private func end(_ program: ProgramEnding) {
    isOver = true
    deadline = .max
    // Others may have these open for longer; what it has written itself is there.
    errors.finish()
    output?.finish()
    for descriptor in descriptors {
      watch(descriptor, false, false)
      close(descriptor)
    }
    onEnd(Ending(program: program, message: errors.last))
  }

  /// Those that are open.
  private var descriptors: [Int32] {
    [process, input.descriptor, errors.descriptor, output?.descriptor ?? -1].filter { $0 >= 0 }
  }

  private func forget(_ descriptor: inout Int32) {
    guard descriptor >= 0 else { return }
    watch(descriptor, false, false)
    close(descriptor)
    descriptor = -1
  }
}

extension PurgeCommand.Ending: CustomStringConvertible {
  var description: String { "\(program)" + (message.isEmpty ? "" : ": \(message)") }
}
