import Records
import Testing

@testable import Measure

@Suite struct DistinctCountTests {
  @Test(arguments: [0, 1, 511, 512])
  func fewValuesAreCountedExactly(count: Int) throws {
    let distinct = counted(0..<count, times: 3)
    #expect(distinct.isExact && distinct.estimate == Double(count) && distinct.isEmpty == (count == 0))
  }

  @Test(arguments: [513, 2000, 20_000, 300_000, 1_000_000])
  func manyValuesAreEstimated(count: Int) {
    let distinct = counted(0..<count)
    // Four standard errors.
    #expect(!distinct.isExact)
    #expect(
      abs(distinct.estimate - Double(count)) <= 4 * DistinctCount.relativeError * Double(count), "\(distinct.estimate)")
  }

  /// The root mean square of the errors of many counts.
  @Test func theErrorIsAsStated() {
    var squares = 0.0
    for round in 0..<40 {
      let distinct = counted(round * 30_000..<(round + 1) * 30_000)
      let error = distinct.estimate / 30_000 - 1
      squares += error * error
    }
    #expect((squares / 40).squareRoot() < 1.3 * DistinctCount.relativeError)
  }

  @Test(arguments: [(100, 100), (300, 300), (100, 5000), (5000, 100), (40_000, 60_000)])
  func partsPutTogetherAreTheWhole(first: Int, second: Int) throws {
    let whole = counted(0..<first + second)
    let a = counted(0..<first)
    // Overlapping.
    let b = counted(first / 2..<first + second)
    for (one, other) in [(a, b), (b, a)] {
      var merged = one
      merged.merge(other)
      #expect(merged == whole)
    }
    let document = try JSONValue(parsing: written { $0.append(whole) })
    #expect(try DistinctCount(document) == whole)
    #expect(document["count"]?.number == whole.estimate)
  }

  @Test(arguments: [
    "{}", #"{"hashes":5}"#, #"{"hashes":"!!!!"}"#, #"{"hashes":"AAAA"}"#, #"{"registers":"AAAAAAAAAAA="}"#,
    #"{"registers":""}"#,
    "[]", "7", "null",
  ])
  func whatIsNoneIsRefused(text: String) throws {
    let document = try JSONValue(parsing: text)
    #expect(throws: BadRecord.self) { try DistinctCount(document) }
  }

  @Test func registersBeyondTheLastAreBounded() throws {
    let text = String(repeating: "/", count: 21_844) + "/w=="
    let distinct = try DistinctCount(JSONValue(parsing: #"{"registers":"\#(text)"}"#))
    #expect(distinct.estimate.isFinite == false || distinct.estimate > 1e15)
    #expect(try JSONValue(parsing: written { $0.append(distinct) })["registers"] != nil)
  }

  private func counted(_ values: Range<Int>, times: Int = 1) -> DistinctCount {
    var distinct = DistinctCount()
    for _ in 0..<times { for i in values { lend("https://cdn.example.com/\(i)") { distinct.add($0) } } }
    return distinct
  }
}
