import Records

/// What records are counted and grouped by: a member, or something derived from members.
package enum Dimension: Hashable, Sendable {
  case field(Field)
  /// `extension`: of `key`, or of the path of `url` where there is no key; in lower case.
  case fileExtension
  /// `host`: of `url`, with its port where one stands; in lower case.
  case host
  /// `size_bucket`: a `SizeBucket` of `size`, or of `bytes` where there is no size.
  case sizeBucket
  /// `message`: `error_message` with its numbers and identifiers masked.
  case message
  /// `vary_accept`: of answers that differ by the Accept header (`vary`), whether the request had one: `negotiated`, or
  /// only the `default` was asked for.
  case varyAccept

  private static let derived: [Dimension] = [.fileExtension, .host, .sizeBucket, .message, .varyAccept]

  /// The names of all.
  package static let names = (Field.allCases.map { Dimension.field($0) } + derived).map { "\($0.name)" }

  package init?(_ name: some StringProtocol) {
    if let found = Self.derived.first(where: { "\($0.name)" == name }) {
      self = found
    } else if let field = Field(named: name) {
      self = .field(field)
    } else {
      return nil
    }
  }

  package var name: StaticString {
    switch self {
    case .field(let field): field.name
    case .fileExtension: "extension"
    case .host: "host"
    case .sizeBucket: "size_bucket"
    case .message: "message"
    case .varyAccept: "vary_accept"
    }
  }

  /// The members that it is read from.
  package var fields: [Field] {
    switch self {
    case .field(let field): [field]
    case .fileExtension: [.key, .url]
    case .host: [.url]
    case .sizeBucket: [.size, .bytes]
    case .message: [.errorMessage]
    case .varyAccept: [.vary, .accept]
    }
  }

  /// By the fields' raw values: the table of fields would be asked for each member of each record, and copies a row each time.
  private static let isBoolean = Field.allCases.map { field in
    if case .boolean = field.definition.kind { true } else { false }
  }

  /// A number in one spelling. Null, arrays and objects are no values, and only `true` and `false` are those of a boolean.
  private static func value(of field: Field, _ record: Record, _ scratch: inout ByteBuffer) -> Bytes? {
    if isBoolean[field.rawValue] {
      return record.boolean(field).map { ($0 ? "true" as StaticString : "false").bytes }
    }
    if let text = record.text(field) { return text }
    guard let raw = record.raw(field), let first = raw.first else { return nil }
    if record.integer(field) != nil { return raw }
    scratch.removeAll()
    if let whole = record.whole(field) {
      scratch.append(whole)
    } else if let number = record.number(field) {
      scratch.append(exact: number)
    } else {
      return first == 0x2D || isDigit(first) || first == 0x74 || first == 0x66 ? raw : nil
    }
    return scratch.bytes
  }

  /// The value of a record, or nil where it has none; valid until `scratch` or the record changes.
  func value(of record: Record, _ scratch: inout ByteBuffer) -> Bytes? {
    switch self {
    case .field(let field): return Self.value(of: field, record, &scratch)
    case .fileExtension: return mediaExtension(of: record).map { lowercased($0, &scratch) }
    case .host: return record.text(.url).flatMap(urlHost).map { lowercased($0, &scratch) }
    case .sizeBucket: return (record.number(.size) ?? record.number(.bytes)).map { SizeBucket(bytes: $0).literal.bytes }
    case .message: return record.text(.errorMessage).map { masked($0, &scratch) }
    case .varyAccept:
      guard let vary = record.text(.vary), lists(vary, "accept") else { return nil }
      return (record.text(.accept) != nil ? "negotiated" as StaticString : "default").bytes
    }
  }
}

/// The eight buckets of object sizes.
package enum SizeBucket: Int, CaseIterable, Sendable {
  case below1KiB, to100KiB, to1MiB, to10MiB, to100MiB, to500MiB, to1GiB, above1GiB

  private static let ends = [1 << 10, 100 << 10, 1 << 20, 10 << 20, 100 << 20, 500 << 20, 1 << 30].map { Double($0) }

  /// The first bucket ends before 1 KiB, the others hold their upper end.
  package init(bytes: Double) {
    guard bytes >= Self.ends[0] else {
      self = .below1KiB
      return
    }
    self = Self.allCases[Self.ends.dropFirst().firstIndex { bytes <= $0 } ?? Self.ends.count]
  }

  package var literal: StaticString {
    switch self {
    case .below1KiB: "<1KiB"
    case .to100KiB: "1KiB-100KiB"
    case .to1MiB: "100KiB-1MiB"
    case .to10MiB: "1MiB-10MiB"
    case .to100MiB: "10MiB-100MiB"
    case .to500MiB: "100MiB-500MiB"
    case .to1GiB: "500MiB-1GiB"
    case .above1GiB: ">1GiB"
    }
  }
}

private func lowercased(_ text: Bytes, _ scratch: inout ByteBuffer) -> Bytes {
  guard text.contains(where: { $0 >= 0x41 && $0 <= 0x5A }) else { return text }
  scratch.removeAll()
  for byte in text { scratch.append(byte: Records.lowercased(byte)) }
  return scratch.bytes
}

/// The extension of a record's key, or of its URL where it has none; not one of more than 16 bytes.
private func mediaExtension(of record: Record) -> Bytes? {
  guard let key = record.text(.key) ?? record.text(.url).map(urlPath), let found = fileExtension(of: key),
    found.count <= 16
  else { return nil }
  return found
}

/// Where the authority of a URL begins, and where it ends; nil where there is none.
private func urlAuthority(_ url: Bytes) -> (start: Int, end: Int)? {
  guard let colon = url.firstIndex(of: 0x3A), colon + 2 < url.count, url[colon + 1] == 0x2F, url[colon + 2] == 0x2F
  else { return nil }
  let start = colon + 3
  var end = start
  while end < url.count, url[end] != 0x2F, url[end] != 0x3F, url[end] != 0x23 { end += 1 }
  return (start, end)
}

/// Without what stands before an `@`: it is no part of the name, and may be a secret.
private func urlHost(_ url: Bytes) -> Bytes? {
  guard let (start, end) = urlAuthority(url) else { return nil }
  let authority = url.slice(start, end)
  let host = authority.lastIndex(of: 0x40).map { authority.slice($0 + 1, authority.count) } ?? authority
  return host.isEmpty ? nil : host
}

/// The path of a URL, without a slash at its end.
private func urlPath(_ url: Bytes) -> Bytes {
  let start = urlAuthority(url)?.end ?? 0
  var end = start
  while end < url.count, url[end] != 0x3F, url[end] != 0x23 { end += 1 }
  while end > start, url[end - 1] == 0x2F { end -= 1 }
  return url.slice(start, end)
}

/// Whether a comma-separated list of lower-case words has this one.
private func lists(_ list: Bytes, _ word: StaticString) -> Bool {
  var start = 0
  while start <= list.count {
    let end = list.firstIndex(of: 0x2C, from: start) ?? list.count
    if list.slice(start, end).trimmed.equals(word) { return true }
    start = end + 1
  }
  return false
}

extension StaticString {
  var bytes: Bytes { Bytes(start: utf8Start, count: utf8CodeUnitCount) }
}
