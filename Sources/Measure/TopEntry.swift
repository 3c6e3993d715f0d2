import Records

/// An item of a list of the greatest.
package struct TopEntry: Equatable, Sendable {
  /// The key of an object, the URL of a request; no more than 2048 bytes of it.
  package let name: String
  /// Bytes, milliseconds or failures.
  package var value: Double
  /// Failures that it may have had beyond `value`, where not all could be counted.
  package var uncounted = 0.0
  package var size: Int?
  package var bytes: Int?
  package var status: Int?
  package var variant: String?
  package var errors: ErrorSet = []

  init(name: Bytes, value: Double) {
    self.name = Self.shortened(name).string
    self.value = value
  }

  /// The name as it is kept, cut between two characters.
  static func shortened(_ name: Bytes) -> Bytes {
    guard name.count > 2048 else { return name }
    var end = 2048
    while end > 0, name[end] & 0xC0 == 0x80 { end -= 1 }
    return name.slice(0, end)
  }

  /// That of the bytes of the name.
  var hash: UInt64 {
    var name = name
    return name.withUTF8 { tableHash(Bytes($0)) }
  }

  /// All but name and value, as one text.
  var details: String { "\(status ?? -1) \(bytes ?? -1) \(size ?? -1) \(errors.rawValue) \(variant ?? "")" }

  /// The order of lists: by falling value, then by name.
  static func precedes(_ a: TopEntry, _ b: TopEntry) -> Bool {
    a.value != b.value ? a.value > b.value : a.name.precedes(b.name)
  }
}

/// Some of the closed list of errors.
package struct ErrorSet: OptionSet, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  init(_ name: Bytes) {
    let i = ClosedList.errors.index(of: name)
    self.init(rawValue: i < ClosedList.errors.names.count ? 1 << UInt64(i) : 0)
  }

  /// In the order of the closed list.
  package var names: [String] {
    ClosedList.errors.names.enumerated().filter { rawValue >> UInt64($0.offset) & 1 == 1 }.map(\.element)
  }
}

extension ByteBuffer {
  /// Appends an entry whose value has the name of a member, `{"url":…,"total_ms":…}`.
  mutating func append(_ entry: TopEntry, name: Field, value: StaticString) {
    append("{\"")
    append(name.name)
    append("\":")
    append(quoted: entry.name)
    append(",\"")
    append(value)
    append("\":")
    append(exact: entry.value)
    if entry.uncounted > 0 {
      append(",\"uncounted\":")
      append(exact: entry.uncounted)
    }
    if let size = entry.size, name != .key { append(.size, size) }
    if let bytes = entry.bytes { append(.bytes, bytes) }
    if let status = entry.status { append(.status, status) }
    if let variant = entry.variant { append(.variant, variant) }
    if !entry.errors.isEmpty {
      append(",\"errors\":[")
      append(text: entry.errors.names.map { "\"\($0)\"" }.joined(separator: ","))
      append(byte: 0x5D)
    }
    append(byte: 0x7D)
  }
}

extension TopEntry {
  /// Reads what `append(_: TopEntry, name:value:)` wrote.
  init(_ document: JSONValue, name: Field, value: StaticString) throws(BadRecord) {
    guard var text = document["\(name.name)"]?.string, let number = document["\(value)"]?.number, number.isFinite else {
      throw BadRecord("an entry of “top” without “\(name.name)” or “\(value)”")
    }
    self = text.withUTF8 { TopEntry(name: Bytes($0), value: number) }
    uncounted = max(document["uncounted"]?.number ?? 0, 0)
    size = document["size"]?.integer
    bytes = document["bytes"]?.integer
    status = document["status"]?.integer
    variant = document["variant"]?.string
    for error in document["errors"]?.elements ?? [] {
      if var name = error.string { errors.formUnion(name.withUTF8 { ErrorSet(Bytes($0)) }) }
    }
  }
}
