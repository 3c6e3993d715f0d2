import Records

/// Builds the records of results.
struct ResultLayout: ~Copyable {
  private let hasVariants: Bool
  private let replacesCharacters: Bool
  private var path = ByteBuffer()
  private var decoded = ByteBuffer()
  private var digits = ByteBuffer()
  private var out = ByteBuffer()

  init(hasVariants: Bool, replacesCharacters: Bool) {
    self.hasVariants = hasVariants
    self.replacesCharacters = replacesCharacters
  }

  /// The record of a result, valid until the next call.
  mutating func record(_ result: Record) throws(BadRecord) -> Bytes {
    guard !result.has(.record) else { throw BadRecord("a summary, not a result") }
    guard let isOK = result.boolean(.ok) else { throw BadRecord("“ok” is missing or not a boolean") }
    try readPath(of: result)
    let selection = hasVariants ? try selection(of: result) : Selection()
    var size = result.boolean(.partial) == true ? nil : try result.optionalCount(.bytes)
    // What was asked for as it is stored has its size.
    if size == nil, selection.isEmpty { size = try result.optionalCount(.size) }
    out.removeAll()
    out.append(.item, path: path.bytes, selection.canonical(for: path.bytes))
    ResultOutcome(isOK: isOK, bytes: size).append(to: &out)
    guard out.count <= RecordSorter.longest else { throw BadRecord("longer than a gigabyte") }
    return out.bytes
  }

  private mutating func selection(of result: Record) throws(BadRecord) -> Selection {
    digits.removeAll()
    // Three numbers of at most twenty characters, so that the first ones stay where they are.
    digits.reserve(60)
    return Selection(
      variant: result.text(.variant) ?? Bytes.empty, width: try number(.width, of: result),
      height: try number(.height, of: result), format: result.text(.format) ?? Bytes.empty,
      quality: try number(.quality, of: result))
  }

  private mutating func number(_ field: Field, of result: Record) throws(BadRecord) -> Bytes {
    guard let value = try result.optionalCount(field) else { return Bytes.empty }
    let start = digits.count
    digits.append(value)
    return digits.bytes.slice(start, digits.count)
  }

  private mutating func readPath(of result: Record) throws(BadRecord) {
    path.removeAll()
    decoded.removeAll()
    let key: Bytes
    if result.has(.keyBase64) {
      guard decoded.append(decodingBase64: try result.required(.keyBase64)) else {
        throw BadRecord("“key_base64” is not base64")
      }
      key = decoded.bytes
    } else if result.has(.key) {
      key = try result.required(.key)
    } else {
      decoded.append(percentDecoded: pathOfURL(try result.required(.url)), plusIsSpace: false)
      key = decoded.bytes
    }
    let name = key.droppingSlashes
    guard !name.isEmpty else { throw BadRecord("its path is empty") }
    if replacesCharacters { path.append(replaced: name) } else { path.append(name) }
  }
}

/// The path of an absolute URL, as it stands there; empty where there is none.
private func pathOfURL(_ url: Bytes) -> Bytes {
  var start = 0
  while let colon = url.firstIndex(of: 0x3A, from: start) {
    start = colon + 1
    guard url.slice(start, url.count).starts(with: "//".utf8) else { continue }
    let rest = url.slice(start + 2, url.count)
    let end = rest.firstIndex { $0 == 0x3F || $0 == 0x23 } ?? rest.count
    return rest.firstIndex(of: 0x2F).map { $0 < end ? rest.slice($0, end) : Bytes.empty } ?? Bytes.empty
  }
  return Bytes.empty
}

extension UnsafeRawBufferPointer {
  /// Without slashes at the start.
  var droppingSlashes: Bytes { slice(firstIndex { $0 != 0x2F } ?? count, count) }
}

extension ByteBuffer {
  /// Appends a path as workers of the video-resizer family do: percent-encoded, and then a hyphen for each character that
  /// is none of letters, digits and `_:/=.*-`.
  fileprivate mutating func append(replaced path: Bytes) {
    var encoded = ByteBuffer(capacity: path.count * 3)
    encoded.append(percentEncoded: path)
    for byte in encoded.bytes {
      switch byte {
      case 48...57, 65...90, 97...122, 0x5F, 0x3A, 0x2F, 0x3D, 0x2E, 0x2A, 0x2D: append(byte: byte)
      default: append(byte: 0x2D)
      }
    }
  }
}
