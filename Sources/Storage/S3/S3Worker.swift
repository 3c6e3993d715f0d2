import Records
import Toolkit

/// One thread's part of the listing of a bucket: it takes a range of keys, and lists it page by page.
final class S3Worker {
  /// What the threads of one listing share.
  struct Shared: Sendable {
    let store: S3Store
    let location: S3Location
    let selection: Selection
    let handover: Handover<Never, Listing.Product>
    let space: Monitor<KeySpace>
  }

  private let shared: Shared
  private let pager: S3Pager

  private init(_ shared: Shared) throws(Failure) {
    self.shared = shared
    let prefix = Array(shared.location.prefix.utf8)
    let page = ListPage(
      ObjectLines(shared.selection), source: shared.location.uri, root: prefix,
      hasVersions: shared.store.options.listsVersions)
    pager = try S3Pager(shared.store, prefix: prefix, page: page)
  }

  /// Lists ranges until none is left.
  static func run(_ shared: Shared) {
    do throws(Failure) { try S3Worker(shared).run() } catch { shared.handover.deliver(.failure(error)) }
    _ = shared.handover.waitForWork()
  }

  private func run() {
    while let range = nextRange() { list(range) }
  }

  private func nextRange() -> KeyRange? {
    shared.space.wait { space in
      if space.isFinished { return .some(nil) }
      return space.take().map { .some($0) }
    }
  }

  private func list(_ range: KeyRange) {
    while true {
      let size = shared.space.wait { $0.hasRoom(for: range) ? $0.pageSize(for: range) : nil }
      do throws(S3Error) {
        let next = try pager.fetch(range.next, keys: size)
        guard try startsWhereAsked(range), take(range, next) else { return }
      } catch {
        return fail(range, error)
      }
    }
  }

  /// Hands on what the page holds of the range; false where the range is at its end.
  private func take(_ range: KeyRange, _ next: KeyRange.Start?) -> Bool {
    let page = pager.page
    let (lines, isLast) = shared.space.wait { space -> ([Chunk], Bool)? in
      // Keys may have been cut off while the page was on its way.
      let accepted = range.upper.map { page.count(upTo: $0) } ?? page.count
      let isLast = space.isLast(page, of: range, accepted: accepted, next: next)
      if isLast, space.mustWait(range) { return nil }
      if let next, !isLast {
        space.advance(range, page, next: next)
      } else {
        space.finish(range, accepted: accepted, of: page.count)
      }
      let lines = space.pass(page.takeLines(ofFirst: accepted), of: range)
      guard isOrdered else { return (lines, isLast) }
      // Under the lock, so that no other thread's lines come in between.
      deliver(lines)
      return ([], isLast)
    }
    deliver(lines)
    shared.space.change { _ in }
    return !isLast
  }

  private var isOrdered: Bool { shared.store.options.isOrdered }

  private func deliver(_ lines: [Chunk]) {
    for chunk in lines where chunk.count > 0 { shared.handover.deliver(.lines(chunk)) }
  }

  /// Whether the page holds only keys that were asked for; false where the range went back to where it was cut off.
  private func startsWhereAsked(_ range: KeyRange) throws(S3Error) -> Bool {
    let page = pager.page
    let isTrial = shared.space.locked { $0.isTrial(range) }
    if page.isUnordered {
      guard range.lower == nil, range.upper == nil, !isTrial else {
        throw S3Error(.none, .noInput, "the store gives keys out of order; --list-concurrency 1 does without")
      }
      shared.space.change { $0.neverCut() }
    }
    let hasMoved =
      page.count == 0 || range.lower.map { lower in lower.withUnsafeBytes { $0.precedes(page.key(0)) } } ?? true
    if isTrial {
      shared.space.change { $0.endTrial(works: hasMoved) }
      return hasMoved
    }
    guard hasMoved else { throw S3Error(.none, .noInput, "the store does not start where it is asked to") }
    return true
  }

  private func fail(_ range: KeyRange, _ error: S3Error) {
    if shared.space.locked({ $0.isTrial(range) }) {
      // What was cut off is listed from where it was.
      shared.space.change { $0.endTrial(works: false) }
      return
    }
    if range.lower == nil, range.next == .beginning {
      shared.handover.deliver(.failure(Failure(error.status, "cannot list \(shared.location.uri): \(error.message)")))
    } else if !Signals.isStopping {
      shared.handover.deliver(
        .problem("cannot list \(shared.location.uri), the keys \(range.description): \(error.message)"))
    }
    shared.space.change { space in
      space.end(range)
      deliver(space.release())
    }
  }
}
