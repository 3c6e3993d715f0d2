/// JSON text with blanks in all places where they may stand.
struct RandomJSON {
  var random: Seeded

  init(seed: UInt64) { random = Seeded(seed) }

  mutating func blanks() -> String {
    random.below(3) > 0 ? "" : String((0...random.below(3)).map { _ in random.pick(Array(" \t\r")) })
  }

  /// An object of these names in this order.
  mutating func object(_ names: [String], depth: Int = 3) -> String {
    var members: [String] = []
    for name in names { members.append("\(blanks())\"\(name)\"\(blanks()):\(blanks())\(value(depth))\(blanks())") }
    return "\(blanks()){\(names.isEmpty ? blanks() : members.joined(separator: ","))}\(blanks())"
  }

  mutating func value(_ depth: Int) -> String {
    switch random.below(depth > 0 ? 8 : 6) {
    case 0: return "\(Int(truncatingIfNeeded: random.next()) >> random.below(64))"
    case 1: return "\(random.unit() * 1e6 - 5e5)"
    case 2: return random.pick(["true", "false", "null", "-0", "1E+2", "2e-3"])
    case 3, 4, 5: return "\"\(string())\""
    case 6:
      var elements: [String] = []
      for _ in 0..<random.below(4) { elements.append(blanks() + value(depth - 1) + blanks()) }
      return "[\(elements.isEmpty ? blanks() : elements.joined(separator: ","))]"
    default:
      return object((0..<random.below(4)).map { "\(random.pick(["ok", "key", "n"]))\($0)" }, depth: depth - 1)
    }
  }

  /// What stands between the quotes.
  private mutating func string() -> String {
    let pieces = [
      "a", "ok", "{", "}", "[", "]", ",", ":", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", "é", "日", "😀",
    ]
    return (0..<random.below(8)).map { _ in random.pick(pieces) }.joined()
  }
}
