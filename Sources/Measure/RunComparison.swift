import Records

/// One run held against an earlier one.
package struct RunComparison: Sendable {
  /// What is compared: a figure, and which way it gets worse.
  package struct Figure: Sendable {
    /// As a condition names it: `p95(total_ms)`.
    package let name: String
    package let unit: Unit
    fileprivate let isWorseAbove: Bool
    fileprivate let value: @Sendable (Summary) -> Double?
    /// Where the true value may lie; nil: not known.
    fileprivate let interval: @Sendable (Summary) -> ClosedRange<Double>?
  }

  package enum Verdict: String, Sendable, CaseIterable {
    case worse
    /// The baseline has the figure, the run has not.
    case missing
    case better, same

    /// Whether a run with it has not passed.
    package var isFailure: Bool { self == .worse || self == .missing }
  }

  package struct Change: Sendable {
    package let figure: Figure
    /// The group, `variant=mobile`; empty: all records.
    package let group: String
    package let before: Double
    /// Nil: missing.
    package let now: Double?
    package let verdict: Verdict

    /// Relative to what was; nil where that was 0.
    package var relative: Double? { before == 0 ? nil : now.map { ($0 - before) / before } }
  }

  package let changes: [Change]
  /// Groups that one of the runs alone has.
  package let unmatched: [String]
  /// Members whose values differ, so that the runs did not ask for the same: `variant`, `host`.
  package let differing: [String]

  package static let figures: [Figure] =
    [
      Figure(
        name: "error_rate", unit: .share, isWorseAbove: true, value: { $0.errorRate },
        interval: { Confidence.share($0.failed, of: $0.requests) }),
      Figure(
        name: "hit_ratio", unit: .share, isWorseAbove: false, value: { $0.hitRatio },
        interval: { Confidence.share($0.count(.field(.cache), "hit"), of: $0.judged) }),
      Figure(
        name: "requests_per_second", unit: .perSecond, isWorseAbove: false, value: { $0.requestsPerSecond },
        interval: { summary in
          guard let rate = summary.requestsPerSecond, let seconds = summary.elapsed else { return nil }
          let range = Confidence.number(rate * seconds)
          return range.lowerBound / seconds...range.upperBound / seconds
        }),
    ]
    + [(Field.total, 0.5), (.total, 0.95), (.total, 0.99), (.ttfb, 0.5), (.ttfb, 0.95)].map { field, q in
      Figure(
        name: "p\(Int(q * 100))(\(field.name))", unit: .milliseconds, isWorseAbove: true,
        value: { $0.quantity(field)?.quantile(q) },
        interval: { $0.quantity(field).flatMap { Confidence.quantile(q, of: $0) } })
    }

  /// - Parameter noise: the relative change up to which a figure counts as the same, 0 or more. Where it is known how far
  ///   chance may reach, a change within that counts as the same as well.
  package init(of now: [Summary], with before: [Summary], noise: Double) {
    var changes: [Change] = []
    let old = Dictionary(before.map { ($0.group, $0) }, uniquingKeysWith: { first, _ in first })
    for summary in now {
      guard let old = old[summary.group] else { continue }
      changes += Self.figures.compactMap { Self.change($0, from: old, to: summary, noise) }
    }
    self.changes = changes
    let names = (now: Set(now.map(\.group)), before: Set(before.map(\.group)))
    unmatched = (now + before).filter { !names.now.contains($0.group) || !names.before.contains($0.group) }.map(
      \.groupName)
    let whole = (now: now.first { $0.group.isEmpty }, before: before.first { $0.group.isEmpty })
    differing = [Dimension.field(.variant), .host, .field(.httpVersion), .field(.media)].filter { dimension in
      Set(whole.now?.counts(dimension).map(\.name) ?? []) != Set(whole.before?.counts(dimension).map(\.name) ?? [])
    }.map { "\($0.name)" }
  }

  private static func change(_ figure: Figure, from old: Summary, to new: Summary, _ noise: Double) -> Change? {
    guard let before = figure.value(old) else { return nil }
    guard let now = figure.value(new) else {
      return Change(figure: figure, group: new.groupName, before: before, now: nil, verdict: .missing)
    }
    let isWithinNoise = (now - before).magnitude <= before.magnitude * noise
    let isWithinChance =
      if let a = figure.interval(old), let b = figure.interval(new) { a.overlaps(b) } else { false }
    let verdict: Verdict =
      isWithinNoise || isWithinChance ? .same : (now > before) == figure.isWorseAbove ? .worse : .better
    return Change(figure: figure, group: new.groupName, before: before, now: now, verdict: verdict)
  }

  /// The settings in which two runs differ, `workers: 500, was 100`; runs that differ cannot be held against each other.
  package static func differences(of now: Summary, with before: Summary) -> [String] {
    let names = Set((now.settings + before.settings).map(\.name)).sorted()
    return names.compactMap { name in
      let values = [now, before].map { summary in summary.settings.first { $0.name == name }?.value }
      guard values[0] != values[1] else { return nil }
      return "\(name): \(values[0] ?? "not set"), was \(values[1] ?? "not set")"
    }
  }
}
