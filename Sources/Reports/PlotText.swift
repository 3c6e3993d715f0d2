/// What text takes in a picture. Its font is not known: it is taken for one of the wide ones, such as DejaVu Sans.
extension String {
  /// About the width in units of the picture, in the largest size that the style sheet gives it.
  var drawnWidth: Double { unicodeScalars.reduce(0) { $0 + $1.ems } * PlotArea.textSize }

  /// At most about so wide: where it is longer, `…` stands for its middle.
  func shortened(toDrawnWidth limit: Double) -> String {
    var text = self
    var room = cells
    while text.drawnWidth > limit, room > 1 {
      room -= 1
      text = shortened(toCells: room)
    }
    return text
  }
}

extension Unicode.Scalar {
  /// The width as a share of the size of the font.
  fileprivate var ems: Double {
    switch self {
    case "f", "i", "j", "l", "r", "t", "I", " ", ".", ",", ":", ";", "!", "|", "/", "-", "'", "(", ")", "[", "]": 0.42
    case "m", "w", "M", "W", "%", "@", "…": 1
    case "a"..."z", "0"..."9": 0.64
    default: [0, 0.85, 1.25][cells]
    }
  }
}
