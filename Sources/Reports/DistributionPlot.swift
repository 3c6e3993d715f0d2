extension Page.Distribution {
  /// The most points that a curve is drawn with.
  private static let limit = 400
  private static let rowHeight = 17.0

  /// Draws it; nothing where there is nothing to draw.
  func draw(to out: inout Markup) {
    let curves = curves.map { (name: $0.name, points: Self.cleaned($0.points)) }.filter { !$0.points.isEmpty }
    let marks = marks.filter { Self.isOnAxis($0.value) }.sorted { $0.value < $1.value }.prefix(10)
    guard !curves.isEmpty else { return }
    let values = curves.flatMap { $0.points.map(\.value) } + marks.map(\.value)
    guard let lower = values.min(), let upper = values.max() else { return }
    let scale = LogScale(lower...upper, unit, marks: 6)
    let labels = Self.labels(marks.map { ($0.value, "\($0.name) \(unit.cell($0.value).display)") }, scale)
    let top = 12 + Double((labels.map(\.row).max() ?? -1) + 1) * Self.rowHeight
    let area = PlotArea(left: Self.left, top: top, right: Self.right, bottom: top + 180)

    if curves.count > 1 { out.legend(curves.enumerated().map { ($1.name, .plain($0)) }, isLines: true) }
    out.picture(height: area.bottom + 24, title: title, description: description(lower, upper, labels)) { out in
      out.rows(of: LinearScale(upTo: 1, .share, marks: 5).ticks, area)
      out.columns(of: scale.ticks, area)
      for (i, curve) in curves.enumerated() { Self.draw(curve, i, isAlone: curves.count == 1, scale, area, to: &out) }
      for mark in labels { Self.draw(mark, area, to: &out) }
    }
  }

  private func description(_ lower: Double, _ upper: Double, _ labels: [Label]) -> String {
    let range = "\(unit.cell(lower).display) to \(unit.cell(upper).display)"
    return "Share of values that are at most so large, over \(range), logarithmic. "
      + labels.map(\.text).joined(separator: ", ")
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

  // MARK: The marks

  private struct Label {
    let text: String
    /// Of the line.
    let x: Double
    /// Of the text's start.
    let textX: Double
    /// From the top.
    let row: Int
  }

  private static let left = 56.0
  private static let right = PlotArea.pictureWidth - 14

  /// Each label stands right of its line where there is room, and in the first row below those that it would touch; so
  /// the lines, which go down from their labels, run through none but what was moved away from the right side.
  private static func labels(_ marks: [(value: Double, text: String)], _ scale: LogScale) -> [Label] {
    var labels: [Label] = []
    for mark in marks {
      let x = left + scale.position(mark.value) * (right - left)
      let width = Double(mark.text.cells) * PlotArea.cellWidth
      let textX = min(x + 4, PlotArea.pictureWidth - width)
      let touched = labels.filter { $0.textX + Double($0.text.cells) * PlotArea.cellWidth + 8 > textX }
      labels.append(Label(text: mark.text, x: x, textX: textX, row: (touched.map(\.row).max() ?? -1) + 1))
    }
    return labels
  }

  private static func draw(_ mark: Label, _ area: PlotArea, to out: inout Markup) {
    let y = 12 + Double(mark.row) * rowHeight
    out.path(
      "M\(coordinate(mark.x)) \(coordinate(y - 9))V\(coordinate(area.bottom))", "mark", tip: mark.text)
    out.label(mark.text, x: mark.textX, y: y, "halo")
  }
}
