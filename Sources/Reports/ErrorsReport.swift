import Measure
import Records

/// What failed, where, when and why, and what to do about it.
package struct ErrorsReport {
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
    let findings = Findings(all)
    var page = Page(title: "Errors", introduction: introduction)
    page.sections = [overview, Page.Section("Recommendations", advice: findings.advice)]
    if all.failed > 0 { page.sections += failures }
    page.sections += [notWarmed, all.slowest]
    page.sections.removeAll(where: \.isEmpty)
    page.checks = findings.checks
    return page
  }

  private var introduction: [String] {
    guard let rate = all.errorRate else { return ["No record says how a request ended."] }
    let requests = Page.Cell.count(all.requests).display
    guard all.failed > 0 else { return ["None of \(requests) requests failed."] }
    let failed = Page.Cell.count(all.failed).display
    return ["Of \(requests) requests, \(failed) failed: \(Page.Cell.share(rate).display)."]
  }

  private var overview: Page.Section {
    var figures: [(name: String, value: Page.Cell)] = [
      ("Requests", .count(all.requests)), ("Failed", .count(all.failed)),
      ("Error rate", all.errorRate.map { .share($0) } ?? .none),
      ("Timeouts", .count(all.count(.field(.error), "timeout"))),
      ("Attempts a request", all.quantity(.attempts)?.mean.map { .number($0) } ?? .none),
    ]
    var notes: [String] = []
    if all.records > all.requests {
      figures.append(("Records of no request", .count(all.records - all.requests)))
      notes = ["Tables by value count records of no request too, so that rates there are lower than of requests alone."]
    }
    return Page.Section("Overview", figures: figures + all.distinctFigures([.key, .url]), notes: notes)
  }

  // MARK: Failures

  private var failures: [Page.Section] {
    [errors, all.overTime([.requests, .failures, .errorRate]), statuses, messages]
      + [parts("Variant", .field(.variant)), errorsByVariant, parts("Extension", .fileExtension)]
      + [parts("Size class", .field(.sizeClass)), sizes, parts("Host", .host)]
      + GroupTables(groups).sections(groupColumns) + [failing]
  }

  private var errors: Page.Section {
    let errors = all.parts(.field(.error), limit: Field.errors.count)
    let sum = errors.reduce(0) { $0 &+ $1.count }
    return Page.Section(
      "Error",
      [
        .name("Error", "error"), .count,
        .init("Share of requests", "share", .share) { [all] in share($0.count, of: all.requests) },
        .init("Share of errors", "share_of_errors", .share) { share($0.count, of: sum) },
      ], of: errors)
  }

  private var statuses: Page.Section {
    Page.Section(
      "Status", [.name("Status", "status"), .count, .share(of: all.requests)], of: all.parts(.field(.status)))
  }

  private var messages: Page.Section {
    let messages = all.parts(.message)
    // Requests that came right have messages too: of what was tried again.
    let sum = messages.reduce(0) { $0 &+ $1.count }
    return Page.Section(
      "Message", [.name("Message", "message"), .count, .share(of: sum)], of: messages,
      notes: messages.isEmpty ? [] : ["Numbers, addresses and identifiers are put as #."])
  }

  private func parts(_ title: String, _ dimension: Dimension) -> Page.Section {
    Page.Section(
      title,
      [
        .name(title, "\(dimension.name)"), .requests, .failed, .errorRate,
        .init("Most frequent error", "most_frequent_error") { $0.mostFrequentError },
      ], of: all.parts(dimension) { Double($0.failed) })
  }

  private var sizes: Page.Section {
    let parts = all.parts(.sizeBucket)
    let ordered = SizeBucket.allCases.compactMap { bucket in parts.first { $0.name == "\(bucket.literal)" } }
    return Page.Section(
      "Failures and timeouts by size",
      [
        .name("Size", "size_bucket"), .requests, .failed, .errorRate,
        .init("Timeouts", "timeouts", .count) { Double($0.errors["timeout"] ?? 0) },
        .init("Timeout rate", "timeout_rate", .share) { share($0.errors["timeout"] ?? 0, of: $0.count) },
      ], of: ordered)
  }

  /// The errors of each variant: those that are most frequent of all, and the rest.
  private var errorsByVariant: Page.Section {
    let variants = all.parts(.field(.variant)) { Double($0.failed) }.filter { $0.failed > 0 }
    let errors = all.counts(.field(.error)).map(\.name).filter { Field.errors.contains($0) }
    let kinds =
      errors.prefix(Self.errorKinds).map { (name: $0, errors: [$0]) }
      + [(name: "others", errors: errors.dropFirst(Self.errorKinds) + [ValueCounter.otherName])]
    let series = kinds.map { kind in
      (name: kind.name, values: variants.map { part in kind.errors.reduce(0.0) { $0 + Double(part.errors[$1] ?? 0) } })
    }.filter { $0.values.contains { $0 > 0 } }
    guard !series.isEmpty else { return Page.Section("Errors by variant") }
    let plot = Page.Bars(
      title: "Errors by variant", layout: .stacked, unit: .count, categories: variants.map(\.name),
      series: series.enumerated().map { ($1.name, $1.name == "others" ? .neutral : .plain($0), $1.values) })
    let columns: [TableColumn<Int>] =
      [.init("Variant", "variant") { variants[$0].name }]
      + series.map { line in .init(line.name, line.name, .count) { line.values[$0] } }
    return Page.Section("Errors by variant", columns, of: Array(variants.indices), plots: [.bars(plot)])
  }

  private static let errorKinds = 6

  private var failing: Page.Section {
    let known = all.mostFailing
    let entries = Array(known.prefix(all.options.top))
    let missed = max(all.failuresMissed, known.dropFirst(entries.count).map { $0.value + $0.uncounted }.max() ?? 0)
    let times = Page.Unit.count.cell(missed).display
    return Page.Section(
      "URLs that failed most",
      [
        .init("URL", "url") { $0.name },
        .init("Failures", "failures", .count) { $0.value },
        // Where more different ones failed than could be kept apart.
        .init("Up to", "failures_at_most", .count) { $0.value + $0.uncounted },
        .init("Errors", "errors") { $0.errors.isEmpty ? nil : $0.errors.names.joined(separator: ", ") },
      ], of: entries,
      notes: missed > 0 && !entries.isEmpty ? ["Those that are not listed failed at most \(times) times each."] : [])
  }

  // MARK: Other trouble

  private var notWarmed: Page.Section {
    Page.Section(
      "Not warmed", [.name("Reason", "not_warmed"), .count, .share(of: all.requests)], of: all.parts(.field(.notWarmed))
    )
  }

  private var groupColumns: [TableColumn<Summary>] {
    [
      .init("Requests", "requests", .count) { Double($0.requests) },
      .init("Failed", "failed", .count) { Double($0.failed) },
      .init("Error rate", "error_rate", .share) { $0.errorRate },
      .init("Timeouts", "timeouts", .count) { Double($0.count(.field(.error), "timeout")) },
      .init("Most frequent error", "most_frequent_error") { $0.counts(.field(.error)).first?.name },
    ]
  }
}

extension TableColumn where Subject == Part {
  fileprivate static var requests: TableColumn { .init("Requests", "requests", .count) { Double($0.count) } }
}
