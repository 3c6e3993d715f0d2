import Measure
import Records
import Testing

@Suite struct ValueCounterTests {
  @Test(arguments: [1, 5, 100, 1000])
  func countsLikeADictionary(distinct: Int) {
    var random = Seeded(UInt64(distinct))
    var counter = ValueCounter()
    var model: [String: Int] = [:]
    for _ in 0..<20_000 {
      let value = ["", "v\(random.below(distinct))", "é\(random.below(distinct))"][
        distinct == 1000 ? 1 : random.below(3)]
      for _ in 0...random.below(2) {
        lend(value) { _ = counter.count($0) }
        model[value, default: 0] += 1
      }
    }
    let ranking = counter.ranking()
    #expect(Dictionary(uniqueKeysWithValues: ranking.map { ($0.name, $0.count) }) == model)
    #expect(ranking.map(\.name) == model.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key))
  }

  @Test func furtherValuesAreCountedTogether() {
    var counter = ValueCounter()
    for round in 0..<3 {
      for i in 0..<ValueCounter.limit + 500 { lend("v\(i)") { _ = counter.count($0) } }
      let ranking = counter.ranking()
      #expect(ranking.count == ValueCounter.limit + 1)
      #expect(ranking.last?.name == ValueCounter.otherName && ranking.last?.count == 500 * (round + 1))
      #expect(ranking.dropLast().allSatisfy { $0.count == round + 1 })
    }
  }

  @Test func isEmptyAtFirst() {
    var counter = ValueCounter()
    var isEmpty = counter.isEmpty
    let ranking = counter.ranking()
    #expect(isEmpty && ranking.isEmpty)
    lend("") { _ = counter.count($0) }
    isEmpty = counter.isEmpty
    #expect(!isEmpty)
  }
}
