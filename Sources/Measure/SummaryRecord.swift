import Records

/// A summary as a record: mt-records(5) describes it.
extension Summary {
  package enum Kind: Sendable {
    case summary
    /// What was known at a time, or came within so many seconds before it.
    case snapshot(at: Timestamp, windowSeconds: Double?)
  }

  private static let name = "summary"
  private static let snapshotName = "snapshot"

  /// Whether the record is one of a state between, which is no whole.
  package static func isSnapshot(_ record: Record) -> Bool { record.text(.record)?.equals("snapshot") ?? false }

  /// Appends the record.
  package func write(_ kind: Kind = .summary, to out: inout ByteBuffer) {
    writeHead(kind, to: &out)
    for tally in tallies where !tally.isEmpty { writeCounts(tally.ranking, "\(tally.dimension.name)", to: &out) }
    writeBreakdowns(to: &out)
    for (i, field) in Self.measured.enumerated() where quantities[i].count > 0 {
      out.append(member: field)
      out.append(quantities[i])
    }
    if !distinctCounts.allSatisfy(\.isEmpty) { writeDistinct(to: &out) }
    writeTop(to: &out)
    if !timeline.slots.isEmpty {
      out.append(",\"timeline\":")
      out.append(timeline)
    }
    if quantity(.size) != nil {
      out.append(",\"large\":")
      out.append(large)
    }
    out.append(byte: 0x7D)
  }

  private func writeHead(_ kind: Kind, to out: inout ByteBuffer) {
    switch kind {
    case .summary: out.append("{\"record\":\"summary\"")
    case .snapshot(let time, let window):
      out.append("{\"record\":\"snapshot\",\"at\":")
      out.append(quoted: time)
      if let window {
        out.append(",\"window_seconds\":")
        out.append(window, decimals: 3)
      }
    }
    if !group.isEmpty {
      out.append(",\"group\":{")
      out.append(text: group)
      out.append(byte: 0x7D)
    }
    if !settings.isEmpty { writeSettings(to: &out) }
    out.append(",\"records\":")
    out.append(interoperable: records)
    guard let started, let finished else { return }
    out.append(",\"started\":")
    out.append(quoted: started)
    out.append(",\"finished\":")
    out.append(quoted: finished)
  }

  private func writeSettings(to out: inout ByteBuffer) {
    out.append(",\"settings\":{")
    for (i, setting) in settings.enumerated() {
      if i > 0 { out.append(byte: 0x2C) }
      out.append(quoted: setting.name)
      out.append(byte: 0x3A)
      out.append(quoted: setting.value)
    }
    out.append(byte: 0x7D)
  }

  private func writeCounts(_ ranking: [(name: String, count: Int)], _ name: String, to out: inout ByteBuffer) {
    out.append(",\"")
    out.append(text: name)
    out.append("\":")
    out.append(counts: ranking)
  }

  private func writeBreakdowns(to out: inout ByteBuffer) {
    var isFirst = true
    for dimension in Self.brokenDown {
      let values = breakdown(dimension)
      guard !values.isEmpty else { continue }
      out.append(isFirst ? ",\"by\":{\"" : ",\"")
      isFirst = false
      out.append(dimension.name)
      out.append("\":{")
      for (i, value) in values.enumerated() {
        if i > 0 { out.append(byte: 0x2C) }
        out.append(quoted: value.name)
        out.append(byte: 0x3A)
        out.append(value)
      }
      out.append(byte: 0x7D)
    }
    if !isFirst { out.append(byte: 0x7D) }
  }

  private func writeDistinct(to out: inout ByteBuffer) {
    var separator: StaticString = ",\"distinct\":{\""
    for (i, field) in Self.distinct.enumerated() where !distinctCounts[i].isEmpty {
      out.append(separator)
      separator = ",\""
      out.append(field.name)
      out.append("\":")
      if let count = distinct(field) { out.append(count) }
    }
    out.append(byte: 0x7D)
  }

  private func writeTop(to out: inout ByteBuffer) {
    let failures = mostFailing
    guard !largest.entries.isEmpty || !slowest.entries.isEmpty || !failures.isEmpty else { return }
    out.append(",\"top\":{\"largest\":[")
    write(largest.entries, .key, "size", to: &out)
    out.append("],\"slowest\":[")
    write(slowest.entries, .url, "total_ms", to: &out)
    out.append("],\"failing\":[")
    write(failures, .url, "failures", to: &out)
    out.append("],\"failures_missed\":")
    out.append(exact: failuresMissed)
    out.append(byte: 0x7D)
  }

  private func write(_ entries: [TopEntry], _ name: Field, _ value: StaticString, to out: inout ByteBuffer) {
    for (i, entry) in entries.enumerated() {
      if i > 0 { out.append(byte: 0x2C) }
      out.append(entry, name: name, value: value)
    }
  }
}

extension ByteBuffer {
  fileprivate mutating func append(counts: [(name: String, count: Int)]) {
    append(byte: 0x7B)
    for (i, entry) in counts.enumerated() {
      if i > 0 { append(byte: 0x2C) }
      append(quoted: entry.name)
      append(byte: 0x3A)
      append(interoperable: entry.count)
    }
    append(byte: 0x7D)
  }

  fileprivate mutating func append(_ value: Breakdown) {
    append("{\"size\":")
    append(interoperable: value.size)
    append(",\"bytes\":")
    append(interoperable: value.bytes)
    append(",\"failed\":")
    append(interoperable: value.failed)
    append(",\"error\":")
    append(counts: value.errors)
    append(",\"cache\":")
    append(counts: value.cache)
    append(byte: 0x7D)
  }
}
