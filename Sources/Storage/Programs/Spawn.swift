import Glibc
import Toolkit

/// A pipe that no other program inherits. What is not taken is closed.
struct Pipe: ~Copyable {
  private var readEnd: Int32
  let writeEnd: Int32

  init() throws(Failure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(.software, "there can be no pipe", errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    if readEnd >= 0 { close(readEnd) }
    close(writeEnd)
  }

  /// The end to read from, which is then the caller's; the other end is closed.
  consuming func takeReadEnd() -> Int32 {
    let taken = readEnd
    readEnd = -1
    return taken
  }
}

/// Starts `program` with default signals and no descriptors but its standard streams, posix_spawnp(3). An errno, 0 where
/// all went well.
func spawn(
  _ program: String, _ arguments: [String], _ environment: [String: String], _ output: borrowing Pipe,
  _ errors: borrowing Pipe, _ pid: inout pid_t
) -> Int32 {
  closeOthersOnExec()
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, output.writeEnd, 1)
  posix_spawn_file_actions_adddup2(&actions, errors.writeEnd, 2)

  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  sigfillset(&signals)
  posix_spawnattr_setsigdefault(&attributes, &signals)
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  // A session of its own: its group can be ended as one, and it cannot wait for an answer at our terminal.
  posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | startsSession))

  return withCStrings([program] + arguments) { argv in
    withCStrings(environmentLines(with: environment)) { envp in
      posix_spawnp(&pid, program, &actions, &attributes, argv, envp)
    }
  }
}

/// POSIX_SPAWN_SETSID of glibc's spawn.h, which Swift's module leaves out.
private let startsSession: Int32 = 0x80

/// Keeps from programs what the tool has open or has inherited, beside the standard streams.
private func closeOthersOnExec() {
  guard let directory = opendir("/proc/self/fd") else { return }
  defer { closedir(directory) }
  while let entry = readdir(directory) {
    let name = UnsafeRawPointer(entry.pointer(to: \.d_name)!).assumingMemoryBound(to: CChar.self)
    let descriptor = atoi(name)
    if descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
  }
}

/// The tool's environment, `NAME=VALUE` each, with `changes`.
private func environmentLines(with changes: [String: String]) -> [String] {
  var lines = changes.map { "\($0.key)=\($0.value)" }
  var next = environ
  while let entry = next.pointee {
    let line = String(cString: entry)
    if changes[String(line.prefix { $0 != "=" })] == nil { lines.append(line) }
    next += 1
  }
  return lines
}

/// Lends the strings as C wants an array of them, with nil at its end.
private func withCStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
  let copies = strings.map { strdup($0) } + [nil]
  defer { for copy in copies { free(copy) } }
  return body(copies)
}
