import Records

/// Times of day in UTC along an axis.
struct TimeScale {
  private let start: Int
  private let length: Int

  /// - Parameter length: in milliseconds, above 0.
  init(from start: Timestamp, length: Int) {
    // Only of the years that can be written.
    self.start = start.adding(milliseconds: 0).milliseconds
    self.length = length
  }

  private static let second = 1000
  private static let minute = 60 * second
  private static let hour = 60 * minute
  private static let day = 24 * hour

  private static let steps: [Int] =
    [1, 2, 5, 10, 20, 50, 100, 200, 500] + [1, 2, 5, 10, 15, 30].map { $0 * second }
    + [1, 2, 5, 10, 15, 30].map { $0 * minute } + [1, 2, 3, 6, 12].map { $0 * hour }
    + [1, 2, 7, 14, 30, 90, 365, 3650, 36_500].map { $0 * day }

  /// The densest that there is room for.
  func ticks(fits: (Ticks) -> Bool) -> Ticks {
    Self.steps.lazy.filter { length / $0 < 10 }.map(ticks).first(where: fits) ?? []
  }

  private func ticks(each step: Int) -> Ticks {
    let remainder = start % step
    let first = remainder == 0 ? start : start - remainder + (remainder > 0 ? step : 0)
    return stride(from: first, through: start + length, by: step).map { time in
      (Double(time - start) / Double(length), Self.label(time, step))
    }
  }

  private static func label(_ time: Int, _ step: Int) -> String {
    let text = rfc3339(time)
    if step >= day || (time % day == 0 && step >= minute) { return String(text.dropFirst(5).prefix(5)) }
    return String(text.dropFirst(11).prefix(step >= minute ? 5 : step >= second ? 8 : 12))
  }

  /// The time of day, and before it the date where there is more than one; to the millisecond where that matters.
  func moment(_ offset: Int) -> String {
    let text = rfc3339(start + offset)
    let time = text.dropFirst(11).prefix(length < 10 * Self.second ? 12 : 8)
    return length >= Self.day ? "\(text.prefix(10)) \(time)" : String(time)
  }
}

private func rfc3339(_ milliseconds: Int) -> String {
  var out = ByteBuffer()
  out.append(Timestamp(milliseconds: milliseconds))
  return out.bytes.string
}
