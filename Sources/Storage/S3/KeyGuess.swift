import Records

/// Guesses how many keys a range has left, and where it should be cut, from what its pages have shown. A wrong guess costs
/// a page or two, never a key.
struct KeyGuess {
  typealias Digits = KeyScale.Digits

  /// Keys on a full page.
  static let pageSize = 1000.0
  /// Of a range of which nothing is known.
  static let unknown = 1e15

  /// Digits of the listed prefix.
  private let root: Int
  private var model = KeyModel()

  init(root: Int) { self.root = root }

  /// Notes a page of the range.
  mutating func learn(_ page: ListPage, of range: KeyRange) {
    guard page.count > 0, let first = digits(withoutExtension(page.key(0))),
      let last = digits(withoutExtension(page.lastKey))
    else { return }
    range.page = KeyRange.Page(first: first, last: last, count: page.count)
    range.cursor = digits(page.lastKey) ?? last
    range.varying = commonLength(first, last)
    for n in Array(stride(from: 0, to: page.count, by: 31)) + [page.count - 1] {
      if let digits = digits(withoutExtension(page.key(n))) { model.learn(digits, from: range.varying) }
    }
    range.estimate = estimate(range)
  }

  /// Keys left, if they are as dense as on the last page.
  func estimate(_ range: KeyRange) -> Double {
    guard let page = range.page else { return range.estimate }
    let (scale, stop) = scale(page, range.upper.flatMap { digits($0) })
    let last = scale.position(of: page.last)
    let density = Double(page.count) / max(last - scale.position(of: page.first), 1e-300)
    return min(max(density * (stop - last), 0), Self.unknown)
  }

  /// A key that divides the range.
  struct Cut {
    let point: Digits
    let key: [UInt8]
    /// Of the part behind the cut: see `KeyRange`.
    let varying: Int
  }

  /// Where to cut the range, so that it and `idle` threads get equal parts; nil: there is no good place.
  func cut(_ range: KeyRange, idle: Int) -> Cut? {
    let end = range.upper.flatMap { digits($0) }
    guard range.upper == nil || end != nil else { return nil }
    let places = unexplored(range, end)
    var varying = root
    let point: Digits?
    if places.isEmpty {
      point = portion(of: range, end, idle: idle)
    } else {
      varying = places.lowerBound + places.count / 2
      point = successor(of: range.cursor, at: varying)
    }
    guard let point, let key = bytes(point), point.count > root, range.cursor.lexicographicallyPrecedes(point),
      end.map({ point.lexicographicallyPrecedes($0) }) ?? true
    else { return nil }
    return Cut(point: point, key: key, varying: varying)
  }

  /// Digits well before the one in which the keys of the last page differ: whether any key has another digit there than
  /// they all have is not known.
  private func unexplored(_ range: KeyRange, _ end: Digits?) -> Range<Int> {
    var first = max(root, end.map { commonLength(range.cursor, $0) } ?? root)
    let last = min(range.varying, range.cursor.count) - (range.page == nil ? 0 : 1)
    if let end, first < last, let next = successor(of: range.cursor, at: first), !next.lexicographicallyPrecedes(end) {
      first += 1
    }
    return first..<max(first, last)
  }

  /// A scale that reaches from the page to the end of its range, and where that end is on it.
  private func scale(_ page: KeyRange.Page, _ end: Digits?) -> (scale: KeyScale, end: Double) {
    let common = min(commonLength(page.first, page.last), end.map { commonLength($0, page.last) } ?? root)
    var known = model
    known.learn(page.last, from: common)
    let scale = KeyScale(common: common, known)
    return (scale, end.map { scale.position(of: $0) } ?? 1)
  }

  /// The end of an equal part, by the scale.
  private func portion(of range: KeyRange, _ end: Digits?, idle: Int) -> Digits? {
    guard let page = range.page else { return nil }
    let (scale, stop) = scale(page, end)
    // The page that is on its way is passed over, and no part is smaller than one.
    let aPage = min(Self.pageSize / range.estimate, 0.5)
    let behind = max((1 - aPage) / Double(idle + 1), aPage)
    let start = scale.position(of: page.last)
    let whole = stop - start
    guard whole > 0 else { return nil }
    let unit = whole * Self.pageSize / max(range.estimate, Self.pageSize)
    return scale.key(at: start + whole * (1 - behind), like: page.last, unit: unit)
  }

  /// The first key behind all those that begin as `key` does, up to and with the digit at `place`.
  private func successor(of key: Digits, at place: Int) -> Digits? {
    guard place >= root, place < key.count else { return nil }
    var next = key[place] + 1
    if next == 0xD800 { next = 0xE000 }
    return next > 0x10_FFFF ? nil : Array(key.prefix(place)) + [next]
  }
}

extension ListPage {
  var lastKey: Bytes { key(count - 1) }
}

/// An extension tells little of where keys are.
private func withoutExtension(_ key: Bytes) -> Bytes {
  fileExtension(of: key).map { key.slice(0, key.count - $0.count - 1) } ?? key
}

/// The key's Unicode scalars; nil where it is no text.
func digits(_ key: Bytes) -> KeyScale.Digits? {
  isUTF8(key) ? String(decoding: key, as: UTF8.self).unicodeScalars.map(\.value) : nil
}

func digits(_ key: [UInt8]) -> KeyScale.Digits? { key.withUnsafeBytes { digits($0) } }

private func bytes(_ digits: KeyScale.Digits) -> [UInt8]? {
  var text = String.UnicodeScalarView()
  for digit in digits {
    guard let scalar = Unicode.Scalar(digit) else { return nil }
    text.append(scalar)
  }
  return Array(String(text).utf8)
}
