import Records

/// The rectangle of a picture that has axes around it, in units of the picture.
struct PlotArea {
  /// What a picture is wide; it is scaled to the width that it is given.
  static let pictureWidth = 480.0
  /// What a cell of text is wide at most, in the largest size that the style sheet gives it (on small screens).
  static let cellWidth = 8.4

  let left: Double
  let top: Double
  let right: Double
  let bottom: Double

  func x(_ share: Double) -> Double { left + share * (right - left) }
  func y(_ share: Double) -> Double { bottom - share * (bottom - top) }
}

/// A coordinate, to a tenth.
func coordinate(_ value: Double) -> String {
  var out = ByteBuffer()
  out.append(value, decimals: 1)
  return out.bytes.string
}

extension Markup {
  /// - Parameters:
  ///   - title: its name, for those who cannot see it.
  ///   - description: what is to be seen.
  mutating func picture(height: Double, title: String, description: String, _ body: (inout Markup) -> Void) {
    let box = "0 0 \(coordinate(PlotArea.pictureWidth)) \(coordinate(height))"
    element("svg", ["viewBox": box, "role": "img"]) { out in
      out.element("title", text: title)
      out.element("desc", text: description)
      body(&out)
    }
    lineEnd()
  }

  /// - Parameter kinds: classes of the style sheet.
  mutating func label(_ text: String, x: Double, y: Double, _ kinds: String) {
    element("text", ["class": kinds, "x": coordinate(x), "y": coordinate(y)], text: text)
  }

  mutating func path(_ line: String, _ kinds: String, tip: String? = nil) {
    guard let tip else { return element("path", ["class": kinds, "d": line]) }
    element("path", ["class": kinds, "d": line]) { $0.element("title", text: tip) }
  }

  /// A rectangle that says what it is when it is pointed at.
  mutating func box(x: Double, y: Double, width: Double, height: Double, _ kinds: String, tip: String) {
    element(
      "rect",
      [
        "class": kinds, "x": coordinate(x), "y": coordinate(y), "width": coordinate(max(width, 0)),
        "height": coordinate(height),
      ]
    ) { $0.element("title", text: tip) }
  }

  /// Lines across the area, labelled at the left.
  mutating func rows(of ticks: Ticks, _ area: PlotArea) {
    for tick in ticks {
      let y = coordinate(area.y(tick.position))
      path("M\(coordinate(area.left)) \(y)H\(coordinate(area.right))", tick.position == 0 ? "axis" : "grid")
      label(tick.label, x: area.left - 6, y: area.y(tick.position), "end middle")
    }
  }

  /// Lines down the area, labelled below. Labels at the sides stay inside of the picture.
  mutating func columns(of ticks: Ticks, _ area: PlotArea, isLabelled: Bool = true) {
    for tick in ticks {
      let x = area.x(tick.position)
      path("M\(coordinate(x)) \(coordinate(area.top))V\(coordinate(area.bottom))", "grid")
      guard isLabelled else { continue }
      let half = Double(tick.label.cells) * PlotArea.cellWidth / 2
      let center = max(min(x, PlotArea.pictureWidth - half), half)
      label(tick.label, x: center, y: area.bottom + 16, "center")
    }
  }

  /// What the colours and the dashes say.
  mutating func legend(_ series: [(name: String, tone: Page.Tone)], isLines: Bool) {
    element("ul", ["class": "legend"]) { out in
      for (i, (name, tone)) in series.enumerated() {
        out.element("li") { out in
          out.element("svg", ["class": "key", "viewBox": "0 0 20 12", "aria-hidden": "true"]) { out in
            out.path(isLines ? "M1 6h18" : "M4 0h12v12h-12z", "\(isLines ? "line \(dash(i))" : "fill") \(tone.kind)")
          }
          out.text(name)
        }
      }
    }
    lineEnd()
  }
}

/// The class of the dashes of the i-th line, so that lines differ not by colour alone.
func dash(_ i: Int) -> String { "dash\(i % 4)" }

extension Page.Tone {
  /// The class of its colour.
  var kind: String {
    switch self {
    case .good: "good"
    case .bad: "bad"
    case .warning: "warning"
    case .neutral: "neutral"
    case .plain(let i): "plain\(i.magnitude % 6)"
    }
  }
}
