extension Unicode.Scalar {
  /// The cells of a terminal that this takes: 0 for what combines, 2 for what is wide (UAX 11), else 1.
  var cells: Int {
    guard value >= 0x300 else { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if properties.isEmojiPresentation { return 2 }
    switch value {
    case 0x1160...0x11FF: return 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DF2, 0x1B000...0x1B2FB,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}

extension Character {
  var cells: Int { unicodeScalars.reduce(0) { $0 + $1.cells } }
}

extension String {
  /// The cells of a terminal that this takes on one line.
  var cells: Int { unicodeScalars.reduce(0) { $0 + $1.cells } }

  /// At most so many cells: where it is longer, `…` stands for its middle. Two thirds of what stays is of the end,
  /// since that is what tells one path from another.
  func shortened(toCells limit: Int) -> String {
    guard cells > limit else { return self }
    let room = max(limit - 1, 0)
    let head = start(cells: room / 3)
    return head + "…" + String(String(reversed()).start(cells: room - head.cells).reversed())
  }

  /// The longest start that takes at most so many cells.
  private func start(cells limit: Int) -> String {
    var room = limit
    return String(
      prefix {
        room -= $0.cells
        return room >= 0
      })
  }

  /// Lines of at most so many cells, broken at blanks, and within a word only where it is longer than a line.
  func wrapped(toCells limit: Int) -> [String] {
    guard cells > limit else { return [self] }
    let limit = max(limit, 2)
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ").map(String.init) {
      if !line.isEmpty, line.cells + 1 + word.cells <= limit {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      let pieces = word.pieces(ofCells: limit)
      lines += pieces.dropLast()
      line = pieces.last ?? ""
    }
    return lines + [line]
  }

  private func pieces(ofCells limit: Int) -> [String] {
    var pieces: [String] = []
    var piece = ""
    var used = 0
    for character in self {
      let cells = character.cells
      if used + cells > limit, !piece.isEmpty {
        pieces.append(piece)
        (piece, used) = ("", 0)
      }
      piece.append(character)
      used += cells
    }
    return pieces + [piece]
  }
}
