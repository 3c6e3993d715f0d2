import Measure
import Records

/// What the rules find in a summary.
struct Findings {
  private let summary: Summary
  private let judgements: [(rule: Rule, judgement: Condition.Judgement)]
  private let places: [(dimension: Dimension, parts: [Part])]

  init(_ summary: Summary) {
    self.summary = summary
    places = [.field(.variant), .host, .fileExtension].map { ($0, summary.parts($0, limit: .max)) }
    judgements = Rule.all.map { ($0, $0.condition.judge(summary)) }
  }

  /// Of the rules that fire: those of most weight first, and of these those of the greatest value.
  var advice: [Page.Advice] {
    let fired = judgements.compactMap { rule, judgement in
      if case .holds(let value) = judgement { (rule: rule, value: value) } else { nil }
    }
    return Page.Advice.Level.allCases.flatMap { level in
      fired.enumerated().filter { $0.element.rule.level == level }
        .sorted { ($1.element.value, $0.offset) < ($0.element.value, $1.offset) }
        .map { advice(of: $0.element.rule, $0.element.value) }
    }
  }

  var checks: [Page.Check] {
    judgements.map { rule, judgement in
      switch judgement {
      case .holds(let value):
        let detail = "\(rule.condition.text) holds: \(rule.condition.describe(value))"
        let failure = rule.level == .info ? nil : "\(rule.title) (\(detail)). \(rule.advice)"
        return Page.Check(suite: "rules", name: rule.name, failure: failure, detail: detail)
      case .fails(let value):
        let detail = "\(rule.condition.text) does not hold: \(rule.condition.describe(value))"
        return Page.Check(suite: "rules", name: rule.name, detail: detail)
      case .unknown(let reason): return Page.Check(suite: "rules", name: rule.name, detail: reason)
      }
    }
  }

  private func advice(of rule: Rule, _ value: Double) -> Page.Advice {
    var figures: [(name: String, value: Page.Cell)] = [
      (rule.condition.figureText, rule.condition.unit.cell(value))
    ]
    if rule.condition.isCountOfRecords, let part = share(value, of: Double(summary.requests)) {
      figures.append(("share of requests", .share(part)))
    }
    if let (dimension, value) = rule.condition.countedValue { figures += places(of: value, dimension) }
    return Page.Advice(rule: rule.name, level: rule.level, title: rule.title, text: rule.advice, figures: figures)
  }

  /// Where most of the records with this error or cache verdict are.
  private func places(of value: String, _ dimension: Dimension) -> [(name: String, value: Page.Cell)] {
    guard dimension == .field(.error) || dimension == .field(.cache) else { return [] }
    return places.compactMap { place, parts in
      let counts = parts.map { part in
        (part: part, count: (dimension == .field(.error) ? part.errors : part.cache)[value] ?? 0)
      }
      guard let most = counts.min(by: { ($1.count, $0.part.name) < ($0.count, $1.part.name) }), most.count > 0 else {
        return nil
      }
      let numbers = "\(Page.Cell.count(most.count).display) of \(Page.Cell.count(most.part.count).display)"
      return ("most by \(place.name)", .text("\(most.part.name) (\(numbers))"))
    }
  }
}
