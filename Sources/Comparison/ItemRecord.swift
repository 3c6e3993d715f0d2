import Records

/// How results and entries are laid out for sorting: the path as a part; what they are; the five parts of their
/// selection; and then
/// - of a result: whether it failed, and its size, the largest first;
/// - of an entry: its further parameters as a part, its version from the highest down, its expiration, its size and its
///   name.
struct ItemRecord {
  enum Kind: UInt8 {
    /// A derivative of an object.
    case item = 1
    /// Something else made from an object, such as a frame of a video: no result is of that.
    case derived = 2
    /// A name that says nothing of an item: it is the path.
    case unmatched = 3
    /// A part of a large value of any of these.
    case chunk = 4, unmatchedChunk = 5

    var hasPath: Bool { self != .unmatched && self != .unmatchedChunk }
    var isChunk: Bool { self == .chunk || self == .unmatchedChunk }
  }

  /// A size or expiration that is not known: it sorts last.
  static let unknown = UInt64.max

  let bytes: Bytes
  /// Where the parts end; the kind is the byte behind the path.
  let path, variant, width, height, format, quality: Int

  /// - Parameters:
  ///   - bytes: the record, or the record without its path.
  ///   - path: where the path ends in them.
  init(_ bytes: Bytes, path: Int) {
    self.bytes = bytes
    self.path = path
    variant = bytes.endOfPart(path + 1)
    width = bytes.endOfPart(variant)
    height = bytes.endOfPart(width)
    format = bytes.endOfPart(height)
    quality = bytes.endOfPart(format)
  }

  var kind: Kind { Kind(rawValue: bytes[path]) ?? .unmatched }

  /// The texts are still escaped as parts are.
  var selection: Selection {
    Selection(
      variant: part(path + 1, variant), width: part(variant, width), height: part(width, height),
      format: part(height, format), quality: part(format, quality))
  }

  private func part(_ start: Int, _ end: Int) -> Bytes { bytes.slice(start, end - 2) }
}

extension ByteBuffer {
  /// Appends what results and entries have in common.
  mutating func append(_ kind: ItemRecord.Kind, path: Bytes, _ selection: Selection) {
    append(part: path)
    append(byte: kind.rawValue)
    append(part: selection.variant)
    append(part: selection.width)
    append(part: selection.height)
    append(part: selection.format)
    append(part: selection.quality)
  }
}

/// What a result says besides.
struct ResultOutcome {
  let isOK: Bool
  let bytes: Int?

  init(isOK: Bool, bytes: Int?) {
    self.isOK = isOK
    self.bytes = bytes
  }

  /// Of a record of a result.
  init(_ record: ItemRecord) {
    isOK = record.bytes[record.quality] == 0
    let size = record.bytes.number(at: record.quality + 1)
    bytes = size == ItemRecord.unknown ? nil : Int(ItemRecord.unknown - 1 - size)
  }

  func append(to out: inout ByteBuffer) {
    out.append(byte: isOK ? 0 : 1)
    out.append(number: bytes.map { ItemRecord.unknown - 1 - UInt64($0) } ?? ItemRecord.unknown)
  }
}

/// What an entry says besides.
struct EntryDetails {
  let version: UInt64
  /// Seconds since 1970.
  let expiration: Int?
  let size: Int?
  let name: Bytes

  init(version: UInt64, expiration: Int?, size: Int?, name: Bytes) {
    self.version = version
    self.expiration = expiration
    self.size = size
    self.name = name
  }

  /// - Parameter place: where the entry's further parameters end.
  init(_ bytes: Bytes, at place: Int) {
    version = ~bytes.number(at: place)
    let expires = bytes.number(at: place + 8)
    expiration = expires == ItemRecord.unknown ? nil : Int(bitPattern: UInt(expires ^ 1 << 63))
    let size = bytes.number(at: place + 16)
    self.size = size == ItemRecord.unknown ? nil : Int(size)
    name = bytes.slice(place + 24, bytes.count)
  }

  func append(to out: inout ByteBuffer) {
    out.append(number: ~version)
    // With the sign turned, the order is that of the numbers.
    out.append(number: expiration.map { UInt64(UInt(bitPattern: $0)) ^ 1 << 63 } ?? ItemRecord.unknown)
    out.append(number: size.map { UInt64($0) } ?? ItemRecord.unknown)
    out.append(name)
  }
}
