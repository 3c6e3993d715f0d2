import Records

/// A row of cache-rules.tsv.
struct CacheRule: Sendable {
  let header: String
  let pattern: Pattern
  let verdict: String
  let layer: String?
  /// A header that must be there too.
  let companion: String?

  static let all: [CacheRule] = Table(PackageResources.cache_rules_tsv).rows.map { row in
    CacheRule(
      header: row[0], pattern: Pattern(row[1]), verdict: row[2], layer: row[3] == "-" ? nil : row[3],
      companion: row[4] == "-" ? nil : row[4])
  }

  /// Text with stars for anything, compared without regard to case.
  struct Pattern: Sendable {
    private let parts: [[UInt8]]

    init(_ text: String) { parts = text.split(separator: "*", omittingEmptySubsequences: false).map { Array($0.utf8) } }

    func matches(_ value: Bytes) -> Bool {
      guard let first = parts.first, let last = parts.last,
        value.count >= first.count + (parts.count > 1 ? last.count : 0)
      else { return false }
      if parts.count == 1 { return value.count == first.count && has(first, value, 0) }
      guard has(first, value, 0), has(last, value, value.count - last.count) else { return false }
      var position = first.count
      for part in parts.dropFirst().dropLast() {
        guard let found = find(part, value, position, value.count - last.count) else { return false }
        position = found + part.count
      }
      return true
    }

    private func has(_ part: [UInt8], _ value: Bytes, _ start: Int) -> Bool {
      part.withUnsafeBytes { value.slice(start, start + $0.count).equalsIgnoringCase($0) }
    }

    private func find(_ part: [UInt8], _ value: Bytes, _ from: Int, _ end: Int) -> Int? {
      var start = from
      while start + part.count <= end {
        if has(part, value, start) { return start }
        start += 1
      }
      return nil
    }
  }
}

/// The rules with their headers as indices, in the table's order.
enum CompiledRules {
  typealias Rule = (header: Int, companion: Int?, rule: CacheRule)

  static let cache: [Rule] = CacheRule.all.map { rule in
    (HeaderNames.index(of: rule.header), rule.companion.map { HeaderNames.index(of: $0) }, rule)
  }
  /// The header of each rule, apart: most are not in a response.
  static let cacheHeaders = cache.map(\.header)
}

/// The element of a comma-separated list that is nearest to the client: the last.
func lastElement(_ list: Bytes) -> Bytes {
  var list = list
  while list.last == 0x2C { list = list.slice(0, list.count - 1).trimmed }
  guard let comma = list.lastIndex(of: 0x2C) else { return list }
  return list.slice(comma + 1, list.count).trimmed
}
