import Glibc

/// How a tool ends; sysexits(3) where it has a number for it.
package enum ExitStatus: Int32, Sendable {
  case success = 0
  /// The run came to its end, but some items failed or some lines were bad.
  case someFailed = 1
  case conditionHolds = 3
  case usage = 64
  /// Bad input, and told to stop at the first.
  case badInput = 65
  /// An input cannot be opened.
  case noInput = 66
  /// No store or server could be reached at all.
  case unavailable = 69
  /// A defect in the program.
  case software = 70
  case ioError = 74
  case badConfiguration = 78
}

/// What ends a run before its time. The message is printed behind the tool's name: lower case, no final period.
package struct Failure: Error {
  package let status: ExitStatus
  package let message: String
  /// The option at fault, without dashes, where its value is found to be wrong after the command line was read.
  package private(set) var option: String?

  package init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  /// An I/O failure with the system's reason, strerror(3).
  package init(_ status: ExitStatus, _ what: String, errno code: Int32) {
    self.init(status, "\(what): \(systemMessage(code))")
  }

  /// A value of an option that cannot be used.
  package init(option: String, _ why: String) {
    self.init(.usage, "--\(option): \(why)")
    self.option = option
  }

  /// Whether it is one of an input's, not of the run as a whole.
  package var isOfInput: Bool { [.noInput, .unavailable, .badConfiguration].contains(status) && option == nil }

  /// Standard output was closed by its reader: no error, but the end.
  package static let brokenPipe = Failure(.success, "")
  var isBrokenPipe: Bool { status == .success }
}

/// strerror(3), lower case at the start as diagnostics are.
package func systemMessage(_ code: Int32) -> String {
  let message = String(cString: strerror(code))
  return message.prefix(1).lowercased() + message.dropFirst()
}
