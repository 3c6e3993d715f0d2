import Records

/// A pattern for keys: `*` and `?` stop at `/`, `**` crosses it, `[a-z]` and `[!a-z]` are one byte of a set, `\` quotes.
/// A pattern without `/` is held against the last segment, one with `/` against the whole key.
package struct Glob: Sendable {
  private enum Token: Sendable {
    case byte(UInt8)
    case anyCharacter
    case set([ClosedRange<UInt8>], negated: Bool)
    /// `*`
    case segment
    /// `**`
    case anything
    /// `**/` at the beginning of a segment: no directory, or some.
    case directories
  }

  private let tokens: [Token]
  private let isForWholeKey: Bool

  package init(_ pattern: String) {
    let bytes = Array(pattern.utf8)
    isForWholeKey = bytes.contains(0x2F)
    var tokens: [Token] = []
    var i = bytes.first == 0x2F ? 1 : 0
    while i < bytes.count { tokens.append(Self.token(bytes, &i)) }
    self.tokens = tokens
  }

  /// A pattern for directories, whose paths have no slash at their end; the pattern may.
  package init(directory pattern: String) { self.init(pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern) }

  private static func token(_ bytes: [UInt8], _ i: inout Int) -> Token {
    let byte = bytes[i]
    let beginsSegment = i == 0 || bytes[i - 1] == 0x2F
    i += 1
    switch byte {
    case 0x3F: return .anyCharacter
    case 0x5C where i < bytes.count:
      i += 1
      return .byte(bytes[i - 1])
    case 0x5B: return set(bytes, &i) ?? .byte(byte)
    case 0x2A where i < bytes.count && bytes[i] == 0x2A:
      i += 1
      guard beginsSegment, i < bytes.count, bytes[i] == 0x2F else { return .anything }
      i += 1
      return .directories
    case 0x2A: return .segment
    default: return .byte(byte)
    }
  }

  private static func set(_ bytes: [UInt8], _ i: inout Int) -> Token? {
    var j = i
    let negated = j < bytes.count && (bytes[j] == 0x21 || bytes[j] == 0x5E)
    if negated { j += 1 }
    var ranges: [ClosedRange<UInt8>] = []
    while j < bytes.count, bytes[j] != 0x5D || ranges.isEmpty {
      if j + 2 < bytes.count, bytes[j + 1] == 0x2D, bytes[j + 2] != 0x5D, bytes[j] <= bytes[j + 2] {
        ranges.append(bytes[j]...bytes[j + 2])
        j += 3
      } else {
        ranges.append(bytes[j]...bytes[j])
        j += 1
      }
    }
    guard j < bytes.count else { return nil }
    i = j + 1
    return .set(ranges, negated: negated)
  }

  package func matches(_ key: Bytes) -> Bool {
    guard !isForWholeKey else { return matchesWhole(key) }
    var start = key.count
    while start > 0, key[start - 1] != 0x2F { start -= 1 }
    return matchesWhole(key.slice(start, key.count))
  }

  /// Where to go on when a token does not fit: a star takes one byte more.
  private struct Retry {
    var token: Int
    var position: Int
  }

  /// In time linear in the key for each star: only the last `*` and the last `**` are ever tried again.
  private func matchesWhole(_ text: Bytes) -> Bool {
    var token = 0
    var position = 0
    var star: Retry?
    var deepStar: Retry?
    while true {
      if token < tokens.count, let next = step(token, text, &position, &star, &deepStar) {
        token = next
      } else if token == tokens.count, position == text.count {
        return true
      } else if let retry = star, retry.position < text.count, text[retry.position] != 0x2F {
        star = Retry(token: retry.token, position: retry.position + 1)
        (token, position) = (retry.token, retry.position + 1)
      } else if let retry = deepStar, let next = nextStart(retry, text) {
        star = nil
        deepStar = Retry(token: retry.token, position: next)
        (token, position) = (retry.token, next)
      } else {
        return false
      }
    }
  }

  /// Matches one token at `position`; the token that follows it, or nil where it does not fit.
  private func step(_ token: Int, _ text: Bytes, _ position: inout Int, _ star: inout Retry?, _ deepStar: inout Retry?)
    -> Int?
  {
    switch tokens[token] {
    case .segment: star = Retry(token: token + 1, position: position)
    case .anything, .directories:
      deepStar = Retry(token: token + 1, position: position)
      star = nil
    case .byte(let byte):
      guard position < text.count, text[position] == byte else { return nil }
      position += 1
    case .anyCharacter:
      guard position < text.count, text[position] != 0x2F else { return nil }
      position += 1
      while position < text.count, text[position] & 0xC0 == 0x80 { position += 1 }
    case .set(let ranges, let negated):
      guard position < text.count, text[position] != 0x2F,
        ranges.contains(where: { $0.contains(text[position]) }) != negated
      else { return nil }
      position += 1
    }
    return token + 1
  }

  /// Where a deep star that began to match at `retry.position` may end next: anywhere, or behind the next slash.
  private func nextStart(_ retry: Retry, _ text: Bytes) -> Int? {
    guard retry.position < text.count else { return nil }
    guard case .directories = tokens[retry.token - 1] else { return retry.position + 1 }
    return text.firstIndex(of: 0x2F, from: retry.position).map { $0 + 1 }
  }
}
