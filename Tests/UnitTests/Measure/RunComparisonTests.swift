import Records
import Testing

@testable import Measure

@Suite struct RunComparisonTests {
  @Test func aRunIsTheSameAsItself() throws {
    let run = try run(failures: 20, milliseconds: 100)
    let comparison = RunComparison(of: [run], with: [run], noise: 0)
    #expect(comparison.changes.count == RunComparison.figures.count - 2)
    #expect(comparison.changes.allSatisfy { $0.verdict == .same && $0.relative == 0 })
    #expect(comparison.unmatched.isEmpty && comparison.differing.isEmpty)
  }

  @Test func whatGotWorseIsNamed() throws {
    let before = try run(failures: 20, milliseconds: 100)
    let now = try run(failures: 100, milliseconds: 150)
    let comparison = RunComparison(of: [now], with: [before], noise: 0.05)
    let worse = comparison.changes.filter { $0.verdict == .worse }.map(\.figure.name)
    #expect(worse == ["error_rate", "p50(total_ms)", "p95(total_ms)", "p99(total_ms)"])
    let back = RunComparison(of: [before], with: [now], noise: 0.05)
    #expect(back.changes.filter { $0.verdict == .better }.map(\.figure.name) == worse)
    #expect(back.changes.filter { $0.verdict == .worse }.isEmpty)
  }

  @Test func noiseAndChanceAreNoChange() throws {
    let before = try run(failures: 20, milliseconds: 100)
    // 20 and 24 of 2000 tell nothing; nor do 4 percent with a noise of 5.
    let near = try run(failures: 24, milliseconds: 104)
    #expect(RunComparison(of: [near], with: [before], noise: 0.05).changes.allSatisfy { $0.verdict == .same })
    let far = try run(failures: 20, milliseconds: 150)
    #expect(RunComparison(of: [far], with: [before], noise: 0.6).changes.allSatisfy { $0.verdict == .same })
    // Where nothing had failed, any share is infinitely more.
    let (none, some) = (try run(failures: 0, milliseconds: 100), try run(failures: 60, milliseconds: 100))
    let change = try #require(RunComparison(of: [some], with: [none], noise: 0.05).changes.first)
    #expect(change.figure.name == "error_rate" && change.verdict == .worse && change.relative == nil)
  }

  @Test(arguments: [1, 2, 10, 100]) func fewRequestsTellLittle(count: Int) throws {
    let (before, now) = (Summary(), Summary())
    for i in 0..<count {
      try withRecord(#"{"ok":true,"total_ms":\#(100 + i % 7)}"#) { before.add($0) }
      try withRecord(#"{"ok":true,"total_ms":\#(130 + i % 7)}"#) { now.add($0) }
    }
    let changes = RunComparison(of: [now], with: [before], noise: 0).changes
    let worse = changes.filter { $0.verdict == .worse }.map(\.figure.name)
    // The p95 of a hundred may lie beyond all of them.
    #expect(worse == (count < 10 ? [] : ["p50(total_ms)"]))
  }

  @Test func aFigureThatIsMissingIsAFailure() throws {
    let before = try run(failures: 2, milliseconds: 100)
    let changes = RunComparison(of: [Summary()], with: [before], noise: 0.05).changes
    #expect(changes.count == RunComparison.figures.count - 2)
    #expect(changes.allSatisfy { $0.verdict == .missing && $0.verdict.isFailure && $0.now == nil })
    #expect(RunComparison(of: [before], with: [Summary()], noise: 0.05).changes.isEmpty)
  }

  @Test func groupsAreComparedByName() throws {
    let before = [
      try run(failures: 0, milliseconds: 100), try run(failures: 0, milliseconds: 100, group: "a"),
      try run(failures: 0, milliseconds: 9, group: "b"),
    ]
    let now = [
      try run(failures: 0, milliseconds: 100), try run(failures: 0, milliseconds: 200, group: "a"),
      try run(failures: 0, milliseconds: 9, group: "c"),
    ]
    let comparison = RunComparison(of: now, with: before, noise: 0.05)
    #expect(Set(comparison.changes.filter { $0.verdict == .worse }.map(\.group)) == ["variant=a"])
    #expect(comparison.unmatched == ["variant=c", "variant=b"])
  }

  @Test func settingsThatDifferAreNamed() {
    let (a, b) = (Summary(), Summary())
    a.add(settings: [("workers", "500"), ("same", "1")])
    b.add(settings: [("workers", "100"), ("same", "1"), ("gone", "x")])
    #expect(RunComparison.differences(of: a, with: b) == ["gone: not set, was x", "workers: 500, was 100"])
    #expect(RunComparison.differences(of: a, with: a).isEmpty)
  }

  /// By Wilson's formula, worked out apart.
  @Test func sharesHaveIntervals() throws {
    let interval = try #require(Confidence.share(10, of: 100))
    #expect(abs(interval.lowerBound - 0.0460) < 5e-4 && abs(interval.upperBound - 0.2038) < 5e-4)
    #expect(Confidence.share(0, of: 0) == nil)
    let none = try #require(Confidence.share(0, of: 50))
    #expect(none.lowerBound < 1e-12 && none.upperBound > 0.1 && none.upperBound < 0.13)
  }

  /// Of many samples, the share of intervals that hold the true median.
  @Test func quantilesHaveIntervals() throws {
    var random = Seeded(71)
    var held = 0
    for _ in 0..<500 {
      var quantity = Quantity()
      for _ in 0..<400 { quantity.add(1 + random.unit() * 1000) }
      if try #require(Confidence.quantile(0.5, of: quantity)).contains(501) { held += 1 }
    }
    #expect(held >= 485)
  }

  private func run(failures: Int, milliseconds: Double, group: String = "") throws -> Summary {
    let summary = Summary(group: group.isEmpty ? "" : #""variant":"\#(group)""#)
    for i in 0..<2000 {
      let spread = milliseconds * (0.5 + Double(i * 7919 % 2000) / 2000)
      let line =
        #"{"ok":\#(i >= failures),"cache":"\#(i % 4 == 0 ? "miss" : "hit")","total_ms":\#(spread),"started":"2026-03-01T12:00:0\#(i % 10).000Z"}"#
      try withRecord(line) { summary.add($0) }
    }
    return summary
  }
}
