import Records
import Toolkit

/// How the names of KV entries are built, as the user says it: `{media}:{key}:derivative={variant}`.
///
/// Literal text and placeholders take turns. A placeholder before `{key}` ends at the first place where the text behind it
/// stands, one behind `{key}` begins at the last place where the text before it stands; `{key}` is all between.
package struct KeyPattern: Sendable {
  enum Placeholder: String, CaseIterable {
    case key, variant, width, height, format, version, media, ignore
  }

  private struct Piece {
    let placeholder: Placeholder
    /// What stands on the side that is away from `{key}`.
    let literal: [UInt8]
  }

  /// From the start of a name up to `{key}`; a piece's text stands before it.
  private var before: [Piece] = []
  /// From the end of a name down to `{key}`; a piece's text stands behind it.
  private var behind: [Piece] = []
  /// What stands right before and right behind the key.
  private var opening: [UInt8] = []
  private var closing: [UInt8] = []
  /// Whether names tell derivatives apart. If not, results are compared by their keys alone.
  let namesVariants: Bool

  /// Throws a usage error that says what is wrong with `text`.
  package init(_ text: String) throws(Failure) {
    let (literals, placeholders) = try Self.split(text)
    guard let key = placeholders.firstIndex(of: .key) else {
      throw Self.refusal(text, "it has no {key}")
    }
    for (i, placeholder) in placeholders.enumerated() {
      if placeholder != .ignore, placeholders[..<i].contains(placeholder) {
        throw Self.refusal(text, "{\(placeholder)} stands in it twice")
      }
      if i > 0, literals[i].isEmpty {
        throw Self.refusal(
          text, "nothing tells where {\(placeholders[i - 1])} ends and {\(placeholder)} begins")
      }
    }
    before = (0..<key).map { Piece(placeholder: placeholders[$0], literal: literals[$0]) }
    behind = (key + 1..<placeholders.count).reversed().map {
      Piece(placeholder: placeholders[$0], literal: literals[$0 + 1])
    }
    opening = literals[key]
    closing = literals[key + 1]
    namesVariants = placeholders.contains { [.variant, .width, .height, .format].contains($0) }
  }

  /// The placeholders, and the text before, between and behind them, one more than those.
  private static func split(_ text: String) throws(Failure) -> (literals: [[UInt8]], placeholders: [Placeholder]) {
    var literals: [[UInt8]] = []
    var placeholders: [Placeholder] = []
    var rest = Array(text.utf8)[...]
    while let brace = rest.firstIndex(where: { $0 == 0x7B || $0 == 0x7D }) {
      guard rest[brace] == 0x7B else { throw refusal(text, "“}” without “{”") }
      guard let end = rest[brace...].firstIndex(of: 0x7D) else { throw refusal(text, "“{” without “}”") }
      let name = String(decoding: rest[brace + 1..<end], as: UTF8.self)
      guard let placeholder = Placeholder(rawValue: name) else {
        let known = Placeholder.allCases.map(\.rawValue)
        throw refusal(text, "there is no {\(name)}\(suggestion(for: name, in: known))")
      }
      literals.append(Array(rest[..<brace]))
      placeholders.append(placeholder)
      rest = rest[(end + 1)...]
    }
    return (literals + [Array(rest)], placeholders)
  }

  private static func refusal(_ text: String, _ why: String) -> Failure {
    Failure(option: "kv-key-pattern", "“\(text)” is not a usable pattern: \(why)")
  }

  /// What `name` says; nil where it does not fit.
  func entry(_ name: Bytes) -> EntryName? {
    var found = EntryName()
    var rest = name
    for (i, piece) in before.enumerated() {
      guard let start = rest.dropping(prefix: piece.literal),
        let end = start.firstIndex(of: i + 1 < before.count ? before[i + 1].literal : opening),
        note(piece.placeholder, start.slice(0, end), &found)
      else { return nil }
      rest = start.slice(end, start.count)
    }
    for (i, piece) in behind.enumerated() {
      guard let end = rest.dropping(suffix: piece.literal),
        let start = end.endIndex(ofLast: i + 1 < behind.count ? behind[i + 1].literal : closing),
        note(piece.placeholder, end.slice(start, end.count), &found)
      else { return nil }
      rest = end.slice(0, start)
    }
    guard let key = rest.dropping(prefix: opening)?.dropping(suffix: closing), !key.allSatisfy({ $0 == 0x2F })
    else { return nil }
    found.path = key
    return found
  }

  private func note(_ placeholder: Placeholder, _ value: Bytes, _ found: inout EntryName) -> Bool {
    switch placeholder {
    case .ignore: return true
    case .media:
      found.media = value
      return !value.isEmpty
    default:
      guard let meaning = KeyParameter(rawValue: placeholder.rawValue) else { return false }
      return !value.isEmpty && found.set(meaning, value)
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func dropping(prefix: [UInt8]) -> Bytes? {
    starts(with: prefix) ? slice(prefix.count, count) : nil
  }

  fileprivate func dropping(suffix: [UInt8]) -> Bytes? {
    guard count >= suffix.count else { return nil }
    let end = count - suffix.count
    return slice(end, count).elementsEqual(suffix) ? slice(0, end) : nil
  }

  /// Where `text`, which is not empty, first begins.
  fileprivate func firstIndex(of text: [UInt8]) -> Int? {
    var start = 0
    while let found = firstIndex(of: text[0], from: start) {
      if slice(found, count).starts(with: text) { return found }
      start = found + 1
    }
    return nil
  }

  /// The place behind where `text`, which is not empty, last ends.
  fileprivate func endIndex(ofLast text: [UInt8]) -> Int? {
    var end = count
    while end >= text.count {
      if slice(end - text.count, end).elementsEqual(text) { return end }
      end -= 1
    }
    return nil
  }
}
