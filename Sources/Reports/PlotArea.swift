import Records

/// The rectangle of a picture that has axes around it, in units of the picture.
struct PlotArea {
  /// What a picture is wide; it is scaled to the width that it is given.
  static let pictureWidth = 440.0
  /// The largest size of text that the style sheet gives it (on small screens).
  static let textSize = 15.0
  /// What the labels below an area take.
  static let footHeight = 28.0

  let left: Double
  let top: Double
  let right: Double
  let bottom: Double

  func x(_ share: Double) -> Double { left + share * (right - left) }
  func y(_ share: Double) -> Double { bottom - share * (bottom - top) }

  /// Where the label of a tick is: at the tick, but inside of the picture.
  func labelX(_ tick: Ticks.Element) -> Double {
    let half = tick.label.drawnWidth / 2
    return max(min(x(tick.position), Self.pictureWidth - half), half)
  }

  /// Whether the labels of these ticks, side by side, stand apart.
  func fits(_ ticks: Ticks) -> Bool {
    zip(ticks, ticks.dropFirst()).allSatisfy { a, b in
      labelX(b) - labelX(a) >= (a.label.drawnWidth + b.label.drawnWidth) / 2 + 10
    }
  }
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

  /// Lines down the area, labelled below.
  mutating func columns(of ticks: Ticks, _ area: PlotArea, isLabelled: Bool = true) {
    for tick in ticks {
      path("M\(coordinate(area.x(tick.position))) \(coordinate(area.top))V\(coordinate(area.bottom))", "grid")
      guard isLabelled else { continue }
      label(tick.label, x: area.labelX(tick), y: area.bottom + 9, "center below")
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

  /// Figures above a picture.
  mutating func figures(_ figures: [(name: String, figure: String)]) {
    element("ul", ["class": "legend"]) { out in
      for (name, figure) in figures {
        out.element("li") { out in
          out.text(name)
          out.element("span", text: figure)
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
