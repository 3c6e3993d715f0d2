import Records

/// The loop that filters share: records in, records out.
extension Run {
  /// Calls `body` for each record; what it throws makes the line a bad one. Flushes whenever the input has to be waited for.
  package func filter(
    _ source: RecordSource, to output: Output, _ body: (Record) throws(BadRecord) -> Void
  ) throws(Failure) {
    while let record = try source.next(beforeWaiting: output.flush) {
      do throws(BadRecord) {
        try body(record)
        progress.done += 1
      } catch {
        try source.reject(error)
      }
      try output.flushIfFull()
    }
    try output.flush()
    try source.finish()
  }
}

/// The loop of tools that sum records up.
extension Run {
  package func fold(_ source: RecordSource, _ body: (Record) throws(BadRecord) -> Void) throws(Failure) {
    while let record = try source.next(beforeWaiting: { () throws(Failure) in }) {
      do throws(BadRecord) {
        try body(record)
        progress.done += 1
      } catch {
        try source.reject(error)
      }
    }
    try source.finish()
  }
}
