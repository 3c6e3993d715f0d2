import Records

/// The headers of one response that matter here, kept in one buffer for the life of a transfer.
package struct ResponseHead: ~Copyable {
  /// Bytes of headers that a response may have.
  static let limit = 1 << 20

  private var text = ByteBuffer(capacity: 512)
  private var kept: [(header: Int, start: Int, end: Int)] = []
  /// A bit for each index that is kept, modulo 64: most that is asked for is not there.
  private var present: UInt64 = 0
  /// Whether the last line of all, not only of those kept, was kept: a folded line goes on with it.
  private var keepsLast = false
  /// All header bytes of the last response, kept or not.
  private(set) var length = 0
  /// Whether the empty line that ends the headers has come.
  private(set) var isComplete = false

  package init() {}

  mutating func removeAll() {
    text.removeAll()
    kept.removeAll(keepingCapacity: true)
    present = 0
    keepsLast = false
    length = 0
    isComplete = false
  }

  /// Takes one line as it came. A status line begins a further response: after a redirect or a 1xx.
  package mutating func add(line: Bytes) {
    if line.count > 5, line[0] == 0x48, line[4] == 0x2F, line.slice(0, 5).equals("HTTP/") { removeAll() }
    length += line.count
    if line.first == 0x20 || line.first == 0x09 { return addFolded(line.trimmed) }
    if line.count <= 2, line.trimmed.isEmpty {
      isComplete = true
      return
    }
    guard let colon = line.firstIndex(of: 0x3A) else {
      keepsLast = false
      return
    }
    add(HeaderNames.index(of: line.slice(0, colon)), line.slice(colon + 1, line.count).trimmed)
  }

  /// Takes a header by its index, nil where it is none that is kept, and its value without blanks around it.
  @inline(__always) mutating func add(_ header: Int?, _ value: Bytes) {
    keepsLast = header != nil
    guard let header else { return }
    let start = text.count
    text.append(value)
    kept.append((header, start, text.count))
    present |= 1 &<< UInt64(truncatingIfNeeded: header)
  }

  /// Goes on with the value of the last header: a line that began with a blank (RFC 9112, 5.2: a fold reads as a blank).
  mutating func addFolded(_ value: Bytes) {
    guard keepsLast, !value.isEmpty, let last = kept.indices.last else { return }
    if kept[last].end > kept[last].start { text.append(byte: 0x20) }
    text.append(value)
    kept[last].end = text.count
  }

  /// The empty line has come; `length` bytes it all was.
  mutating func end(length: Int) {
    self.length = length
    isComplete = true
  }

  /// The value of the header that was kept last; valid until the head changes.
  var lastValue: Bytes? {
    guard let last = kept.last else { return nil }
    return text.bytes.slice(last.start, last.end)
  }

  /// The last value of the header of this index; valid until the head changes.
  package func value(_ header: Int) -> Bytes? {
    guard present & 1 &<< UInt64(truncatingIfNeeded: header) != 0,
      let found = kept.last(where: { $0.header == header })
    else { return nil }
    return text.bytes.slice(found.start, found.end)
  }

  /// Whether `fits` holds for an element of the comma-separated list that all lines of the header make.
  func hasElement(_ header: Int, where fits: (Bytes) -> Bool) -> Bool {
    kept.contains { line in
      guard line.header == header else { return false }
      return text.bytes.slice(line.start, line.end).split(separator: 0x2C).contains {
        fits(Bytes(rebasing: $0).trimmed)
      }
    }
  }

  /// Lends the values of all lines of the header of this index, in their order.
  func forEachValue(_ header: Int, _ body: (Bytes) -> Void) {
    for line in kept where line.header == header { body(text.bytes.slice(line.start, line.end)) }
  }

  /// How often the header of this index came.
  func count(_ header: Int) -> Int { kept.reduce(0) { $0 + ($1.header == header ? 1 : 0) } }
}
