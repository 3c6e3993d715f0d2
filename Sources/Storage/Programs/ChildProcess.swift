import Glibc
import Toolkit

/// A program that runs beside the tool: no shell, nothing to read, its output and its messages in pipes. It leads a
/// process group of its own, so that what a wrapper script starts ends with it.
///
/// Who drops one ends it. For the main thread alone.
package final class ChildProcess {
  enum Event {
    /// `output` has something to read, perhaps its end.
    case output
    /// Messages, a signal, or nothing in the given time.
    case other
  }

  let program: String
  let pid: pid_t
  /// Where its standard output is read.
  let output: Int32
  /// Where its standard error is read; -1 at its end.
  private var errors: Int32
  private var messages = MessageLines()
  private let onMessage: (String) -> Void
  private var ending: ProgramEnding?

  /// Starts a program that is looked for in PATH, posix_spawnp(3).
  /// - Parameters:
  ///   - environment: what differs from the tool's own.
  ///   - onMessage: gets each line that the program writes to standard error, while `wait` or `waitForEnd` is called.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    onMessage: @escaping (String) -> Void
  ) throws(Failure) {
    self.program = program
    self.onMessage = onMessage
    let outputPipe = try Pipe()
    let errorPipe = try Pipe()
    var pid = pid_t()
    let code = spawn(
      program, arguments, environment: environment, output: outputPipe.writeEnd, errors: errorPipe.writeEnd, &pid)
    guard code == 0 else {
      let why = code == ENOENT ? "it is not in PATH" : systemMessage(code)
      throw Failure(.unavailable, "cannot run \(program): \(why)")
    }
    self.pid = pid
    output = outputPipe.takeReadEnd()
    errors = errorPipe.takeReadEnd()
  }

  deinit {
    terminate()
    close(output)
    if errors >= 0 { close(errors) }
  }

  /// Waits for something to read, at most `milliseconds`, poll(2); takes messages as they come. A signal ends the wait.
  func wait(milliseconds: Int32) -> Event {
    var entries = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      pollfd(fd: Signals.wakeDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&entries, 3, milliseconds) > 0 else { return .other }
    if entries[2].revents != 0 { Signals.drainWake() }
    if entries[1].revents != 0 { readMessages() }
    return entries[0].revents != 0 ? .output : .other
  }

  private func readMessages() {
    switch messages.fill(from: errors) {
    case .data, .interrupted: break
    case .end, .failed:
      close(errors)
      errors = -1
    }
    while let line = messages.next() { onMessage(line) }
  }

  /// How the program ended; waits for that. To be called when all of its output is read. Nil: a signal came, or
  /// `milliseconds` were over.
  package func waitForEnd(milliseconds: Int = .max) -> ProgramEnding? {
    let began = Clock.now
    while ending == nil, !Signals.isStopping, Clock.now - began < milliseconds.multipliedOrMax(by: 1000) {
      // Others that it started may have its standard error open for longer than it lives.
      if !hasEnded() { waitForMessages(milliseconds: 20) }
    }
    while errors >= 0, Signals.isReadable(errors) { readMessages() }
    return ending
  }

  private func waitForMessages(milliseconds: Int32) {
    guard errors >= 0 else {
      usleep(UInt32(milliseconds) * 100)
      return
    }
    if Signals.waitForInput(errors, timeout: milliseconds), Signals.isReadable(errors) { readMessages() }
  }

  /// Ends the program if it still runs: SIGTERM, and two seconds later SIGKILL.
  package func terminate() {
    guard !hasEnded() else { return }
    kill(-pid, SIGTERM)
    for _ in 0..<400 {
      usleep(5000)
      if hasEnded() { return }
    }
    kill(-pid, SIGKILL)
    while !hasEnded() { usleep(1000) }
  }

  private func hasEnded() -> Bool {
    if ending == nil { ending = ProgramEnding(ifOver: pid) }
    return ending != nil
  }
}

extension Int {
  fileprivate func multipliedOrMax(by factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
