import Records

/// The headers of one response that matter here, kept in one buffer for the life of a transfer.
package struct ResponseHead: ~Copyable {
  /// Bytes of headers that a response may have.
  static let limit = 1 << 20

  private var text = ByteBuffer(capacity: 512)
  private var kept: [(header: Int, start: Int, end: Int)] = []
  /// All header bytes of the last response, kept or not.
  private(set) var length = 0
  /// Whether the empty line that ends the headers has come.
  private(set) var isComplete = false

  package init() {}

  mutating func removeAll() {
    text.removeAll()
    kept.removeAll(keepingCapacity: true)
    length = 0
    isComplete = false
  }

  /// Takes one line as it came. A status line begins a further response: after a redirect or a 1xx.
  package mutating func add(line: Bytes) {
    if line.count > 5, line[0] == 0x48, line[4] == 0x2F, line.slice(0, 5).equals("HTTP/") { removeAll() }
    length += line.count
    if line.count <= 2, line.trimmed.isEmpty {
      isComplete = true
      return
    }
    guard let colon = line.firstIndex(of: 0x3A), let header = HeaderNames.index(of: line.slice(0, colon)) else {
      return
    }
    let value = line.slice(colon + 1, line.count).trimmed
    let start = text.count
    text.append(value)
    kept.append((header, start, text.count))
  }

  /// The last value of the header of this index; valid until the head changes.
  package func value(_ header: Int) -> Bytes? {
    guard let found = kept.last(where: { $0.header == header }) else { return nil }
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

  /// How often the header of this index came.
  func count(_ header: Int) -> Int { kept.reduce(0) { $0 + ($1.header == header ? 1 : 0) } }
}

/// The headers that are kept: those of the rules, and those that the outcome needs.
enum HeaderNames {
  static let all: [[UInt8]] = {
    let own = [
      "age", "cache-control", "cache-status", "content-length", "content-type", "retry-after", "server-timing",
    ]
    let ruled = CacheRule.all.flatMap { [$0.header, $0.companion].compactMap { $0 } } + PopRule.all.map(\.header)
    return Set(own + ruled).sorted().map { Array($0.utf8) }
  }()

  static let age = index(of: "age")
  static let cacheControl = index(of: "cache-control")
  static let cacheStatus = index(of: "cache-status")
  static let contentLength = index(of: "content-length")
  static let contentType = index(of: "content-type")
  static let retryAfter = index(of: "retry-after")
  static let serverTiming = index(of: "server-timing")

  static func index(of name: Bytes) -> Int? {
    for (i, known) in all.enumerated() where known.count == name.count {
      if known.withUnsafeBytes({ name.equalsIgnoringCase($0) }) { return i }
    }
    return nil
  }

  /// Of a header that is known to be kept.
  static func index(of name: String) -> Int {
    guard let index = all.firstIndex(of: Array(name.utf8)) else { preconditionFailure("\(name) is not kept") }
    return index
  }
}
