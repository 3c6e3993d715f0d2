/// How much a page holds.
extension Page {
  /// Bytes of text and tables in the format that takes most. With style and pictures, a page is below 1 MiB.
  private static let room = 700_000

  /// The page with as many rows as it has room for, whatever text they hold. A section takes at most half of what those
  /// before it have left.
  package var fitted: Page {
    var page = self
    var room = Self.room
    page.sections = sections.compactMap { section in
      guard section.frameSize <= room / 2 else { return nil }
      var section = section
      section.fit(room / 2)
      room -= section.size
      return section
    }
    page.introduction += leftOut(sections.count - page.sections.count, "sections")
    return page
  }
}

/// A note on what a page has no room for; none where that is nothing.
func leftOut(_ count: Int, _ what: String) -> [String] {
  count > 0 ? ["\(Page.Cell.count(count).display) further \(what) are left out; the summary has them."] : []
}

extension Page.Section {
  fileprivate var size: Int { rows.reduce(frameSize) { $0 + size(of: $1) } }

  /// What stands around the rows.
  fileprivate var frameSize: Int {
    let words =
      notes + columns.flatMap { [$0.title, $0.name] }
      + advice.flatMap { [$0.rule, $0.title, $0.text] + $0.figures.flatMap { [$0.name, $0.value.display] } }
    return words.reduce(200 + title.escapedSize * 4) { $0 + $1.escapedSize + 60 }
  }

  private func size(of row: [Page.Cell]) -> Int {
    zip(columns, row).reduce(40) { $0 + $1.0.name.escapedSize + $1.1.display.escapedSize + 60 }
  }

  /// Leaves rows at the end out.
  fileprivate mutating func fit(_ room: Int) {
    var size = frameSize
    let count = rows.prefix { row in
      size += self.size(of: row)
      return size <= room
    }.count
    notes += leftOut(rows.count - count, "rows")
    rows.removeLast(rows.count - count)
  }
}

extension String {
  /// The bytes that it takes in the format that escapes most, or a few more.
  fileprivate var escapedSize: Int {
    utf8.reduce(0) { sum, byte in
      switch byte {
      case 0x20, 0x2B...0x2E, 0x30...0x3B, 0x3D, 0x3F, 0x41...0x5A, 0x61...0x7A, 0x80...: sum + 1
      case 0x23...0x25, 0x28...0x2A, 0x2F, 0x40, 0x5B, 0x5D...0x60, 0x7B...0x7E: sum + 2
      default: sum + 6
      }
    }
  }
}
