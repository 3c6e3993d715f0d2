import Glibc
import Measure
import Records
import Testing

@Suite struct SketchTests {
  struct Distribution: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let next: @Sendable (inout Seeded) -> Double

    init(_ name: String, _ next: @escaping @Sendable (inout Seeded) -> Double) {
      testDescription = name
      self.next = next
    }
  }

  @Test(arguments: [
    Distribution("uniform") { $0.unit() * 1000 },
    Distribution("lognormal") { exp(5 + 2 * normal(&$0)) },
    Distribution("constant") { _ in 12.345 },
    Distribution("tiny") { 2e-9 * (1 + $0.unit()) },
    Distribution("huge") { 1e15 * (1 + $0.unit()) },
    Distribution("mixed with zeros") { $0.below(3) == 0 ? 0 : $0.unit() * 1e6 },
    Distribution("two peaks") { $0.below(2) == 0 ? 1 + $0.unit() : 1e9 + $0.unit() },
    Distribution("negative too") { $0.unit() * 100 - 20 },
    Distribution("integers") { Double($0.below(50)) },
  ])
  func quantilesAreWithinOnePercent(distribution: Distribution) throws {
    for count in [1, 2, 3, 10, 1000, 20_000] {
      var random = Seeded(UInt64(count))
      let values = (0..<count).map { _ in distribution.next(&random) }
      var sketch = Sketch()
      for value in values { sketch.add(value) }
      let sorted = values.sorted()
      for q in [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1] {
        let exact = max(0, sorted[Sketch.rank(q, of: count)])
        let estimate = try #require(sketch.quantile(q))
        #expect(abs(estimate - exact) <= exact * 0.010_000_001, "\(count) values, q \(q): \(estimate) for \(exact)")
      }
      #expect(sketch.total == count && sketch.zeros + sketch.counts.reduce(0, +) == count)
      #expect(sketch.counts.count <= Sketch.maximumBins)
    }
  }

  @Test(arguments: [false, true])
  func collapsesTheLowestBins(isDescending: Bool) throws {
    var values: [Double] = []
    for i in 0..<60_000 { values.append(exp(-20 + Double(i) * 0.001)) }
    var sketch = Sketch()
    for value in isDescending ? values.reversed() : values {
      sketch.add(value)
      if sketch.total % 1000 == 0 { #expect(sketch.counts.count <= Sketch.maximumBins) }
    }
    #expect(sketch.counts.count == Sketch.maximumBins && sketch.counts.reduce(0, +) == 60_000)
    for q in [0.5, 0.9, 0.99, 0.999, 1] {
      let exact = values[Sketch.rank(q, of: 60_000)]
      #expect(try abs(#require(sketch.quantile(q)) - exact) <= exact * 0.010_000_001)
    }
    #expect(try (#require(sketch.quantile(0))) >= values[0])
  }

  @Test func aLeapOfAllMagnitudesKeepsTheCount() throws {
    var sketch = Sketch()
    for value in [1e-9, 1e300, .greatestFiniteMagnitude, 1, Double.leastNonzeroMagnitude, -1, 0, 1e-9] {
      sketch.add(value)
    }
    #expect(sketch.total == 8 && sketch.zeros == 3 && sketch.counts.reduce(0, +) == 5)
    #expect(sketch.counts.count <= Sketch.maximumBins)
  }

  @Test(arguments: [
    (0.0, 1, 0), (1, 1, 0), (0.5, 1, 0), (0.5, 2, 0), (0.5, 3, 1), (0.95, 3, 2), (0.95, 20, 18), (0.95, 100, 94),
    (0.999, 1000, 998), (0.99, 100, 98), (0.9, 10, 8), (1, 10, 9), (0, 10, 0), (0.7, 10, 6),
  ])
  func ranksAreTheNearest(q: Double, total: Int, rank: Int) { #expect(Sketch.rank(q, of: total) == rank) }

  @Test func isNothingWithoutValues() { #expect(Sketch().quantile(0.5) == nil) }

  @Test func isWrittenAsJSON() throws {
    var sketch = Sketch()
    for value in [0, 1, 1, 2] as [Double] { sketch.add(value) }
    let document = try JSONValue(parsing: written { $0.append(sketch) })
    #expect(document["relative_error"]?.number == 0.01 && document["zeros"]?.integer == 1)
    #expect(document["first"]?.integer == sketch.first)
    #expect(document["counts"]?.elements.compactMap(\.integer) == sketch.counts)
  }
}

/// Box and Muller's.
private func normal(_ random: inout Seeded) -> Double {
  sqrt(-2 * log(1 - random.unit())) * cos(2 * .pi * random.unit())
}
