import Glibc
import Records
import Toolkit

/// Looks at entries of directories for one worker, and hands over the records of those that are files.
final class FileFinder {
  private static let chunkSize = 64 << 10

  private let listing: DirectoryListing
  private let handover: DirectoryListing.Handover
  private let lines: ObjectLines
  private var chunk = Chunk()
  private var chunkBegan = 0
  private var key = ByteBuffer(capacity: 4096)
  private var prefix = 0
  private var source = Source("")

  init(_ listing: DirectoryListing, _ handover: DirectoryListing.Handover) {
    self.listing = listing
    self.handover = handover
    lines = ObjectLines(listing.selection)
  }

  /// Looks at all of `records`, see `Entries`; the names of subfolders are put into `subfolders`.
  func look(at records: Bytes, of folder: Folder, _ descriptor: Int32, _ subfolders: inout Names) {
    key.removeAll()
    key.append(folder.path)
    prefix = key.count
    if source.uri != folder.root.source { source = Source(folder.root.source) }
    var entries = Entries(records)
    while let entry = entries.next() {
      switch entry.type {
      case Int32(DT_REG): visit(entry, in: folder, descriptor)
      case Int32(DT_DIR): subfolders.append(entry)
      case Int32(DT_UNKNOWN): lookCloser(at: entry, in: folder, descriptor, &subfolders)
      case Int32(DT_LNK) where listing.followsSymlinks: lookCloser(at: entry, in: folder, descriptor, &subfolders)
      default: continue
      }
    }
  }

  /// Looks at an entry that may turn out to be a file or a directory.
  private func lookCloser(
    at entry: Entries.Entry, in folder: Folder, _ descriptor: Int32, _ subfolders: inout Names
  ) {
    var status = stat()
    guard fstatat(descriptor, entry.name, &status, listing.followsSymlinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno != ENOENT || entry.type != Int32(DT_UNKNOWN) { report(entry, in: folder, errno) }
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: subfolders.append(entry)
    case S_IFREG:
      if let media = media(ofWanted: entry) { add(media, status) }
    default: return
    }
  }

  private func visit(_ entry: Entries.Entry, in folder: Folder, _ descriptor: Int32) {
    // Most files that are not wanted are told by their names, without a system call.
    guard let media = media(ofWanted: entry) else { return }
    var status = stat()
    guard fstatat(descriptor, entry.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      // Deleted since its directory was read: it is no longer there to be listed.
      if errno != ENOENT { report(entry, in: folder, errno) }
      return
    }
    add(media, status)
  }

  /// Makes `key` that of the entry; nil where it is not wanted.
  private func media(ofWanted entry: Entries.Entry) -> Media? {
    key.truncate(to: prefix)
    key.append(entry.bytes)
    return lines.media(ofWanted: key.bytes)
  }

  /// Appends the record of the file whose key is in `key`.
  private func add(_ media: Media, _ status: stat) {
    guard !listing.isOwnOutput(status) else { return }
    let modified = Timestamp(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    if chunk.count == 0 { chunkBegan = now }
    lines.append(StoredObject(key: key.bytes, size: status.st_size, modified: modified), media, source, to: chunk)
    deliver(ifOlderThan: 50_000)
  }

  // MARK: - Handing over

  /// Hands the chunk over if it is full or began `age` microseconds ago.
  func deliver(ifOlderThan age: Int) {
    guard chunk.count > 0, chunk.lines.count >= Self.chunkSize || now - chunkBegan >= age else { return }
    handover.deliver(.lines(chunk))
    chunk = Chunk()
  }

  /// Microseconds, some thousands too few at times: a clock that is cheap enough to be asked for each file.
  private var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }

  private func report(_ entry: Entries.Entry, in folder: Folder, _ code: Int32) {
    report(folder.root, folder.path + Array(entry.bytes), "look at", code)
  }

  /// Reports what cannot be done with the file or directory at `path` below the root.
  func report(_ root: Root, _ path: [UInt8], _ what: String, _ code: Int32) {
    let place = root.name + (root.name.hasSuffix("/") ? "" : "/") + String(decoding: path, as: UTF8.self)
    handover.deliver(.problem("cannot \(what) \(place): \(systemMessage(code))"))
  }
}
