import Glibc
import Records

/// The progress of a run: a line on standard error while that is a terminal, and on SIGUSR1.
package final class Progress {
  package enum Mode: String, CaseIterable, Sendable { case auto, always, never }

  /// Items done, and of these failed.
  package var done = 0
  package var failed = 0
  /// The share of the input that was read, where its size is known.
  package var fraction: () -> Double? = { nil }
  /// Items that were read and are not done.
  package var underWay: () -> Int = { 0 }
  /// What follows the rate, such as a hit ratio; nil: nothing.
  package var detail: () -> String? = { nil }

  private let console: Console
  private let isShown: Bool
  private let began = Clock.now
  private var shownAt = Clock.now
  private var ticks = 0

  init(console: Console, mode: Mode) {
    self.console = console
    isShown = mode == .always || mode == .auto && isatty(2) == 1
  }

  /// Milliseconds after which `refresh` should be called again while nothing happens; -1: never.
  package var refreshInterval: Int32 { isShown ? 500 : -1 }

  /// To be called for each item: looks at the clock now and then.
  @inline(__always) package func tick() {
    ticks &+= 1
    if ticks & 1023 == 0 { refresh() }
  }

  /// Shows the line if its time has come, and answers SIGUSR1.
  package func refresh() {
    if Signals.takeProgressRequest() { console.answer(line) }
    guard isShown, Clock.now - shownAt >= 250_000 else { return }
    shownAt = Clock.now
    console.showProgress("\(console.tool): \(line)")
  }

  func finish() { console.clearProgressLine() }

  /// Of the input, what is done; what is under way counts as not done.
  private var doneFraction: Double? {
    let underWay = underWay()
    guard underWay > 0 else { return fraction() }
    return fraction().map { $0 * Double(done) / Double(done + underWay) }
  }

  private var line: String {
    let seconds = Double(Clock.now - began) / 1e6
    var text = "\(done) done, \(Int(Double(done) / max(seconds, 0.001)))/s"
    if failed > 0 { text += ", \(failed) failed" }
    if let detail = detail() { text += ", \(detail)" }
    if let fraction = doneFraction, fraction > 0 {
      let left = Int(seconds / fraction - seconds)
      text += ", \(Int(fraction * 100)) %, \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
    }
    return text
  }
}

/// The monotonic clock, clock_gettime(2).
package enum Clock {
  /// Microseconds since some point in the past.
  package static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }
}
