import Glibc

/// What a program has as its standard input.
package enum SpawnInput {
  case nothing
  /// The tool's own.
  case inherited
  case descriptor(Int32)
}

/// Starts `program`, with no descriptors but its standard streams, posix_spawnp(3). An errno, 0 where all went well.
/// - Parameters:
///   - environment: what differs from the tool's own.
///   - output: nil: what it writes there is lost.
///   - isApart: in a session of its own, with default signals: its group can be ended as one, and it cannot wait for an
///     answer at our terminal. Otherwise it shares the tool's group, and may ask somebody at the terminal.
package func spawn(
  _ program: String, _ arguments: [String], environment: [String: String] = [:], input: SpawnInput = .nothing,
  output: Int32?, errors: Int32, isApart: Bool = true, _ pid: inout pid_t
) -> Int32 {
  closeOthersOnExec()
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  switch input {
  case .nothing: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  case .inherited: break
  case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
  }
  if let output {
    posix_spawn_file_actions_adddup2(&actions, output, 1)
  } else {
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  }
  posix_spawn_file_actions_adddup2(&actions, errors, 2)

  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  sigemptyset(&signals)
  // Of a thread that takes no signals, the program would inherit that.
  posix_spawnattr_setsigmask(&attributes, &signals)
  // In the tool's group it ignores what the tool's user has told it to, as with nohup(1); SIGPIPE is the tool's own doing.
  if isApart { sigfillset(&signals) } else { sigaddset(&signals, SIGPIPE) }
  posix_spawnattr_setsigdefault(&attributes, &signals)
  posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (isApart ? startsSession : 0)))

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
