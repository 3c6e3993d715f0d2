import Records

/// How often each value of a dimension occurs; with a breakdown, what the records of each value come to as well.
final class Tally {
  let dimension: Dimension
  private let hasBreakdown: Bool
  private var counter = ValueCounter()
  /// By the counter's index of a value; 0 is all values that are not counted for themselves.
  private var sums: [Sums] = []
  /// For each value the errors by their place in the closed list, and then the cache verdicts.
  private var marks: [Int] = []

  private static let errorColumns = ClosedList.errors.names.count + 1
  private static let columns = errorColumns + ClosedList.verdicts.names.count + 1

  private struct Sums {
    var size = 0
    var bytes = 0
    var failed = 0
  }

  init(_ dimension: Dimension, hasBreakdown: Bool) {
    self.dimension = dimension
    self.hasBreakdown = hasBreakdown
  }

  var isEmpty: Bool { counter.isEmpty }

  /// What a breakdown needs of a record.
  struct Facts {
    var size = 0
    var bytes = 0
    var hasFailed = false
    /// The places in the closed lists; nil where the record has no such member.
    var error: Int?
    var verdict: Int?
  }

  @inline(__always) func count(_ value: Bytes, _ facts: Facts) {
    let i = counter.count(value)
    if hasBreakdown { add(facts, at: i) }
  }

  private func add(_ facts: Facts, at i: Int) {
    makeRoom(for: i)
    if facts.size > 0 { sums[i].size = saturatingSum(sums[i].size, facts.size) }
    if facts.bytes > 0 { sums[i].bytes = saturatingSum(sums[i].bytes, facts.bytes) }
    if facts.hasFailed { sums[i].failed += 1 }
    if let error = facts.error { marks[i * Self.columns + error] += 1 }
    if let verdict = facts.verdict { marks[i * Self.columns + Self.errorColumns + verdict] += 1 }
  }

  private func makeRoom(for i: Int) {
    guard i >= sums.count else { return }
    sums += repeatElement(Sums(), count: i + 1 - sums.count)
    marks += repeatElement(0, count: sums.count * Self.columns - marks.count)
  }

  /// Adds what a summary record says of a value.
  func add(_ value: Bytes, times: Int, _ breakdown: JSONValue?) {
    let i = counter.count(value, times: times)
    guard hasBreakdown, let breakdown else { return }
    makeRoom(for: i)
    sums[i].size = saturatingSum(sums[i].size, max(breakdown["size"]?.integer ?? 0, 0))
    sums[i].bytes = saturatingSum(sums[i].bytes, max(breakdown["bytes"]?.integer ?? 0, 0))
    sums[i].failed &+= breakdown["failed"]?.count ?? 0
    add(breakdown["error"], ClosedList.errors, at: i * Self.columns)
    add(breakdown["cache"], ClosedList.verdicts, at: i * Self.columns + Self.errorColumns)
  }

  private func add(_ counts: JSONValue?, _ list: ClosedList, at start: Int) {
    for (name, count) in counts?.members ?? [] {
      var name = name
      let column = name.withUTF8 { list.index(of: Bytes($0)) }
      marks[start + column] &+= count.count ?? 0
    }
  }

  func merge(_ other: Tally) {
    other.counter.forEach { otherIndex, value, count in
      let i = counter.count(value, times: count)
      guard hasBreakdown, otherIndex < other.sums.count else { return }
      makeRoom(for: i)
      let more = other.sums[otherIndex]
      sums[i].size = saturatingSum(sums[i].size, more.size)
      sums[i].bytes = saturatingSum(sums[i].bytes, more.bytes)
      sums[i].failed &+= more.failed
      for column in 0..<Self.columns {
        marks[i * Self.columns + column] &+= other.marks[otherIndex * Self.columns + column]
      }
    }
  }

  var ranking: [(name: String, count: Int)] { counter.ranking() }

  /// In the order of the ranking.
  var breakdown: [Breakdown] {
    guard hasBreakdown else { return [] }
    return counter.places().map { place in
      var found = Breakdown(name: place.name, count: place.count)
      guard place.index < sums.count else { return found }
      let row = marks[place.index * Self.columns..<(place.index + 1) * Self.columns]
      found.size = sums[place.index].size
      found.bytes = sums[place.index].bytes
      found.failed = sums[place.index].failed
      found.errors = Self.named(row.prefix(Self.errorColumns), ClosedList.errors)
      found.cache = Self.named(row.dropFirst(Self.errorColumns), ClosedList.verdicts)
      return found
    }
  }

  private static func named(_ counts: ArraySlice<Int>, _ list: ClosedList) -> [(name: String, count: Int)] {
    zip(list.names + [ValueCounter.otherName], counts).filter { $0.1 > 0 }.map { ($0.0, $0.1) }
  }
}

/// What the records with one value of a dimension come to.
package struct Breakdown: Sendable {
  package let name: String
  package let count: Int
  /// The sum of `size`: bytes of the objects.
  package var size = 0
  /// The sum of `bytes`: bytes received.
  package var bytes = 0
  /// Records with `ok` false.
  package var failed = 0
  /// By the closed list of `error`, and in its order.
  package var errors: [(name: String, count: Int)] = []
  /// By the closed list of `cache`, and in its order.
  package var cache: [(name: String, count: Int)] = []
}
