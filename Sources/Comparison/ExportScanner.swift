import Glibc
import Records

/// Splits an export of KV entries into its elements without reading them: those of an array, or objects one behind the
/// other. It knows strings and nesting, no more; whoever parses an element finds out what else is wrong with it.
///
/// Damage is kept small: a newline ends a string, since JSON's strings have none, and a line that begins with `{` where no
/// value can stand begins a new element.
struct ExportScanner: ~Copyable {
  enum Event {
    /// An element; `RecordParser.padding` readable bytes follow. Valid until the next `fill`.
    case element(Bytes, line: Int, isOfArray: Bool)
    /// The input is not what it should be. Nothing follows where it cannot be read on.
    case problem(String, line: Int)
  }

  private static let chunk = 256 << 10
  private static let neither = "holds neither a JSON array nor JSON objects"

  private enum State {
    /// Outside of any array or object.
    case outside
    case inArray, inObject
    /// Nothing more is to be read.
    case ended
  }

  private let longestElement: Int
  private var buffer = ByteBuffer(capacity: ExportScanner.chunk + RecordParser.padding)
  private var state = State.outside
  private var position = 0
  /// Where the element begins, its blanks included.
  private var start = 0
  private var elementLine = 0
  private var isBlankSoFar = true
  /// Of its array.
  private var isFirst = false
  /// Brackets that are open within the element.
  private var nesting = 0
  private var inString = false
  private var isEscaped = false
  private var line: Int
  private var isAtLineStart = true
  /// The last byte of the element that is neither blank nor in a string.
  private var last: UInt8 = 0
  private var hasValues = false
  /// Bytes of the byte order mark seen so far; nil: it can no longer come.
  private var mark: Int? = 0

  /// - Parameters:
  ///   - line: the number of the first line.
  ///   - longestElement: in bytes; one that is much longer is no entry. Values of KV have at most 25 MiB.
  init(line: Int = 1, longestElement: Int = 64 << 20) {
    self.line = line
    self.longestElement = longestElement
  }

  /// Reads once from `descriptor`, read(2). Elements handed out before are no longer valid.
  mutating func fill(from descriptor: Int32) -> LineReader.Fill {
    dropFinished()
    buffer.reserve(Self.chunk + RecordParser.padding)
    let count = buffer.append(upTo: Self.chunk) { read(descriptor, $0, Self.chunk) }
    if count == 0 { return .end }
    return count > 0 ? .data : errno == EINTR || errno == EAGAIN ? .interrupted : .failed(errno: errno)
  }

  /// Takes all of `text` to scan.
  mutating func append(_ text: Bytes) {
    buffer.append(text)
    buffer.reserve(RecordParser.padding)
  }

  private mutating func dropFinished() {
    let finished = state == .inArray || state == .inObject ? start : position
    guard finished > 0 else { return }
    buffer.removeFirst(finished)
    position -= finished
    start = 0
  }

  /// The next element or problem in what was read; nil: more must be read.
  mutating func next() -> Event? {
    let bytes = buffer.bytes
    while position < bytes.count, state != .ended {
      let byte = bytes[position]
      position += 1
      let event = state == .outside ? outside(byte) : inside(byte, bytes)
      if byte == 0x0A { line += 1 }
      isAtLineStart = byte == 0x0A
      if let event { return event }
    }
    guard state == .inArray || state == .inObject, position - start > longestElement else { return nil }
    state = .ended
    return .problem("an element of more than \(longestElement) bytes; the rest is not read", line: elementLine)
  }

  /// What is still to be said at the end of the input; to be called until it is nil.
  mutating func finish() -> Event? {
    if state == .inArray, nesting == 0, !inString, !isBlankSoFar {
      isBlankSoFar = true
      return element(buffer.bytes.slice(start, position))
    }
    defer { state = .ended }
    switch state {
    case .ended: return nil
    case .outside: return hasValues ? nil : .problem(Self.neither, line: line)
    case .inObject: return .problem("torn: it ends within an object", line: line)
    case .inArray:
      return .problem("torn: it ends \(isBlankSoFar ? "before the end of its array" : "within an element")", line: line)
    }
  }

  private mutating func outside(_ byte: UInt8) -> Event? {
    if let seen = mark {
      let whole: [UInt8] = [0xEF, 0xBB, 0xBF]
      mark = byte == whole[seen] && seen < 2 ? seen + 1 : nil
      if byte == whole[seen] { return nil }
    }
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: return nil
    case 0x5B:
      state = .inArray
      begin(at: position)
      isFirst = true
      hasValues = true
    case 0x7B:
      state = .inObject
      begin(at: position - 1)
      take(byte)
      hasValues = true
    default:
      state = .ended
      return .problem(hasValues ? "something else follows; the rest is not read" : Self.neither, line: line)
    }
    return nil
  }

  private mutating func begin(at place: Int) {
    start = place
    isBlankSoFar = true
    nesting = 0
    inString = false
    isEscaped = false
  }

  /// A byte of an array or object.
  @inline(__always) private mutating func inside(_ byte: UInt8, _ bytes: Bytes) -> Event? {
    if inString, byte != 0x0A {
      if isEscaped {
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x22 {
        inString = false
      }
      return nil
    }
    switch byte {
    case 0x20, 0x09, 0x0D: return nil
    case 0x0A:
      inString = false
      isEscaped = false
      return nil
    case 0x7B where isAtLineStart && nesting > 0 && !canBeValue: return startOver(bytes)
    case 0x2C where nesting == 0: return endOfElement(bytes, isLast: false)
    case 0x5D where nesting == 0: return endOfElement(bytes, isLast: true)
    default:
      take(byte)
      guard state == .inObject, nesting == 0 else { return nil }
      state = .outside
      return .element(bytes.slice(start, position), line: elementLine, isOfArray: false)
    }
  }

  /// Whether an object may begin here, within an element that is one itself: no comma of its own is followed by any.
  private var canBeValue: Bool { last == 0x5B || last == 0x3A || last == 0x2C && nesting > 1 }

  @inline(__always) private mutating func take(_ byte: UInt8) {
    if isBlankSoFar {
      isBlankSoFar = false
      elementLine = line
    }
    last = byte
    switch byte {
    case 0x22: inString = true
    case 0x7B, 0x5B: nesting += 1
    case 0x7D, 0x5D: nesting = max(nesting - 1, 0)
    default: break
    }
  }

  /// The element so far was cut off: a new one begins with the brace just read.
  private mutating func startOver(_ bytes: Bytes) -> Event {
    let torn = bytes.slice(start, position - 1)
    let tornLine = elementLine
    begin(at: position - 1)
    take(0x7B)
    return .element(torn.trimmed, line: tornLine, isOfArray: state == .inArray)
  }

  /// At a comma or bracket between elements.
  private mutating func endOfElement(_ bytes: Bytes, isLast: Bool) -> Event? {
    let text = bytes.slice(start, position - 1)
    let isMissing = isBlankSoFar
    let isEmptyArray = isFirst && isLast
    isFirst = false
    if isLast { state = .outside } else { begin(at: position) }
    guard isMissing else { return element(text) }
    return isEmptyArray ? nil : .problem("an element is missing", line: line)
  }

  private func element(_ text: Bytes) -> Event { .element(text.trimmed, line: elementLine, isOfArray: true) }
}
