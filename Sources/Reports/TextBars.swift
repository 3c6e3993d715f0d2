extension Page.Bars {
  /// The bars of one series in block characters; nothing of more series, which would need colours.
  /// - Parameter width: of a line, in cells.
  func textLines(width: Int) -> [String] {
    guard series.count == 1 else { return [] }
    let rows = zip(categories, series[0].values).prefix(Self.limit).map { category, value in
      (name: category.legible.shortened(toCells: 20), value: drawable(value) ?? 0)
    }
    let displays = rows.map { unit.cell($0.value).display }
    let names = rows.map(\.name.cells).max() ?? 0
    let room = min(width - names - (displays.map(\.cells).max() ?? 0) - 3, 40)
    guard let largest = rows.map(\.value).max(), largest > 0, room >= 8 else { return [] }
    return zip(rows, displays).map { row, display in
      let blanks = String(repeating: " ", count: names - row.name.cells)
      return "\(row.name)\(blanks)  \(Self.bar(row.value / largest, of: room)) \(display)"
    }
  }

  /// - Parameter share: 0 to 1.
  private static func bar(_ share: Double, of cells: Int) -> String {
    let eighths = Int((share * Double(cells * 8)).rounded())
    return String(repeating: "█", count: eighths / 8) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
  }
}
