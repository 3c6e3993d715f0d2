import Measure
import Records

/// How fast requests were answered, from where, and what failed.
package struct PerformanceReport {
  private let all: Summary
  private let groups: [Summary]

  /// - Parameters:
  ///   - all: the summary of all results.
  ///   - groups: summaries by some members, for tables of their own.
  package init(all: Summary, groups: [Summary]) {
    self.all = all
    self.groups = groups
  }

  package var page: Page {
    var page = Page(title: "Performance")
    page.sections =
      [overview, latency, all.overTime([.requests, .failures, .throughput, .meanTime])]
      + [counts("Cache", .field(.cache)), all.cacheByVariant]
      + GroupTables(groups).sections(Self.groupColumns)
      + [counts("Error", .field(.error)), counts("Status", .field(.status)), sizes, all.sizeHistogram]
      + [parts("Variant", .field(.variant)), parts("Extension", .fileExtension)]
      + [parts("Size class", .field(.sizeClass)), parts("Host", .host), all.slowest, settings]
    page.sections.removeAll(where: \.isEmpty)
    return page
  }

  private var overview: Page.Section {
    var figures: [(name: String, value: Page.Cell)] = [
      ("Records", .count(all.records)), ("Requests", .count(all.requests)), ("Failed", .count(all.failed)),
      ("Error rate", all.errorRate.map { .share($0) } ?? .none),
      ("Cache hit ratio", all.hitRatio.map { .share($0) } ?? .none),
      ("Bytes received", all.quantity(.bytes).map { .bytes($0.sum) } ?? .none),
    ]
    if let started = all.started, let finished = all.finished, let elapsed = all.elapsed {
      figures += [
        ("Started", .time(started)), ("Finished", .time(finished)), ("Elapsed", .seconds(elapsed)),
        ("Requests a second", all.requestsPerSecond.map { .perSecond($0) } ?? .none),
        ("Throughput", all.bytesPerSecond.map { .bytesPerSecond($0) } ?? .none),
      ]
    }
    figures += all.distinctFigures([.key, .url])
    return Page.Section("Overview", figures: figures)
  }

  // MARK: Measured members

  /// Where there is no room for all.
  private static let fewQuantiles = Quantity.quantiles.filter { $0.q <= 0.99 }

  private typealias Measured = (title: String, quantity: Quantity)

  private func measured(_ fields: [(title: String, field: Field)]) -> [Measured] {
    fields.compactMap { title, field in all.quantity(field).map { (title, $0) } }
  }

  private var latency: Page.Section {
    let columns: [TableColumn<Measured>] =
      [
        .init("Time", "time") { $0.title },
        .init("Count", "count", .count) { Double($0.quantity.count) },
        .init("Mean", "mean_ms", .milliseconds) { $0.quantity.mean },
        .init("Std. deviation", "stddev_ms", .milliseconds) { $0.quantity.standardDeviation },
      ]
      + Quantity.quantiles.map { name, title, q in
        .init(title, "\(name)_ms", .milliseconds) { $0.quantity.quantile(q) }
      } + [.init("Max", "max_ms", .milliseconds) { $0.quantity.maximum }]
    let rows = measured([
      ("Total", .total), ("Time to first byte", .ttfb), ("Connect", .connect), ("TLS", .tls), ("DNS", .dns),
    ])
    let plots = measured([("Total time", .total), ("Time to first byte", .ttfb)]).compactMap(distribution)
    return Page.Section("Latency", columns, of: rows, plots: plots)
  }

  private func distribution(_ title: String, _ quantity: Quantity) -> Page.Plot? {
    // Nothing else has a place on a logarithmic axis.
    var points = quantity.sketch.distribution.filter { $0.value > 0 }
      .map { (value: min(max($0.value, quantity.minimum), quantity.maximum), share: $0.share) }
    guard points.count > 1 else { return nil }
    points[points.count - 1].value = quantity.maximum
    let marks = Quantity.quantiles.compactMap { _, title, q in
      quantity.quantile(q).flatMap { $0 > 0 ? (name: title, value: $0) : nil }
    }
    return .distribution(
      .init(title: title, unit: .milliseconds, curves: [(title, points)], marks: marks))
  }

  private var sizes: Page.Section {
    let columns: [TableColumn<Measured>] =
      [
        .init("Size", "size") { $0.title },
        .init("Count", "count", .count) { Double($0.quantity.count) },
        .init("Total", "sum_bytes", .bytes) { $0.quantity.sum },
        .init("Mean", "mean_bytes", .bytes) { $0.quantity.mean },
      ]
      + Self.fewQuantiles.map { name, title, q in .init(title, "\(name)_bytes", .bytes) { $0.quantity.quantile(q) } }
      + [.init("Max", "max_bytes", .bytes) { $0.quantity.maximum }]
    return Page.Section("Sizes", columns, of: measured([("Body received", .bytes), ("Stored object", .size)]))
  }

  // MARK: Counted members

  private func counts(_ title: String, _ dimension: Dimension) -> Page.Section {
    Page.Section(
      title, [.name(title, "\(dimension.name)"), .count, .share(of: all.records)], of: all.parts(dimension))
  }

  private func parts(_ title: String, _ dimension: Dimension) -> Page.Section {
    Page.Section(
      title,
      [
        .name(title, "\(dimension.name)"), .count, .share(of: all.records), .failed, .hitRatio,
        .init("Bytes", "bytes", .bytes) { $0.bytes },
      ], of: all.parts(dimension))
  }

  private var settings: Page.Section {
    Page.Section(
      "Settings", [.init("Setting", "setting") { $0.name }, .init("Value", "value") { $0.value }], of: all.settings)
  }

  private static var groupColumns: [TableColumn<Summary>] {
    [
      .init("Records", "records", .count) { Double($0.records) },
      .init("Failed", "failed", .count) { Double($0.failed) },
      .init("Hit ratio", "hit_ratio", .share) { $0.hitRatio },
      .init("Bytes", "bytes", .bytes) { $0.quantity(.bytes)?.sum },
    ]
      + fewQuantiles.map { name, title, q in
        .init(title, "\(name)_ms", .milliseconds) { $0.quantity(.total)?.quantile(q) }
      }
  }
}
