/// A part of a listing: the keys behind `lower`, up to and with `upper`. It belongs to a `KeySpace`, and is touched by who
/// has that.
final class KeyRange {
  /// Where a page starts.
  enum Start: Equatable {
    case beginning
    /// Behind this key, whether or not there is an object of that name.
    case after([UInt8])
    /// Where the page before ended, by the token that it gave.
    case token(String)
    /// Behind this version of this key.
    case version(key: [UInt8], id: String)

    var isToken: Bool {
      if case .token = self { true } else { false }
    }
  }

  /// Nil: from the first key on.
  let lower: [UInt8]?
  /// The last key that was listed; before that, `lower`.
  var last: [UInt8]?
  /// Nil: to the last key.
  var upper: [UInt8]?
  var next: Start
  /// Whether some thread lists it.
  var isTaken = false
  var isFinished = false
  /// Lines that wait for those of the ranges before.
  var held: [Chunk] = []

  // What is guessed of it, by `KeyGuess`.

  /// `last` as digits, or where it is no text a key before it.
  var cursor: KeyScale.Digits
  /// The last page: its first and last key, and how many it had.
  var page: Page?
  /// The first digit in which keys here are known to differ from each other.
  var varying: Int
  /// Keys that may still come.
  var estimate: Double
  /// Whether fewer keys than a page holds were asked for, since no more were expected.
  var wasShort = false

  struct Page {
    let first: KeyScale.Digits
    let last: KeyScale.Digits
    let count: Int
  }

  init(
    lower: [UInt8]?, upper: [UInt8]?, next: Start, cursor: KeyScale.Digits, varying: Int, estimate: Double
  ) {
    self.lower = lower
    last = lower
    self.upper = upper
    self.next = next
    self.cursor = cursor
    self.varying = varying
    self.estimate = estimate
  }

  /// What is left of it: completes "the keys …".
  var description: String {
    let from = last.map { "behind “\(String(decoding: $0, as: UTF8.self))”" } ?? "from the first"
    return from + (upper.map { " up to “\(String(decoding: $0, as: UTF8.self))”" } ?? " to the last")
  }
}
