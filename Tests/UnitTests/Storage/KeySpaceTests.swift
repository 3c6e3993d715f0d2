import Records
import Testing

@testable import Storage

/// A store of so many keys, listed by threads that take turns: in each round every one of them gets a page.
private struct Simulation {
  let keys: [[UInt8]]
  var rounds = 0
  var requests = 0
  var listed: [[UInt8]] = []
  var useless = 0

  init(_ keys: [String], threads: Int, ordered: Bool = false) {
    self.keys = keys.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    var space = KeySpace(prefix: [], threads: threads, isOrdered: ordered)
    var working: [KeyRange?] = Array(repeating: nil, count: threads)
    while !space.isFinished {
      rounds += 1
      for n in 0..<threads where working[n] == nil { working[n] = space.take() }
      for n in 0..<threads {
        guard let range = working[n], space.hasRoom(for: range) else { continue }
        requests += 1
        working[n] = answer(range, &space) ? range : nil
      }
      guard rounds < 100_000 else { break }
    }
    useless = space.uselessPages
  }

  /// Gives the range its next page; whether there will be more.
  private mutating func answer(_ range: KeyRange, _ space: inout KeySpace) -> Bool {
    var start = 0
    if case .after(let key) = range.next { start = firstIndex(behind: key) }
    if case .token(let token) = range.next { start = Int(token)! }
    let end = min(start + 1000, keys.count)
    let page = listPage(Array(keys[start..<end]))
    let next: KeyRange.Start? = end < keys.count ? .token("\(end)") : nil
    guard case .lines(let lines, let isLast)? = space.take(page, of: range, next: next) else { return true }
    for chunk in lines {
      for line in chunk.lines.bytes.string.split(separator: "\n") {
        listed.append(Array(line.dropFirst(8).prefix { $0 != "\"" }.utf8))
      }
    }
    return !isLast
  }

