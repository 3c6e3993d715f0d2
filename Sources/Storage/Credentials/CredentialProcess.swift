import Glibc
import Records
import Toolkit

/// Keys that a program prints: `credential_process`.
struct CredentialProcess: CredentialSource {
  let profile: String
  let command: String

  var description: String { "credential_process of profile “\(profile)”" }

  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials {
    let (ending, output, diagnostics) = try Self.run(command, for: description)
    guard ending == .exited(status: 0) else {
      let said = diagnostics.withUnsafeBytes { $0.trimmed.string }
      throw Failure(.badConfiguration, "\(description) \(ending)" + (said.isEmpty ? "" : ": \(said)"))
    }
    let json = try jsonAnswer(output, from: description)
    guard json["Version"] == .integer(1) else {
      throw Failure(.badConfiguration, "\(description): its answer has no Version 1")
    }
    return try Credentials(answer: json, token: "SessionToken", from: description, mustExpire: false)
  }

  /// Bytes; of diagnostics only the first are kept.
  private static let outputLimit = 1 << 20
  private static let diagnosticsLimit = 2000

  /// Runs a shell command and waits for it, however long a person takes to answer it: how it ended, and what it wrote.
  /// Unlike a ChildProcess it stays in the tool's process group and has its input: it may ask somebody at the terminal
  /// for a code.
  private static func run(_ command: String, for source: String) throws(Failure) -> (ProgramEnding, [UInt8], [UInt8]) {
    let outputPipe = try Pipe()
    let diagnosticsPipe = try Pipe()
    var child = pid_t()
    let code = spawn(
      "/bin/sh", ["-c", command], input: .inherited, output: outputPipe.writeEnd, errors: diagnosticsPipe.writeEnd,
      isApart: false, &child)
    guard code == 0 else { throw Failure(.ioError, "cannot start \(source)", errno: code) }
    let pipes = [outputPipe.takeReadEnd(), diagnosticsPipe.takeReadEnd()]
    defer { for descriptor in pipes { close(descriptor) } }
    var texts: [[UInt8]] = [[], []]
    let isWhole = collect(pipes, into: &texts)
    if !isWhole { kill(child, SIGKILL) }
    let ending = ProgramEnding(waitingFor: child)
    guard isWhole else {
      throw Failure(.badConfiguration, "\(source) was stopped" + (Signals.isStopping ? "" : ": it printed too much"))
    }
    return (ending, texts[0], Array(texts[1].prefix(diagnosticsLimit)))
  }

  /// Reads both pipes to their ends; false where the first brings too much or a signal asks to stop.
  private static func collect(_ pipes: [Int32], into texts: inout [[UInt8]]) -> Bool {
    var entries = pipes.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    while entries.contains(where: { $0.fd >= 0 }) {
      if Signals.isStopping { return false }
      guard poll(&entries, 2, 200) > 0 else { continue }
      for i in entries.indices where entries[i].revents != 0 {
        let count = read(entries[i].fd, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          entries[i].fd = -1
          continue
        }
        if i == 0 || texts[i].count < diagnosticsLimit { texts[i] += buffer[..<count] }
        if texts[0].count > outputLimit { return false }
      }
    }
    return true
  }
}
