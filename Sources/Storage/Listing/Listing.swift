import Records
import Toolkit

/// What can be listed.
package protocol ObjectSource {
  /// Lists all objects. Throws where nothing can be listed; parts that cannot be are reported.
  func list(to listing: Listing) throws(Failure)
}

/// One listing, of all its sources: what is wanted, where it goes, and how many objects may still come. For the main
/// thread alone.
package final class Listing {
  package let selection: Selection
  package let run: Run
  let output: Output
  private var left: Int
  private var flushedAt = Clock.now

  /// - Parameter limit: the most objects; 0 or nil: all.
  package init(_ selection: Selection, to output: Output, limit: Int?, run: Run) {
    self.selection = selection
    self.output = output
    self.run = run
    left = limit.flatMap { $0 > 0 ? $0 : nil } ?? Int.max
  }

  /// What a thread that lists has to hand over.
  enum Product: Sendable {
    case lines(Chunk)
    /// A part that could not be listed, and why.
    case problem(String)
    /// Nothing can be listed.
    case failure(Failure)
  }

  /// Whether nothing more is wanted: the limit is reached, or a signal came.
  package var isOver: Bool { left <= 0 || Signals.isStopping }

  /// Writes what the threads deliver, until they have no more or the listing is over.
  func write<Work>(_ handover: Handover<Work, Product>) throws(Failure) {
    defer { handover.cancel() }
    while !isOver {
      switch handover.takeProducts(waiting: 50) {
      case .end: return try output.flush()
      case .nothingYet: try output.flush()
      case .products(let products):
        for product in products where left > 0 {
          switch product {
          case .problem(let message): run.fail(message)
          case .failure(let failure): throw failure
          case .lines(let chunk): try write(chunk)
          }
        }
      }
      try pause()
    }
    try output.flush()
  }

  /// Writes the chunk's lines, as many as are still wanted.
  func write(_ chunk: Chunk) throws(Failure) {
    left -= output.append(chunk, atMost: left)
    run.progress.done = output.records
    try output.flushIfFull()
  }

  /// To be called now and then: lets nothing wait for long, and shows progress.
  func pause() throws(Failure) {
    if Clock.now - flushedAt >= 50_000 {
      try output.flush()
      flushedAt = Clock.now
    }
    run.progress.refresh()
  }
}

extension Output {
  /// Appends the first `limit` lines of the chunk; returns how many.
  fileprivate func append(_ chunk: Chunk, atMost limit: Int) -> Int {
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
