import Measure
import Records
import Toolkit

/// The summaries of a stream that is still coming: of all of it, and of the time before a snapshot.
final class LiveGrouping {
  /// All that came before `current`.
  let all: Grouping
  /// What came since the last snapshot.
  private(set) var current: Grouping
  private let dimensions: [Dimension]
  private let options: Grouping.Options
  /// How many snapshots a window reaches back; nil: to the start.
  private let window: Int?
  /// What came before each of the last snapshots, and since when.
  private var recent: [(grouping: Grouping, start: Int)] = []
  private var currentStart = Clock.now

  init(by dimensions: [Dimension], options: Grouping.Options, window: Int?) {
    self.dimensions = dimensions
    self.options = options
    self.window = window
    all = Grouping(by: dimensions, options: options)
    // Without windows one grouping does.
    current = window == nil ? all : Grouping(by: dimensions, options: options)
  }

  /// Adds a summary record; snapshots are no part of the whole, and passed over.
  func merge(_ record: Record, _ options: Summary.Options) throws(BadRecord) {
    guard record.has(.record) else { throw BadRecord("an item, not a summary") }
    guard !Summary.isSnapshot(record) else { return }
    try all.merge(Summary(JSONValue(parsing: record.line), options: options))
  }

  /// What a snapshot tells, now, and how many seconds it reaches back; nil: to the start.
  func snapshot() throws(Failure) -> (Grouping, Double?) {
    guard let window else { return (all, nil) }
    let now = Clock.now
    recent.append((current, currentStart))
    if recent.count > window { recent.removeFirst() }
    let sum = Grouping(by: dimensions, options: options)
    for part in recent { try add(part.grouping, to: sum) }
    try add(current, to: all)
    current = Grouping(by: dimensions, options: options)
    currentStart = now
    return (sum, Double(now - (recent.first?.start ?? now)) / 1e6)
  }

  /// What the stream came to.
  func whole() throws(Failure) -> Grouping {
    if current !== all { try add(current, to: all) }
    return all
  }

  private func add(_ part: Grouping, to sum: Grouping) throws(Failure) {
    do throws(BadRecord) {
      try sum.merge(part)
    } catch {
      throw Failure(.software, "parts of one run do not fit together: \(error.reason)")
    }
  }
}
