import Records

/// A part of a listing: the keys behind `lower`, up to and with `upper`.
final class KeyRange {
  /// Where a page starts.
  enum Start: Equatable {
    case beginning
    /// Behind this key, whether or not there is an object of that name.
    case after([UInt8])
    /// Where the page before ended, by the token that it gave.
    case token(String)
    /// Behind this version of this key.
    case version(key: [UInt8], id: String)
  }

  /// Nil: from the first key on.
  let lower: [UInt8]?
  /// Nil: to the last key.
  fileprivate(set) var upper: [UInt8]?
  fileprivate(set) var next: Start
  /// Whether some thread lists it.
  fileprivate(set) var isTaken = false
  fileprivate var isFinished = false
  /// Lines that wait for those of the ranges before.
  fileprivate var held: [Chunk] = []

  /// The last key that was listed; before that, `lower`.
  fileprivate var cursor: KeyScale.Digits
  /// The last page: its first and last key, and how many it had.
  fileprivate var page: Page?
  /// The first digit in which keys here are known to differ from each other.
  fileprivate var varying: Int
  /// Keys that may still come.
  fileprivate var estimate: Double

  struct Page {
    let first: KeyScale.Digits
    let last: KeyScale.Digits
    let count: Int
  }

  fileprivate init(
    lower: [UInt8]?, upper: [UInt8]?, next: Start, cursor: KeyScale.Digits, varying: Int, estimate: Double
  ) {
    self.lower = lower
    self.upper = upper
    self.next = next
    self.cursor = cursor
    self.varying = varying
    self.estimate = estimate
  }

  /// Completes "the keys …".
  var description: String {
    let from = lower.map { "behind “\(String(decoding: $0, as: UTF8.self))”" } ?? "from the first"
    return from + (upper.map { " up to “\(String(decoding: $0, as: UTF8.self))”" } ?? " to the last")
  }
}

/// Divides the keys of one listing among threads. At first one range holds all keys; whenever a thread has nothing to do,
/// the range that seems to have most left is cut in two, by what its pages have shown of the keys.
///
/// Where to cut is a guess, and a bad one costs one page; that every key is in exactly one range is not. Not shared: the
/// owner guards it.
struct KeySpace {
  /// Whether the store can start in the middle of its keys, as every cut needs it to.
  enum StartAfter {
    case untested
    /// One range was cut off; what comes for it tells.
    case testing(KeyRange)
    case works
    case isIgnored
  }

  /// Ranges with less left are not worth a cut: keys, one page and a half.
  private static let worthwhile = 1500.0
  private static let pageSize = 1000.0
  private static let unknown = 1e15
  /// The most chunks that are held back: some hundred KiB each.
  private static let mostHeld = 64

  private(set) var startAfter = StartAfter.untested
  /// Those that are not finished, in the order of keys.
  private(set) var ranges: [KeyRange]
  private let threads: Int
  /// Whether ranges are to be finished in the order of keys.
  private let isOrdered: Bool
  /// Digits of the listed prefix.
  private let root: Int
  private var model = KeyModel()
  private var held = 0
  private(set) var usefulPages = 0
  private(set) var uselessPages = 0

  /// - Parameters:
  ///   - prefix: what all keys begin with.
  ///   - threads: how many will list.
  init(prefix: [UInt8], threads: Int, isOrdered: Bool) {
    self.threads = threads
    self.isOrdered = isOrdered
    let digits = digits(prefix)
    root = digits?.count ?? 0
    let all = KeyRange(
      lower: nil, upper: nil, next: .beginning, cursor: digits ?? [], varying: root, estimate: Self.unknown)
    // Without text there is nothing to count in.
    if digits == nil { startAfter = .isIgnored }
    ranges = [all]
  }

  var isFinished: Bool { ranges.isEmpty }

  /// A range for a thread that has nothing to do; nil: none now.
  mutating func take() -> KeyRange? {
    let range = ranges.first { !$0.isTaken && !$0.isFinished } ?? cut()
    range?.isTaken = true
    return range
  }

  /// Whether `range` may be listed further, or too much is held back for the ranges before it.
  func hasRoom(for range: KeyRange) -> Bool { !isOrdered || held < Self.mostHeld || range === ranges.first }

  // MARK: - What pages show

