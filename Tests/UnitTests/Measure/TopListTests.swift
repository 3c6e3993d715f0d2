import Records
import Testing

@testable import Measure

@Suite struct TopListTests {
  @Test func keepsTheGreatestOfEachItem() {
    var random = Seeded(51)
    for _ in 0..<30 {
      let items = (0..<400).map { _ in (name: "k\(random.below(100))", value: Double(random.below(60))) }
      var best: [String: Double] = [:]
      for item in items { best[item.name] = max(best[item.name] ?? 0, item.value) }
      let wanted = best.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10)
      let list = list(items)
      #expect(list.entries.map(\.name) == wanted.map(\.key) && list.entries.map(\.value) == wanted.map(\.value))
      // Parts in two orders.
      let parts = stride(from: 0, to: 400, by: 100).map { self.list(Array(items[$0..<$0 + 100])) }
      for order in [parts, parts.reversed()] {
        var merged = TopList(limit: 10)
        for part in order { merged.merge(part) }
        #expect(merged.entries == list.entries)
      }
    }
  }

  @Test func whatIsEqualDoesNotDependOnTheOrder() {
    let names = ["cafe\u{301}", "caf\u{e9}"]
    var entries: [TopEntry] = []
    for (i, name) in (names + names).enumerated() {
      var entry = lend(name) { TopEntry(name: $0, value: 5) }
      entry.status = 200 + i
      entries.append(entry)
    }
    var (list, reversed) = (TopList(limit: 3), TopList(limit: 3))
    for entry in entries { list.add(entry) }
    for entry in entries.reversed() { reversed.add(entry) }
    #expect(list.entries == reversed.entries && list.entries.count == 2)
  }

  @Test func aListOfNoneKeepsNone() {
    var list = TopList(limit: 0)
    list.add(TopEntry(name: bytes("a"), value: 1))
    #expect(list.entries.isEmpty)
  }

  @Test func longNamesAreCutBetweenCharacters() {
    let name = String(repeating: "x", count: 2047) + "é" + String(repeating: "y", count: 100)
    let entry = lend(name) { TopEntry(name: $0, value: 1) }
    #expect(entry.name == String(repeating: "x", count: 2047))
  }

  private func list(_ items: [(name: String, value: Double)]) -> TopList {
    var list = TopList(limit: 10)
    for item in items {
      lend(item.name) { if list.admits($0, item.value) { list.add(TopEntry(name: $0, value: item.value)) } }
    }
    return list
  }
}

@Suite struct FailureListTests {
  @Test func whileItemsAreFewCountsAreExact() {
    var random = Seeded(52)
    var list = FailureList(capacity: 200)
    var model: [String: Int] = [:]
    for _ in 0..<5000 {
      let name = "u\(random.below(20) * random.below(10))"
      add(name, to: &list)
      model[name, default: 0] += 1
    }
    let entries = list.ranking
    #expect(list.missed == 0 && entries.allSatisfy { $0.uncounted == 0 })
    #expect(Dictionary(uniqueKeysWithValues: entries.map { ($0.name, Int($0.value)) }) == model)
  }

  /// The true count is never below what is said, nor above it and what it may lack; nor is one that is not listed above `missed`.
  @Test(arguments: [false, true]) func boundsHold(isMerged: Bool) throws {
    var random = Seeded(53)
    for _ in 0..<20 {
      var lists = (0..<3).map { _ in FailureList(capacity: 30) }
      var model: [String: Double] = [:]
      for _ in 0..<3000 {
        let name = "u\(random.below(10) == 0 ? random.below(5) : random.below(400))"
        add(name, to: &lists[isMerged ? random.below(3) : 0])
        model[name, default: 0] += 1
      }
      for list in lists[1...] { lists[0].merge(list) }
      for entry in lists[0].ranking {
        let exact = try #require(model[entry.name])
        #expect(entry.value <= exact && exact <= entry.value + entry.uncounted)
        model[entry.name] = nil
      }
      #expect(model.values.allSatisfy { $0 <= lists[0].missed })
    }
  }

  /// Parts whose lists are full: those that failed most stay, in either order.
  @Test func ofFullListsTheMostStay() {
    var (often, once) = (FailureList(capacity: 100), FailureList(capacity: 100))
    for i in 0..<100 {
      for _ in 0..<5 { add("often\(i)", to: &often) }
      add("once\(i)", to: &once)
    }
    for (first, second) in [(often, once), (once, often)] {
      var merged = first
      merged.merge(second)
      #expect(merged.ranking.map(\.value) == Array(repeating: 5, count: 100) && merged.missed == 1)
      #expect(Set(merged.ranking.map(\.name)) == Set((0..<100).map { "often\($0)" }))
    }
  }

  @Test func errorsAreNoted() {
    var list = FailureList(capacity: 5)
    for error in ["timeout", "dns", "timeout", "nonsense"] {
      lend("u") { url in lend(error) { list.add(url, error: $0) } }
    }
    #expect(list.ranking[0].errors.names == ["dns", "timeout"])
  }

  private func add(_ name: String, to list: inout FailureList) { lend(name) { list.add($0, error: nil) } }
}

private func bytes(_ text: StaticString) -> Bytes { Bytes(start: text.utf8Start, count: text.utf8CodeUnitCount) }
