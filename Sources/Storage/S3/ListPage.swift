import Records

/// One page of a listing, built while its XML is read: lines of what is wanted, and what the page says of itself.
/// A page counts only when its document is complete.
final class ListPage: XMLHandler {
  /// Lines of the objects so far; taken by whoever delivers them.
  private(set) var chunk = Chunk(capacity: 256 << 10)
  private(set) var isTruncated = false
  /// ListObjectsV2's; nil: this is no answer of V2, or the last page.
  private(set) var nextToken: String?
  private(set) var nextKeyMarker: [UInt8]?
  private(set) var nextVersionMarker: String?
  /// The version of the last entry, where versions are listed.
  private(set) var lastVersion: String?
  /// Whether an entry has no key, or one that is not below the prefix that was asked for.
  private(set) var hasStrangeKeys = false
  /// Whether the keys do not ascend.
  private(set) var isUnordered = false
  /// Whether the answer is a listing at all.
  private(set) var isListing = false
  /// Whether the store says that it has percent-encoded the keys, as it was asked to.
  private(set) var isEncoded = false
  private(set) var error = ErrorAnswer()

  /// What a store says when it refuses.
  struct ErrorAnswer: Equatable {
    var code = ""
    var message = ""
    /// Where the bucket is.
    var region: String?
  }

  /// Whether keys are decoded as they come; what `isEncoded` says stands behind them in some answers.
  var decodesKeys = true

  /// Where an entry ends: in the keys, in the lines, and how many lines there are up to it.
  private struct Entry {
    let key: Range<Int>
    let linesEnd: Int
    let lineCount: Int
  }

  private let lines: ObjectLines
  private let source: Source
  /// The bytes of the listed root, which keys are relative to.
  private let root: [UInt8]
  private let hasVersions: Bool

  private var keys = ByteBuffer(capacity: 64 << 10)
  private var entries: [Entry] = []
  private var key = 0..<0
  private var size: Int?
  private var modified: Timestamp?
  private var isLatest: Bool?
  private var etag = OptionalText()
  private var storageClass = OptionalText()
  private var version = OptionalText()

  private struct OptionalText: ~Copyable {
    private var buffer = ByteBuffer(capacity: 64)
    private var isThere = false
    var bytes: Bytes? { isThere ? buffer.bytes : nil }
    mutating func clear() { isThere = false }
    mutating func set(_ text: Bytes) {
      buffer.removeAll()
      buffer.append(text)
      isThere = true
    }
  }

  init(_ lines: ObjectLines, source: String, root: [UInt8], hasVersions: Bool) {
    self.lines = lines
    self.source = Source(source)
    self.root = root
    self.hasVersions = hasVersions
  }

  /// Forgets everything, for another answer.
  func restart() {
    chunk.removeAll()
    isTruncated = false
    nextToken = nil
    nextKeyMarker = nil
    nextVersionMarker = nil
    lastVersion = nil
    hasStrangeKeys = false
    isUnordered = false
    isListing = false
    isEncoded = false
    error = ErrorAnswer()
    keys.removeAll()
    entries.removeAll(keepingCapacity: true)
    clearObject()
  }

  /// Keys on the page, wanted or not.
  var count: Int { entries.count }

  /// The page's n-th key.
  func key(_ n: Int) -> Bytes { keys.bytes.slice(entries[n].key.lowerBound, entries[n].key.upperBound) }

  /// How many of the page's keys are `upper` or before it.
  func count(upTo upper: [UInt8]) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if upper.withUnsafeBytes({ key(middle).precedes($0) || key(middle).equals($0) }) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// The lines of the first `count` keys. The page has none afterwards.
  func takeLines(ofFirst count: Int) -> Chunk {
    let taken = chunk
    chunk = Chunk(capacity: 256 << 10)
    guard count < entries.count else { return taken }
    taken.lines.truncate(to: count == 0 ? 0 : entries[count - 1].linesEnd)
    taken.count = count == 0 ? 0 : entries[count - 1].lineCount
    return taken
  }

  func begin(_ element: Bytes, depth: Int) {
    if depth == 1 { isListing = element.equals("ListBucketResult") || element.equals("ListVersionsResult") }
    if depth == 2 { clearObject() }
  }

  func end(_ element: Bytes, text: Bytes, depth: Int) {
    switch depth {
    case 2 where isListing: endPart(element, text)
    case 2: endErrorPart(element, text)
    case 3 where isListing: endMember(element, text)
    default: break
    }
  }

  private func clearObject() {
    key = 0..<0
    size = nil
    modified = nil
    isLatest = nil
    etag.clear()
    storageClass.clear()
    version.clear()
  }

  private func endPart(_ element: Bytes, _ text: Bytes) {
    if element.equals("Contents") || element.equals("Version") {
      add(isObject: true)
    } else if element.equals("DeleteMarker") {
      add(isObject: false)
    } else if element.equals("IsTruncated") {
      isTruncated = text.equals("true")
    } else if element.equals("NextContinuationToken") {
      nextToken = text.string
    } else if element.equals("NextKeyMarker") {
      nextKeyMarker = decoded(text)
    } else if element.equals("NextVersionIdMarker") {
      nextVersionMarker = text.string
    } else if element.equals("EncodingType") {
      isEncoded = text.equals("url")
    }
  }

  private func endMember(_ element: Bytes, _ text: Bytes) {
    if element.equals("Key") {
      let start = keys.count
      if decodesKeys { keys.append(percentDecoded: text, plusIsSpace: true) } else { keys.append(text) }
      key = start..<keys.count
    } else if element.equals("Size") {
      size = text.decimal.map { Int($0) }
    } else if element.equals("LastModified") {
      modified = Timestamp(text)
    } else if element.equals("ETag") {
      etag.set(text.unquoted)
    } else if element.equals("StorageClass") {
      storageClass.set(text)
    } else if element.equals("VersionId") {
      if hasVersions { version.set(text) }
    } else if element.equals("IsLatest") {
      isLatest = text.equals("true")
    }
  }

  private func endErrorPart(_ element: Bytes, _ text: Bytes) {
    if element.equals("Code") {
      error.code = text.string
    } else if element.equals("Message") {
      error.message = text.string
    } else if element.equals("Region") {
      error.region = text.string
    }
  }

  private func decoded(_ text: Bytes) -> [UInt8] {
    guard decodesKeys else { return Array(text) }
    var buffer = ByteBuffer()
    buffer.append(percentDecoded: text, plusIsSpace: true)
    return Array(buffer.bytes)
  }

  private func add(isObject: Bool) {
    let name = keys.bytes.slice(key.lowerBound, key.upperBound)
    if count > 0 {
      let previous = lastKey
      if !previous.precedes(name), !hasVersions || !previous.equals(name) { isUnordered = true }
    }
    if hasVersions { lastVersion = version.bytes?.string }
    if name.isEmpty || name.count < root.count || !root.withUnsafeBytes({ name.slice(0, root.count).equals($0) }) {
      hasStrangeKeys = true
      return
    }
    // The key that is the root itself is the mark that consoles set for a folder.
    if isObject, name.count > root.count {
      lines.append(
        StoredObject(
          key: name.slice(root.count, name.count), size: size, modified: modified, etag: etag.bytes,
          storageClass: storageClass.bytes, versionID: version.bytes, isLatest: isLatest),
        source, to: chunk)
    }
    entries.append(Entry(key: key, linesEnd: chunk.lines.count, lineCount: chunk.count))
  }
}