  private func firstIndex(behind key: [UInt8]) -> Int {
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if key.lexicographicallyPrecedes(keys[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

private func listPage(_ keys: [[UInt8]]) -> ListPage {
  let page = ListPage(ObjectLines(Selection()), source: "s3://b/", root: [], hasVersions: false)
  let reader = XMLReader(page)
  page.restart()
  reader.restart()
  var xml = "<ListBucketResult><EncodingType>url</EncodingType>"
  for key in keys {
    let text = written { out in key.withUnsafeBytes { out.append(queryEncoded: $0) } }
    xml += "<Contents><Key>\(text)</Key></Contents>"
  }
  xml += "</ListBucketResult>"
  #expect(lend(xml) { reader.read($0) } && reader.finish())
  return page
}

private func shape(_ name: String, _ count: Int) -> [String] {
  (0..<count).map { n in
    switch name {
    case "padded numbers": "img-" + String(100_000_000 + n).dropFirst() + ".jpg"
    case "plain numbers": "img\(n).jpg"
    case "hexadecimal": String(UInt64(n) &* 0x9E37_79B9_7F4A_7C15, radix: 16) + ".jpg"
    case "deep": "media/\(n % 7)/year-\(n % 11)/month-\(n % 12)/\(n % 400)/clip-\(n).mp4"
    case "one child": "a/very/long/way/down/to/the/only/folder/that/holds/anything/at/all/\(n).mp4"
    case "uneven": n % 6 > 0 ? "small/\(n % 50)/\(n)" : "zebra/archive/2024/\(n * 7919 % 1_000_003)"
    default: ["alpha", "berlin", "casa", "delta", "zürich", "日本", "ødegaard"][n * n % 7] + "-\(n % 100)-\(n)"
    }
  }
}

private let shapes = ["padded numbers", "plain numbers", "hexadecimal", "deep", "one child", "uneven", "words"]

@Suite struct KeySpaceTests {
  @Test(arguments: shapes, [1, 4, 16])
  func listsEveryKeyOnce(name: String, threads: Int) {
    let simulation = Simulation(shape(name, 20_000), threads: threads)
    #expect(simulation.listed.sorted { $0.lexicographicallyPrecedes($1) } == simulation.keys)
    if threads == 1 { #expect(simulation.requests == 20) }
  }

  @Test(arguments: shapes)
  func listsInOrder(name: String) {
    let simulation = Simulation(shape(name, 20_000), threads: 16, ordered: true)
    #expect(simulation.listed == simulation.keys)
  }

  /// One thread would need 60 rounds; fewer than 4 cannot be had.
  @Test(arguments: shapes)
  func dividesTheWork(name: String) {
    let simulation = Simulation(shape(name, 60_000), threads: 16)
    #expect(simulation.rounds <= 20, "\(simulation.rounds) rounds")
    #expect(simulation.requests <= 240, "\(simulation.requests) requests")
  }

  private let sorted = shape("plain numbers", 3000).map { Array($0.utf8) }
    .sorted { $0.lexicographicallyPrecedes($1) }

  private func isRefused(_ verdict: KeySpace.Verdict?) -> Bool {
    if case .refused? = verdict { true } else { false }
  }

  /// A space of which one range has its first page, and one was cut off to see if that works.
  private func underTrial(ordered: Bool = false) -> (space: KeySpace, all: KeyRange, trial: KeyRange) {
    var space = KeySpace(prefix: [], threads: 4, isOrdered: ordered)
    let all = space.take()!
    _ = space.take(listPage(Array(sorted[..<1000])), of: all, next: .token("1000"))
    let trial = space.take()!
    return (space, all, trial)
  }

  @Test func aStoreThatIgnoresTheStart() {
    var (space, all, trial) = underTrial()
    #expect(all.upper == trial.lower)
    #expect(space.take() == nil)
    guard case .givenBack? = space.take(listPage(Array(sorted[..<1000])), of: trial, next: .token("1000")) else {
      Issue.record("not given back")
      return
    }
    #expect(all.upper == nil && space.ranges.count == 1)
    #expect(space.take() == nil)
  }

  @Test(arguments: [false, true])
  func aRangeDoesNotEndBeforeTheTrial(ordered: Bool) {
    var (space, all, trial) = underTrial(ordered: ordered)
    #expect(space.take(listPage(Array(sorted[1000..<2000])), of: all, next: nil) == nil)
    #expect(space.fail(all) == nil)
    let (lost, _) = space.fail(trial)!
    #expect(lost == nil && all.upper == nil)
    #expect(space.fail(all)?.lost == "behind “\(String(decoding: sorted[999], as: UTF8.self))” to the last")
    #expect(space.isFinished)
  }

  @Test func aStoreThatGoesBack() {
    var space = KeySpace(prefix: [], threads: 1, isOrdered: false)
    let all = space.take()!
    let first = { listPage(Array(self.sorted[..<1000])) }
    _ = space.take(first(), of: all, next: .token("a"))
    #expect(isRefused(space.take(first(), of: all, next: .token("b"))))
    #expect(isRefused(space.take(listPage(Array(sorted[1000..<2000])), of: all, next: .token("a"))))
    #expect(isRefused(space.take(listPage([]), of: all, next: .token("a"))))
  }

  @Test func disorderIsTakenWholeOrNotAtAll() {
    let page = { listPage([Array("b".utf8), Array("a".utf8)]) }
    var space = KeySpace(prefix: [], threads: 4, isOrdered: false)
    let all = space.take()!
    guard case .lines(let lines, false)? = space.take(page(), of: all, next: .token("a")) else {
      Issue.record("not taken")
      return
    }
    #expect(lines[0].count == 2)
    #expect(isRefused(space.take(page(), of: all, next: .after([0x62]))))
    var ordered = KeySpace(prefix: [], threads: 4, isOrdered: true)
    let range = ordered.take()!
    #expect(isRefused(ordered.take(page(), of: range, next: nil)))
  }

  /// The last key of a page is no text: what is guessed lags behind, and must not cut what was listed.
  @Test func keysThatAreNoTextAreNotListedAgain() {
    var keys = sorted
    for n in [999, 1000, 1999, 2000] { keys[n] += [0xFF] }
    var space = KeySpace(prefix: [], threads: 4, isOrdered: false)
    let all = space.take()!
    for start in [0, 1000] {
      _ = space.take(listPage(Array(keys[start..<start + 1000])), of: all, next: .token("\(start)"))
      if let behind = space.take(), let lower = behind.lower {
        #expect(keys[start + 999].lexicographicallyPrecedes(lower))
      }
    }
  }

  @Test func aPrefixThatIsNoTextIsNotCut() {
    var space = KeySpace(prefix: [0xFF], threads: 4, isOrdered: false)
    let all = space.take()!
    #expect(all.next == .beginning)
    #expect(space.take() == nil)
  }
}
