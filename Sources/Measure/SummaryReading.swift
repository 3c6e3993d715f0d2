import Records

extension Summary {
  /// Reads what `write` wrote.
  package convenience init(_ document: JSONValue, options: Options = Options()) throws(BadRecord) {
    guard document["record"]?.string == "summary" else { throw BadRecord("not a summary record") }
    guard let records = document["records"]?.count else { throw BadRecord("a summary without “records”") }
    var options = options
    let large = try document["large"].map { (value) throws(BadRecord) in try LargeObjects(value) }
    if let large { options.sizeThreshold = large.threshold }
    if let group = document["group"], group.members.isEmpty { throw BadRecord("a summary whose “group” is no group") }
    self.init(group: Self.groupText(document["group"]), options: options)
    self.records = records
    if let large { self.large = large }
    started = Self.time(document["started"])
    finished = Self.time(document["finished"])
    settings = (document["settings"]?.members ?? []).map { ($0.name, $0.value.string ?? "") }
    for tally in tallies {
      let name = "\(tally.dimension.name)"
      try tally.read(document[name]?.members ?? [], document["by"]?[name])
    }
    for (i, field) in Self.measured.enumerated() {
      if let value = document["\(field.name)"] { quantities[i] = try Quantity(value) }
    }
    for (i, field) in Self.distinct.enumerated() {
      if let value = document["distinct"]?["\(field.name)"] { distinctCounts[i] = try DistinctCount(value) }
    }
    if let value = document["timeline"] { timeline = try Timeline(value) }
    if let top = document["top"] { try readTop(top) }
  }

  private func readTop(_ top: JSONValue) throws(BadRecord) {
    for entry in top["largest"]?.elements ?? [] { largest.add(try TopEntry(entry, name: .key, value: "size")) }
    for entry in top["slowest"]?.elements ?? [] { slowest.add(try TopEntry(entry, name: .url, value: "total_ms")) }
    var failures: [TopEntry] = []
    for entry in top["failing"]?.elements ?? [] { failures.append(try TopEntry(entry, name: .url, value: "failures")) }
    failing = FailureList(failures, missed: max(top["failures_missed"]?.number ?? 0, 0), capacity: failing.capacity)
  }

  private static func time(_ value: JSONValue?) -> Timestamp? {
    guard var text = value?.string else { return nil }
    return text.withUTF8 { Timestamp(Bytes($0)) }
  }

  /// The members of a group as `Grouping` writes them.
  private static func groupText(_ group: JSONValue?) -> String {
    var out = ByteBuffer()
    for (name, value) in group?.members ?? [] {
      if !out.isEmpty { out.append(byte: 0x2C) }
      out.append(quoted: name)
      out.append(byte: 0x3A)
      switch value {
      case .string(let text): out.append(quoted: text)
      case .integer(let number): out.append(number)
      case .real(let number): out.append(exact: number)
      case .boolean(let flag): out.append(flag ? "true" : "false")
      default: out.append("null")
      }
    }
    return out.bytes.string
  }

  /// The members that the records of the group share, and their values; nil: absent. Empty for all records.
  package var groupMembers: [(name: String, value: String?)] {
    guard !group.isEmpty, let document = try? JSONValue(parsing: "{\(group)}") else { return [] }
    return document.members.map { ($0.name, $0.value.plain) }
  }
}

extension Summary {
  /// The group in words: `variant=mobile, status=200`.
  package var groupName: String { groupMembers.map { "\($0.name)=\($0.value ?? "–")" }.joined(separator: ", ") }
}

extension JSONValue {
  /// A plain value in words; nil for all else.
  fileprivate var plain: String? {
    switch self {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .boolean(let flag): flag ? "true" : "false"
    default: nil
    }
  }
}

extension Tally {
  /// Adds counts as a summary record has them.
  fileprivate func read(
    _ counts: [(name: String, value: JSONValue)], _ breakdown: JSONValue?
  ) throws(BadRecord) {
    if let breakdown, breakdown.members.isEmpty, !counts.isEmpty || breakdown != .object([]) {
      throw BadRecord("“by” has no “\(dimension.name)” that can be read")
    }
    for (name, value) in counts {
      guard let count = value.count else { throw BadRecord("“\(dimension.name)” has a count that is none") }
      let found = breakdown?[name]
      var name = name
      name.withUTF8 { add(Bytes($0), times: count, found) }
    }
  }
}
