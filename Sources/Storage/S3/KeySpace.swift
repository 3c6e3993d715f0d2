import Records

/// Divides the keys of one listing among threads. At first one range holds all keys; whenever a thread has nothing to do,
/// the range that seems to have most left is cut in two, by what its pages have shown of the keys.
///
/// Where to cut is a guess, `KeyGuess`; that every key is in exactly one range is not. Not shared: the owner guards it.
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
  /// Bytes, of S3.
  private static let longestKey = 1024
  /// The most chunks that are held back: some hundred KiB each.
  private static let mostHeld = 64

  private var startAfter = StartAfter.untested
  /// Those that are not finished, in the order of keys.
  private(set) var ranges: [KeyRange]
  private let threads: Int
  /// Whether a key may come more than once, as those of versions do.
  private let keysRepeat: Bool
  /// Whether ranges are to be finished in the order of keys.
  private let isOrdered: Bool
  private var guess: KeyGuess
  private var held = 0
  private var usefulPages = 0
  private(set) var uselessPages = 0

  /// - Parameters:
  ///   - prefix: what all keys begin with.
  ///   - threads: how many will list.
  init(prefix: [UInt8], threads: Int, isOrdered: Bool, keysRepeat: Bool = false) {
    self.threads = threads
    self.keysRepeat = keysRepeat
    self.isOrdered = isOrdered
    let digits = digits(prefix)
    let root = digits?.count ?? 0
    guess = KeyGuess(root: root)
    let all = KeyRange(
      lower: nil, upper: nil, next: .beginning, cursor: digits ?? [], varying: root, estimate: KeyGuess.unknown)
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

  /// How many keys to ask for: of a range that seems near its end not many more than it has left.
  func pageSize(for range: KeyRange) -> Int {
    let full = Int(KeyGuess.pageSize)
    guard range.upper != nil, range.page != nil, !range.wasShort else {
      range.wasShort = false
      return full
    }
    let size = min(full, 50 + Int(range.estimate * 1.25))
    range.wasShort = size < full
    return size
  }

  // MARK: - What pages show

  enum Verdict {
    /// Lines that may be written now, and whether the range is finished.
    case lines([Chunk], isLast: Bool)
    /// The store cannot start in the middle: the range went back to where it was cut off.
    case givenBack
    /// The page is not what was asked for, and why.
    case refused(String)
  }

  /// Takes a page of `range`; nil where that must wait for another page.
  /// - Parameter next: where the next page starts; nil where there is none.
  mutating func take(_ page: ListPage, of range: KeyRange, next: KeyRange.Start?) -> Verdict? {
    if page.isUnordered {
      guard range.lower == nil, ranges.count == 1, !isOrdered, !next.isAfterKey else {
        return .refused("the store gives keys out of order")
      }
      startAfter = .isIgnored
    } else if !startsBehind(page, range) {
      guard isTrial(range) else { return .refused("the store does not start where it is asked to") }
      endTrial(works: false)
      return .givenBack
    }
    guard next == nil || next != range.next else { return .refused("the store gives the same page again and again") }
    if isTrial(range) { endTrial(works: true) }
    // Keys may have been cut off while the page was on its way.
    let accepted = page.isUnordered ? page.count : range.upper.map { page.count(upTo: $0) } ?? page.count
    let isLast = isLast(page, of: range, accepted: accepted, next: next)
    if isLast, mustWait(range) { return nil }
    if let next, !isLast {
      usefulPages += 1
      range.next = next
      if page.count > 0 { range.last = Array(page.lastKey) }
      guess.learn(page, of: range)
    } else {
      if accepted == 0, range.page == nil, page.count > 0 { uselessPages += 1 } else { usefulPages += 1 }
      end(range)
    }
    return .lines(pass(page.takeLines(ofFirst: accepted), of: range), isLast: isLast)
  }

  private func startsBehind(_ page: ListPage, _ range: KeyRange) -> Bool {
    guard page.count > 0, let last = range.last else { return true }
    return last.withUnsafeBytes { last in
      if case .version = range.next { return !page.key(0).precedes(last) }
      return last.precedes(page.key(0))
    }
  }

  private func isLast(_ page: ListPage, of range: KeyRange, accepted: Int, next: KeyRange.Start?) -> Bool {
    if next == nil || accepted < page.count { return true }
    guard !keysRepeat, page.count > 0, let upper = range.upper else { return false }
    return upper.withUnsafeBytes { page.lastKey.equals($0) }
  }

  /// Gives up a range that cannot be listed: what is left of it, nil where nothing is lost, and lines that may be written
  /// now. Nil where that must wait for another page.
  mutating func fail(_ range: KeyRange) -> (lost: String?, lines: [Chunk])? {
    if isTrial(range) {
      // What was cut off is listed from where it was.
      endTrial(works: false)
      return (nil, [])
    }
    guard !mustWait(range) else { return nil }
    // More ranges would only fail too.
    startAfter = .isIgnored
    end(range)
    return (range.description, release())
  }

  /// Ends a range.
  private mutating func end(_ range: KeyRange) {
    range.isFinished = true
    if !isOrdered { ranges.removeAll { $0 === range } }
  }

  private mutating func pass(_ lines: Chunk, of range: KeyRange) -> [Chunk] {
    guard isOrdered else { return [lines] }
    if lines.count > 0 {
      range.held.append(lines)
      held += 1
    }
    return release()
  }

  /// Those lines that no range before holds up any more.
  private mutating func release() -> [Chunk] {
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

  // MARK: - The test of start-after

  /// Whether `range` may not end yet, since the one behind it may have to be given back to it.
  private func mustWait(_ range: KeyRange) -> Bool {
    guard case .testing(let trial) = startAfter, trial !== range else { return false }
    return range.upper == trial.lower
  }

  /// Whether what comes for `range` tells if cuts work.
  private func isTrial(_ range: KeyRange) -> Bool {
    if case .testing(let trial) = startAfter { trial === range } else { false }
  }

  /// Cuts work, or not: then the range that was cut off goes back to where it came from.
  private mutating func endTrial(works: Bool) {
    guard case .testing(let trial) = startAfter else { return }
    startAfter = works ? .works : .isIgnored
    guard !works else { return }
    ranges.first { $0.upper == trial.lower }?.upper = trial.upper
    ranges.removeAll { $0 === trial }
  }

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
    let idle = max(threads - ranges.count { !$0.isFinished }, 1)
    for range in candidates {
      if let cut = guess.cut(range, idle: idle), isInside(cut.key, range) { return split(range, at: cut) }
    }
    return nil
  }

  /// Whether nothing of the range that was listed is behind the key, and it is one that a store can take.
  private func isInside(_ key: [UInt8], _ range: KeyRange) -> Bool {
    key.count <= Self.longestKey
      && key.withUnsafeBytes { key in
        range.last.map { $0.withUnsafeBytes { $0.precedes(key) } } ?? true
          && range.upper.map { $0.withUnsafeBytes { key.precedes($0) } } ?? true
      }
  }

  /// Cuts the range in two; the part behind.
  private mutating func split(_ range: KeyRange, at cut: KeyGuess.Cut) -> KeyRange {
    let behind = KeyRange(
      lower: cut.key, upper: range.upper, next: .after(cut.key), cursor: cut.point, varying: cut.varying,
      estimate: range.estimate / 2)
    let whole = range.estimate
    range.upper = cut.key
    range.estimate = range.page == nil ? whole / 2 : min(guess.estimate(range), whole)
    if whole < KeyGuess.unknown { behind.estimate = max(whole - range.estimate, 0) }
    let place = ranges.firstIndex { $0 === range } ?? 0
    ranges.insert(behind, at: place + 1)
    if case .untested = startAfter { startAfter = .testing(behind) }
    return behind
  }
}

extension KeyRange.Start? {
  /// Whether a page starts by the order of keys.
  fileprivate var isAfterKey: Bool {
    if case .after = self { true } else { false }
  }
}
