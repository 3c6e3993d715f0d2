import Glibc

/// How a program that the tool has started has ended.
package enum ProgramEnding: Equatable, Sendable {
  case exited(status: Int32)
  case killed(signal: Int32)

  /// Asks without waiting, waitpid(2). Nil: the program runs. To be asked until it tells, not again.
  package init?(ifOver pid: pid_t) {
    var status: Int32 = 0
    let found = waitpid(pid, &status, WNOHANG)
    guard found != 0, found > 0 || errno != EINTR else { return nil }
    self.init(found: found, status)
  }

  /// Waits for the program's end, waitpid(2).
  package init(waitingFor pid: pid_t) {
    var status: Int32 = 0
    var found: pid_t
    repeat { found = waitpid(pid, &status, 0) } while found < 0 && errno == EINTR
    self.init(found: found, status)
  }

  private init(found: pid_t, _ status: Int32) {
    let signal = status & 0x7F
    // What nobody can tell is no success.
    self =
      found < 0 ? .exited(status: 127) : signal == 0 ? .exited(status: status >> 8 & 0xFF) : .killed(signal: signal)
  }
}

extension ProgramEnding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .killed(let signal): "was killed by signal \(signal)"
    }
  }
}
