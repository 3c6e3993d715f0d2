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
  /// Calls `body` for each record; what it throws makes the line a bad one. With a `beat`, calls that too, again and again, whether
  /// records come or not.
  package func fold(
    _ source: RecordSource, beat: Beat? = nil, _ body: (Record) throws(BadRecord) -> Void
  ) throws(Failure) {
    var beat = beat
    reading: while true {
      switch try source.nextIfReady() {
      case .end: break reading
      case .notYet:
        _ = Signals.waitForInput(
          source.descriptor, timeout: beat?.wait(atMost: progress.refreshInterval) ?? progress.refreshInterval)
        progress.refresh()
        try beat?.look()
      case .record(let record):
        do throws(BadRecord) {
          try body(record)
          progress.done += 1
        } catch {
          try source.reject(error)
        }
        try beat?.tick()
      }
    }
    try source.finish()
  }

  /// Something to do every so often.
  package struct Beat {
    private let interval: Int
    private let action: () throws(Failure) -> Void
    private var next: Int
    private var ticks = 0

    /// - Parameter interval: microseconds, more than 0.
    package init(every interval: Int, _ action: @escaping () throws(Failure) -> Void) {
      self.interval = interval
      self.action = action
      next = Clock.now + interval
    }

    /// Milliseconds until the next time, but no more than `limit`; -1 is no limit.
    fileprivate func wait(atMost limit: Int32) -> Int32 {
      let left = Int32(clamping: max(next - Clock.now, 0) / 1000 + 1)
      return limit < 0 ? left : min(left, limit)
    }

    /// Looks at the clock now and then.
    @inline(__always) fileprivate mutating func tick() throws(Failure) {
      ticks &+= 1
      if ticks & 63 == 0 { try look() }
    }

    fileprivate mutating func look() throws(Failure) {
      let now = Clock.now
      guard now >= next else { return }
      try action()
      // Times that were missed are not made up for, and an action that takes long leaves as much time for records.
      let after = Clock.now
      next = max(next + interval * ((after - next) / interval + 1), after + (after - now))
    }
  }
}
