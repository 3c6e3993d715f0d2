import Records

/// Builds the records of entries.
struct EntryLayout: ~Copyable {
  private var path = ByteBuffer()
  private var variant = ByteBuffer()
  private var others = ByteBuffer()
  private var out = ByteBuffer()

  /// The record of an entry, valid until the next call.
  /// - Parameters:
  ///   - name: what its name says, or that of the entry which it is a part of; nil: nothing.
  ///   - isChunk: whether it is a part of a large value.
  mutating func record(_ entry: ExportEntry, _ name: EntryName?, isChunk: Bool) -> Bytes {
    out.removeAll()
    others.removeAll()
    path.removeAll()
    if let name {
      path.append(percentDecoded: name.path.droppingSlashes, plusIsSpace: false)
      appendItem(name, isChunk: isChunk)
    } else {
      out.append(isChunk ? .unmatchedChunk : .unmatched, path: entry.name, Selection())
    }
    out.append(part: others.bytes)
    EntryDetails(version: name?.version ?? 0, expiration: entry.expiration, size: entry.size, name: entry.name)
      .append(to: &out)
    return out.bytes
  }

  private mutating func appendItem(_ name: EntryName, isChunk: Bool) {
    var selection = name.selection.canonical(for: path.bytes)
    for parameter in name.others.reversed() {
      if !others.isEmpty { others.append(byte: 0x3A) }
      others.append(parameter)
    }
    guard let media = name.media, isDerived(media) else {
      return out.append(isChunk ? .chunk : .item, path: path.bytes, selection)
    }
    variant.removeAll()
    variant.append(media)
    if !selection.variant.isEmpty {
      variant.append(byte: 0x3A)
      variant.append(selection.variant)
    }
    selection.variant = variant.bytes
    out.append(isChunk ? .chunk : .derived, path: path.bytes, selection)
  }

  /// Whether `media` is another than that of the path.
  private func isDerived(_ media: Bytes) -> Bool {
    if media.equals("frame") || media.equals("spritesheet") { return true }
    let own = Media(key: path.bytes)
    guard own != .other, let named = Media(name: media) else { return false }
    return named != own
  }
}
