import Records
import Toolkit

/// What a finding is about.
struct FoundItem {
  /// Nil: the entry's name says none.
  let path: Bytes?
  let selection: Selection
  let name: Bytes?
  /// Of the body as received.
  var bytes: Int?
  /// Of the entry.
  let kvBytes: Int?
  var expiration: Timestamp?
}

/// Counts findings, keeps the first of each kind, and writes each where an output for them is given.
struct DifferenceCollector: ~Copyable {
  /// How many of each kind are kept.
  static let exampleLimit = 20
  /// Longer texts of examples are cut: names of KV have at most 512 bytes.
  private static let exampleLength = 512

  private let output: Output?
  private var found = Differences()
  private var variants = FindingTable()
  private var prefixes = FindingTable()
  private var label = ByteBuffer()

  init(output: Output?) { self.output = output }

  var differences: Differences {
    var all = found
    all.byVariant = variants.ranking
    all.byPrefix = prefixes.ranking
    return all
  }

  mutating func count(_ finding: Finding, _ item: FoundItem) {
    found.total[finding] += 1
    // A part is of an entry that is counted itself.
    guard finding != .chunk, let path = item.path else { return }
    label.removeAll()
    item.selection.appendLabel(to: &label)
    variants.add(finding, to: label.bytes)
    prefixes.add(finding, to: path.slice(0, path.firstIndex(of: 0x2F).map { $0 + 1 } ?? 0))
  }

  /// Counts a finding, and tells of it.
  mutating func take(_ finding: Finding, _ item: FoundItem) throws(Failure) {
    count(finding, item)
    if found.examples[finding, default: []].count < Self.exampleLimit {
      found.examples[finding, default: []].append(example(item))
    }
    guard let output else { return }
    output.buffer.append(finding, item)
    output.endRecord()
    try output.flushIfFull()
  }

  private mutating func example(_ item: FoundItem) -> Difference {
    label.removeAll()
    item.selection.appendLabel(to: &label)
    return Difference(
      key: item.path.map(Self.cut), variant: item.path == nil ? nil : Self.cut(label.bytes),
      name: item.name.map(Self.cut), bytes: item.bytes, kvBytes: item.kvBytes, expiration: item.expiration)
  }

  private static func cut(_ text: Bytes) -> String {
    text.count <= exampleLength ? text.string : "\(text.slice(0, exampleLength).string)…"
  }
}

extension ByteBuffer {
  /// Appends a finding as a record, without its newline.
  fileprivate mutating func append(_ finding: Finding, _ item: FoundItem) {
    append("{\"difference\":\"")
    append(finding.name)
    append("\"")
    if let path = item.path {
      append(.key, path)
      if !isUTF8(path) {
        append(member: .keyBase64)
        append("\"")
        append(base64: path)
        append("\"")
      }
      append(.variant, escaped: item.selection.variant)
      append(.width, digits: item.selection.width)
      append(.height, digits: item.selection.height)
      append(.format, escaped: item.selection.format)
      append(.quality, digits: item.selection.quality)
    }
    if let name = item.name {
      append(",\"kv_name\":")
      append(quoted: name)
    }
    if let bytes = item.bytes { append(.bytes, bytes) }
    if let bytes = item.kvBytes {
      append(",\"kv_bytes\":")
      append(interoperable: bytes)
    }
    if let expiration = item.expiration {
      append(",\"expiration\":")
      append(quoted: expiration)
    }
    append("}")
  }

  /// Appends a text of a record's selection, where there is one.
  private mutating func append(_ field: Field, escaped text: Bytes) {
    guard !text.isEmpty else { return }
    var plain = ByteBuffer()
    plain.append(unescaping: text)
    append(field, plain.bytes)
  }

  /// Appends a number of a record's selection, where there is one; a quality may also be a word.
  private mutating func append(_ field: Field, digits: Bytes) {
    guard let number = digits.decimal else { return append(field, escaped: digits) }
    append(field, Int(number))
  }
}
