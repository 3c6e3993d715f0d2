import Records

/// Decodes a chunked body (RFC 9112, 7.1) from buffers of any split. Extensions and trailers are checked and dropped.
struct ChunkDecoder {
  enum Progress: Equatable {
    case more
    case end
    case malformed(StaticString)

    static func == (a: Self, b: Self) -> Bool {
      switch (a, b) {
      case (.more, .more), (.end, .end): true
      case (.malformed(let a), .malformed(let b)): "\(a)" == "\(b)"
      default: false
      }
    }
  }

  /// Bytes of a line that gives a size, and of the trailers, that may come at most.
  static let lineLimit = 8 << 10
  static let trailerLimit = 64 << 10
  /// As many hexadecimal digits as surely fit into Int64.
  private static let digitLimit = 15

  /// What is expected next.
  private enum State {
    case size, blanks, extensions, sizeFeed
    case data, dataEnd, dataFeed
    case trailer, trailerName, trailerValue, trailerFeed, lastFeed
    case end, failed
  }

  /// Bytes of the present chunk's data still to come: so many may be taken elsewhere and told by `skip(_:)`.
  private(set) var dataRemaining = 0
  private var state = State.size
  private var size = 0
  private var digits = 0
  /// Bytes of the present size line, or of the trailers.
  private var lineLength = 0
  private var isFirstTrailer = true
  private var fault: StaticString = ""

  init() {}

  /// Passes over data that the caller has taken elsewhere, `dataRemaining` bytes at most.
  mutating func skip(_ count: Int) {
    guard state == .data else { return }
    dataRemaining -= min(max(count, 0), dataRemaining)
    if dataRemaining == 0 { state = .dataEnd }
  }

  /// Takes bytes; `body` gets each run of data, lent for the call. `consumed`: how many bytes of the input belong to the
  /// message; fewer than all only at its end, or before the byte that breaks it. Both are final.
  mutating func decode(_ bytes: Bytes, consumed: inout Int, _ body: (Bytes) -> Void) -> Progress {
    var i = 0
    while i < bytes.count, state != .end, state != .failed {
      if state == .data {
        let run = min(dataRemaining, bytes.count - i)
        body(bytes.slice(i, i + run))
        skip(run)
        i += run
      } else if take(bytes[i]) {
        i += 1
      }
    }
    consumed = i
    switch state {
    case .end: return .end
    case .failed: return .malformed(fault)
    default: return .more
    }
  }

  /// Takes a byte that is no data; false where it breaks the message.
  private mutating func take(_ byte: UInt8) -> Bool {
    switch state {
    case .size, .blanks, .extensions, .sizeFeed: takeSize(byte)
    case .dataEnd where byte == 0x0D: go(.dataFeed)
    case .dataEnd, .dataFeed: byte == 0x0A ? beginChunk() : fail("a chunk is longer than its size")
    case .trailer, .trailerName, .trailerValue, .trailerFeed, .lastFeed: takeTrailer(byte)
    case .data, .end, .failed: false
    }
  }

  // MARK: The line with a chunk's size

  private mutating func takeSize(_ byte: UInt8) -> Bool {
    lineLength += 1
    guard lineLength <= Self.lineLimit else { return fail("a chunk's extensions are too long") }
    switch state {
    case .size:
      if let digit = Self.hexadecimal(byte) {
        digits += 1
        guard digits <= Self.digitLimit else { return fail("a chunk's size is too large") }
        size = size << 4 | digit
        return true
      }
      guard digits > 0 else { return fail("a chunk without a size") }
      // Blanks may only be before extensions (RFC 9112, 7.1.1).
      return LineScan.isSpace(byte) ? go(.blanks) : endSize(byte)
    case .blanks:
      return LineScan.isSpace(byte) || byte == 0x3B && go(.extensions) || fail("a blank behind a chunk's size")
    case .extensions: return !LineScan.isControl(byte) || endSize(byte)
    default: return byte == 0x0A ? beginData() : fail("a carriage return within a line")
    }
  }

  private mutating func endSize(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x0D: go(.sizeFeed)
    case 0x0A: beginData()
    case 0x3B: go(.extensions)
    default: fail("a chunk's size is no hexadecimal number")
    }
  }

  private mutating func beginChunk() -> Bool {
    (size, digits, lineLength) = (0, 0, 0)
    return go(.size)
  }

  private mutating func beginData() -> Bool {
    lineLength = 0
    dataRemaining = size
    return go(size > 0 ? .data : .trailer)
  }

  private static func hexadecimal(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x41...0x46, 0x61...0x66: Int(byte | 32) - 0x57
    default: nil
    }
  }

  // MARK: The trailers

  private mutating func takeTrailer(_ byte: UInt8) -> Bool {
    lineLength += 1
    guard lineLength <= Self.trailerLimit else { return fail("the trailers are too long") }
    switch state {
    case .trailer where byte == 0x0A, .lastFeed where byte == 0x0A: return go(.end)
    case .trailer where byte == 0x0D: return go(.lastFeed)
    case .trailer where LineScan.isSpace(byte) && !isFirstTrailer: return go(.trailerValue)
    case .trailer where LineScan.isToken(byte): return go(.trailerName)
    case .trailerName where byte == 0x3A: return go(.trailerValue)
    case .trailerName where LineScan.isToken(byte): return true
    case .trailerValue where !LineScan.isControl(byte): return true
    case .trailerValue where byte == 0x0D: return go(.trailerFeed)
    case .trailerValue where byte == 0x0A, .trailerFeed where byte == 0x0A:
      isFirstTrailer = false
      return go(.trailer)
    default: return fail("a trailer that is no header")
    }
  }

  private mutating func go(_ next: State) -> Bool {
    state = next
    return true
  }

  private mutating func fail(_ reason: StaticString) -> Bool {
    fault = reason
    state = .failed
    return false
  }
}
