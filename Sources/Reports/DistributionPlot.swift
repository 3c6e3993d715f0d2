extension Page.Distribution {
  /// The most points that a curve is drawn with.
  private static let limit = 400

  /// Draws it; nothing where there is nothing to draw.
  func draw(to out: inout Markup) {
    let curves = curves.map { (name: $0.name, points: Self.cleaned($0.points)) }.filter { !$0.points.isEmpty }
    let marks = marks.filter { Self.isOnAxis($0.value) }.sorted { $0.value < $1.value }.prefix(10)
    guard !curves.isEmpty else { return }
    let values = curves.flatMap { $0.points.map(\.value) } + marks.map(\.value)
    guard let lower = values.min(), let upper = values.max() else { return }
    let top = marks.isEmpty ? 10.0 : 24
    let area = PlotArea(left: 56, top: top, right: PlotArea.pictureWidth - 14, bottom: top + 170)
    let scale = LogScale(lower...upper, unit, fits: area.fits)
    let figures = marks.map { (name: $0.name.legible, figure: unit.cell($0.value).display) }

    if curves.count > 1 { out.legend(curves.enumerated().map { ($1.name, .plain($0)) }, isLines: true) }
    if !marks.isEmpty { out.figures(figures) }
    let description = description(lower, upper, figures)
    out.picture(height: area.bottom + PlotArea.footHeight, title: title, description: description) { out in
      out.rows(of: LinearScale(upTo: 1, .share, marks: 5).ticks, area)
      out.columns(of: scale.ticks, area)
      for (i, curve) in curves.enumerated() { Self.draw(curve, i, isAlone: curves.count == 1, scale, area, to: &out) }
      drawMarks(Array(marks), scale, area, to: &out)
    }
  }

  private func description(_ lower: Double, _ upper: Double, _ figures: [(name: String, figure: String)]) -> String {
    let range = "\(unit.cell(lower).display) to \(unit.cell(upper).display)"
    return "Share of values that are at most so large, over \(range), logarithmic. "
      + figures.map { "\($0) \($1)" }.joined(separator: ", ")
  }

  // MARK: The curves

  private static func isOnAxis(_ value: Double) -> Bool { value >= 1e-12 && drawable(value) != nil }

  private static func cleaned(_ points: [(value: Double, share: Double)]) -> [(value: Double, share: Double)] {
    let clean = points.filter { isOnAxis($0.value) && $0.share.isFinite }.sorted { $0.value < $1.value }
    guard clean.count > limit else { return clean }
    return (0..<limit).map { clean[$0 * (clean.count - 1) / (limit - 1)] }
  }

  private static func draw(
    _ curve: (name: String, points: [(value: Double, share: Double)]), _ i: Int, isAlone: Bool, _ scale: LogScale,
    _ area: PlotArea, to out: inout Markup
  ) {
    let start = "M\(coordinate(area.x(scale.position(curve.points[0].value)))) \(coordinate(area.bottom))"
    let line = curve.points.map { point in
      let share = min(max(point.share, 0), 1)
      return "L\(coordinate(area.x(scale.position(point.value)))) \(coordinate(area.y(share)))"
    }.joined()
    // Nothing is larger than the last value.
    let end = "H\(coordinate(area.right))"
    let tone = Page.Tone.plain(i).kind
    if isAlone { out.path("\(start)\(line)\(end)V\(coordinate(area.bottom))Z", "area \(tone)") }
    out.path(start + line + end, "line \(dash(i)) \(tone)", tip: curve.name)
  }

  /// Dotted lines, with their names above as far as there is room.
  private func drawMarks(
    _ marks: [(name: String, value: Double)], _ scale: LogScale, _ area: PlotArea, to out: inout Markup
  ) {
    var end = 0.0
    for mark in marks {
      let position = scale.position(mark.value)
      out.path(
        "M\(coordinate(area.x(position))) \(coordinate(area.top - 5))V\(coordinate(area.bottom))", "mark",
        tip: "\(mark.name) \(unit.cell(mark.value).display)")
      let x = area.labelX((position, mark.name))
      let half = mark.name.drawnWidth / 2
      guard x - half >= end else { continue }
      out.label(mark.name, x: x, y: area.top - 10, "center")
      end = x + half + 5
    }
  }
}
