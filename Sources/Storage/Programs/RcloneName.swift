import Records

extension ByteBuffer {
  /// Appends a path as the store has it. rclone writes names in an alphabet of its own: a control character is shown as
  /// its picture (`␊`), a segment `.` as `．`, and before such a character that is really there stands `‛`.
  /// What would become a slash stays as it is: it is none between segments.
  mutating func append(rclonePath path: Bytes) {
    // Both of E2 and EF begin many other characters, but most keys have neither.
    guard path.contains(where: { $0 == 0xE2 || $0 == 0xEF }) else { return append(path) }
    var start = 0
    while true {
      let end = path.firstIndex(of: 0x2F, from: start) ?? path.count
      append(rcloneName: path.slice(start, end))
      guard end < path.count else { return }
      append(byte: 0x2F)
      start = end + 1
    }
  }

  private mutating func append(rcloneName name: Bytes) {
    if name.equals("．") { return append(".") }
    if name.equals("．．") { return append("..") }
    if name.equals("‛．") { return append("．") }
    if name.equals("‛．‛．") { return append("．．") }
    var isQuoted = false
    var i = 0
    while i < name.count {
      let special = Special(name, i)
      switch special {
      case .quote where !isQuoted:
        isQuoted = true
        i += 3
        continue
      case .control(let byte) where !isQuoted: append(byte: byte)
      case .none:
        // A mark that marks nothing is one.
        if isQuoted { append("‛") }
        append(byte: name[i])
      default: append(name.slice(i, i + 3))
      }
      isQuoted = false
      i += special == nil ? 1 : 3
    }
    if isQuoted { append("‛") }
  }

  /// A character of three bytes that has a meaning of its own.
  private enum Special: Equatable {
    case quote, slash
    case control(UInt8)

    init?(_ name: Bytes, _ i: Int) {
      guard i + 2 < name.count else { return nil }
      switch (name[i], name[i + 1], name[i + 2]) {
      case (0xE2, 0x80, 0x9B): self = .quote
      case (0xE2, 0x90, 0x80...0x9F): self = .control(name[i + 2] - 0x80)
      case (0xE2, 0x90, 0xA1): self = .control(0x7F)
      case (0xEF, 0xBC, 0x8F): self = .slash
      default: return nil
      }
    }
  }
}
