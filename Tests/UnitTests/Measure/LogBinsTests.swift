import Measure
import Testing

@Suite struct LogBinsTests {
  @Test func anyValueIsNearItsEstimate() {
    var random = Seeded(15)
    for _ in 0..<100_000 {
      let value = logarithmic(&random)
      let estimate = LogBins.estimate(LogBins.index(value))
      #expect(abs(estimate - value) <= value * LogBins.relativeError * (1 + 1e-9), "\(value) \(estimate)")
    }
  }

  @Test func powersAndTheirNeighboursAreNearTheirEstimates() {
    for exponent in -29...59 {
      let power = Double(sign: .plus, exponent: exponent, significand: 1)
      for value in [power.nextDown, power, power.nextUp, power * 1.5] {
        #expect(abs(LogBins.estimate(LogBins.index(value)) - value) <= value * 0.010_000_001, "\(value)")
      }
    }
  }

  @Test func indicesGrowWithValues() {
    var random = Seeded(16)
    let values = (0..<50_000).map { _ in logarithmic(&random) }.sorted()
    for (a, b) in zip(values, values.dropFirst()) { #expect(LogBins.index(a) <= LogBins.index(b)) }
    #expect(LogBins.index(1) < LogBins.index(1.03) && LogBins.index(1e17) < LogBins.index(1.03e17))
  }

  @Test func estimatesGrowAndLieInTheirBins() {
    for index in -1100..<2200 {
      #expect(LogBins.estimate(index) < LogBins.estimate(index + 1))
      #expect(LogBins.index(LogBins.estimate(index)) == index)
    }
  }

  /// From 1e-9 to 1e18, each power as likely as another.
  private func logarithmic(_ random: inout Seeded) -> Double {
    (1 + 9 * random.unit()) * [1e-9, 1e-6, 1e-3, 1, 1e3, 1e6, 1e9, 1e12, 1e15][random.below(9)]
      * [1, 10, 100][random.below(3)] * 0.999
  }
}
