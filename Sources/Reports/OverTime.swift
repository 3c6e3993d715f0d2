import Measure
import Records

/// What happened in a stretch of time.
struct Moment {
  let start: Timestamp
  let seconds: Double
  fileprivate(set) var requests = 0
  fileprivate(set) var failed = 0
  fileprivate(set) var bytes = 0.0
  /// The sum of total_ms.
  fileprivate(set) var milliseconds = 0.0
}

/// A figure that changes with time.
struct TimeSeries {
  let title: String
  /// Lower snake case, with the unit.
  let name: String
  let unit: Page.Unit
  let tone: Page.Tone
  let value: @Sendable (Moment) -> Double?

  static let requests = TimeSeries(
    title: "Requests a second", name: "requests_per_second", unit: .perSecond, tone: .plain(0),
    value: { Double($0.requests) / $0.seconds })
  static let failures = TimeSeries(
    title: "Failures a second", name: "failures_per_second", unit: .perSecond, tone: .bad,
    value: { Double($0.failed) / $0.seconds })
  static let errorRate = TimeSeries(
    title: "Error rate", name: "error_rate", unit: .share, tone: .warning,
    value: { share($0.failed, of: $0.requests) })
  static let throughput = TimeSeries(
    title: "Throughput", name: "bytes_per_second", unit: .bytesPerSecond, tone: .plain(1),
    value: { $0.bytes / $0.seconds })
  static let meanTime = TimeSeries(
    title: "Mean time of a request", name: "mean_ms", unit: .milliseconds, tone: .plain(2),
    value: { $0.requests > 0 ? $0.milliseconds / Double($0.requests) : nil })
}

extension Summary {
  /// The series as a plot, and in fewer steps as a table; empty where all began within a second.
  func overTime(_ series: [TimeSeries]) -> Page.Section {
    let steps = timeline.moments(atMost: Measure.Timeline.maximumSlots)
    guard let first = steps.first, steps.count > 1 else { return Page.Section("Over time") }
    let plot = Page.Timeline(
      title: "Over time", start: first.start, intervalSeconds: first.seconds,
      series: series.map { line in (line.title, line.unit, line.tone, steps.map(line.value)) })
    let rows = timeline.moments(atMost: 24)
    let columns =
      [TableColumn<Moment>("Start", "start", isNumeric: false) { .time($0.start) }]
      + series.map { TableColumn($0.title, $0.name, $0.unit, value: $0.value) }
    let seconds = Page.Cell.seconds(rows[0].seconds).display
    return Page.Section(
      "Over time", columns, of: rows, notes: ["By the start of the requests, \(seconds) a line."],
      plots: [.timeline(plot)])
  }
}

extension Measure.Timeline {
  /// The slots, as many neighbours as needed put together.
  fileprivate func moments(atMost limit: Int) -> [Moment] {
    let step = (slots.count + limit - 1) / limit
    return stride(from: 0, to: slots.count, by: max(step, 1)).map { place in
      let begin = start.adding(milliseconds: place * intervalSeconds * 1000)
      var moment = Moment(start: begin, seconds: Double(step * intervalSeconds))
      for slot in slots[place..<min(place + step, slots.count)] {
        moment.requests &+= slot.requests
        moment.failed &+= slot.failed
        moment.bytes += Double(slot.bytes)
        moment.milliseconds += slot.milliseconds
      }
      return moment
    }
  }
}
