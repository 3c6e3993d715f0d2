import CSimdjson

/// Why a line is no record. `reason` completes "FILE:LINE: …".
package struct BadRecord: Error, Equatable {
  package let reason: String
  package init(_ reason: String) { self.reason = reason }
}

/// Reads records, a line at a time, by simdjson's strict parse.
package final class RecordParser {
  /// Bytes that must be readable behind each line given to `parse`.
  package static let padding = Int(MT_JSON_PADDING)

  private let handle: OpaquePointer
  private let fields: [Field]
  /// For each field, by its raw value, the index of its value in the parser's results, or -1.
  private let places: UnsafeMutablePointer<Int>
  private var body = ByteBuffer(capacity: 4096)

  /// - Parameters:
  ///   - fields: the members to read.
  ///   - owned: the members that the tool itself writes, which `Record.body` leaves out.
  package init(reading fields: [Field], owning owned: [Field]) {
    self.fields = Array(Set(fields).union(owned)).sorted { $0.rawValue < $1.rawValue }
    places = .allocate(capacity: Field.allCases.count)
    places.initialize(repeating: -1, count: Field.allCases.count)
    for (place, field) in self.fields.enumerated() { places[field.rawValue] = place }
    let names = self.fields.map {
      UnsafeRawPointer($0.name.utf8Start).assumingMemoryBound(to: CChar.self) as UnsafePointer<CChar>?
    }
    let flags = self.fields.map { UInt8(owned.contains($0) ? 1 : 0) }
    guard let handle = mt_json_parser_new(names, flags, names.count) else { fatalError("out of memory") }
    self.handle = handle
  }

  deinit {
    mt_json_parser_free(handle)
    places.deallocate()
  }

  /// Parses `line`, behind which `padding` bytes must be readable. The record is valid until the next call.
  package func parse(_ line: Bytes) throws(BadRecord) -> Record {
    guard let text = line.baseAddress, !line.isEmpty else { throw BadRecord("an empty line") }
    let status = mt_json_parse(handle, text.assumingMemoryBound(to: CChar.self), line.count)
    guard status == MT_JSON_OK.rawValue else { throw BadRecord(Self.reason(status, line)) }
    return Record(line: line, body: assembleBody(of: line), values: mt_json_values(handle), places: places)
  }

  /// `status` of mt_json_parse in words.
  static func reason(_ status: Int32, _ line: Bytes) -> String {
    switch UInt32(status) {
    case MT_JSON_NOT_OBJECT.rawValue: "not a JSON object"
    case MT_JSON_NOT_UTF8.rawValue: "not valid UTF-8"
    case MT_JSON_TOO_DEEP.rawValue: "nested too deeply (more than 1024 levels)"
    case MT_JSON_TOO_LONG.rawValue: "longer than 4 GiB"
    case MT_JSON_NO_MEMORY.rawValue: "not enough memory for a line of \(line.count) bytes"
    default: line.trimmed.first == 0x7B ? "not valid JSON" : "not a JSON object"
    }
  }

  /// The line without its closing brace and without owned members: ready for `,"name":value` and `}`.
  private func assembleBody(of line: Bytes) -> Bytes {
    var count = 0
    guard let kept = mt_json_kept(handle, &count), count > 0 else { return emptyBody }
    var end = Int(kept[count - 1].end)
    if count == 1, line[end] == 0x7D, isFirstMember(kept[0].start, line) { return line.slice(0, end) }
    body.removeAll()
    for i in 0..<count {
      end = Int(kept[i].end)
      body.append(byte: i == 0 ? 0x7B : 0x2C)
      body.append(line.slice(Int(kept[i].start), end))
    }
    return body.bytes
  }

  private var emptyBody: Bytes {
    body.removeAll()
    body.append(byte: 0x7B)
    return body.bytes
  }

  /// Whether only the opening brace and blanks stand before `start`.
  private func isFirstMember(_ start: UInt32, _ line: Bytes) -> Bool {
    var i = Int(start) - 1
    while i > 0, isBlank(line[i]) { i -= 1 }
    return i >= 0 && line[i] == 0x7B && line.slice(0, i).allSatisfy(isBlank)
  }
}
