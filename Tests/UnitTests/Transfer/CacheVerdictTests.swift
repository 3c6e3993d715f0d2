import Records
import Testing

@testable import Transfer

@Suite struct CacheVerdictTests {
  @Test(arguments: CapturedHead.all)
  func isReadOffTheHeaders(captured: CapturedHead) {
    let verdict = captured.withHead { CacheVerdict(of: $0) }
    #expect(verdict == CacheVerdict(captured.verdict, layer: captured.layer))
    #expect(Field.cacheVerdicts.contains(captured.verdict))
  }

  @Test func everyRuleDecidesSomeCase() {
    var deciding = Set<Int>()
    for captured in CapturedHead.all {
      captured.withHead { head in
        guard head.value(HeaderNames.cacheStatus) == nil else { return }
        if let rule = CacheVerdict.decidingRule(head) { deciding.insert(rule) }
      }
    }
    let idle = CompiledRules.cache.indices.filter { !deciding.contains($0) }.map { CompiledRules.cache[$0].rule }
    #expect(idle.isEmpty, "no case reaches \(idle)")
  }

  @Test func rulesAreThoseOfTheTable() {
    let rows = sourceTable("Transfer/Resources/cache-rules.tsv")
    #expect(rows.count == CacheRule.all.count && rows.allSatisfy { $0.count == 5 })
    for (row, rule) in zip(rows, CacheRule.all) {
      #expect(row == [rule.header, row[1], rule.verdict, rule.layer ?? "-", rule.companion ?? "-"])
      #expect(row.prefix(2).allSatisfy { $0 == $0.lowercased() } && Field.cacheVerdicts.contains(rule.verdict))
    }
  }

  @Test(arguments: [
    ("hit", "hit", true), ("hit", "HIT", true), ("hit", "hits", false), ("hit", "", false), ("hit*", "hit", true),
    ("hit*", "HIT-stale", true),
    ("*hit", "tcp_hit", true), ("*hit", "hit!", false), ("*", "", true), ("*", "x", true), ("a*b*c", "abc", true),
    ("a*b*c", "axxbyyc", true),
    ("a*b*c", "acb", false), ("ab*ba", "aba", false), ("ab*ba", "abba", true), ("a*b*b", "ab", false),
    ("tcp_*miss*", "tcp_miss", true),
  ])
  func patternsHaveStars(pattern: String, value: String, fits: Bool) {
    #expect(lend(value) { CacheRule.Pattern(pattern).matches($0) } == fits)
  }

  @Test(arguments: [("a", "a"), ("a, b", "b"), ("a,b ,\tc ", "c"), ("", "")])
  func theLastElementIsTheNearest(list: String, last: String) { #expect(lend(list) { lastElement($0).string } == last) }
}
