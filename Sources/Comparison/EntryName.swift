import Records

/// What the name of a KV entry says: of which object it is which derivative.
struct EntryName {
  /// What the entry holds, such as `video`, `image` or `frame`.
  var media: Bytes?
  /// The object's path, as it stands in the name.
  var path = Bytes.empty
  var selection = Selection()
  /// A name without a version is older than any with one.
  var version: UInt64 = 0
  /// Further parameters, each `name=value`: they tell entries apart, but results do not have them.
  var others: [Bytes] = []

  /// Splits `MEDIA:PATH`, behind which any number of `:NAME=VALUE` may stand. A path may hold colons and equals signs, so
  /// parameters are taken from the right, as long as they are known ones (`key-parameters.tsv`), each one once and with
  /// a value that it can have. Nil where the name is none of these.
  init?(_ name: Bytes) {
    guard let colon = name.firstIndex(of: 0x3A), Self.isWord(name.slice(0, colon)) else { return nil }
    media = name.slice(0, colon)
    var rest = name.slice(colon + 1, name.count)
    while let start = rest.lastIndex(of: 0x3A), take(rest.slice(start + 1, rest.count)) { rest = rest.slice(0, start) }
    path = rest
    guard !path.allSatisfy({ $0 == 0x2F }) else { return nil }
  }

  /// For a pattern to fill in.
  init() {}

  private mutating func take(_ parameter: Bytes) -> Bool {
    guard let equals = parameter.firstIndex(of: 0x3D), equals + 1 < parameter.count,
      let meaning = KeyParameter(parameter.slice(0, equals))
    else { return false }
    guard meaning != .other else {
      others.append(parameter)
      return true
    }
    return set(meaning, parameter.slice(equals + 1, parameter.count))
  }

  /// Notes a value; false where there is one already, or it is no number but must be one.
  mutating func set(_ parameter: KeyParameter, _ value: Bytes) -> Bool {
    switch parameter {
    case .variant: return Self.set(&selection.variant, value)
    case .width: return value.decimal != nil && Self.set(&selection.width, value)
    case .height: return value.decimal != nil && Self.set(&selection.height, value)
    case .format: return Self.set(&selection.format, value)
    case .quality: return Self.set(&selection.quality, value)
    case .version:
      guard version == 0, let number = value.decimal else { return false }
      version = UInt64(number) + 1
      return true
    case .other: return false
    }
  }

  private static func set(_ place: inout Bytes, _ value: Bytes) -> Bool {
    guard place.isEmpty else { return false }
    place = value
    return true
  }

  private static func isWord(_ text: Bytes) -> Bool {
    !text.isEmpty
      && text.allSatisfy {
        switch $0 {
        case 48...57, 65...90, 97...122, 45, 95: true
        default: false
        }
      }
  }

  /// The name of the entry that `name` is a part of, being that of a part of a large value: `…_chunk_N`; nil: it is none.
  static func whole(ofChunk name: Bytes) -> Bytes? {
    var digits = name.count
    while digits > 0, (48...57).contains(name[digits - 1]) { digits -= 1 }
    let ending: StaticString = "_chunk_"
    let start = digits - ending.utf8CodeUnitCount
    let isChunk = digits < name.count && start > 0 && name.slice(start, digits).equals(ending)
    return isChunk ? name.slice(0, start) : nil
  }
}

/// What a parameter at the end of a name says.
enum KeyParameter: String {
  case variant, width, height, format, quality, version, other

  private static let byName: [String: KeyParameter] = {
    var found: [String: KeyParameter] = [:]
    for row in Table(PackageResources.key_parameters_tsv).rows { found[row[0]] = KeyParameter(rawValue: row[1]) }
    return found
  }()

  init?(_ name: Bytes) {
    // No longer ones are known, and these need no memory of their own.
    guard name.count <= 15, let found = Self.byName[name.string] else { return nil }
    self = found
  }
}

extension UnsafeRawBufferPointer {
  /// The position of the last `byte`.
  func lastIndex(of byte: UInt8) -> Int? {
    var i = count - 1
    while i >= 0, self[i] != byte { i -= 1 }
    return i >= 0 ? i : nil
  }
}
