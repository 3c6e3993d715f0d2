import Records

/// Reads the lines that `rclone lsjson` writes: an array, each object of it on a line of its own.
final class RcloneLines {
  private struct Item {
    /// As rclone writes it.
    var path: String
    var value: JSONValue
    /// Whether the path lacks bytes of the name.
    var isPathBroken: Bool
  }

  private let source: Source
  /// What the root is called.
  private let rootName: String
  private let lines: ObjectLines
  private var key = ByteBuffer()
  private var hasBegun = false
  private var hasObjects = false
  private var held: Item?
  private var brokenPath: String?
  /// Whether the array had an end.
  private(set) var isWhole = false

  init(_ remote: RcloneRemote, _ selection: Selection) {
    source = Source(remote.source)
    rootName = remote.lastSegment
    lines = ObjectLines(selection)
  }

  /// Appends the object of a line, if it is wanted.
  func append(_ line: Bytes, to chunk: Chunk) throws(BadRecord) -> ProgramListing.Line {
    if line.equals("[") {
      hasBegun = true
      return .other
    }
    if line.equals("]") {
      isWhole = hasBegun
      return .other
    }
    guard !line.isEmpty else { return .other }
    guard hasBegun, !isWhole else { throw BadRecord("a line outside of the array") }
    let text = line.last == 0x2C ? line.slice(0, line.count - 1) : line
    let value = try JSONValue(parsing: text)
    guard let path = value["Path"]?.string else { throw BadRecord("no Path") }
    guard value["IsDir"] != .boolean(true) else { return .other }
    let item = Item(path: path, value: value, isPathBroken: hasEscapedReplacement(text))
    appendHeld(to: chunk)
    if !hasObjects, path == rootName { held = item } else { append(item, to: chunk) }
    hasObjects = true
    return .object
  }

  /// Whether there is no object but one that may be the root itself: then the root is a file, and no directory.
  var holdsOnlyObject: Bool { held != nil }

  /// Appends the object that `holdsOnlyObject` tells of, where the root is a directory that holds it.
  func appendHeld(to chunk: Chunk) {
    guard let item = held else { return }
    held = nil
    append(item, to: chunk)
  }

  private func append(_ item: Item, to chunk: Chunk) {
    key.removeAll()
    lend(item.path) { key.append(rclonePath: $0) }
    guard let media = lines.media(ofWanted: key.bytes) else { return }
    if item.isPathBroken {
      brokenPath = item.path
      return
    }
    var object = StoredObject(key: key.bytes)
    object.size = item.value["Size"]?.integer.flatMap { $0 >= 0 ? $0 : nil }
    object.modified = item.value["ModTime"]?.string.flatMap { modified($0) }
    lend(ifAny: item.value["Tier"]?.string) { tier in
      object.storageClass = tier
      lines.append(object, media, source, to: chunk)
    }
  }

  /// The path of a wanted object that is left out, because rclone could not write it as it is.
  func takeBrokenPath() -> String? {
    defer { brokenPath = nil }
    return brokenPath
  }

  /// The encoder writes a byte that is no UTF-8 as an escaped U+FFFD, but a U+FFFD that is there as it is.
  private func hasEscapedReplacement(_ text: Bytes) -> Bool {
    var from = 0
    while let backslash = text.firstIndex(of: 0x5C, from: from) {
      if backslash + 6 <= text.count, text.slice(backslash + 1, backslash + 6).equals("ufffd") { return true }
      // What is behind it is escaped, a second backslash too.
      from = backslash + 2
    }
    return false
  }

  /// Where a store has no times, rclone writes none, or with some backends the epoch.
  private func modified(_ text: String) -> Timestamp? {
    guard let time = lend(text, { Timestamp($0) }), time.milliseconds != 0 else { return nil }
    return time
  }
}

/// Lends the bytes of a text.
func lend<R>(_ text: String, _ body: (Bytes) -> R) -> R {
  var text = text
  return text.withUTF8 { body(Bytes($0)) }
}

/// Lends the bytes of a text; nil where there is none, or an empty one.
func lend<R>(ifAny text: String?, _ body: (Bytes?) -> R) -> R {
  guard let text, !text.isEmpty else { return body(nil) }
  return lend(text) { body($0) }
}
