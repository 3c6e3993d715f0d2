import Records
import Testing

@testable import Reports

@Suite struct PlotScaleTests {
  @Test(
    arguments: [
      (0, .count, ["0", "1"]), (1, .count, ["0", "1"]), (7, .count, ["0", "5", "10"]),
      (0.97, .share, ["0 %", "50 %", "100 %"]),
      (900, .bytes, ["0 B", "500 B", "1000 B"]), (5_000_000, .bytes, ["0 B", "2 MiB", "4 MiB", "6 MiB"]),
      (1.3, .milliseconds, ["0 ms", "0.5 ms", "1 ms", "1.5 ms"]),
      (250_000, .milliseconds, ["0 ms", "120 s", "240 s", "360 s"]),
      (5000, .seconds, ["0 s", "50 min", "100 min"]), (0.3, .plain, ["0", "0.1", "0.2", "0.3"]),
    ] as [(Double, Page.Unit, [String])])
  func ticksAreRound(largest: Double, unit: Page.Unit, labels: [String]) {
    let scale = LinearScale(upTo: largest, unit, marks: 3)
    #expect(scale.ticks.map(\.label) == labels)
    #expect(scale.upper >= largest && scale.ticks.first?.position == 0 && scale.ticks.last?.position == 1)
  }

  @Test(
    arguments: [
      (1, 1000, .milliseconds, ["1 ms", "10 ms", "100 ms", "1000 ms"]),
      (1, 30, .milliseconds, ["1 ms", "2 ms", "5 ms", "10 ms", "20 ms"]),
      (1024, 1_048_576, .bytes, ["1 KiB", "4 KiB", "16 KiB", "64 KiB", "256 KiB", "1 MiB"]),
      (81, 95, .milliseconds, ["85 ms", "90 ms", "95 ms"]), (5, 5, .seconds, ["5 s", "10 s"]),
    ] as [(Double, Double, Page.Unit, [String])])
  func logarithmicTicksAreRound(lower: Double, upper: Double, unit: Page.Unit, labels: [String]) {
    let scale = LogScale(lower...upper, unit) { $0.count <= 6 }
    #expect(scale.ticks.map(\.label) == labels)
    #expect(scale.position(scale.lower) == 0 && scale.position(scale.upper) == 1)
    #expect(zip(scale.ticks, scale.ticks.dropFirst()).allSatisfy { $0.position < $1.position })
  }

  @Test(arguments: [
    (0, 3_600_000, ["01-01", "00:15", "00:30", "00:45", "01:00"]),
    (500, 60_000, ["00:00:15", "00:00:30", "00:00:45", "00:01:00"]),
    (0, 1, ["00:00:00.000", "00:00:00.001"]), (82_800_000, 7_200_000, ["23:00", "23:30", "01-02", "00:30", "01:00"]),
    (0, 345_600_000, ["01-01", "01-02", "01-03", "01-04", "01-05"]),
    (-1500, 3000, ["23:59:59", "00:00:00", "00:00:01"]),
  ])
  func timesAreRound(start: Int, length: Int, labels: [String]) {
    let ticks = TimeScale(from: Timestamp(milliseconds: start), length: length).ticks { $0.count <= 5 }
    #expect(ticks.map(\.label) == labels)
    #expect(ticks.allSatisfy { (0...1).contains($0.position) })
  }
}
