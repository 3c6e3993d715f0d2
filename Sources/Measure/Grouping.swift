import Records

/// One summary for all records, and one for each combination of values of some members.
package final class Grouping {
  /// Further combinations are summed up as `(other)`.
  package static let limit = 1000

  /// What records are grouped by.
  package enum Key: Sendable {
    case field(Field)
    /// The extension of the key, or of the URL.
    case fileExtension

    package static let names = Field.allCases.map { "\($0.name)" } + ["\(Summary.extensionName)"]

    package init?(_ name: String) {
      if name == "\(Summary.extensionName)" {
        self = .fileExtension
      } else if let field = Field(named: name) {
        self = .field(field)
      } else {
        return nil
      }
    }

    var name: StaticString {
      switch self {
      case .field(let field): field.name
      case .fileExtension: Summary.extensionName
      }
    }
  }

  package let all = Summary()
  private let keys: [Key]
  private var groups: [UInt64: [Summary]] = [:]
  private var count = 0
  private var others: Summary?
  private var name = ByteBuffer()

  package init(by keys: [Key]) { self.keys = keys }

  /// The members read for the groups.
  package var fields: [Field] { keys.compactMap { if case .field(let field) = $0 { field } else { nil } } }

  /// Whether there were more combinations than are kept apart.
  package var hasOthers: Bool { others != nil }

  package func add(_ record: Record) {
    all.add(record)
    if !keys.isEmpty { group(of: record).add(record) }
  }

  private func group(of record: Record) -> Summary {
    name.removeAll()
    for key in keys {
      if !name.isEmpty { name.append(byte: 0x2C) }
      name.append(byte: 0x22)
      name.append(key.name)
      name.append("\":")
      append(key, of: record)
    }
    let hash = tableHash(name.bytes)
    if let found = groups[hash]?.first(where: { $0.group.utf8.elementsEqual(name.bytes) }) { return found }
    guard count < Self.limit, name.count <= keys.count * (ValueCounter.maximumLength + 64) else { return otherGroup() }
    count += 1
    let new = Summary(group: name.bytes.string)
    groups[hash, default: []].append(new)
    return new
  }

  private func append(_ key: Key, of record: Record) {
    switch key {
    case .field(let field):
      // Strings in one spelling, whatever their escapes were.
      if let text = record.text(field) {
        name.append(quoted: text)
      } else if let raw = record.raw(field) {
        name.append(raw)
      } else {
        name.append("null")
      }
    case .fileExtension:
      if let value = mediaExtension(of: record) {
        value.map { lowercased($0) }.withUnsafeBytes { name.append(quoted: $0) }
      } else {
        name.append("null")
      }
    }
  }

  private func otherGroup() -> Summary {
    if let others { return others }
    let group = keys.map { "\"\($0.name)\":\"\(ValueCounter.otherName)\"" }.joined(separator: ",")
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
