import Glibc
import Records

/// A source as it was named, open as long as a worker may walk below it.
final class Root: Sendable {
  /// As the user named it.
  let name: String
  /// `file:///…/`
  let source: String
  let descriptor: Int32

  init(name: String, source: String, descriptor: Int32) {
    self.name = name
    self.source = source
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Opens the directory with this path below the root, in steps where that is longer than the system takes at once.
  func open(_ path: [UInt8], _ flags: Int32) -> Int32 {
    guard !path.isEmpty else { return openat(descriptor, ".", flags) }
    var from = descriptor
    var rest = path[...]
    while true {
      var step = rest.prefix(4000)
      if step.count < rest.count, let slash = step.lastIndex(of: 0x2F) { step = step[...slash] }
      rest = rest[step.endIndex...]
      let next = (step + [0]).withUnsafeBytes {
        openat(from, $0.baseAddress!.assumingMemoryBound(to: CChar.self), flags)
      }
      let code = errno
      if from != descriptor { close(from) }
      errno = code
      guard next >= 0, !rest.isEmpty else { return next }
      from = next
    }
  }
}

/// A directory that has been opened, for as long as some of its entries are still to be looked at.
final class Folder: Sendable {
  let root: Root
  /// Below the root, with a slash at the end; empty for the root itself.
  let path: [UInt8]
  /// How many directories are above it, up to the root.
  let depth: Int
  /// Itself and the directories above it, where symbolic links are followed and could lead back.
  let lineage: [FileID]

  init(_ root: Root, path: [UInt8], depth: Int, lineage: [FileID]) {
    self.root = root
    self.path = path
    self.depth = depth
    self.lineage = lineage
  }
}

/// What makes two files the same one.
struct FileID: Equatable, Sendable {
  let device: UInt
  let inode: UInt

  init(_ status: stat) {
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }

  init(ofOpen descriptor: Int32) {
    var status = stat()
    fstat(descriptor, &status)
    self.init(status)
  }
}

/// The folders that a worker keeps open because it has still to go into some of their subfolders: opening one by its
/// whole path takes time for each part of the path. One for each of the last few depths, so that the number is bounded.
struct OpenFolders: ~Copyable {
  private var slots: [(folder: Folder, descriptor: Int32)?] = Array(repeating: nil, count: 4)

  deinit {
    for case let slot? in slots { close(slot.descriptor) }
  }

  mutating func closeAll() {
    for i in slots.indices {
      if let slot = slots[i] { close(slot.descriptor) }
      slots[i] = nil
    }
  }

  func descriptor(of folder: Folder) -> Int32? {
    guard let slot = slots[folder.depth % slots.count], slot.folder === folder else { return nil }
    return slot.descriptor
  }

  /// Takes the descriptor over.
  mutating func keep(_ folder: Folder, _ descriptor: Int32) {
    let place = folder.depth % slots.count
    if let slot = slots[place] { close(slot.descriptor) }
    slots[place] = (folder, descriptor)
  }
}
