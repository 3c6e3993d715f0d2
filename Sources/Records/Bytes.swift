import Glibc

/// Bytes lent to the callee: valid until the call returns, or as long as the lender's comment says.
package typealias Bytes = UnsafeRawBufferPointer

extension UnsafeRawBufferPointer {
  /// The bytes `start..<end` of these, without a copy.
  package func slice(_ start: Int, _ end: Int) -> Bytes { Bytes(rebasing: self[start..<end]) }

  package func equals(_ other: Bytes) -> Bool {
    guard count == other.count else { return false }
    guard count > 0, let a = baseAddress, let b = other.baseAddress else { return true }
    return memcmp(a, b, count) == 0
  }

  package func equals(_ other: StaticString) -> Bool {
    equals(Bytes(start: other.utf8Start, count: other.utf8CodeUnitCount))
  }

  /// Whether these come before `other`, compared byte by byte.
  package func precedes(_ other: Bytes) -> Bool {
    let common = Swift.min(count, other.count)
    if common > 0, let a = baseAddress, let b = other.baseAddress {
      let order = memcmp(a, b, common)
      if order != 0 { return order < 0 }
    }
    return count < other.count
  }

  /// Compares ASCII letters without regard to case.
  package func equalsIgnoringCase(_ other: Bytes) -> Bool {
    guard count == other.count else { return false }
    for i in 0..<count where lowercased(self[i]) != lowercased(other[i]) { return false }
    return true
  }

  package func equalsIgnoringCase(_ literal: StaticString) -> Bool {
    equalsIgnoringCase(Bytes(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  /// The position of the first `byte` at or behind `start`, by memchr.
  package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    guard start < count, let base = baseAddress, let found = memchr(base + start, Int32(byte), count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }

  /// Without blanks (space, tab, CR, LF) at both ends.
  package var trimmed: Bytes {
    var start = 0
    var end = count
    while start < end, isBlank(self[start]) { start += 1 }
    while end > start, isBlank(self[end - 1]) { end -= 1 }
    return slice(start, end)
  }

  /// A non-negative decimal integer without sign or blanks; nil for all else and beyond Int64.
  package var decimal: Int64? {
    guard !isEmpty else { return nil }
    var value: Int64 = 0
    for byte in self {
      guard byte >= 48, byte <= 57 else { return nil }
      let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(Int64(byte - 48))
      if overflowed || carried { return nil }
      value = sum
    }
    return value
  }

  /// As text; what is no valid UTF-8 becomes U+FFFD.
  package var string: String { String(decoding: self, as: UTF8.self) }
}

@inline(__always) package func lowercased(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 32 : byte }

@inline(__always) func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 10 }

/// The length of the well-formed UTF-8 sequence at `start` (Unicode 15, table 3-7), or nil where there is none.
func utf8SequenceLength(_ bytes: Bytes, _ start: Int) -> Int? {
  let lead = bytes[start]
  if lead < 0x80 { return 1 }
  func continues(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
    start + offset < bytes.count && range.contains(bytes[start + offset])
  }
  switch lead {
  case 0xC2...0xDF: return continues(1) ? 2 : nil
  case 0xE0: return continues(1, 0xA0...0xBF) && continues(2) ? 3 : nil
  case 0xED: return continues(1, 0x80...0x9F) && continues(2) ? 3 : nil
  case 0xE1...0xEF: return continues(1) && continues(2) ? 3 : nil
  case 0xF0: return continues(1, 0x90...0xBF) && continues(2) && continues(3) ? 4 : nil
  case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : nil
  case 0xF4: return continues(1, 0x80...0x8F) && continues(2) && continues(3) ? 4 : nil
  default: return nil
  }
}

/// Whether all of `bytes` is well-formed UTF-8.
package func isUTF8(_ bytes: Bytes) -> Bool {
  var i = 0
  while i < bytes.count {
    if bytes[i] < 0x80 { i += 1; continue }
    guard let length = utf8SequenceLength(bytes, i) else { return false }
    i += length
  }
  return true
}
