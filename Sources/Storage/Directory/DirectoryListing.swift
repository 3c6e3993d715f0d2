import Glibc
import Records
import Toolkit

/// Lists a directory: workers walk the tree, each on its own until another has nothing to do.
package struct DirectoryListing: Sendable, ObjectSource {
  private let path: String
  package var followsSymlinks = false
  var selection = Selection()
  /// The file that the listing itself is written to, which is no object.
  private var ownOutput: FileID?

  package init(_ path: String) { self.path = path }

  /// What one worker can leave to another.
  enum Work: Sendable {
    /// To be read with all below it.
    case root(Root)
    /// Subfolders of a folder, to be read with all below them.
    case subfolders(of: Folder, Names)
    /// Entries of a folder, to be looked at: records of `Entries`.
    case entries(of: Folder, [UInt8])
  }

  typealias Handover = Storage.Handover<Work, Listing.Product>

  func isOwnOutput(_ status: stat) -> Bool { ownOutput == FileID(status) }

  /// Lists all below the directory. What cannot be read is reported.
  package func list(to output: Listing) throws(Failure) {
    let root = try Self.root(path)
    var listing = self
    listing.selection = output.selection
    listing.ownOutput = FileID(ofOpen: output.output.descriptor)
    let workers = min(16, max(4, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let handover = Handover(work: [.root(root)], workers: workers)
    var started = 0
    for _ in 0..<workers {
      let isRunning = startThread { [listing] in DirectoryWorker(listing, handover, reserve: workers).run() }
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
