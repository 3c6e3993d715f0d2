import CLinux
import Glibc
import Records

/// The entries of a directory as getdents64(2) gives them, without `.` and `..`: records in a row, each with its
/// length.
struct Entries {
  struct Entry {
    /// DT_REG and others; DT_UNKNOWN where the file system does not say.
    let type: Int32
    /// Ended by a zero byte.
    let name: UnsafePointer<CChar>
    let length: Int

    var bytes: Bytes { Bytes(start: name, count: length) }
  }

  /// Where in a record, `struct linux_dirent64`, its length, its type and its name are.
  private static let lengthOffset = 16
  private static let typeOffset = 18
  private static let nameOffset = 19

  let records: Bytes
  private var position = 0

  init(_ records: Bytes) { self.records = records }

  mutating func next() -> Entry? {
    while let record = nextRecord() {
      let start = record.baseAddress!
      let name = (start + Self.nameOffset).assumingMemoryBound(to: CChar.self)
      let length = strnlen(name, record.count - Self.nameOffset)
      if name[0] == 0x2E, length == 1 || length == 2 && name[1] == 0x2E { continue }
      return Entry(type: Int32(record[Self.typeOffset]), name: name, length: length)
    }
    return nil
  }

  private mutating func nextRecord() -> Bytes? {
    guard position + Self.nameOffset < records.count else { return nil }
    let length = Int(records.loadUnaligned(fromByteOffset: position + Self.lengthOffset, as: UInt16.self))
    guard length > Self.nameOffset, position + length <= records.count else { return nil }
    defer { position += length }
    return records.slice(position, position + length)
  }

  /// The next records, whole ones, about `size` bytes; nil at the end.
  mutating func nextBatch(_ size: Int) -> Bytes? {
    let start = position
    while position - start < size, nextRecord() != nil {}
    return position > start ? records.slice(start, position) : nil
  }
}

/// Names of entries in a row, each ended by a zero byte: far less memory than an array of strings takes.
struct Names: Sendable {
  private var bytes: [UInt8] = []
  private var position = 0
  private(set) var count = 0

  var size: Int { bytes.count }

  mutating func append(_ entry: Entries.Entry) {
    bytes += UnsafeRawBufferPointer(start: entry.name, count: entry.length + 1)
    count += 1
  }

  /// Appends the first name with its zero byte to `buffer` and forgets it; false where there is none.
  mutating func takeFirst(into buffer: inout ByteBuffer) -> Bool {
    guard count > 0 else { return false }
    count -= 1
    position = bytes.withUnsafeBytes { bytes in
      let end = Self.end(of: bytes, from: position)
      buffer.append(bytes.slice(position, end))
      return end
    }
    return true
  }

  /// Takes away the latter half, the larger one where they are odd.
  mutating func takeHalf() -> Names {
    let kept = count / 2
    let end = bytes.withUnsafeBytes { bytes in
      (0..<kept).reduce(position) { end, _ in Self.end(of: bytes, from: end) }
    }
    var half = Names()
    half.bytes = Array(bytes[end...])
    half.count = count - kept
    bytes.removeSubrange(end...)
    count = kept
    return half
  }

  private static func end(of bytes: Bytes, from start: Int) -> Int { bytes.firstIndex(of: 0, from: start)! + 1 }
}
