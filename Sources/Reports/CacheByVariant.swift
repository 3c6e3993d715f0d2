import Measure
import Records

extension Summary {
  /// What the caches said of each variant.
  var cacheByVariant: Page.Section {
    let variants = parts(.field(.variant)).filter { !$0.cache.isEmpty }
    let verdicts = Field.cacheVerdicts.filter { verdict in variants.contains { $0.cache[verdict] != nil } }
    guard !verdicts.isEmpty else { return Page.Section("Cache by variant") }
    let columns: [TableColumn<Part>] =
      [.name("Variant", "variant")]
      + verdicts.map { verdict in .init(verdict, verdict, .count) { Double($0.cache[verdict] ?? 0) } } + [.hitRatio]
    let plot = Page.Bars(
      title: "Cache verdicts by variant", layout: .stackedShares, unit: .count, categories: variants.map(\.name),
      series: Self.verdictKinds.compactMap { kind in
        let values = variants.map { variant in kind.verdicts.reduce(0.0) { $0 + Double(variant.cache[$1] ?? 0) } }
        return values.contains { $0 > 0 } ? (kind.verdicts.joined(separator: ", "), kind.tone, values) : nil
      })
    return Page.Section("Cache by variant", columns, of: variants, plots: [.bars(plot)])
  }

  /// From what saves the origin a request to what never will.
  private static let verdictKinds: [(tone: Page.Tone, verdicts: [String])] = [
    (.good, ["hit"]), (.plain(0), ["stale", "revalidated", "expired"]), (.warning, ["miss"]),
    (.bad, ["bypass", "dynamic", "uncacheable"]), (.neutral, ["unknown"]),
  ]
}
