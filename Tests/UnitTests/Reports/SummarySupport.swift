import Measure
import Records
import Reports

/// The summary of these records.
func summary(of lines: [String], options: Summary.Options = Summary.Options()) throws -> Summary {
  let summary = Summary(options: options)
  for line in lines { try withRecord(line, reading: Summary.fields) { summary.add($0) } }
  return summary
}

/// The summary of these records, and those of the values of a member.
func grouping(of lines: [String], by dimensions: Dimension...) throws -> Grouping {
  let grouping = Grouping(by: dimensions)
  for line in lines { try withRecord(line) { grouping.add($0) } }
  return grouping
}

extension Page {
  /// The section of this title, or one that is empty.
  func section(_ title: String) -> Section { sections.first { $0.title == title } ?? Section(title) }

  /// A figure of the overview.
  func figure(_ name: String) -> Cell? {
    section("Overview").rows.first { $0.first == .text(name) }?.last
  }
}

extension Page.Section {
  /// The cells of a column, from top to bottom.
  func column(_ name: String) -> [Page.Cell] {
    guard let i = columns.firstIndex(where: { $0.name == name }) else { return [] }
    return rows.map { $0[i] }
  }

  /// The row whose first cell this is.
  func row(_ name: String) -> [Page.Cell] { rows.first { $0.first == .text(name) } ?? [] }

  var isRectangular: Bool { rows.allSatisfy { $0.count == columns.count } }

  var bars: [Page.Bars] { plots.compactMap { if case .bars(let bars) = $0 { bars } else { nil } } }

  var distributions: [Page.Distribution] {
    plots.compactMap { if case .distribution(let distribution) = $0 { distribution } else { nil } }
  }

  var timelines: [Page.Timeline] { plots.compactMap { if case .timeline(let timeline) = $0 { timeline } else { nil } } }
}

func texts(_ values: String...) -> [Page.Cell] { values.map { .text($0) } }
func counts(_ values: Int...) -> [Page.Cell] { values.map { .count($0) } }
