import Records

/// A row of pop-rules.tsv.
struct PopRule: Sendable {
  /// Which part of the header's last element names the point of presence.
  enum Part: String, Sendable {
    case whole, akamai
    case behindLastDash = "behind the last dash"
  }

  let header: String
  let part: Part

  static let all: [PopRule] = Table(PackageResources.pop_rules_tsv).rows.compactMap { row in
    Part(rawValue: row[1]).map { PopRule(header: row[0], part: $0) }
  }

  private static let compiled = all.map { (header: HeaderNames.index(of: $0.header), part: $0.part) }

  /// The point of presence that answered, as the CDN names it; nil where no rule finds one.
  static func pointOfPresence(of head: borrowing ResponseHead) -> String? {
    for rule in compiled {
      guard let value = head.value(rule.header), let name = find(rule.part, in: lastElement(value)) else { continue }
      return name.string
    }
    return nil
  }

  private static func find(_ part: Part, in element: Bytes) -> Bytes? {
    switch part {
    case .whole: return element
    case .behindLastDash: return element.lastIndex(of: 0x2D).map { element.slice($0 + 1, element.count) }
    case .akamai:
      guard isAkamai.matches(element) else { return nil }
      // `TCP_HIT from a23-45-67-89.deploy.akamaitechnologies.com (AkamaiGHost/10.1) (-)`
      let words = element.split(separator: 0x20)
      guard let from = words.firstIndex(where: { Bytes(rebasing: $0).equalsIgnoringCase("from") }),
        from + 1 < words.count
      else { return nil }
      let host = Bytes(rebasing: words[from + 1])
      return host.slice(0, host.firstIndex(of: 0x2E) ?? host.count)
    }
  }

  private static let isAkamai = CacheRule.Pattern("*akamai*")
}
