import Toolkit

/// A condition that holds, or cannot be judged.
package struct Breach: Sendable {
  package let condition: Condition
  /// The group it holds in, `variant=mobile`; nil: all records.
  package let group: String?
  /// What is said of it: `p95(total_ms) > 2000 holds: 2512.3 ms`.
  package let message: String
}

extension Condition {
  /// Where the condition holds. A whole that cannot be judged counts too, since what asks would otherwise pass where nothing was measured;
  /// a group that cannot be judged does not.
  package func breaches(of all: Summary, groups: [Summary]) -> [Breach] {
    ([all] + groups).compactMap { summary in
      let group = summary.group.isEmpty ? nil : summary.groupName
      let place = group.map { " for \($0)" } ?? ""
      switch judge(summary) {
      case .holds:
        return Breach(condition: self, group: group, message: "\(text) holds\(place): \(description(in: summary))")
      case .unknown(let reason) where group == nil:
        return Breach(condition: self, group: nil, message: "\(text) cannot be judged: \(reason)")
      case .fails, .unknown: return nil
      }
    }
  }
}

extension Run {
  /// Says where conditions hold; where one does, the run ends with status 3. Returns the same, by the conditions.
  @discardableResult
  package func judge(_ conditions: [Condition], of all: Summary, groups: [Summary]) -> [[Breach]] {
    conditions.map { condition in
      let breaches = condition.breaches(of: all, groups: groups)
      for breach in breaches.prefix(Self.mostMessages) { console.error(breach.message) }
      let more = breaches.count - Self.mostMessages
      if more > 0 { console.error("\(condition.text) holds for \(more) more groups") }
      if !breaches.isEmpty { conclude(.conditionHolds) }
      return breaches
    }
  }

  /// Of one condition.
  private static var mostMessages: Int { 20 }
}
