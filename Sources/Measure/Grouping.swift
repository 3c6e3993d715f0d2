import Records

/// One summary for all records, and one for each combination of values of some members.
package final class Grouping {
  /// Further combinations are summed up as `(other)`.
  package static let limit = 1000

  package let all = Summary()
  private let fields: [Field]
  private var groups: [UInt64: [Summary]] = [:]
  private var count = 0
  private var others: Summary?
  private var name = ByteBuffer()

  package init(by fields: [Field]) { self.fields = fields }

  /// Whether there were more combinations than are kept apart.
  package var hasOthers: Bool { others != nil }

  package func add(_ record: Record) {
    all.add(record)
    if !fields.isEmpty { group(of: record).add(record) }
  }

  private func group(of record: Record) -> Summary {
    name.removeAll()
    for field in fields {
      if !name.isEmpty { name.append(byte: 0x2C) }
      name.append(byte: 0x22)
      name.append(field.name)
      name.append("\":")
      if let value = record.raw(field) { name.append(value) } else { name.append("null") }
    }
    let hash = tableHash(name.bytes)
    if let found = groups[hash]?.first(where: { $0.group.utf8.elementsEqual(name.bytes) }) { return found }
    guard count < Self.limit else { return otherGroup() }
    count += 1
    let new = Summary(group: name.bytes.string)
    groups[hash, default: []].append(new)
    return new
  }

  private func otherGroup() -> Summary {
    if let others { return others }
    let group = fields.map { "\"\($0.name)\":\"\(ValueCounter.otherName)\"" }.joined(separator: ",")
    let new = Summary(group: group)
    others = new
    return new
  }

  /// The groups, the largest first; the rest at the end.
  package var ranking: [Summary] {
    groups.values.flatMap { $0 }.sorted { ($1.records, $0.group) < ($0.records, $1.group) }
      + (others.map { [$0] } ?? [])
  }
}
