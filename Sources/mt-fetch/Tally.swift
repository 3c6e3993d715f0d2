import Toolkit
import Transfer

/// What a run came to: for progress, the closing message and the exit status.
final class Tally {
  private var succeeded = 0
  private var hits = 0
  private var judged = 0
  private var errors: [FetchError: Int] = [:]
  private var hasReachedServer = false
  private var firstMessage = ""

  /// For the progress line.
  var hitRatio: String? { judged > 0 ? "\(hits * 100 / judged) % hits" : nil }

  func add(_ outcome: Outcome, to progress: Progress) {
    if let error = outcome.error {
      if errors.isEmpty { firstMessage = outcome.message }
      errors[error, default: 0] += 1
      progress.failed += 1
    } else {
      succeeded += 1
    }
    if outcome.wasConnected || outcome.status > 0 { hasReachedServer = true }
    if let cache = outcome.cache, cache.verdict != "unknown" {
      judged += 1
      hits += cache.verdict == "hit" ? 1 : 0
    }
    progress.done += 1
  }

  /// Says what failed and with which status the run ends.
  func report(_ run: Run) {
    let failed = errors.values.reduce(0, +)
    let ranking = errors.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
    run.summaryMembers.append(("succeeded", "\(succeeded)"))
    run.summaryMembers.append(("failed", "\(failed)"))
    run.summaryMembers.append(
      ("errors", "{" + ranking.map { "\"\($0.key.rawValue)\":\($0.value)" }.joined(separator: ",") + "}"))
    guard failed > 0 else { return }
    let kinds = ranking.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
    if hasReachedServer || Signals.isStopping {
      run.fail("\(failed) of \(failed + succeeded) items failed: \(kinds)")
    } else {
      let count = "\(failed) of \(failed) items failed"
      run.console.error("no server could be reached, \(count) (\(kinds)); the first: \(firstMessage)")
      run.conclude(.unavailable)
    }
  }
}
