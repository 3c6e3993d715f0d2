extension Page.Bars {
  /// The most categories that are drawn: a longer picture says less.
  static let limit = 40
  private static let thickness = 17.0
  /// Of a bar that stands beside others.
  private static let thin = 16.0
  private static let gap = 9.0
  /// The most that a category's name takes.
  private static let nameWidth = 170.0

  /// Draws it; nothing where there is nothing to draw.
  func draw(to out: inout Markup) {
    let count = min(categories.count, Self.limit)
    guard count > 0, !series.isEmpty else { return }
    // No tip is longer than a line.
    let names = categories.prefix(count).map { $0.legible.shortened(toCells: 100) }
    let labels = names.map { $0.shortened(toDrawnWidth: Self.nameWidth) }
    let values = series.map { series in
      (0..<count).map { $0 < series.values.count ? drawable(series.values[$0]) ?? 0 : 0 }
    }
    let totals = (0..<count).map { category in values.reduce(0) { $0 + $1[category] } }
    let group = layout == .sideBySide ? Self.thin * Double(series.count) : Self.thickness
    let area = PlotArea(
      left: 10 + (labels.map(\.drawnWidth).max() ?? 0), top: 4,
      right: PlotArea.pictureWidth - figureWidth(totals, values) - 8,
      bottom: 4 + Double(count) * (group + Self.gap) + Self.gap)
    let scales = (1...5).reversed().lazy.map { scale(totals, values, marks: $0) }
    guard let scale = scales.first(where: { area.fits($0.ticks) }) ?? scales.last else { return }

    if series.count > 1 { out.legend(series.map { ($0.name, $0.tone) }, isLines: false) }
    let description = description(names, totals)
    out.picture(height: area.bottom + PlotArea.footHeight, title: title, description: description) { out in
      out.columns(of: scale.ticks, area)
      for (i, label) in labels.enumerated() {
        let y = area.top + Self.gap + Double(i) * (group + Self.gap)
        out.label(label, x: area.left - 8, y: y + group / 2, "end middle")
        switch layout {
        case .sideBySide: drawBeside(names[i], values.map { $0[i] }, y, scale, area, to: &out)
        case .stacked, .stackedShares: drawStack(names[i], values.map { $0[i] }, y, scale, area, to: &out)
        }
      }
      out.path("M\(coordinate(area.left)) \(coordinate(area.top))V\(coordinate(area.bottom))", "axis")
    }
    guard categories.count > count else { return }
    out.element("p", ["class": "aside"], text: "The first \(count) of \(categories.count).")
  }

  private func scale(_ totals: [Double], _ values: [[Double]], marks: Int) -> LinearScale {
    switch layout {
    case .stackedShares: LinearScale(upTo: 1, .share, marks: marks)
    case .stacked: LinearScale(upTo: totals.max() ?? 0, unit, marks: marks, isRounded: false)
    case .sideBySide: LinearScale(upTo: values.joined().max() ?? 0, unit, marks: marks, isRounded: false)
    }
  }

  /// The room that the figures behind the bars take.
  private func figureWidth(_ totals: [Double], _ values: [[Double]]) -> Double {
    let labelled = layout == .sideBySide ? values.flatMap { $0 } : totals
    return labelled.map { unit.cell($0).display.drawnWidth }.max() ?? 0
  }

  private func description(_ names: [String], _ totals: [Double]) -> String {
    let layout = layout == .sideBySide ? "Bars of \(series.map(\.name).joined(separator: ", "))" : "Bars"
    return "\(layout): " + zip(names, totals).map { "\($0) \(unit.cell($1).display)" }.joined(separator: ", ")
  }

  private func drawBeside(
    _ name: String, _ values: [Double], _ y: Double, _ scale: LinearScale, _ area: PlotArea, to out: inout Markup
  ) {
    for (i, (series, value)) in zip(series, values).enumerated() {
      let top = y + Double(i) * Self.thin
      let width = scale.position(value) * (area.right - area.left)
      let display = unit.cell(value).display
      out.box(
        x: area.left, y: top + 0.5, width: width, height: Self.thin - 1, "fill \(series.tone.kind)",
        tip: "\(name), \(series.name): \(display)")
      out.label(display, x: area.left + width + 6, y: top + Self.thin / 2, "middle")
    }
  }

  private func drawStack(
    _ name: String, _ values: [Double], _ y: Double, _ scale: LinearScale, _ area: PlotArea, to out: inout Markup
  ) {
    let total = values.reduce(0, +)
    var x = area.left
    for (series, value) in zip(series, values) where value > 0 {
      let share = value / total
      let width = (layout == .stackedShares ? share : scale.position(value)) * (area.right - area.left)
      let rounded = "\(Int((share * 100).rounded())) %"
      let figure = unit.cell(value).display
      let isAlone = self.series.count == 1
      out.box(
        x: x, y: y, width: width, height: Self.thickness, "fill \(series.tone.kind)",
        tip: isAlone ? "\(name): \(figure)" : "\(name), \(series.name): \(figure) (\(Page.Cell.share(share).display))")
      if layout == .stackedShares, width > rounded.drawnWidth + 4 {
        out.label(rounded, x: x + width / 2, y: y + Self.thickness / 2, "inside center middle")
      }
      x += width
    }
    out.label(unit.cell(total).display, x: x + 6, y: y + Self.thickness / 2, "middle")
  }
}
