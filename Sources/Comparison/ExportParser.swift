import Records

/// An entry of a KV namespace, as an export has it. Valid until the next one is parsed.
struct ExportEntry {
  let name: Bytes
  /// When the entry expires, in seconds since 1970; nil: never, as far as the export says.
  let expiration: Int?
  /// Bytes of what is stored, as far as the export says.
  let size: Int?
}

/// Parses the elements of an export of a KV namespace.
final class ExportParser {
  enum Content {
    case entry(ExportEntry)
    /// The array of entries within an answer of Cloudflare's API, and whether there is more than this answer has.
    case list(Bytes, goesOn: Bool)
    /// The API's words on why it has no list.
    case failure(String)
  }

  private enum Member: Int {
    case name, key, expiration, metadata, value, base64, result, success, errors, resultInfo
  }
  private let parser = ObjectParser(reading: [
    "name", "key", "expiration", "metadata", "value", "base64", "result", "success", "errors", "result_info",
  ])
  private let resultInfo = ObjectParser(reading: ["cursor"])

  /// Where workers note what they store. The first two are of the whole, also where it is stored in parts; the others are
  /// then of a list of the parts.
  private enum SizeMember: Int, CaseIterable {
    case actualTotalVideoSize, totalSize, contentLength, snakeContentLength, size, isChunked
    static let ofWhole = [actualTotalVideoSize, totalSize]
    static let ofValue = [contentLength, snakeContentLength, size]
  }
  private let metadata = ObjectParser(reading: [
    "actualTotalVideoSize", "totalSize", "contentLength", "content_length", "size", "isChunked",
  ])

  /// - Parameters:
  ///   - text: an element; `RecordParser.padding` readable bytes follow.
  ///   - mayBeAnswer: whether it may hold a list instead of being an entry.
  func parse(_ text: Bytes, mayBeAnswer: Bool) throws(BadRecord) -> Content {
    try parser.parse(text)
    let member = parser.has(Member.name.rawValue) ? Member.name : .key
    guard parser.has(member.rawValue) else {
      if mayBeAnswer, let answer { return answer }
      throw BadRecord("neither “name” nor “key” is there")
    }
    guard let name = parser.text(member.rawValue) else { throw BadRecord("“\(member)” is not a string") }
    guard !name.isEmpty else { throw BadRecord("“\(member)” is empty") }
    return .entry(ExportEntry(name: name, expiration: try expiration(), size: size()))
  }

  /// The object as an answer of Cloudflare's API; nil: it is none.
  private var answer: Content? {
    guard parser.boolean(Member.success.rawValue) != false else { return .failure(errors) }
    guard let list = parser.compound(Member.result.rawValue), list.first == 0x5B else { return nil }
    let info = parser.compound(Member.resultInfo.rawValue)
    let isRead = info.map { (try? resultInfo.parse($0)) != nil } ?? false
    return .list(list, goesOn: isRead && resultInfo.text(0)?.isEmpty == false)
  }

  /// `Authentication error (10000); …`, as many as a message can hold.
  private var errors: String {
    guard let text = parser.compound(Member.errors.rawValue), text.count <= Self.longestErrors,
      let list = try? JSONValue(parsing: text)
    else { return Self.noReason }
    let errors = list.elements.prefix(3).compactMap { error in
      error["message"]?.string.map { $0 + (error["code"]?.integer.map { " (\($0))" } ?? "") }
    }
    return errors.isEmpty ? Self.noReason : errors.joined(separator: "; ")
  }

  /// In bytes.
  private static let longestErrors = 4096
  private static let noReason = "it does not say why"

  private func expiration() throws(BadRecord) -> Int? {
    guard parser.has(Member.expiration.rawValue) else { return nil }
    guard let seconds = parser.number(Member.expiration.rawValue).flatMap({ Int(exactly: $0.rounded()) }) else {
      throw BadRecord("“expiration” is not a time in seconds since 1970")
    }
    return seconds
  }

  private func size() -> Int? {
    guard let text = parser.compound(Member.metadata.rawValue), (try? metadata.parse(text)) != nil else {
      return valueSize
    }
    if let whole = size(of: SizeMember.ofWhole) { return whole }
    guard metadata.boolean(SizeMember.isChunked.rawValue) != true else { return nil }
    return size(of: SizeMember.ofValue) ?? valueSize
  }

  private func size(of members: [SizeMember]) -> Int? {
    for member in members {
      if let size = metadata.number(member.rawValue).flatMap({ Int(exactly: $0) }), size >= 0 { return size }
    }
    return nil
  }

  /// Of the value itself, where the export has it.
  private var valueSize: Int? {
    guard let value = parser.text(Member.value.rawValue) else { return nil }
    guard parser.boolean(Member.base64.rawValue) == true else { return value.count }
    guard value.count % 4 == 0 else { return nil }
    return value.count / 4 * 3 - value.suffix(2).count { $0 == 0x3D }
  }
}
