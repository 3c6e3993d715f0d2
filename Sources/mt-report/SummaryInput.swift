import Measure
import Records
import Toolkit

/// The summaries of an input: those that it holds, or one of its records.
struct SummaryInput {
  let all: Summary
  let groups: [Summary]

  init(_ input: Input, _ run: Run, _ options: Summary.Options) throws(Failure) {
    let source = try RecordSource(input, run: run, reading: Summary.fields + [.record])
    let items = Summary(options: options)
    var summaries: [Summary] = []
    var known: Set<String> = []
    try run.fold(source) { record throws(BadRecord) in
      if !record.has(.record) {
        items.add(record)
      } else if !Summary.isSnapshot(record) {
        let summary = try Summary(JSONValue(parsing: record.line), options: options)
        guard summary.group.isEmpty || known.insert(summary.group).inserted else {
          throw BadRecord("a second summary of \(summary.groupName)")
        }
        summaries.append(summary)
      }
    }
    if items.records > 0 {
      guard summaries.isEmpty else { throw Failure(.badInput, "the input holds both summaries and records") }
      all = items
    } else {
      all = try Self.whole(of: summaries)
    }
    groups = summaries.filter { !$0.group.isEmpty }
  }

  private static func whole(of summaries: [Summary]) throws(Failure) -> Summary {
    // A signal has cut the input short: there will be no page.
    guard !Signals.isStopping else { return Summary() }
    let whole = summaries.filter(\.group.isEmpty)
    guard let all = whole.first else {
      throw Failure(.badInput, "the input holds neither a summary of all records nor records")
    }
    guard whole.count == 1 else {
      throw Failure(
        .badInput,
        "the input holds \(whole.count) summaries of all records, not one; mt-stats --merge puts them together")
    }
    return all
  }
}
