import Glibc
import Records
import Toolkit

/// Lists directories: workers walk the tree, each with the next directory that nobody has taken.
package struct DirectoryListing: Sendable {
  package var followsSymlinks = false
  var selection = Selection()
  /// The file that the listing itself is written to, which is no object.
  private var ownOutput: FileID?

  package init() {}

  /// A directory still to be read.
  struct Directory: Sendable {
    let root: Root
    /// Below the root, with a slash at the end; empty for the root itself.
    let path: [UInt8]
    /// The directories above it, where symbolic links are followed and could lead back.
    let ancestors: [FileID]
  }

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

  func isOwnOutput(_ status: stat) -> Bool { ownOutput == FileID(status) }

  /// Open as long as a worker may walk below it.
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
  }

  /// Lists all of `paths`. What cannot be read is reported.
  package func list(_ paths: [String], to output: Listing) throws(Failure) {
    var roots: [Root] = []
    for path in paths { roots.append(try Self.root(path)) }
    var listing = self
    listing.selection = output.selection
    listing.ownOutput = FileID(ofOpen: output.output.descriptor)
    let workers = min(16, max(4, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let handover = Handover<Directory, Listing.Product>(
      work: roots.reversed().map { Directory(root: $0, path: [], ancestors: []) }, workers: workers)
    var started = 0
    for _ in 0..<workers {
      let isRunning = startThread { [listing] in DirectoryWorker(listing, handover).run() }
      if isRunning { started += 1 } else { handover.loseWorker() }
    }
    guard started > 0 else { throw Failure(.software, "no thread can be started") }
    try output.write(handover)
  }

  private static func root(_ path: String) throws(Failure) -> Root {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0, let real = realpath(path, nil) else {
      throw Failure(.noInput, "cannot open \(path)", errno: errno)
    }
    defer { free(real) }
    var source = ByteBuffer()
    source.append("file://")
    source.append(percentEncoded: Bytes(start: real, count: strlen(real)))
    if source.bytes.last != 0x2F { source.append(byte: 0x2F) }
    return Root(name: path, source: source.bytes.string, descriptor: descriptor)
  }
}
