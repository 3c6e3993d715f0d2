import Glibc

/// The tools as they were built beside the tests.
enum Executable {
  static let tools = ["mt-list", "mt-expand", "mt-fetch", "mt-stats", "mt-report"]

  struct Result {
    let status: Int32
    let output: String
    let diagnostics: String
  }

  /// The folder that the test program lies in.
  private static let folder: String = {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes {
      readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    let path = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    return path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
  }()

  /// Runs a tool with nothing to read and no settings, posix_spawn(3); nil where it cannot be run.
  static func run(_ tool: String, _ arguments: [String]) -> Result? {
    let temporary = TemporaryFolder()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, temporary.file("output"), O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, temporary.file("diagnostics"), O_WRONLY | O_CREAT, 0o600)
    var argv = ([tool] + arguments).map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]
    var process: pid_t = 0
    guard posix_spawn(&process, "\(folder)/\(tool)", &actions, nil, &argv, &environment) == 0 else { return nil }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    return Result(
      status: code, output: temporary.text("output") ?? "", diagnostics: temporary.text("diagnostics") ?? "")
  }
}
