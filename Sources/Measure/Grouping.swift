import Records

/// One summary for all records, and one for each combination of values of some dimensions.
package final class Grouping {
  /// What can be chosen.
  package struct Options: Sendable {
    package var summary = Summary.Options()
    /// Further combinations are summed up as `(other)`.
    package var maximumGroups = 1000

    package init() {}
  }

  package private(set) var all: Summary
  private let dimensions: [Dimension]
  private let options: Options
  private var groups: [UInt64: [Summary]] = [:]
  private var count = 0
  /// By the texts of their groups.
  private var others: [String: Summary] = [:]
  private var name = ByteBuffer()
  private var scratch = ByteBuffer()
  /// Whether a summary of all records was added.
  package private(set) var hasWhole = false

  package init(by dimensions: [Dimension], options: Options = Options()) {
    self.dimensions = dimensions
    self.options = options
    all = Summary(options: options.summary)
  }

  /// The members read for the groups.
  package var fields: [Field] { dimensions.flatMap(\.fields) }

  /// Whether there were more combinations than are kept apart.
  package private(set) var hasTooMany = false
  /// Whether there were values too long to be told apart.
  package private(set) var hasTooLong = false

  package func add(_ record: Record) {
    all.add(record)
    if !dimensions.isEmpty { group(of: record).add(record) }
  }

  private func group(of record: Record) -> Summary {
    name.removeAll()
    for dimension in dimensions {
      if !name.isEmpty { name.append(byte: 0x2C) }
      name.append(byte: 0x22)
      name.append(dimension.name)
      name.append("\":")
      append(dimension, of: record)
    }
    let hash = tableHash(name.bytes)
    if let found = groups[hash]?.first(where: { $0.group.utf8.elementsEqual(name.bytes) }) { return found }
    let isTooLong = name.count > dimensions.count * (ValueCounter.maximumLength + 64)
    if isTooLong || count >= options.maximumGroups {
      hasTooLong = hasTooLong || isTooLong
      hasTooMany = hasTooMany || !isTooLong
      return otherGroup(dimensions.map { "\($0.name)" })
    }
    let group = name.bytes.string
    if let found = others[group] { return found }
    let new = Summary(group: group, options: options.summary)
    insert(new, hash)
    return new
  }

  private func insert(_ group: Summary, _ hash: UInt64) {
    count += 1
    groups[hash, default: []].append(group)
  }

  private func append(_ dimension: Dimension, of record: Record) {
    // Strings in one spelling, whatever their escapes were; other values as they stand.
    guard let value = dimension.value(of: record, &scratch) else { return name.append("null") }
    guard case .field(let field) = dimension, record.text(field) == nil else { return name.append(quoted: value) }
    // As they are read back from a summary: numbers that no reader holds are texts.
    if record.boolean(field) != nil || record.number(field) != nil {
      name.append(value)
    } else {
      name.append(quoted: value)
    }
  }

  private func otherGroup(_ names: [String]) -> Summary {
    let group = names.map { "\"\($0)\":\"\(ValueCounter.otherName)\"" }.joined(separator: ",")
    if let found = others[group] { return found }
    let new = Summary(group: group, options: options.summary)
    others[group] = new
    return new
  }

  /// Adds a summary to that of its group, or of all records.
  package func merge(_ summary: Summary) throws(BadRecord) {
    if summary.group.isEmpty {
      if hasWhole || all.records > 0 { try all.merge(summary) } else { all = summary }
      hasWhole = true
      return
    }
    // Where the whole did not fit, its groups do not either.
    try all.checkFits(summary)
    var group = summary.group
    let hash = group.withUTF8 { tableHash(Bytes($0)) }
    if let found = groups[hash]?.first(where: { $0.group.isSame(as: summary.group) }) {
      try found.merge(summary)
      return
    }
    let members = summary.groupMembers
    let isOther = members.allSatisfy { $0.value == ValueCounter.otherName }
    hasTooMany = hasTooMany || !isOther && count >= options.maximumGroups
    if isOther || count >= options.maximumGroups {
      try otherGroup(members.map(\.name)).merge(summary)
    } else {
      // Not the summary itself, which may be part of another grouping.
      let new = Summary(group: summary.group, options: summary.options)
      try new.merge(summary)
      insert(new, hash)
    }
  }

  /// Adds all that another grouping by the same dimensions holds.
  package func merge(_ other: Grouping) throws(BadRecord) {
    try all.merge(other.all)
    for summary in other.ranking { try merge(summary) }
  }

  /// The members that only a part of the records is grouped by, since not all summaries had such groups; and how many are.
  package var incomplete: [(names: String, records: Int)] {
    var sums: [String: Int] = [:]
    for group in ranking { sums[group.groupMembers.map(\.name).joined(separator: ","), default: 0] &+= group.records }
    return sums.filter { $0.value != all.records }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The groups, the largest first; the rest at the end.
  package var ranking: [Summary] {
    groups.values.flatMap { $0 }.sorted {
      $0.records != $1.records ? $0.records > $1.records : $0.group.precedes($1.group)
    }
      + others.values.sorted { $0.group.precedes($1.group) }
  }
}
