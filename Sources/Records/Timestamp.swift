import Glibc

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z (leap seconds aside).
package struct Timestamp: Comparable, Sendable {
  package var milliseconds: Int

  package init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// The years 0000 to 9999, all that RFC 3339 can say; file systems can hold more.
  private static let range = -62_167_219_200_000...253_402_300_799_999

  /// Clamped to the years 0000 to 9999.
  package init(seconds: Int, nanoseconds: Int) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    let unclamped = overflow ? (seconds < 0 ? Int.min : Int.max - 1000) : product
    milliseconds = min(max(unclamped + nanoseconds / 1_000_000, Self.range.lowerBound), Self.range.upperBound)
  }

  package func adding(milliseconds more: Int) -> Timestamp {
    let (sum, overflow) = milliseconds.addingReportingOverflow(more)
    return Timestamp(milliseconds: min(max(overflow ? .max : sum, Self.range.lowerBound), Self.range.upperBound))
  }

  /// The wall clock, by clock_gettime(2).
  package static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
  }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  /// Parses RFC 3339: `2026-03-01T12:00:00Z`, a fraction, `±hh:mm`; or a date alone, its midnight in UTC.
  package init?(_ text: Bytes) {
    guard text.count >= 10, let year = text.slice(0, 4).decimal, text[4] == 45,
      let month = text.slice(5, 7).decimal, (1...12).contains(month), text[7] == 45,
      let day = text.slice(8, 10).decimal, day >= 1,
      civil(fromDays: daysFromCivil(Int(year), Int(month), Int(day))).day == Int(day)
    else { return nil }
    milliseconds = daysFromCivil(Int(year), Int(month), Int(day)) * 86_400_000
    if text.count == 10 { return }
    guard text.count >= 20, text[10] | 32 == 116, text[13] == 58, text[16] == 58,
      let hour = text.slice(11, 13).decimal, hour < 24, let minute = text.slice(14, 16).decimal, minute < 60,
      let second = text.slice(17, 19).decimal, second <= 60
    else { return nil }
    milliseconds += (Int(hour) * 3600 + Int(minute) * 60 + Int(second)) * 1000
    var i = 19
    if text[i] == 46 {
      i += 1
      var place = 100
      while i < text.count, text[i] >= 48, text[i] <= 57 {
        milliseconds += Int(text[i] - 48) * place
        place /= 10
        i += 1
      }
      if i == 20 { return nil }
    }
    guard let offset = Self.offsetMinutes(text.slice(i, text.count)) else { return nil }
    milliseconds -= offset * 60_000
    guard Self.range.contains(milliseconds) else { return nil }
  }

  private static func offsetMinutes(_ text: Bytes) -> Int? {
    if text.count == 1, text[0] | 32 == 122 { return 0 }
    guard text.count == 6, text[0] == 43 || text[0] == 45, text[3] == 58,
      let hours = text.slice(1, 3).decimal, hours < 24, let minutes = text.slice(4, 6).decimal, minutes < 60
    else { return nil }
    let magnitude = Int(hours) * 60 + Int(minutes)
    return text[0] == 45 ? -magnitude : magnitude
  }
}

extension ByteBuffer {
  /// Appends RFC 3339 in UTC with milliseconds: `2026-03-01T12:00:00.250Z`.
  package mutating func append(_ time: Timestamp) {
    let (seconds, millisecond) = time.milliseconds.flooredDivision(by: 1000)
    let (days, second) = seconds.flooredDivision(by: 86_400)
    let date = civil(fromDays: days)
    _ = append(upTo: 24) { text in
      write(date.year, digits: 4, before: 0x2D, to: text)
      write(date.month, digits: 2, before: 0x2D, to: text + 5)
      write(date.day, digits: 2, before: 0x54, to: text + 8)
      write(second / 3600, digits: 2, before: 0x3A, to: text + 11)
      write(second / 60 % 60, digits: 2, before: 0x3A, to: text + 14)
      write(second % 60, digits: 2, before: 0x2E, to: text + 17)
      write(millisecond, digits: 3, before: 0x5A, to: text + 20)
      return 24
    }
  }

  /// Appends the time as a JSON string.
  package mutating func append(quoted time: Timestamp) {
    append(byte: 0x22)
    append(time)
    append(byte: 0x22)
  }
}

/// Writes so many digits of `value`, and `end` behind them.
@inline(__always) private func write(
  _ value: Int, digits: Int, before end: UInt8, to text: UnsafeMutableRawPointer
) {
  var rest = UInt32(truncatingIfNeeded: value)
  for place in stride(from: digits - 1, through: 0, by: -1) {
    text.storeBytes(of: UInt8(truncatingIfNeeded: 48 + rest % 10), toByteOffset: place, as: UInt8.self)
    rest /= 10
  }
  text.storeBytes(of: end, toByteOffset: digits, as: UInt8.self)
}

extension Int {
  fileprivate func flooredDivision(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (H. Hinnant, chrono-compatible algorithms).
package func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
  let y = month <= 2 ? year - 1 : year
  let era = (y >= 0 ? y : y - 399) / 400
  let yearOfEra = y - era * 400
  let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

/// The inverse of `daysFromCivil`.
func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
  let z = days + 719_468
  let era = (z >= 0 ? z : z - 146_096) / 146_097
  let dayOfEra = z - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let m = (5 * dayOfYear + 2) / 153
  let month = m < 10 ? m + 3 : m - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * m + 2) / 5 + 1)
}
