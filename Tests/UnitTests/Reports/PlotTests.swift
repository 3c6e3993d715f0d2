import Records
import Testing

@testable import Reports

@Suite struct PlotTests {
  private static let values: [Double] = [
    0, 1, -1, 5, 0.5, 81, 83, 1e-9, 1e12, 1e300, .nan, .infinity, -.infinity, .leastNonzeroMagnitude,
    .greatestFiniteMagnitude,
  ]

  @Test(arguments: Page.Unit.allCases, 0...4)
  func anyValuesAreDrawnOrLeftOut(unit: Page.Unit, count: Int) {
    var random = Seeded(UInt64(count))
    for _ in 0..<60 {
      let values = (0..<count).map { _ in random.pick(Self.values) }
      let points = values.map { (value: $0, share: random.pick(Self.values)) }
      let start = Timestamp(milliseconds: random.pick([.min, 0, 1_772_366_399_999, .max]))
      let html = HTMLFormat.render(
        SamplePages.page(
          .distribution(
            .init(title: "D", unit: unit, curves: [("a", points), ("b", [])], marks: values.map { ("p", $0) })),
          .timeline(
            .init(
              title: "T", start: start, intervalSeconds: random.pick(Self.values),
              series: [("a", unit, .bad, values), ("b", unit, .plain(.min), [nil])])),
          .bars(
            .init(
              title: "B", layout: random.pick(Page.Bars.Layout.allCases), unit: unit, categories: ["x", "y"],
              series: [("a", .good, values), ("b", .plain(7), values.reversed())]))))
      let document = XMLEvents(html)
      #expect(document.problem == nil)
      for (name, attributes) in document.elements where name == "path" || name == "rect" || name == "text" {
        for attribute in ["x", "y", "width", "height", "d"] {
          let text = attributes[attribute] ?? ""
          #expect(!text.contains("n") && !text.contains("e") && !text.contains("i"), "\(name) \(attribute) \(text)")
        }
      }
    }
  }

  @Test func emptyPlotsAreLeftOut() {
    let page = SamplePages.page(
      .distribution(.init(title: "D", unit: .bytes, curves: [("a", [(0, 1), (.nan, 1)])], marks: [("p50", 1)])),
      .timeline(
        .init(title: "T", start: Timestamp(milliseconds: 0), intervalSeconds: 1, series: [("a", .count, .bad, [nil])])),
      .timeline(
        .init(title: "T", start: Timestamp(milliseconds: 0), intervalSeconds: 0, series: [("a", .count, .bad, [1])])),
      .bars(.init(title: "B", layout: .stacked, unit: .bytes, categories: [], series: [("a", .good, [])])),
      .bars(.init(title: "B", layout: .stacked, unit: .bytes, categories: ["a"], series: [])))
    #expect(XMLEvents(HTMLFormat.render(page)).all("figure").isEmpty)
  }

  @Test func longCurvesAreThinned() {
    let points = (1...100_000).map { (value: Double($0), share: Double($0) / 100_000) }
    let values = (0..<100_000).map { Double?(Double($0)) }
    let html = HTMLFormat.render(
      SamplePages.page(
        .distribution(.init(title: "D", unit: .bytes, curves: [("a", points)])),
        .timeline(
          .init(
            title: "T", start: Timestamp(milliseconds: 0), intervalSeconds: 1, series: [("a", .count, .bad, values)]))
      ))
    let lines = XMLEvents(html).all("path").compactMap { $0["d"] }
    #expect(lines.allSatisfy { $0.count { "LHV".contains($0) } <= 1000 })
    #expect(html.utf8.count < 200_000)
  }

  @Test func mergedIntervalsShowTheirMean() {
    let values = (0..<480).map { $0 % 2 == 0 ? Double?(10) : $0 == 1 ? nil : 20 }
    let html = HTMLFormat.render(
      SamplePages.page(
        .timeline(
          .init(
            title: "T", start: Timestamp(milliseconds: 0), intervalSeconds: 60, series: [("a", .count, .bad, values)]))
      ))
    #expect(html.contains("<title>00:00:00 – a 10</title>") && html.contains("<title>07:58:00 – a 15</title>"))
    #expect(XMLEvents(html).all("rect").count { $0["class"] == "tip" } == 240)
  }

  @Test func marksAreListedAndNamedWithoutOverlap() {
    let marks: [(name: String, value: Double)] = [
      ("p50", 80), ("p90", 85), ("p95", 400), ("p99", 990), ("p99.9", 1000),
    ]
    let plot = Page.Distribution(title: "D", unit: .milliseconds, curves: [("a", [(1, 0.1), (1000, 1)])], marks: marks)
    let html = HTMLFormat.render(SamplePages.page(.distribution(plot)))
    #expect(XMLEvents(html).all("path").count { $0["class"] == "mark" } == 5)
    for (name, value) in marks { #expect(html.contains("<li>\(name)<span>\(Int(value)) ms</span></li>")) }
    #expect(html.contains(">p50</text>") && html.contains(">p95</text>"))
    #expect(!html.contains(">p90</text>") && !html.contains(">p99.9</text>"))
  }

  @Test(arguments: [
    ("v1", "v1"), ("https://cdn.example.com/a/b.jpg", "https:….com/a/b.jpg"), ("WWWWWWWWWWWWWWWW", "WWW…WWWWWWW"),
    (String(repeating: "日", count: 90), "日日…日日日日日日"), ("", ""),
  ])
  func longNamesAreShortened(name: String, label: String) {
    let html = HTMLFormat.render(
      SamplePages.page(
        .bars(.init(title: "B", layout: .stacked, unit: .count, categories: [name], series: [("s", .good, [3])]))))
    #expect(html.contains(">\(label)</text>") && label.drawnWidth <= 170)
  }

  @Test func labelsOfTicksStandApart() {
    let area = PlotArea(left: 50, top: 0, right: 430, bottom: 100)
    #expect(area.fits([(0, "1 ms"), (0.2, "10 ms"), (1, "1000 ms")]))
    #expect(!area.fits([(0, "1 ms"), (0.1, "10 ms"), (1, "1000 ms")]))
    // The last label is moved into the picture.
    #expect(area.labelX((1, "1000 ms")) < 430 && !area.fits([(0.79, "500 ms"), (1, "1000 ms")]))
    #expect(area.fits([]))
  }

  @Test func barsAreSharesOfTheirScale() {
    let page = SamplePages.page(
      .bars(
        .init(
          title: "B", layout: .stackedShares, unit: .count, categories: ["a"],
          series: [("s", .good, [3]), ("t", .bad, [1])])))
    let bars = XMLEvents(HTMLFormat.render(page)).all("rect")
    let widths = bars.compactMap { $0["width"].flatMap { Double($0) } }
    #expect(widths.count == 2 && abs(widths[0] - 3 * widths[1]) < 0.5)
    #expect(HTMLFormat.render(page).contains("<title>a, s: 3 (75.0 %)</title>"))
  }
}
