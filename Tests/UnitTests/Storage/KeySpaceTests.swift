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
    if space.isTrial(range) { space.endTrial(works: true) }
    let accepted = range.upper.map { page.count(upTo: $0) } ?? page.count
    let isLast = space.isLast(page, of: range, accepted: accepted, next: next)
    if let next, !isLast { space.advance(range, page, next: next) } else { space.finish(range, accepted: accepted, of: page.count) }
    for chunk in space.pass(page.takeLines(ofFirst: accepted), of: range) {
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
  for key in keys { xml += "<Contents><Key>\(String(decoding: key, as: UTF8.self))</Key></Contents>" }
  xml += "</ListBucketResult>"
  #expect(lend(xml) { reader.read($0) } && reader.finish())
  return page
}

private let shapes: [String: [String]] = [
  "padded numbers": (0..<60_000).map { "img-" + String(100_000_000 + $0).dropFirst() + ".jpg" },
  "plain numbers": (0..<60_000).map { "img\($0).jpg" },
  "hexadecimal": (0..<60_000).map { String(UInt64($0) &* 0x9E37_79B9_7F4A_7C15, radix: 16) + ".jpg" },
  "deep": (0..<60_000).map { "media/\($0 % 7)/year-\($0 % 11)/month-\($0 % 12)/\($0 % 400)/clip-\($0).mp4" },
  "one child": (0..<60_000).map { "a/very/long/way/down/to/the/only/folder/that/holds/anything/at/all/\($0).mp4" },
  "uneven": (0..<50_000).map { "small/\($0 % 50)/\($0)" } + (0..<10_000).map { "zebra/archive/2024/\($0 * 7919 % 100_003)" },
  "words": (0..<60_000).map { n in
    ["alpha", "berlin", "casa", "delta", "zürich", "日本", "ødegaard"][n * n % 7] + "-\(n % 100)-\(n)"
  },
]

@Suite struct KeySpaceTests {
  @Test(arguments: shapes.keys.sorted(), [1, 4, 16])
  func listsEveryKeyOnce(shape: String, threads: Int) {
    let keys = shapes[shape]!
    let simulation = Simulation(keys, threads: threads)
    print("\(shape) x\(threads): \(simulation.rounds) rounds, \(simulation.requests) requests, useless \(simulation.useless)")
    #expect(simulation.listed.sorted { $0.lexicographicallyPrecedes($1) } == simulation.keys)
  }

  @Test(arguments: shapes.keys.sorted())
  func listsInOrder(shape: String) {
    let keys = shapes[shape]!
    let simulation = Simulation(keys, threads: 16, ordered: true)
    print("\(shape) ordered: \(simulation.rounds) rounds, \(simulation.requests) requests")
    #expect(simulation.listed == simulation.keys)
  }
}
