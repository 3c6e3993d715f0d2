import CLinux
import Glibc
import Records
import Toolkit

/// One thread's part of a directory listing. It walks depth first with a stack of its own, and gives of it only where
/// another worker waits.
final class DirectoryWorker {
  /// Bytes of entries that are read at once.
  private static let readSize = 256 << 10
  /// Bytes of entries, some hundreds, that one worker looks at while others look at more of the same folder.
  private static let batchSize = 32 << 10
  /// Bytes of names of subfolders that may gather before the rest of the folder is read.
  private static let pendingSize = 1 << 20

  private let listing: DirectoryListing
  private let handover: DirectoryListing.Handover
  /// How many batches of entries may wait for a worker.
  private let reserve: Int
  private let finder: FileFinder
  private let buffer = UnsafeMutableRawPointer.allocate(byteCount: DirectoryWorker.readSize, alignment: 16)
  private var pending: [(folder: Folder, names: Names)] = []
  private var open = OpenFolders()
  private var path = ByteBuffer(capacity: 4096)

  init(_ listing: DirectoryListing, _ handover: DirectoryListing.Handover, reserve: Int) {
    self.listing = listing
    self.handover = handover
    self.reserve = reserve
    finder = FileFinder(listing, handover)
  }

  deinit { buffer.deallocate() }

  /// Walks until nothing is left.
  func run() {
    while let work = nextWork() {
      switch work {
      case .root(let root): read(root)
      case .subfolders(let folder, let names): pending.append((folder, names))
      case .entries(let folder, let records): look(at: records, of: folder)
      }
      readPending(downTo: 0)
    }
  }

  /// What was found is handed over before waiting: a worker that waits or ends holds nothing back.
  private func nextWork() -> DirectoryListing.Work? {
    if let work = handover.takeWork() { return work }
    finder.deliver(ifOlderThan: 0)
    return handover.waitForWork()
  }

  private var flags: Int32 { O_RDONLY | O_DIRECTORY | O_CLOEXEC | (listing.followsSymlinks ? 0 : O_NOFOLLOW) }

  // MARK: - Folders

  /// Reads the folders on the stack above `height`, and all below them.
  private func readPending(downTo height: Int) {
    while pending.count > height, !handover.isOver {
      let folder = pending[pending.count - 1].folder
      path.removeAll()
      path.append(folder.path)
      guard pending[pending.count - 1].names.takeFirst(into: &path) else {
        pending.removeLast()
        continue
      }
      if handover.isWanting() { share() }
      readSubfolder(of: folder)
      finder.deliver(ifOlderThan: 20_000)
    }
  }

  /// Leaves to others half of what was found first: it is highest in the tree, so that most may be below it.
  private func share() {
    guard let i = pending.firstIndex(where: { $0.names.count > 0 }) else { return }
    handover.add([.subfolders(of: pending[i].folder, pending[i].names.takeHalf())])
  }

  private func read(_ root: Root) {
    let descriptor = root.open([], flags)
    guard descriptor >= 0 else { return finder.report(root, [], "list", errno) }
    let lineage = listing.followsSymlinks ? [FileID(ofOpen: descriptor)] : []
    read(Folder(root, path: [], depth: 0, lineage: lineage), descriptor)
  }

  /// Reads the subfolder whose path, with a zero byte behind it, is in `path`.
  private func readSubfolder(of parent: Folder) {
    var own = Array(path.bytes)
    own[own.count - 1] = 0x2F
    guard !own.withUnsafeBytes({ listing.selection.filter.excludes(directory: $0) }) else { return }
    let descriptor = openSubfolder(of: parent, own)
    guard descriptor >= 0 else {
      // Removed since its name was read: there is nothing left to list.
      if errno != ENOENT { finder.report(parent.root, own, "list", errno) }
      return
    }
    var lineage = parent.lineage
    if listing.followsSymlinks {
      let id = FileID(ofOpen: descriptor)
      guard !lineage.contains(id) else {
        close(descriptor)
        return finder.report(parent.root, own, "list", ELOOP)
      }
      lineage.append(id)
    }
    read(Folder(parent.root, path: own, depth: parent.depth + 1, lineage: lineage), descriptor)
  }

  /// Opens the subfolder whose path is both in `path` and `own`; -1 and errno where that fails.
  private func openSubfolder(of parent: Folder, _ own: [UInt8]) -> Int32 {
    let from = descriptor(of: parent)
    let name = path.bytes.baseAddress!.assumingMemoryBound(to: CChar.self) + parent.path.count
    let descriptor = from < 0 ? from : openat(from, name, flags)
    return descriptor < 0 && errno == EMFILE ? openWithFew(parent.root, own) : descriptor
  }

  /// Opens the folder anew where it is not kept open; -1 and errno where that fails.
  private func descriptor(of folder: Folder) -> Int32 {
    if let descriptor = open.descriptor(of: folder) { return descriptor }
    var descriptor = folder.root.open(folder.path, flags)
    if descriptor < 0, errno == EMFILE { descriptor = openWithFew(folder.root, folder.path) }
    if descriptor >= 0 { open.keep(folder, descriptor) }
    return descriptor
  }

  /// Where no more can be open, those go that are kept only to be fast.
  private func openWithFew(_ root: Root, _ path: [UInt8]) -> Int32 {
    open.closeAll()
    return root.open(path, flags)
  }

  /// Looks at all entries of an open folder; its subfolders are put on the stack.
  private func read(_ folder: Folder, _ descriptor: Int32) {
    let height = pending.count
    var gathered = 0
    while !handover.isOver {
      let size = clinux_getdents64(descriptor, buffer, Self.readSize)
      guard size > 0 else {
        // A folder that was removed has no more entries (POSIX has it so, Linux has an error).
        if size < 0, errno != ENOENT { finder.report(folder.root, folder.path, "list all of", errno) }
        break
      }
      gathered += look(at: Bytes(start: buffer, count: size), of: folder, descriptor)
      if gathered >= Self.pendingSize {
        readPending(downTo: height)
        gathered = 0
      }
    }
    if pending.count > height { open.keep(folder, descriptor) } else { close(descriptor) }
  }

  // MARK: - Entries

  /// Looks at entries, or leaves some to others where they are many. Returns the size of the names of subfolders.
  private func look(at records: Bytes, of folder: Folder, _ descriptor: Int32) -> Int {
    let isMuch = records.count > 2 * Self.batchSize
    var names = Names()
    var entries = Entries(records)
    while let batch = entries.nextBatch(isMuch ? Self.batchSize : records.count) {
      if isMuch, handover.isWanting(reserve: reserve) {
        handover.add([.entries(of: folder, Array(batch))])
      } else {
        finder.look(at: batch, of: folder, descriptor, &names)
      }
    }
    if names.count > 0 { pending.append((folder, names)) }
    return names.size
  }

  /// Looks at entries that another worker left.
  private func look(at records: [UInt8], of folder: Folder) {
    let descriptor = descriptor(of: folder)
    guard descriptor >= 0 else {
      if errno != ENOENT { finder.report(folder.root, folder.path, "list all of", errno) }
      return
    }
    _ = records.withUnsafeBytes { look(at: $0, of: folder, descriptor) }
  }
}
