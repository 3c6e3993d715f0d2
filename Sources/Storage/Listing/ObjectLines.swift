import Records
import Toolkit

/// Finished lines on their way to the output.
final class Chunk: @unchecked Sendable {  // handed over, never shared
  var lines: ByteBuffer
  var count = 0

  /// - Parameter capacity: bytes; it grows where that is not enough.
  init(capacity: Int = 72 << 10) { lines = ByteBuffer(capacity: capacity) }

  func removeAll() {
    lines.removeAll()
    count = 0
  }
}

/// The URI of a listed root. Each thread has its own: a count of references that threads share is slow.
final class Source {
  let uri: String
  /// The end of each record, which is the same for all.
  fileprivate var ending = ByteBuffer()

  init(_ uri: String) {
    self.uri = uri
    ending.append(.source, uri)
    ending.append("}\n")
  }
}

/// Turns what stores say of their objects into lines: the one place where a selection is applied and an object's record
/// is written. Each thread has its own.
final class ObjectLines {
  private let selection: Selection
  private let acceptsAllKeys: Bool
  private let acceptsAllStates: Bool
  private var hash = IdentityHash()

  init(_ selection: Selection) {
    self.selection = selection
    acceptsAllKeys = selection.filter.acceptsAllKeys
    acceptsAllStates = selection.filter.acceptsAllStates && selection.shard == nil && selection.known == nil
  }

  /// The media of the key, where the key alone does not rule the object out.
  @inline(__always) func media(ofWanted key: Bytes) -> Media? {
    let media = Media(key: key)
    return acceptsAllKeys || selection.filter.accepts(key: key, media: media) ? media : nil
  }

  /// Appends the record of the object, if it is wanted.
  func append(_ object: StoredObject, _ source: Source, to chunk: Chunk) {
    if let media = media(ofWanted: object.key) { append(object, media, source, to: chunk) }
  }

  /// Appends the record of an object whose key is wanted, if the rest of it is.
  func append(_ object: StoredObject, _ media: Media, _ source: Source, to chunk: Chunk) {
    guard acceptsAllStates || isWanted(object, source.uri) else { return }
    chunk.lines.append("{\"key\":")
    if object.key.isPlain {
      chunk.lines.append(byte: 0x22)
      chunk.lines.append(object.key)
      chunk.lines.append(byte: 0x22)
    } else {
      appendEscaped(key: object.key, to: chunk)
    }
    if let size = object.size { chunk.lines.append(.size, size) }
    if let modified = object.modified {
      chunk.lines.append(",\"mtime\":")
      chunk.lines.append(quoted: modified)
    }
    if let etag = object.etag { chunk.lines.append(.etag, etag) }
    if let storageClass = object.storageClass { chunk.lines.append(.storageClass, storageClass) }
    if let version = object.versionID { chunk.lines.append(.versionID, version) }
    if let isLatest = object.isLatest { chunk.lines.append(.isLatest, isLatest) }
    chunk.lines.append(",\"media\":\"")
    chunk.lines.append(media.literal)
    chunk.lines.append(byte: 0x22)
    chunk.lines.append(source.ending.bytes)
    chunk.count += 1
  }

  private func appendEscaped(key: Bytes, to chunk: Chunk) {
    chunk.lines.append(quoted: key)
    if !isUTF8(key) {
      chunk.lines.append(member: .keyBase64)
      chunk.lines.append(byte: 0x22)
      chunk.lines.append(base64: key)
      chunk.lines.append(byte: 0x22)
    }
  }

  /// By all but the key.
  private func isWanted(_ object: StoredObject, _ source: String) -> Bool {
    guard selection.filter.accepts(size: object.size, modified: object.modified) else { return false }
    guard selection.shard != nil || selection.known != nil else { return true }
    var text = ByteBuffer()
    text.append(text: source)
    let sourceEnd = text.count
    if isUTF8(object.key) { text.append(object.key) } else { text.append(base64: object.key) }
    let nameEnd = text.count
    if let modified = object.modified { text.append(modified) }
    let source = text.bytes.slice(0, sourceEnd)
    let name = text.bytes.slice(sourceEnd, nameEnd)
    let version = object.versionID
    if let shard = selection.shard,
      hash.identity(source: source, name: name, version: version).shard(of: shard.count) != shard.index - 1
    {
      return false
    }
    let modified = object.modified == nil ? nil : text.bytes.slice(nameEnd, text.count)
    return selection.known?.contains(
      hash.state(
        source: source, name: name, version: version, size: object.size, mtime: modified, etag: object.etag)) != true
  }
}
