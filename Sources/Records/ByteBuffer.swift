import Glibc

/// A growing run of bytes for building output lines: JSON's pieces are appended in place, nothing is formatted twice.
package struct ByteBuffer: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  package private(set) var count = 0

  package init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    base = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  package var isEmpty: Bool { count == 0 }

  /// The bytes, valid until the buffer next changes.
  package var bytes: Bytes { Bytes(start: base, count: count) }

  package mutating func removeAll() { count = 0 }

  package mutating func truncate(to length: Int) { count = min(count, length) }

  /// Drops the first `length` bytes.
  package mutating func removeFirst(_ length: Int) {
    memmove(base, base + length, count - length)
    count -= length
  }

  /// Removes the byte at `position`.
  package mutating func removeByte(at position: Int) {
    memmove(base + position, base + position + 1, count - position - 1)
    count -= 1
  }

  @inline(__always) package mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(extra) }
  }

  private mutating func grow(_ extra: Int) {
    let larger = max(capacity * 2, count + extra)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = larger
  }

  /// Appends what `body` writes behind the end, at most `limit` bytes; it returns how many.
  package mutating func append(upTo limit: Int, _ body: (UnsafeMutableRawPointer) -> Int) -> Int {
    reserve(limit)
    let written = body(base + count)
    count += max(written, 0)
    return written
  }

  @inline(__always) package mutating func append(_ bytes: Bytes) {
    reserve(bytes.count)
    if let start = bytes.baseAddress { memcpy(base + count, start, bytes.count) }
    count += bytes.count
  }

  @inline(__always) package mutating func append(_ literal: StaticString) {
    append(Bytes(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  @inline(__always) package mutating func append(byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  package mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  package mutating func append(text: String) {
    var text = text
    text.withUTF8 { append(Bytes($0)) }
  }

  /// Appends an integer in decimal.
  package mutating func append(_ value: Int) {
    var magnitude = value.magnitude
    reserve(20)
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
      var start = 20
      repeat {
        start -= 1
        digits[start] = UInt8(48 + magnitude % 10)
        magnitude /= 10
      } while magnitude > 0
      if value < 0 { append(byte: 45) }
      append(Bytes(rebasing: UnsafeRawBufferPointer(digits)[start..<20]))
    }
  }

  /// Appends `value`, at least `width` digits.
  package mutating func append(_ value: Int, width: Int) {
    var power = 1
    for _ in 1..<width { power *= 10 }
    while power > 1, value < power {
      append(byte: 48)
      power /= 10
    }
    append(value)
  }

  /// Appends microseconds as milliseconds with up to three decimals: 12345 becomes 12.345.
  package mutating func append(millisecondsFromMicroseconds value: Int) {
    append(value / 1000)
    let fraction = value % 1000
    guard fraction > 0 else { return }
    append(byte: 46)
    append(byte: UInt8(48 + fraction / 100))
    if fraction % 100 > 0 { append(byte: UInt8(48 + fraction / 10 % 10)) }
    if fraction % 10 > 0 { append(byte: UInt8(48 + fraction % 10)) }
  }

  /// Appends the shortest JSON number that reads back as `value`. Not finite: null.
  package mutating func append(exact value: Double) {
    guard value.isFinite else { return append("null") }
    if value == value.rounded(), value.magnitude < 9_007_199_254_740_992 {
      append(Int(value))
    } else {
      append(text: "\(value)")
    }
  }

  /// Appends a JSON number for `value`, rounded to `decimals` places, without trailing zeros. Not finite: null.
  package mutating func append(_ value: Double, decimals: Int) {
    guard value.isFinite else { return append("null") }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value * scale).rounded()
    guard scaled.magnitude < 9e15 else { return append(text: "\(value)") }
    let whole = Int(scaled)
    let power = Int(scale)
    if whole < 0 { append(byte: 45) }
    append(Int(whole.magnitude) / power)
    var fraction = Int(whole.magnitude) % power
    guard fraction > 0 else { return }
    var width = decimals
    while fraction % 10 == 0 {
      fraction /= 10
      width -= 1
    }
    append(byte: 46)
    append(fraction, width: width)
  }
}
