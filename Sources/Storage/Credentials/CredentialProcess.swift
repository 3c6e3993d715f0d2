import Glibc
import Records
import Toolkit

/// Keys that a program prints: `credential_process`.
struct CredentialProcess: CredentialSource {
  let profile: String
  let command: String

  var description: String { "credential_process of profile “\(profile)”" }

  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials {
    let (status, output, diagnostics) = try Self.run(command, for: description)
    guard status == 0 else {
      let how = status & 0x7F == 0 ? "ended with status \(status >> 8 & 0xFF)" : "was killed by signal \(status & 0x7F)"
      let said = diagnostics.withUnsafeBytes { $0.trimmed.string }
      throw Failure(.badConfiguration, "\(description) \(how)" + (said.isEmpty ? "" : ": \(said)"))
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

  /// Runs a shell command and waits for it, however long a person takes to answer it: its status by waitpid(2), and
  /// what it wrote.
  private static func run(_ command: String, for source: String) throws(Failure) -> (Int32, [UInt8], [UInt8]) {
    var output: [Int32] = [-1, -1]
    var diagnostics: [Int32] = [-1, -1]
    defer { for descriptor in output + diagnostics where descriptor >= 0 { close(descriptor) } }
    guard pipe(&output) == 0, pipe(&diagnostics) == 0 else {
      throw Failure(.ioError, "cannot start \(source)", errno: errno)
    }
    // The child would hold its own reader.
    for descriptor in output + diagnostics { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    let child = try start(command, output: output[1], diagnostics: diagnostics[1], for: source)
    // So that their ends are seen when the child has closed them.
    close(output[1])
    close(diagnostics[1])
    output[1] = -1
    diagnostics[1] = -1
    var texts: [[UInt8]] = [[], []]
    let isWhole = collect([output[0], diagnostics[0]], into: &texts)
    if !isWhole { kill(child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    guard isWhole else {
      throw Failure(.badConfiguration, "\(source) was stopped" + (Signals.isStopping ? "" : ": it printed too much"))
    }
    return (status, texts[0], Array(texts[1].prefix(diagnosticsLimit)))
  }

  /// posix_spawn(3) of `sh -c`; the child has SIGPIPE as programs expect it. Unlike a ChildProcess it stays in the
  /// tool's process group and has its input: it may ask somebody at the terminal for a code.
  private static func start(
    _ command: String, output: Int32, diagnostics: Int32, for source: String
  ) throws(Failure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, diagnostics, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var arguments = ["sh", "-c", command].map { (text: String) in strdup(text) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw Failure(.ioError, "cannot start \(source)", errno: code) }
    return child
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
