import Records

/// The headers that are kept: those of the rules, and those that the outcome and the transports need.
enum HeaderNames {
  static let all: [[UInt8]] = {
    let own = [
      "age", "cache-control", "cache-status", "connection", "content-length", "content-range",
      "content-type", "location", "retry-after", "server-timing", "transfer-encoding", "vary",
    ]
    let ruled = CacheRule.all.flatMap { [$0.header, $0.companion].compactMap { $0 } } + PopRule.all.map(\.header)
    return Set(own + ruled + WarmRules.all.quotas.map(\.header)).sorted().map { Array($0.utf8) }
  }()

  static let lookup = HeaderLookup(all)

  static let age = index(of: "age")
  static let cacheControl = index(of: "cache-control")
  static let cacheStatus = index(of: "cache-status")
  static let connection = index(of: "connection")
  static let contentLength = index(of: "content-length")
  static let contentRange = index(of: "content-range")
  static let contentType = index(of: "content-type")
  static let location = index(of: "location")
  static let retryAfter = index(of: "retry-after")
  static let serverTiming = index(of: "server-timing")
  static let transferEncoding = index(of: "transfer-encoding")
  static let vary = index(of: "vary")

  /// The index of a header as a response spells it; nil where it is not kept.
  static func index(of name: Bytes) -> Int? { lookup.index(of: name) }

  /// Of a header that is known to be kept.
  static func index(of name: String) -> Int {
    guard let index = all.firstIndex(of: Array(name.utf8)) else { preconditionFailure("\(name) is not kept") }
    return index
  }
}

/// Finds names without regard to case by a hash of their length, first and last letter: most headers of a response are
/// not kept, and are told so by one look into a table.
struct HeaderLookup: Sendable {
  /// For each hash 0, or an index + 1; the next slot is tried where another name has taken it.
  private let slots: [UInt8]
  /// The names behind each other, lower case, and where each begins; one more position ends the last.
  private let text: [UInt8]
  private let starts: [Int]

  /// Takes lower-case names, none of them empty, and less than 256.
  init(_ names: [[UInt8]]) {
    precondition(names.count < 256 && names.allSatisfy { !$0.isEmpty })
    var slots = [UInt8](repeating: 0, count: 256)
    for (i, name) in names.enumerated() {
      var slot = Self.hash(name.count, name[0], name[name.count - 1])
      while slots[slot] != 0 { slot = (slot + 1) & 255 }
      slots[slot] = UInt8(i + 1)
    }
    self.slots = slots
    text = names.flatMap { $0 }
    starts = names.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  }

  @inline(__always) func index(of name: Bytes) -> Int? {
    let length = name.count
    guard length > 0 else { return nil }
    var slot = Self.hash(length, name[0], name[length - 1])
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if starts[index + 1] - starts[index] == length, isEqual(name, starts[index]) { return index }
      slot = (slot + 1) & 255
    }
    return nil
  }

  /// Whether the known name that begins at `start` is `name`, which is as long.
  @inline(__always) private func isEqual(_ name: Bytes, _ start: Int) -> Bool {
    text.withUnsafeBufferPointer { text in
      for i in 0..<name.count {
        let isUpper = name[i] &- 65 < 26
        guard name[i] | (isUpper ? 32 : 0) == text[start &+ i] else { return false }
      }
      return true
    }
  }

  /// The same for both cases of a letter, from 0 to 255.
  @inline(__always) private static func hash(_ length: Int, _ first: UInt8, _ last: UInt8) -> Int {
    (length &* 37 &+ Int(first | 32) &* 11 &+ Int(last | 32)) & 255
  }
}
