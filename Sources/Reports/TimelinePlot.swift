extension Page.Timeline {
  private typealias Series = (name: String, unit: Page.Unit, tone: Page.Tone, values: [Double?])

  /// The most intervals that are drawn; of more, neighbours are drawn as one, with their mean.
  private static let limit = 240
  private static let height = 100.0

  /// Draws a panel for each unit, all over the same time; nothing where there is nothing to draw.
  func draw(to out: inout Markup) {
    let slots = series.map(\.values.count).max() ?? 0
    let interval = (intervalSeconds * 1000).rounded()
    guard slots > 0, interval >= 1, interval * Double(slots) < 1e14 else { return }
    let merged = (slots + Self.limit - 1) / Self.limit
    let count = (slots + merged - 1) / merged
    let slot = Int(interval) * merged
    let time = TimeScale(from: start, length: slot * count)
    let moments = (0..<count).map { time.moment($0 * slot) }

    let panels = panels(merging: merged)
    // One left margin, so that the same time stands at the same place in all panels.
    let labelWidth = panels.flatMap { $0.scale.ticks.map(\.label.drawnWidth) }.max() ?? 0
    let area = PlotArea(
      left: 8 + labelWidth, top: 10, right: PlotArea.pictureWidth - 10,
      bottom: 10 + Self.height)
    let times = time.ticks(fits: area.fits)
    for (i, panel) in panels.enumerated() {
      draw(panel, area, times, moments, isLast: i == panels.count - 1, to: &out)
    }
  }

  private struct Panel {
    let unit: Page.Unit
    var series: [Series]

    var largest: Double { series.flatMap { $0.values.compactMap { $0 } }.max() ?? 0 }
    var scale: LinearScale { LinearScale(upTo: largest, unit, marks: 3) }
  }

  private func panels(merging width: Int) -> [Panel] {
    var panels: [Panel] = []
    for series in series {
      let series = (series.name, series.unit, series.tone, Self.merged(series.values, width))
      guard series.3.contains(where: { $0 != nil }) else { continue }
      if let i = panels.firstIndex(where: { $0.unit == series.1 }) {
        panels[i].series.append(series)
      } else {
        panels.append(Panel(unit: series.1, series: [series]))
      }
    }
    return panels
  }

  private static func merged(_ values: [Double?], _ width: Int) -> [Double?] {
    stride(from: 0, to: values.count, by: width).map { start in
      let known = values[start..<min(start + width, values.count)].compactMap { $0.flatMap(drawable) }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
  }

  private func draw(
    _ panel: Panel, _ area: PlotArea, _ times: Ticks, _ moments: [String], isLast: Bool, to out: inout Markup
  ) {
    let names = panel.series.map(\.name).joined(separator: ", ")
    let most = panel.unit.cell(panel.largest).display
    let description = "\(names), from \(moments[0]) to \(moments[moments.count - 1]) UTC, at most \(most)"
    let scale = panel.scale
    // The legend names a series that is alone too, since there are other panels.
    out.legend(panel.series.map { ($0.name, $0.tone) }, isLines: true)
    let height = area.bottom + (isLast ? PlotArea.footHeight : 6)
    out.picture(height: height, title: "\(title): \(names)", description: description) { out in
      out.rows(of: scale.ticks, area)
      out.columns(of: times, area, isLabelled: isLast)
      for (i, series) in panel.series.enumerated() { Self.draw(series, i, moments.count, scale, area, to: &out) }
      Self.drawTips(panel, moments, area, to: &out)
    }
  }

  /// A line of steps, each as wide as its interval, with gaps where nothing happened.
  private static func draw(
    _ series: Series, _ i: Int, _ count: Int, _ scale: LinearScale, _ area: PlotArea, to out: inout Markup
  ) {
    let bottom = coordinate(area.bottom)
    var line = ""
    var shape = ""
    var isInside = false
    for (slot, value) in series.values.enumerated() {
      let x = coordinate(area.x(Double(slot) / Double(count)))
      if let value {
        let y = coordinate(area.y(scale.position(value)))
        line += isInside ? "V\(y)" : "M\(x) \(y)"
        shape += isInside ? "V\(y)" : "M\(x) \(bottom)V\(y)"
        let end = "H\(coordinate(area.x(Double(slot + 1) / Double(count))))"
        line += end
        shape += end
      } else if isInside {
        shape += "V\(bottom)Z"
      }
      isInside = value != nil
    }
    out.path(shape + (isInside ? "V\(bottom)Z" : ""), "area \(series.tone.kind)")
    out.path(line, "line \(dash(i)) \(series.tone.kind)")
  }

  private static func drawTips(
    _ panel: Panel, _ moments: [String], _ area: PlotArea, to out: inout Markup
  ) {
    let width = (area.right - area.left) / Double(moments.count)
    for (slot, moment) in moments.enumerated() {
      let values = panel.series.compactMap { series in
        (slot < series.values.count ? series.values[slot] : nil).map { "\(series.name) \(panel.unit.cell($0).display)" }
      }
      guard !values.isEmpty else { continue }
      out.box(
        x: area.left + Double(slot) * width, y: area.top, width: width, height: area.bottom - area.top, "tip",
        tip: "\(moment) – \(values.joined(separator: ", "))")
    }
  }
}
