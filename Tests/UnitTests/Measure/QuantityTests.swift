import Records
import Testing

@testable import Measure

@Suite struct QuantityTests {
  @Test(arguments: [0.1, 0.001, 12.345, -0.3, 1e-3, 999_999.999])
  func decimalsAddUpExactly(value: Double) {
    var quantity = Quantity()
    for _ in 0..<1_000_000 { quantity.add(value) }
    #expect(quantity.sum == value * 1_000_000 || quantity.sum == (value * 1000).rounded() * 1000)
    #expect(quantity.integerSum == Int((value * 1000).rounded()) * 1000)
    #expect(quantity.count == 1_000_000 && quantity.minimum == value && quantity.maximum == value)
  }

  @Test func integersAddUpExactly() {
    var quantity = Quantity()
    var random = Seeded(17)
    var sum = 0
    for _ in 0..<100_000 {
      let value = random.below(1 << 36)
      quantity.add(Double(value))
      sum += value
    }
    #expect(quantity.integerSum == sum && quantity.sum == Double(sum))
  }

  @Test func beyondThousandthsSumsAreNear() {
    var quantity = Quantity()
    for i in 1...1000 { quantity.add(1 / Double(i)) }
    #expect(abs(quantity.sum - 7.485470860550345) < 1e-9)
    #expect(quantity.integerSum == nil)
    var huge = Quantity()
    for _ in 0..<100 { huge.add(9e13) }
    for _ in 0..<100 { huge.add(9e17) }
    #expect(abs(huge.sum / 9.0009e19 - 1) < 1e-12)
  }

  @Test func integersThatNoDoubleHoldsAddUpExactly() throws {
    var quantity = Quantity()
    for _ in 0..<3 { quantity.add(9_007_199_254_740_993) }
    #expect(quantity.integerSum == 27_021_597_764_222_979)
    let document = try JSONValue(parsing: text(of: quantity))
    #expect(document["sum"]?.string == "27021597764222979")
    #expect(try Quantity(document).integerSum == 27_021_597_764_222_979)
  }

  @Test func sumsThatNoDoubleHoldsCanBeReadAgain() throws {
    var quantity = Quantity()
    for value in [1e308, 1e308, -1e308] { quantity.add(value) }
    #expect(quantity.variance == nil)
    let document = try JSONValue(parsing: text(of: quantity))
    #expect(document["variance"] == .null)
    var again = try Quantity(document)
    again.merge(quantity)
    #expect(again.count == 6 && again.variance == nil && again.maximum == 1e308)
  }

  @Test func partsPutTogetherHaveTheVarianceOfTheWhole() throws {
    var random = Seeded(19)
    let values = (0..<3000).map { _ in 1e6 + random.unit() }
    var whole = Quantity()
    for value in values { whole.add(value) }
    let mean = values.reduce(0, +) / 3000
    let exact = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3000
    #expect(try abs(#require(whole.variance) / exact - 1) < 1e-6)
    var merged = Quantity()
    for start in stride(from: 0, to: 3000, by: 500) {
      var part = Quantity()
      for value in values[start..<start + 500] { part.add(value) }
      merged.merge(part)
    }
    #expect(try abs(#require(merged.variance) / exact - 1) < 1e-6)
    #expect(merged.count == 3000 && merged.sketch == whole.sketch)
  }

  @Test func notAllThatIsAddedIsANumber() {
    var quantity = Quantity()
    for value in [.nan, .infinity, -.infinity] as [Double] { quantity.add(value) }
    #expect(quantity.count == 0 && quantity.mean == nil && quantity.quantile(0.5) == nil && quantity.sum == 0)
    quantity.add(2)
    #expect(quantity.count == 1 && quantity.mean == 2 && quantity.quantile(0.5) == 2)
  }

  @Test func quantilesLieWithinTheExtremes() throws {
    var random = Seeded(18)
    for count in 1...50 {
      var quantity = Quantity()
      for _ in 0..<count { quantity.add(random.unit() * 1e6 - 1e5) }
      var last = -Double.infinity
      for q in [0, 0.5, 0.9, 0.95, 0.99, 0.999, 1] {
        let value = try #require(quantity.quantile(q))
        #expect((quantity.minimum...quantity.maximum).contains(value) && value >= last)
        last = value
      }
    }
  }

  @Test func namesItsQuantiles() {
    #expect(Quantity.quantiles.map { "\($0.name)" } == ["p50", "p90", "p95", "p99", "p999"])
    #expect(Quantity.quantiles.map(\.title) == ["p50", "p90", "p95", "p99", "p99.9"])
    #expect(Quantity.quantiles.map(\.q) == [0.5, 0.9, 0.95, 0.99, 0.999])
  }

  private func text(of quantity: Quantity) -> String { written { $0.append(quantity) } }
}
