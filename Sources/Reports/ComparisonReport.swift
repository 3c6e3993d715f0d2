import Comparison
import Records

/// What was fetched beside what a KV namespace holds.
package struct ComparisonReport {
  private let differences: Differences

  package init(_ differences: Differences) { self.differences = differences }

  package var page: Page {
    Page(
      title: "Comparison with KV",
      introduction: [
        "What was fetched, beside the entries of an export of a KV namespace. "
          + "An item is a derivative of an object; it is in the results where fetching it succeeded."
      ],
      sections: ([overview, table("Variant", "variant", differences.byVariant, plot: variants)]
        + [table("Path", "path", differences.byPrefix)] + Finding.differences.map(examples)).filter { !$0.isEmpty },
      checks: Finding.differences.map(check))
  }

  private var overview: Page.Section {
    let total = differences.total
    let items = total[.both] + total[.onlyInResults]
    let entries = [.text("Share of the results that is in KV")] + [share(total[.both], of: items)]
    return Page.Section(
      "Overview", [.init("Figure", "figure", isNumeric: false), .init("Value", "value")],
      Finding.allCases.map { [.text($0.title), .count(total[$0])] } + [entries])
  }

  private func table(
    _ title: String, _ name: String, _ ranking: FindingRanking, plot: Page.Plot? = nil
  ) -> Page.Section {
    let findings = Finding.allCases.filter { $0 != .unmatched && $0 != .chunk }
    let columns = findings.map { Page.Column($0.title, "\($0.name)") } + [.init("Share in KV", "share_in_kv")]
    return Page.Section(
      "By \(name)", [.init(title, name, isNumeric: false)] + columns,
      ranking.rows(20).map { name, counts in
        [.text(name)] + findings.map { .count(counts[$0]) }
          + [share(counts[.both], of: counts[.both] + counts[.onlyInResults])]
      }, plots: plot.map { [$0] } ?? [])
  }

  /// Of the largest variants, as many as an eye can compare.
  private var variants: Page.Plot? {
    let shown: [(Finding, Page.Tone)] = [(.both, .good), (.onlyInResults, .bad), (.onlyInKV, .warning)]
    let largest = differences.byVariant.named.filter { entry in shown.contains { entry.counts[$0.0] > 0 } }.prefix(20)
    guard !largest.isEmpty else { return nil }
    return .bars(
      .init(
        title: "Where the items of each variant are", layout: .stackedShares, unit: .count,
        categories: largest.map(\.name),
        series: shown.map { finding, tone in
          (name: finding.title, tone: tone, values: largest.map { Double($0.counts[finding]) })
        }))
  }

  private func examples(of finding: Finding) -> Page.Section {
    let examples = differences.examples[finding] ?? []
    let all = differences.total[finding]
    let cells: [(Page.Column, (Difference) -> Page.Cell)] = [
      (.init("Key", "key", isNumeric: false), { text($0.key) }),
      (.init("Variant", "variant", isNumeric: false), { text($0.variant) }),
      (.init("Entry", "kv_name", isNumeric: false), { text($0.name) }),
      (.init("Bytes received", "bytes"), { bytes($0.bytes) }),
      (.init("Bytes in KV", "kv_bytes"), { bytes($0.kvBytes) }),
      (.init("Expiration", "expiration"), { $0.expiration.map { .time($0) } ?? .none }),
    ]
    // A column in which nothing would stand is left out.
    let columns = cells.filter { column in examples.contains { column.1($0) != .none } }
    return Page.Section(
      finding.title, columns.map(\.0), examples.map { example in columns.map { $0.1(example) } },
      notes: all > examples.count ? ["The first \(examples.count) of \(all), in the order of their keys."] : [])
  }

  private func check(_ finding: Finding) -> Page.Check {
    let count = differences.total[finding]
    return Page.Check(
      suite: "comparison", name: "\(finding.name)", failure: count > 0 ? "\(finding.title): \(count)" : nil,
      detail: "\(count)")
  }
}

extension FindingRanking {
  /// The first `limit` names, and the rest as one.
  fileprivate func rows(_ limit: Int) -> [(name: String, counts: FindingCounts)] {
    // How many names the others are is not known.
    let unknown = others.map { [(name: "(other)", counts: $0)] } ?? []
    let rest = named.dropFirst(limit) + unknown
    guard rest.count > 1 else { return Array(named.prefix(limit) + rest) }
    let name = "(\(unknown.isEmpty ? "" : "more than ")\(max(named.count - limit, 0)) others)"
    return named.prefix(limit) + [(name: name, counts: rest.reduce(into: FindingCounts()) { $0 += $1.counts })]
  }
}

private func text(_ text: String?) -> Page.Cell { text.map { .text($0) } ?? .none }

private func bytes(_ bytes: Int?) -> Page.Cell { bytes.map { .bytes(Double($0)) } ?? .none }

private func share(_ part: Int, of whole: Int) -> Page.Cell { whole > 0 ? .share(Double(part) / Double(whole)) : .none }

extension Finding {
  fileprivate var title: String {
    switch self {
    case .both: "In both"
    case .onlyInResults: "Only in results"
    case .onlyInKV: "Only in KV"
    case .sizeDiffers: "Sizes differ"
    case .failedInKV: "Failed, but in KV"
    case .failedNotInKV: "Failed, not in KV"
    case .expired: "Expired in KV"
    case .olderVersion: "Older versions"
    case .repeatedResult: "Repeated results"
    case .repeatedEntry: "Repeated entries"
    case .unmatched: "Unmatched names"
    case .chunk: "Chunks"
    }
  }
}
