import Glibc
import Records
import Toolkit

/// One thread's part of a directory listing.
final class DirectoryWorker {
  static let chunkSize = 64 << 10

  private typealias Directory = DirectoryListing.Directory

  private let listing: DirectoryListing
  private let handover: Handover<DirectoryListing.Directory, Listing.Product>
  private var chunk = Chunk()
  private var chunkBegan = Clock.now
  private var subdirectories: [Directory] = []
  private var key = ByteBuffer(capacity: 4096)
  private let lines: ObjectLines

  init(
    _ listing: DirectoryListing, _ handover: Handover<DirectoryListing.Directory, Listing.Product>
  ) {
    self.listing = listing
    self.handover = handover
    lines = ObjectLines(listing.selection)
  }

  /// Reads directories until none is left.
  func run() {
    while let directory = nextDirectory() {
      read(directory)
      handover.add(subdirectories)
      subdirectories.removeAll(keepingCapacity: true)
      deliver(ifOlderThan: 20_000)
    }
  }

  /// What was found is handed over before waiting: a worker that waits or ends holds nothing back.
  private func nextDirectory() -> Directory? {
    if let directory = handover.takeWork() { return directory }
    deliver(ifOlderThan: 0)
    return handover.waitForWork()
  }

  /// Hands the chunk over if it is full or began `age` microseconds ago.
  private func deliver(ifOlderThan age: Int) {
    guard chunk.count > 0, chunk.lines.count >= Self.chunkSize || Clock.now - chunkBegan >= age else { return }
    handover.deliver(.lines(chunk))
    chunk = Chunk()
  }

  private func report(_ directory: Directory, _ name: Bytes, _ what: String, _ code: Int32) {
    let path =
      directory.root.name + (directory.root.name.hasSuffix("/") ? "" : "/")
      + String(decoding: directory.path, as: UTF8.self)
    handover.deliver(.problem("cannot \(what) \(path)\(name.string): \(systemMessage(code))"))
  }

  private func read(_ directory: Directory) {
    let descriptor = openDirectory(directory)
    let none = Bytes(start: nil, count: 0)
    guard descriptor >= 0, let stream = fdopendir(descriptor) else {
      // Removed since its name was read: there is nothing left to list.
      if errno == ENOENT, !directory.path.isEmpty { return }
      return report(directory, none, "list", errno)
    }
    defer { closedir(stream) }
    var ancestors = directory.ancestors
    if listing.followsSymlinks {
      let id = DirectoryListing.FileID(ofOpen: descriptor)
      guard !ancestors.contains(id) else { return report(directory, none, "list", ELOOP) }
      ancestors.append(id)
    }
    key.removeAll()
    key.append(directory.path)
    let prefix = key.count
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { report(directory, none, "list all of", errno) }
        return
      }
      let name = entry.pointer(to: \.d_name)!
      let text = UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)
      let length = strlen(text)
      guard !isDot(text, length) else { continue }
      key.truncate(to: prefix)
      key.append(Bytes(start: text, count: length))
      visit(Int32(entry.pointee.d_type), text, in: directory, descriptor, ancestors)
    }
  }

  private func isDot(_ name: UnsafePointer<CChar>, _ length: Int) -> Bool {
    length == 1 && name[0] == 0x2E || length == 2 && name[0] == 0x2E && name[1] == 0x2E
  }

  /// Opens a directory below its root, in steps where the path is longer than the system takes at once.
  private func openDirectory(_ directory: Directory) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (listing.followsSymlinks ? 0 : O_NOFOLLOW)
    guard !directory.path.isEmpty else { return openat(directory.root.descriptor, ".", flags) }
    var from = dup(directory.root.descriptor)
    var rest = directory.path[...]
    while from >= 0, !rest.isEmpty {
      var step = rest.prefix(4000)
      if step.count < rest.count, let slash = step.lastIndex(of: 0x2F) { step = step[...slash] }
      rest = rest[step.endIndex...]
      let next = (step + [0]).withUnsafeBytes {
        openat(from, $0.baseAddress!.assumingMemoryBound(to: CChar.self), flags)
      }
      let code = errno
      close(from)
      errno = code
      from = next
    }
    return from
  }

  /// Looks at one entry, whose key is in `key`.
  private func visit(
    _ type: Int32, _ name: UnsafePointer<CChar>, in directory: Directory, _ descriptor: Int32,
    _ ancestors: [DirectoryListing.FileID]
  ) {
    var status = stat()
    var isKnownFile = type == Int32(DT_REG)
    if type == Int32(DT_DIR) { return enter(directory, ancestors) }
    if type == Int32(DT_UNKNOWN) || type == Int32(DT_LNK) && listing.followsSymlinks {
      let flags = listing.followsSymlinks ? 0 : AT_SYMLINK_NOFOLLOW
      guard fstatat(descriptor, name, &status, flags) == 0 else {
        if errno == ENOENT, type == Int32(DT_UNKNOWN) { return }
        return report(directory, Bytes(start: name, count: strlen(name)), "look at", errno)
      }
      if status.st_mode & S_IFMT == S_IFDIR { return enter(directory, ancestors) }
      isKnownFile = status.st_mode & S_IFMT == S_IFREG
    }
    guard isKnownFile else { return }
    guard let media = lines.media(ofWanted: key.bytes) else { return }
    if status.st_mode == 0, fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) != 0 {
      // Deleted since its directory was read: it is no longer there to be listed.
      if errno != ENOENT { report(directory, Bytes(start: name, count: strlen(name)), "look at", errno) }
      return
    }
    if !listing.isOwnOutput(status) { add(media, status, directory.root) }
  }

  private func enter(_ directory: Directory, _ ancestors: [DirectoryListing.FileID]) {
    subdirectories.append(
      Directory(
        root: directory.root, path: Array(key.bytes) + [0x2F], ancestors: listing.followsSymlinks ? ancestors : []))
  }

  /// Appends the record of the file whose key is in `key`.
  private func add(_ media: Media, _ status: stat, _ root: DirectoryListing.Root) {
    let modified = Timestamp(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    if chunk.count == 0 { chunkBegan = Clock.now }
    lines.append(
      StoredObject(key: key.bytes, size: status.st_size, modified: modified), media, source: root.source, to: chunk)
    deliver(ifOlderThan: 50_000)
  }
}
