/// A column of a table, and how its cells follow from what a row is of.
struct TableColumn<Subject> {
  let column: Page.Column
  let cell: (Subject) -> Page.Cell

  init(_ title: String, _ name: String, isNumeric: Bool = true, cell: @escaping (Subject) -> Page.Cell) {
    column = Page.Column(title, name, isNumeric: isNumeric)
    self.cell = cell
  }

  /// A figure; nil where it is not known.
  init(_ title: String, _ name: String, _ unit: Page.Unit, value: @escaping (Subject) -> Double?) {
    self.init(title, name) { value($0).map(unit.cell) ?? .none }
  }

  init(_ title: String, _ name: String, text: @escaping (Subject) -> String?) {
    self.init(title, name, isNumeric: false) { text($0).map { .text($0) } ?? .none }
  }
}

extension Page.Section {
  /// A row for each subject.
  init<Subject>(
    _ title: String, _ columns: [TableColumn<Subject>], of subjects: [Subject], notes: [String] = [],
    plots: [Page.Plot] = []
  ) {
    let rows = subjects.map { subject in columns.map { $0.cell(subject) } }
    self.init(title, columns.map(\.column), rows, notes: notes, plots: plots)
  }

  /// A row for each figure.
  init(_ title: String, figures: [(name: String, value: Page.Cell)], notes: [String] = []) {
    self.init(
      title, [.init("Figure", "figure", isNumeric: false), .init("Value", "value")],
      figures.map { [.text($0.name), $0.value] }, notes: notes)
  }
}

/// Nil of nothing; beyond 1 of a whole that the part is none of.
func share(_ part: Int, of whole: Int) -> Double? { share(Double(part), of: Double(whole)) }

func share(_ part: Double, of whole: Double) -> Double? { whole > 0 ? part / whole : nil }