  /// Whether a page is the last of `range`.
  /// - Parameters:
  ///   - accepted: how many of the page's keys are no further than `upper`.
  ///   - next: where the next page starts.
  func isLast(_ page: ListPage, of range: KeyRange, accepted: Int, next: KeyRange.Start?) -> Bool {
    next == nil || accepted < page.count
      || page.count > 0 && range.upper.map { $0.withUnsafeBytes { page.lastKey.equals($0) } } == true
  }

  /// Notes a page of `range` that is not its last.
  mutating func advance(_ range: KeyRange, _ page: ListPage, next: KeyRange.Start) {
    usefulPages += 1
    range.next = next
    guard page.count > 0, let first = digits(withoutExtension(page.key(0))),
      let last = digits(withoutExtension(page.lastKey))
    else { return }
    range.page = KeyRange.Page(first: first, last: last, count: page.count)
    range.cursor = digits(page.lastKey) ?? last
    range.varying = commonLength(first, last)
    for n in stride(from: 0, to: page.count, by: 31) { learn(page.key(n), from: range.varying) }
    learn(page.lastKey, from: range.varying)
    range.estimate = estimate(range)
  }

  /// Notes the last page of `range`, of which so many keys belonged there.
  mutating func finish(_ range: KeyRange, accepted: Int, of count: Int) {
    let isWasted = count > 0
    if accepted == 0, range.page == nil, isWasted { uselessPages += 1 } else { usefulPages += 1 }
    end(range)
  }

  /// Ends a range, which may not be listed whole.
  mutating func end(_ range: KeyRange) {
    range.isFinished = true
    if !isOrdered { ranges.removeAll { $0 === range } }
  }

  /// Takes lines of `range`; those that may be written now.
  mutating func pass(_ lines: Chunk, of range: KeyRange) -> [Chunk] {
    guard isOrdered else { return [lines] }
    range.held.append(lines)
    held += 1
    return release()
  }

  /// Those lines that no range before holds up any more.
  mutating func release() -> [Chunk] {
    var released: [Chunk] = []
    while isOrdered, let first = ranges.first {
      released += first.held
      first.held.removeAll()
      guard first.isFinished else { break }
      ranges.removeFirst()
    }
    held -= released.count
    return released
  }

  private mutating func learn(_ key: Bytes, from place: Int) {
    if let digits = digits(withoutExtension(key)) { model.learn(digits, from: place) }
  }

  // MARK: - The test of start-after

  /// Whether `range` may not end yet, since the one behind it may have to be given back to it.
  func mustWait(_ range: KeyRange) -> Bool {
    guard case .testing(let trial) = startAfter, trial !== range else { return false }
    return range.upper == trial.lower
  }

  /// Whether what comes for `range` tells if cuts work.
  func isTrial(_ range: KeyRange) -> Bool {
    if case .testing(let trial) = startAfter { trial === range } else { false }
  }

  /// Cuts work, or not: then the range that was cut off goes back to where it came from.
  mutating func endTrial(works: Bool) {
    guard case .testing(let trial) = startAfter else { return }
    startAfter = works ? .works : .isIgnored
    guard !works else { return }
    ranges.first { $0.upper == trial.lower }?.upper = trial.upper
    ranges.removeAll { $0 === trial }
  }

  /// The store's answers have no order to cut by.
  mutating func neverCut() { startAfter = .isIgnored }

  // MARK: - Cutting

  private mutating func cut() -> KeyRange? {
    switch startAfter {
    case .untested, .works: break
    case .testing, .isIgnored: return nil
    }
    // Where guesses are bad, they are made less often.
    guard uselessPages < 2 * threads + usefulPages / 2 else { return nil }
    var candidates = ranges.filter { !$0.isFinished && $0.estimate >= Self.worthwhile }
    if !isOrdered { candidates.sort { $0.estimate > $1.estimate } }
    for range in candidates {
      if let behind = cut(range) { return behind }
    }
    return nil
  }

  /// Cuts `range` in two; the part behind, or nil where it cannot be cut.
  private mutating func cut(_ range: KeyRange) -> KeyRange? {
    let end = range.upper.flatMap { digits($0[...]) }
    guard range.upper == nil || end != nil else { return nil }
    let places = unexplored(range, end)
    if !places.isEmpty {
      let place = places.lowerBound + places.count / 2
      guard let point = successor(of: range.cursor, at: place) else { return nil }
      return split(range, at: point, end, varying: place)
    }
    guard let point = portion(of: range, end) else { return nil }
    return split(range, at: point, end, varying: root)
  }

