import Records

/// A report as a reader sees it, before it has a format.
package struct Page: Sendable {
  package let title: String
  /// What the page is of, in a sentence or two: shown below the title.
  package var introduction: [String]
  package var sections: [Section]
  /// What a build server should know: each is a test case of JUnit's XML.
  package var checks: [Check]

  package init(title: String, introduction: [String] = [], sections: [Section] = [], checks: [Check] = []) {
    self.title = title
    self.introduction = introduction
    self.sections = sections
    self.checks = checks
  }

  /// Says on the page, too, that parts of its input were bad.
  package mutating func note(leftOut count: Int) {
    guard count > 0 else { return }
    let text =
      "\(Cell.count(count).display) \(count == 1 ? "part" : "parts") of the input could not be read and are left out."
    introduction.append(text)
    checks.insert(Check(suite: "input", name: "the whole input was read", failure: text), at: 0)
  }
}

extension Page {
  /// A heading, and below it whatever there is of notes, plots, advice and a table, in this order.
  package struct Section: Sendable {
    package let title: String
    package var notes: [String]
    package var plots: [Plot]
    package var advice: [Advice]
    package var columns: [Column]
    /// Each has a cell for each column.
    package var rows: [[Cell]]

    package init(
      _ title: String, _ columns: [Column] = [], _ rows: [[Cell]] = [], notes: [String] = [], plots: [Plot] = [],
      advice: [Advice] = []
    ) {
      self.title = title
      self.notes = notes
      self.plots = plots
      self.advice = advice
      self.columns = columns
      self.rows = rows
    }

    package var isEmpty: Bool { notes.isEmpty && plots.isEmpty && advice.isEmpty && rows.isEmpty }
  }

  package struct Column: Sendable {
    /// For readers.
    package let title: String
    /// For programs: lower snake case, with the unit.
    package let name: String
    package let isNumeric: Bool

    package init(_ title: String, _ name: String, isNumeric: Bool = true) {
      self.title = title
      self.name = name
      self.isNumeric = isNumeric
    }
  }

  /// Something to do, with the figures that say so.
  package struct Advice: Sendable {
    /// By falling weight.
    package enum Level: String, CaseIterable, Sendable { case error, warning, info }

    /// The rule that gave it: lower snake case.
    package let rule: String
    package let level: Level
    package let title: String
    package let text: String
    /// Names are for readers and programs alike.
    package let figures: [(name: String, value: Cell)]

    package init(
      rule: String, level: Level, title: String, text: String, figures: [(name: String, value: Cell)] = []
    ) {
      self.rule = rule
      self.level = level
      self.title = title
      self.text = text
      self.figures = figures
    }
  }

  /// Something that holds or does not.
  package struct Check: Sendable {
    /// What it belongs to, such as `conditions` or `rules`.
    package let suite: String
    package let name: String
    /// Why it does not hold; nil: it does.
    package let failure: String?
    /// Figures and the like, for the record.
    package let detail: String

    package init(suite: String, name: String, failure: String? = nil, detail: String = "") {
      self.suite = suite
      self.name = name
      self.failure = failure
      self.detail = detail
    }
  }
}
