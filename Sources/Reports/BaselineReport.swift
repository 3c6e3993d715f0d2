import Measure

/// What changed since an earlier run, as a section and as checks of any page.
package struct BaselineReport {
  private let comparison: RunComparison
  private let noise: Double

  /// - Parameter noise: the relative change up to which figures count as the same; for the notes.
  package init(_ comparison: RunComparison, noise: Double) {
    self.comparison = comparison
    self.noise = noise
  }

  /// Puts the section before those of a page, and the checks behind its own.
  package func added(to page: Page) -> Page {
    var page = page
    page.sections.insert(section, at: 0)
    page.checks += checks
    return page
  }

  private var section: Page.Section {
    Page.Section("Compared with the baseline", Self.columns, rows, notes: notes)
  }

  private static let columns: [Page.Column] = [
    .init("Figure", "figure", isNumeric: false), .init("Of", "group", isNumeric: false), .init("Baseline", "baseline"),
    .init("Now", "now"), .init("Change", "change"), .init("Verdict", "verdict", isNumeric: false),
  ]

  /// What got worse first.
  private var rows: [[Page.Cell]] {
    RunComparison.Verdict.allCases.flatMap { verdict in comparison.changes.filter { $0.verdict == verdict } }.map {
      change in
      [
        .text(change.figure.name), .text(change.group.isEmpty ? "all" : change.group),
        change.figure.unit.cell(change.before), change.now.map { change.figure.unit.cell($0) } ?? .none,
        change.relative.map { .change($0) } ?? .none, .text(change.verdict.rawValue),
      ]
    }
  }

  private var notes: [String] {
    let percent = Page.Cell.share(noise).display
    var notes = [
      "A change of up to \(percent) counts as the same, and so does one that chance alone explains: where the 99 % confidence "
        + "intervals of both runs overlap."
    ]
    if !comparison.differing.isEmpty {
      notes.append("The runs did not ask for the same: \(comparison.differing.joined(separator: ", ")) differ.")
    }
    if !comparison.unmatched.isEmpty {
      let names = comparison.unmatched.prefix(20).joined(separator: "; ")
      let more = comparison.unmatched.count > 20 ? " and \(comparison.unmatched.count - 20) more" : ""
      notes.append("In one of the runs alone: \(names)\(more).")
    }
    return notes
  }

  private var checks: [Page.Check] {
    comparison.changes.map { change in
      let place = change.group.isEmpty ? "" : " for \(change.group)"
      return Page.Check(
        suite: "baseline", name: change.figure.name + place,
        failure: change.verdict.isFailure ? Self.message(change) : nil, detail: Self.message(change))
    }
  }

  /// `p95(total_ms) for variant=mobile: 310 ms, was 250 ms (+24.0 %)`.
  package static func message(_ change: RunComparison.Change) -> String {
    let place = change.group.isEmpty ? "" : " for \(change.group)"
    let relative = change.relative.map { " (\(Page.Cell.change($0).display))" } ?? ""
    let unit = change.figure.unit
    let now = change.now.map { unit.cell($0).display } ?? "missing"
    return "\(change.figure.name)\(place): \(now), was \(unit.cell(change.before).display)\(relative)"
  }
}
