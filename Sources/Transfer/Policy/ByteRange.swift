import Records

/// A range of bytes to ask for: `FIRST-LAST`, both counted from 0 and included, or `FIRST-` (RFC 9110, 14.1.2).
package struct ByteRange: Equatable, Sendable {
  package let first: Int
  /// Nil: to the end.
  package let last: Int?

  /// Nil where `argument` is no such range.
  package init?(argument: String) {
    var argument = argument
    guard let range = argument.withUTF8({ Self.parse(Bytes($0)) }) else { return nil }
    (first, last) = range
  }

  private static func parse(_ text: Bytes) -> (first: Int, last: Int?)? {
    guard let dash = text.firstIndex(of: 0x2D), let first = text.slice(0, dash).decimal else { return nil }
    let rest = text.slice(dash + 1, text.count)
    guard !rest.isEmpty else { return (Int(first), nil) }
    guard let last = rest.decimal, first <= last else { return nil }
    return (Int(first), Int(last))
  }

  /// The value of a Range header.
  package var headerValue: String { "bytes=\(first)-\(last.map { "\($0)" } ?? "")" }

  /// Whether `answer` is what was asked for: all of it, or up to where the object ends.
  package func fits(_ answer: ContentRange) -> Bool {
    guard answer.first == first else { return false }
    guard let complete = answer.complete else { return last.map { answer.last <= $0 } ?? true }
    return answer.last == min(last ?? .max, complete - 1)
  }

  /// Whether the Content-Range header of a 206 is what was asked for.
  package func fits(contentRange: Bytes?) -> Bool {
    contentRange.flatMap { ContentRange($0) }.map { fits($0) } ?? false
  }
}

/// What a 206 holds: `bytes 0-99/1234`, or `bytes 0-99/*` where the length is not known (RFC 9110, 14.4).
package struct ContentRange: Equatable, Sendable {
  package let first: Int
  /// `first` or more, and within the object.
  package let last: Int
  /// Bytes of the whole object.
  package let complete: Int?

  package init?(_ value: Bytes) {
    guard value.count > 6, value.slice(0, 5).equalsIgnoringCase("bytes"), value[5] == 0x20 else { return nil }
    let range = value.slice(6, value.count).trimmed
    guard let dash = range.firstIndex(of: 0x2D), let slash = range.firstIndex(of: 0x2F, from: dash),
      let first = range.slice(0, dash).decimal, let last = range.slice(dash + 1, slash).decimal, first <= last,
      last < .max
    else { return nil }
    let text = range.slice(slash + 1, range.count)
    let complete = text.decimal
    guard complete.map({ last < $0 }) ?? text.equals("*") else { return nil }
    self.first = Int(first)
    self.last = Int(last)
    self.complete = complete.map { Int($0) }
  }
}
