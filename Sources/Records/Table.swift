/// A table of facts: lines of tab-separated cells; `#` starts a comment line.
package struct Table {
  package let rows: [[String]]

  package init(_ text: [UInt8]) {
    rows = text.split(separator: 0x0A).filter { $0.first != 0x23 }.map { line in
      line.split(separator: 0x09, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
