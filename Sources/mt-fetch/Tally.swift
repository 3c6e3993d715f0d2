import Measure
import Toolkit
import Transfer

/// What a run came to: for progress, the closing message and the exit status.
final class Tally {
  private let run: Run
  private var succeeded = 0
  private var hits = 0
  private var judged = 0
  private var bytes = 0
  private var errors: [FetchError: Int] = [:]
  private var unproven: [NotWarmed: Int] = [:]
  private var proven = 0
  private var firstBytes = Sketch()
  private var hasReachedServer = false
  private var firstMessage = ""
  private let began = Clock.now

  init(_ run: Run) {
    self.run = run
    run.progress.detail = { [unowned self] in detail }
  }

  /// For the progress line.
  private var detail: String? {
    let seconds = max(Double(Clock.now - began) / 1e6, 0.001)
    var parts = ["\(Self.rounded(Double(bytes) / 1_048_576 / seconds)) MiB/s"]
    if judged > 0 { parts.append("\(hits * 100 / judged) % hits") }
    if let p95 = firstBytes.quantile(0.95) { parts.append("p95 \(Self.rounded(p95)) ms") }
    return parts.joined(separator: ", ")
  }

  /// With one decimal where it is small.
  private static func rounded(_ value: Double) -> String {
    value < 100 ? "\((value * 10).rounded() / 10)" : "\(Int(value))"
  }

  func add(_ outcome: Outcome, _ proof: Job.Proof?) {
    if let error = outcome.error {
      if errors.isEmpty { firstMessage = outcome.message }
      errors[error, default: 0] += 1
      run.progress.failed += 1
    } else {
      succeeded += 1
      if let ttfb = outcome.ttfb { firstBytes.add(Double(ttfb) / 1000) }
      if let proof {
        if let reason = proof.reason { unproven[reason, default: 0] += 1 } else { proven += 1 }
      }
    }
    bytes += outcome.bytes
    if outcome.wasConnected || outcome.status > 0 { hasReachedServer = true }
    if let cache = outcome.cache, cache.verdict != "unknown" {
      judged += 1
      hits += cache.verdict == "hit" ? 1 : 0
    }
    run.progress.done += 1
  }

  /// Says what failed and with which status the run ends.
  func report() {
    let failed = errors.values.reduce(0, +)
    let ranking = Self.ranking(errors)
    run.summaryMembers.append(("succeeded", "\(succeeded)"))
    run.summaryMembers.append(("failed", "\(failed)"))
    run.summaryMembers.append(("body_bytes", "\(bytes)"))
    run.summaryMembers.append(("errors", Self.json(ranking)))
    reportProof()
    guard failed > 0 else { return }
    let kinds = Self.text(ranking)
    // Where nothing was sent for other reasons, servers may well be there.
    let wasTried = [.dns, .connect, .tls, .timeout].contains { errors[$0] != nil }
    if hasReachedServer || Signals.isStopping || !wasTried {
      run.fail("\(failed) of \(failed + succeeded) items failed: \(kinds)")
    } else {
      let count = "\(failed) of \(failed) items failed"
      run.console.error("no server could be reached, \(count) (\(kinds)); the first: \(firstMessage)")
      run.conclude(.unavailable)
    }
  }

  private func reportProof() {
    let missing = unproven.values.reduce(0, +)
    guard proven + missing > 0 else { return }
    let ranking = Self.ranking(unproven)
    run.summaryMembers.append(("warmed", "\(proven)"))
    run.summaryMembers.append(("not_warmed", Self.json(ranking)))
    if missing > 0 { run.fail("\(missing) of \(proven + missing) items are not proven warm: \(Self.text(ranking))") }
  }

  /// The most frequent first.
  private static func ranking<Kind: RawRepresentable>(_ counts: [Kind: Int]) -> [(name: String, count: Int)]
  where Kind.RawValue == String {
    counts.map { ($0.key.rawValue, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  private static func text(_ ranking: [(name: String, count: Int)]) -> String {
    ranking.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
  }

  private static func json(_ ranking: [(name: String, count: Int)]) -> String {
    "{" + ranking.map { "\"\($0.name)\":\($0.count)" }.joined(separator: ",") + "}"
  }
}