  /// Digits well before the one in which the keys of the last page differ: whether any key has another digit there than
  /// they all have is not known.
  private func unexplored(_ range: KeyRange, _ end: KeyScale.Digits?) -> Range<Int> {
    var first = max(root, end.map { commonLength(range.cursor, $0) } ?? root)
    let last = min(range.varying, range.cursor.count) - (range.page == nil ? 0 : 1)
    if let end, first < last, let next = successor(of: range.cursor, at: first), !next.lexicographicallyPrecedes(end) {
      first += 1
    }
    return first..<max(first, last)
  }

  private mutating func split(
    _ range: KeyRange, at point: KeyScale.Digits, _ end: KeyScale.Digits?, varying: Int
  ) -> KeyRange? {
    guard let key = bytes(point), point.count > root, range.cursor.lexicographicallyPrecedes(point),
      end.map({ point.lexicographicallyPrecedes($0) }) ?? true
    else { return nil }
    let behind = KeyRange(
      lower: key, upper: range.upper, next: .after(key), cursor: point, varying: varying,
      estimate: range.estimate / 2)
    range.upper = key
    let whole = range.estimate
    range.estimate = range.page == nil ? whole / 2 : min(estimate(range), whole)
    if whole < Self.unknown { behind.estimate = max(whole - range.estimate, 0) }
    let place = ranges.firstIndex { $0 === range } ?? 0
    ranges.insert(behind, at: place + 1)
    if case .untested = startAfter { startAfter = .testing(behind) }
    return behind
  }

  /// Keys left, if they are as dense as on the last page.
  private func estimate(_ range: KeyRange) -> Double {
    guard let page = range.page else { return range.estimate }
    let (scale, stop) = scale(page, range.upper.flatMap { digits($0[...]) })
    let last = scale.position(of: page.last)
    let density = Double(page.count) / max(last - scale.position(of: page.first), 1e-300)
    return min(max(density * (stop - last), 0), Self.unknown)
  }

  /// A scale that reaches from the page to the end of its range, and where that end is on it.
  private func scale(_ page: KeyRange.Page, _ end: KeyScale.Digits?) -> (scale: KeyScale, end: Double) {
    let common = min(commonLength(page.first, page.last), end.map { commonLength($0, page.last) } ?? root)
    var known = model
    known.learn(page.last, from: common)
    let scale = KeyScale(common: common, known)
    return (scale, end.map { scale.position(of: $0) } ?? 1)
  }

  /// Where to cut, so that threads with nothing to do get equal parts.
  private func portion(of range: KeyRange, _ end: KeyScale.Digits?) -> KeyScale.Digits? {
    guard let page = range.page else { return nil }
    let (scale, stop) = scale(page, end)
    // The page that is on its way is passed over, and no part is smaller than one.
    let aPage = min(Self.pageSize / range.estimate, 0.5)
    let idle = Double(max(threads - ranges.count { !$0.isFinished }, 1))
    let behind = max((1 - aPage) / (idle + 1), aPage)
    let start = scale.position(of: page.last)
    let whole = stop - start
    guard whole > 0 else { return nil }
    let unit = whole * Self.pageSize / max(range.estimate, Self.pageSize)
    return scale.key(at: start + whole * (1 - behind), like: page.last, unit: unit)
  }

  /// The first key behind all those that begin as `key` does, up to and with the digit at `place`.
  private func successor(of key: KeyScale.Digits, at place: Int) -> KeyScale.Digits? {
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
private func digits(_ key: Bytes) -> KeyScale.Digits? {
  isUTF8(key) ? String(decoding: key, as: UTF8.self).unicodeScalars.map(\.value) : nil
}

private func digits(_ key: some Sequence<UInt8>) -> KeyScale.Digits? {
  Array(key).withUnsafeBytes { digits($0) }
}

private func bytes(_ digits: KeyScale.Digits) -> [UInt8]? {
  var text = String.UnicodeScalarView()
  for digit in digits {
    guard let scalar = Unicode.Scalar(digit) else { return nil }
    text.append(scalar)
  }
  return Array(String(text).utf8)
}
