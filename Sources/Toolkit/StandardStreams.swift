import Glibc

/// Descriptors 0 to 2.
enum StandardStreams {
  /// Takes the places of standard streams that are closed, so that no other file gets their numbers. What takes them fails
  /// as a closed one does: standard input cannot be read, the others cannot be written.
  static func fillGaps() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes text to standard output, as `Output` does.
  static func print(_ text: String) throws(Failure) {
    let output = Output(file: nil)
    output.buffer.append(text: text)
    try output.flush()
  }
}
