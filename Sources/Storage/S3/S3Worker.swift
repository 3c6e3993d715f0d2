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
      if space.isFinished || shared.handover.isOver { return .some(nil) }
      return space.take().map { .some($0) }
    }
  }

  private func list(_ range: KeyRange) {
    while !shared.handover.isOver {
      let size = shared.space.wait { $0.hasRoom(for: range) ? $0.pageSize(for: range) : nil }
      do throws(S3Error) {
        // Only who took the range changes where it goes on.
        let next = try pager.fetch(range.next, keys: size)
        guard try take(range, next) else { return }
      } catch {
        return fail(range, error)
      }
    }
  }

  /// Hands on what the page holds of the range; false where that was all.
  private func take(_ range: KeyRange, _ next: KeyRange.Start?) throws(S3Error) -> Bool {
    let verdict = shared.space.wait { space -> KeySpace.Verdict? in
      let verdict = space.take(pager.page, of: range, next: next)
      // In order: under the lock, so that no other thread's lines come in between.
      if isOrdered, case .lines(let lines, _) = verdict { deliver(lines) }
      return verdict
    }
    shared.space.change { _ in }
    switch verdict {
    case .lines(let lines, let isLast):
      if !isOrdered { deliver(lines) }
      return !isLast
    case .givenBack: return false
    case .refused(let reason): throw S3Error(.none, .noInput, reason)
    }
  }

  private var isOrdered: Bool { shared.store.options.isOrdered }

  private func deliver(_ lines: [Chunk]) {
    for chunk in lines where chunk.count > 0 { shared.handover.deliver(.lines(chunk)) }
  }

  private func fail(_ range: KeyRange, _ error: S3Error) {
    let isBeginning = range.last == nil && range.next == .beginning
    let lost = shared.space.wait { space -> String?? in
      guard let (lost, lines) = space.fail(range) else { return nil }
      deliver(lines)
      return .some(lost)
    }
    shared.space.change { _ in }
    guard let lost, !Signals.isStopping else { return }
    let place = "cannot list \(shared.location.uri)"
    if isBeginning {
      shared.handover.deliver(.failure(Failure(error.status, "\(place): \(error.message)")))
    } else {
      shared.handover.deliver(.problem("\(place), the keys \(lost): \(error.message)"))
    }
  }
}
