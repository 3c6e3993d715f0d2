import Records

/// How fast requests were answered, from where, and what failed.
package struct PerformanceReport {
  private let all: SummaryReader
  private let groups: [SummaryReader]

  /// - Parameters:
  ///   - all: the summary of all results.
  ///   - groups: summaries by some members, for a table of their own.
  package init(all: SummaryReader, groups: [SummaryReader]) {
    self.all = all
    self.groups = groups
  }

  package var page: Page {
    var page = Page(title: "Performance")
    page.sections =
      [overview, latency, cacheVerdicts] + groupTable + [failures, counts("Status", "status"), sizes]
      + [counts("Variant", "variant"), counts("Extension", "extension"), counts("Size class", "size_class")]
    page.sections.removeAll { $0.rows.isEmpty }
    return page
  }

  private var overview: Page.Section {
    // Records that are no results have not failed either.
    let failed = all.count("ok", "false")
    let requests = all.count("ok", "true") + failed
    let bytes = all.figure("bytes", "sum")
    let seconds = all.elapsed.map { max($0, 0.001) }
    var rows: [[Page.Cell]] = [
      [.text("Records"), .count(all.records)],
      [.text("Requests"), .count(requests)],
      [.text("Failed"), .count(failed)],
      [.text("Error rate"), share(failed, of: requests)],
      [.text("Cache hit ratio"), hitRatio(all)],
      [.text("Bytes received"), bytes.map { .bytes($0) } ?? .none],
    ]
    if let seconds {
      rows += [
        [.text("Started"), .text(all.started ?? "")],
        [.text("Finished"), .text(all.finished ?? "")],
        [.text("Elapsed"), .seconds(seconds)],
        [.text("Requests a second"), .perSecond(Double(requests) / seconds)],
        [.text("Throughput"), bytes.map { .bytesPerSecond($0 / seconds) } ?? .none],
      ]
    }
    return Page.Section("Overview", [.init("Figure", "figure", isNumeric: false), .init("Value", "value")], rows)
  }

  private static let quantiles = [("p50", "p50"), ("p90", "p90"), ("p95", "p95"), ("p99", "p99"), ("p99.9", "p999")]

  private var latency: Page.Section {
    let names = [
      ("Total", "total_ms"), ("Time to first byte", "ttfb_ms"), ("Connect", "connect_ms"), ("TLS", "tls_ms"),
      ("DNS", "dns_ms"),
    ]
    let figures = [("Mean", "mean")] + Self.quantiles + [("Max", "max")]
    let columns: [Page.Column] =
      [.init("Time", "time", isNumeric: false), .init("Count", "count")] + figures.map { .init($0.0, "\($0.1)_ms") }
    let rows = names.compactMap { title, name -> [Page.Cell]? in
      let count = all.count(name, "count")
      guard count > 0 else { return nil }
      return [.text(title), .count(count)]
        + figures.map { all.figure(name, $0.1).map { .milliseconds($0) } ?? .none }
    }
    return Page.Section("Latency", columns, rows)
  }

  private var cacheVerdicts: Page.Section { counts("Cache", "cache") }

  private var failures: Page.Section { counts("Error", "error") }

  /// A counted member as a table of value, count and share.
  private func counts(_ title: String, _ name: String) -> Page.Section {
    let columns: [Page.Column] = [
      .init(title, name, isNumeric: false), .init("Count", "count"), .init("Share", "share"),
    ]
    let rows = all.counts(name).map { [Page.Cell.text($0.value), .count($0.count), share($0.count, of: all.records)] }
    return Page.Section(title, columns, rows)
  }

  private var sizes: Page.Section {
    let names = [("Body received", "bytes"), ("Stored object", "size")]
    let figures = [("Total", "sum"), ("Mean", "mean")] + Self.quantiles.prefix(4) + [("Max", "max")]
    let rows = names.compactMap { title, name -> [Page.Cell]? in
      let count = all.count(name, "count")
      guard count > 0 else { return nil }
      return [.text(title), .count(count)] + figures.map { all.figure(name, $0.1).map { .bytes($0) } ?? .none }
    }
    let columns: [Page.Column] =
      [.init("Size", "size", isNumeric: false), .init("Count", "count")] + figures.map { .init($0.0, "\($0.1)_bytes") }
    return Page.Section("Sizes", columns, rows)
  }

  /// One table for each set of members that there are groups by.
  private var groupTable: [Page.Section] {
    var tables: [(names: [String], groups: [SummaryReader])] = []
    for group in groups {
      let names = group.group.map(\.name)
      if let i = tables.firstIndex(where: { $0.names == names }) {
        tables[i].groups.append(group)
      } else {
        tables.append((names, [group]))
      }
    }
    return tables.map { Self.table(of: $0.groups, by: $0.names) }
  }

  private static func table(of groups: [SummaryReader], by names: [String]) -> Page.Section {
    let columns: [Page.Column] =
      names.map { .init($0, $0, isNumeric: false) } + [
        .init("Records", "records"), .init("Failed", "failed"), .init("Hit ratio", "hit_ratio"),
        .init("Bytes", "bytes"),
      ] + quantiles.prefix(4).map { .init($0.0, "\($0.1)_ms") }
    let rows = groups.map { group in
      group.group.map { Page.Cell.text($0.value) } + [
        .count(group.records), .count(group.count("ok", "false")), hitRatio(group),
        group.figure("bytes", "sum").map { .bytes($0) } ?? .none,
      ] + quantiles.prefix(4).map { group.figure("total_ms", $0.1).map { .milliseconds($0) } ?? .none }
    }
    return Page.Section("By \(names.joined(separator: ", "))", columns, rows)
  }
}

/// Hits among the answers whose cache is known; none where none is.
private func hitRatio(_ summary: SummaryReader) -> Page.Cell {
  let verdicts = summary.counts("cache").filter { $0.value != "unknown" }
  let judged = verdicts.reduce(0.0) { $0 + Double($1.count) }
  return judged > 0 ? .share(Double(summary.count("cache", "hit")) / judged) : .none
}

private func share(_ part: Int, of whole: Int) -> Page.Cell { whole > 0 ? .share(Double(part) / Double(whole)) : .none }
