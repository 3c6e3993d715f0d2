import Measure
import Records

/// Something that a run may show, and what to do then.
package struct Rule: Sendable {
  /// Lower snake case.
  package let name: String
  package let level: Page.Advice.Level
  package let condition: Condition
  package let title: String
  package let advice: String

  /// In the order of rules.tsv.
  package static let all = Table(PackageResources.rules_tsv).rows.compactMap { Rule($0) }

  private init?(_ row: [String]) {
    guard row.count == 5, let level = Page.Advice.Level(rawValue: row[1]),
      let condition = try? Condition(parsing: row[2])
    else { return nil }
    name = row[0]
    self.level = level
    self.condition = condition
    title = row[3]
    advice = row[4]
  }
}
