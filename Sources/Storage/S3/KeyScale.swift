import Records

/// Puts keys that begin alike on a line from 0 to 1, so that a range of them can be cut in equal parts. Characters count
/// as digits, in the base of those characters that were seen: what nobody uses takes no room on the line.
struct KeyScale {
  /// Unicode scalars, whose order is that of UTF-8's bytes.
  typealias Digits = [UInt32]

  /// Digits behind the common beginning that a position is made of; more would not change a Double.
  static let depth = 10

  private let alphabet: Alphabet
  /// Digits that all the keys begin with.
  let common: Int

  init(common: Int, _ alphabet: Alphabet) {
    self.common = common
    self.alphabet = alphabet
  }

  func position(of key: Digits) -> Double {
    var position = 0.0
    var unit = 1.0
    for digit in key.dropFirst(common).prefix(Self.depth) {
      unit /= alphabet.base
      let (rank, isKnown) = alphabet.rank(of: digit)
      position += Double(rank) * unit
      guard isKnown else { break }
    }
    return position
  }

  /// The key at `position` that begins as `key` does, with digits as fine as `unit`.
  func key(at position: Double, like key: Digits, unit: Double) -> Digits {
    var digits = Digits(key.prefix(common))
    var rest = position
    var reached = 1.0
    while digits.count < common + Self.depth, reached > unit / 4 {
      rest *= alphabet.base
      reached /= alphabet.base
      guard let digit = alphabet.digit(ofRank: Int(rest)) else { break }
      digits.append(digit)
      rest -= Double(Int(rest))
    }
    return digits
  }
}

/// The characters that keys were seen to use.
struct Alphabet {
  /// Ascending.
  private(set) var characters: [UInt32] = []
  /// More would make positions no better.
  private static let limit = 256

  /// Rank 0 is the end of a key.
  var base: Double { Double(characters.count + 1) }

  mutating func learn(_ digits: ArraySlice<UInt32>) {
    for digit in digits {
      let place = insertion(of: digit)
      guard place == characters.count || characters[place] != digit, characters.count < Self.limit else { continue }
      characters.insert(digit, at: place)
    }
  }

  /// A character that was never seen has no room of its own: it is where the next one begins.
  func rank(of digit: UInt32) -> (rank: Int, isKnown: Bool) {
    let place = insertion(of: digit)
    return (place + 1, place < characters.count && characters[place] == digit)
  }

  func digit(ofRank rank: Int) -> UInt32? {
    rank > 0 ? characters[min(rank, characters.count) - 1] : nil
  }

  private func insertion(of digit: UInt32) -> Int {
    var (low, high) = (0, characters.count)
    while low < high {
      let middle = (low + high) / 2
      if characters[middle] < digit { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

func commonLength(_ a: KeyScale.Digits, _ b: KeyScale.Digits) -> Int {
  var count = 0
  while count < a.count, count < b.count, a[count] == b[count] { count += 1 }
  return count
}
