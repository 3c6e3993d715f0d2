import Records

/// Puts keys that begin alike on a line from 0 to 1, so that a range of them can be cut in equal parts. Characters count
/// as digits, each in the base of those that were seen behind the same character: what nobody uses takes no room.
struct KeyScale {
  /// Unicode scalars, whose order is that of UTF-8's bytes.
  typealias Digits = [UInt32]

  /// Digits behind the common beginning that a position is made of; more would hardly change a Double.
  static let depth = 16

  private let model: KeyModel
  /// Digits that all the keys begin with.
  let common: Int

  init(common: Int, _ model: KeyModel) {
    self.common = common
    self.model = model
  }

  func position(of key: Digits) -> Double {
    var position = 0.0
    var unit = 1.0
    for place in common..<max(common, min(key.count, common + Self.depth)) {
      let alphabet = model.alphabet(at: place, of: key)
      guard !alphabet.isEmpty else { break }
      unit /= Double(alphabet.count)
      let rank = alphabet.insertion(of: key[place])
      position += Double(rank) * unit
      // A character that was never seen has no room of its own: it is where the next one begins.
      guard rank < alphabet.count, alphabet[rank] == key[place] else { break }
    }
    return position
  }

  /// The key at `position` that begins as `key` does, with digits as fine as `unit`.
  func key(at position: Double, like key: Digits, unit: Double) -> Digits {
    var digits = Digits(key.prefix(common))
    var rest = position
    var reached = 1.0
    while digits.count < common + Self.depth, reached > unit / 4 {
      let alphabet = model.alphabet(at: digits.count, of: digits)
      guard !alphabet.isEmpty else { break }
      rest *= Double(alphabet.count)
      reached /= Double(alphabet.count)
      let rank = min(Int(rest), alphabet.count - 1)
      digits.append(alphabet[rank])
      rest -= Double(rank)
    }
    return digits
  }
}

/// What characters were seen to follow which.
struct KeyModel {
  /// Ascending.
  private var followers: [UInt32: [UInt32]] = [:]
  /// More would make positions no better.
  private static let limit = 256

  /// Learns which characters follow others, from the digit at `place` on.
  mutating func learn(_ digits: KeyScale.Digits, from place: Int) {
    for place in place..<max(place, digits.count) {
      let context = Self.context(at: place, of: digits)
      guard followers.count < Self.limit || followers[context] != nil else { continue }
      // Where there is one decimal digit, the others will come.
      if (48...57).contains(digits[place]) {
        for digit in 48...57 as ClosedRange<UInt32> { followers[context, default: []].insertSorted(digit) }
      } else {
        followers[context, default: []].insertSorted(digits[place])
      }
    }
  }

  /// The characters that may stand at `place`, by the one before it.
  func alphabet(at place: Int, of key: KeyScale.Digits) -> [UInt32] {
    var alphabet = followers[Self.context(at: place, of: key)] ?? []
    guard alphabet.contains(48) else { return alphabet }
    // Letters that follow digits are digits of a higher base.
    for letter in followers[48] ?? [] where letter > 57 { alphabet.insertSorted(letter) }
    return alphabet
  }

  /// All decimal digits are followed by the same.
  private static func context(at place: Int, of key: KeyScale.Digits) -> UInt32 {
    guard place > 0 else { return 0 }
    return (48...57).contains(key[place - 1]) ? 48 : key[place - 1]
  }
}

extension [UInt32] {
  /// Where `element` stands, or would stand.
  fileprivate func insertion(of element: UInt32) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }

  fileprivate mutating func insertSorted(_ element: UInt32) {
    let place = insertion(of: element)
    guard place == count || self[place] != element, count < 256 else { return }
    insert(element, at: place)
  }
}

func commonLength(_ a: KeyScale.Digits, _ b: KeyScale.Digits) -> Int {
  var count = 0
  while count < a.count, count < b.count, a[count] == b[count] { count += 1 }
  return count
}
