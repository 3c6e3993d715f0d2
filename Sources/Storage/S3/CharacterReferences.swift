import Records

/// Replaces references to characters that XML does not have, such as `&#x1;`, by question marks: Ceph writes them into
/// tokens, and expat would refuse the whole document.
struct CharacterReferences: ~Copyable {
  /// Of the text so far what can be read on.
  private var buffer = ByteBuffer(capacity: 32 << 10)
  /// A reference that has not ended.
  private var started = ByteBuffer(capacity: 16)
  private(set) var hasReplaced = false

  /// What the last piece has given.
  var bytes: Bytes { buffer.bytes }

  /// Whether no reference is open.
  var isWhole: Bool { started.isEmpty }

  /// The longest that may be bad, `&#x0000001F;`; what is longer is left to expat.
  private static let longest = 12

  mutating func append(_ piece: Bytes) {
    buffer.removeAll()
    var position = 0
    while position < piece.count {
      if started.isEmpty {
        let next = piece.firstIndex(of: 0x26, from: position) ?? piece.count
        buffer.append(piece.slice(position, next))
        position = next
        guard position < piece.count else { return }
      } else if piece[position] == 0x26 || piece[position] == 0x3C {
        release()
        continue
      }
      started.append(byte: piece[position])
      position += 1
      if started.bytes.last == 0x3B || started.count > Self.longest { release() }
    }
  }

  /// Lets the reference go, or its replacement.
  private mutating func release() {
    if Self.isBad(started.bytes) {
      hasReplaced = true
      buffer.append(byte: 0x3F)
    } else {
      buffer.append(started.bytes)
    }
    started.removeAll()
  }

  private static func isBad(_ reference: Bytes) -> Bool {
    guard reference.count > 3, reference[1] == 0x23, reference.last == 0x3B else { return false }
    let isHexadecimal = reference[2] | 0x20 == 0x78
    let digits = reference.slice(isHexadecimal ? 3 : 2, reference.count - 1).string
    guard let value = UInt32(digits, radix: isHexadecimal ? 16 : 10) else { return false }
    // XML 1.0, production 2.
    switch value {
    case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: return false
    default: return true
    }
  }
}
