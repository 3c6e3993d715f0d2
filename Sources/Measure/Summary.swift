import Records

/// What a stream of records comes to, in memory that does not grow with it.
package final class Summary {
  /// Members counted by value. `extension` is derived from the key, or from the URL where there is none.
  package static let counted: [Field] = [.ok, .status, .error, .cache, .variant, .media, .sizeClass]
  package static let extensionName: StaticString = "extension"

  /// Members measured.
  package static let measured: [Field] = [
    .size, .bytes, .total, .ttfb, .dns, .connect, .tls, .attempts, .cacheAge,
  ]

  /// All members read.
  package static let fields: [Field] = counted + measured + [.key, .url, .started]

  /// The members that make the group, `"variant":"mobile"`; empty for all records.
  package let group: String
  package private(set) var records = 0
  private var counters = UniqueArray(count: Summary.counted.count)
  private var extensions = ValueCounter()
  private var quantities = [Quantity](repeating: Quantity(), count: Summary.measured.count)
  private var started = Timestamp(milliseconds: .max)
  private var finished = Timestamp(milliseconds: .min)
  private var suffix = ByteBuffer(capacity: 16)

  package init(group: String = "") { self.group = group }

  package func add(_ record: Record) {
    records += 1
    for i in 0..<Self.counted.count {
      let field = Self.counted[i]
      guard let value = record.text(field) ?? record.raw(field) else { continue }
      counters.count(value, at: i)
    }
    countExtension(record)
    var total = 0.0
    for i in 0..<Self.measured.count {
      guard let value = record.number(Self.measured[i]) else { continue }
      quantities[i].add(value)
      if Self.measured[i] == .total { total = value }
    }
    if let text = record.text(.started), let time = Timestamp(text) {
      started = min(started, time)
      finished = max(finished, time.adding(milliseconds: Int(min(max(total, 0), 1e12))))
    }
  }

  private func countExtension(_ record: Record) {
    guard let found = mediaExtension(of: record) else { return }
    suffix.removeAll()
    for byte in found { suffix.append(byte: lowercased(byte)) }
    extensions.count(suffix.bytes)
  }

  /// Appends the summary record.
  package func write(to out: inout ByteBuffer) {
    out.append("{\"record\":\"summary\"")
    if !group.isEmpty {
      out.append(",\"group\":{")
      out.append(text: group)
      out.append(byte: 0x7D)
    }
    out.append(",\"records\":")
    out.append(interoperable: records)
    if started <= finished {
      out.append(",\"started\":")
      out.append(quoted: started)
      out.append(",\"finished\":")
      out.append(quoted: finished)
    }
    for (i, field) in Self.counted.enumerated() { write(counters.ranking(at: i), field.name, to: &out) }
    write(extensions.ranking(), Self.extensionName, to: &out)
    for (i, field) in Self.measured.enumerated() where quantities[i].count > 0 {
      out.append(member: field)
      out.append(quantities[i])
    }
    out.append(byte: 0x7D)
  }

  private func write(_ ranking: [(name: String, count: Int)], _ name: StaticString, to out: inout ByteBuffer) {
    guard !ranking.isEmpty else { return }
    out.append(",\"")
    out.append(name)
    out.append("\":{")
    for (i, entry) in ranking.enumerated() {
      if i > 0 { out.append(byte: 0x2C) }
      out.append(quoted: entry.name)
      out.append(byte: 0x3A)
      out.append(interoperable: entry.count)
    }
    out.append(byte: 0x7D)
  }
}

/// The extension of a record's key, or of its URL where it has none; not one of more than 16 bytes.
func mediaExtension(of record: Record) -> Bytes? {
  guard let key = record.text(.key) ?? record.text(.url).map(urlPath), let found = fileExtension(of: key),
    found.count <= 16
  else { return nil }
  return found
}

/// The path of a URL, without a slash at its end.
private func urlPath(_ url: Bytes) -> Bytes {
  var end = url.firstIndex { $0 == 0x3F || $0 == 0x23 } ?? url.count
  while end > 0, url[end - 1] == 0x2F { end -= 1 }
  // Behind the scheme's "://" the next slash begins the path.
  let scheme = url.slice(0, end).firstIndex(of: 0x3A).map { $0 + 3 } ?? 0
  let start = url.slice(0, end).firstIndex(of: 0x2F, from: scheme) ?? end
  return url.slice(start, end)
}

/// A fixed number of counters: an array cannot hold what is not copyable.
private struct UniqueArray: ~Copyable {
  private let counters: UnsafeMutableBufferPointer<ValueCounter>

  init(count: Int) {
    counters = .allocate(capacity: count)
    for i in 0..<count { counters.initializeElement(at: i, to: ValueCounter()) }
  }

  deinit {
    counters.deinitialize()
    counters.deallocate()
  }

  mutating func count(_ value: Bytes, at i: Int) { counters[i].count(value) }
  func ranking(at i: Int) -> [(name: String, count: Int)] { counters[i].ranking() }
}
