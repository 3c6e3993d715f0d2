import Glibc
import Records
import Toolkit

/// Lists directories: workers walk the tree, each with the next directory that nobody has taken.
package struct DirectoryListing: Sendable {
  package var filter = ObjectFilter()
  package var followsSymlinks = false
  /// 1-based; nil: all.
  package var shard: Shard?
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

  enum Product: Sendable {
    case records(Chunk)
    case problem(String)
  }

  /// Finished lines.
  final class Chunk: @unchecked Sendable {  // handed over, never shared
    var lines = ByteBuffer(capacity: DirectoryWorker.chunkSize + 8192)
    var count = 0
  }

  /// Lists all of `paths` to `output`, at most `limit` objects. What cannot be read is reported through `run`.
  package func list(
    _ paths: [String], to output: Output, limit: Int?, unless known: KnownObjects?, run: Run
  ) throws(Failure) {
    var roots: [Root] = []
    for path in paths { roots.append(try Self.root(path)) }
    var listing = self
    listing.ownOutput = FileID(ofOpen: output.descriptor)
    let workers = min(16, max(4, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let handover = Handover<Directory, Product>(
      work: roots.reversed().map { Directory(root: $0, path: [], ancestors: []) }, workers: workers)
    var started = 0
    for _ in 0..<workers {
      let isRunning = startThread { [listing] in DirectoryWorker(listing, handover, known).run() }
      if isRunning { started += 1 } else { handover.loseWorker() }
    }
    guard started > 0 else { throw Failure(.software, "no thread can be started") }
    try write(handover, to: output, limit: limit, run)
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

  private func write(
    _ handover: Handover<Directory, Product>, to output: Output, limit: Int?, _ run: Run
  ) throws(Failure) {
    defer { handover.cancel() }
    var left = limit.flatMap { $0 > 0 ? $0 : nil } ?? Int.max
    var flushedAt = Clock.now
    while left > 0, !Signals.isStopping {
      switch handover.takeProducts(waiting: 50) {
      case .end: return try output.flush()
      case .nothingYet: try output.flush()
      case .products(let products):
        for product in products where left > 0 {
          switch product {
          case .problem(let message): run.fail(message)
          case .records(let chunk):
            left -= output.append(chunk, atMost: left)
            run.progress.done = output.records
            try output.flushIfFull()
          }
        }
      }
      if Clock.now - flushedAt >= 50_000 {
        try output.flush()
        flushedAt = Clock.now
      }
      run.progress.refresh()
    }
    try output.flush()
  }
}

extension Output {
  /// Appends the first `limit` lines of the chunk; returns how many.
  fileprivate func append(_ chunk: DirectoryListing.Chunk, atMost limit: Int) -> Int {
    let lines = chunk.lines.bytes
    guard chunk.count > limit else {
      append(lines: lines, count: chunk.count)
      return chunk.count
    }
    var end = 0
    for _ in 0..<limit { end = (lines.firstIndex(of: 0x0A, from: end) ?? lines.count - 1) + 1 }
    append(lines: lines.slice(0, end), count: limit)
    return limit
  }
}
