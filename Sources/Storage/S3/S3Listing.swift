import Records
import Toolkit

/// Lists a bucket of an S3 store, in parallel.
package struct S3Listing: Sendable, ObjectSource {
  private let location: S3Location
  private let address: S3Address
  private let options: S3Options
  private let keys: CredentialProvider?

  /// - Parameter keys: nil: requests are not signed.
  package init(_ location: S3Location, at address: S3Address, _ options: S3Options, keys: CredentialProvider?) {
    self.location = location
    self.address = address
    self.options = options
    self.keys = keys
  }

  /// Lists all objects below the location. Throws where nothing can be listed; parts that cannot be are reported.
  package func list(to listing: Listing) throws(Failure) {
    let prefix = Array(location.prefix.utf8)
    // In order, more threads would only hold more back.
    let threads = options.isOrdered ? min(options.concurrency, 16) : options.concurrency
    let shared = S3Worker.Shared(
      store: S3Store(address, options, keys: keys), location: location, selection: listing.selection,
      handover: Handover(work: [], workers: threads),
      space: Monitor(
        KeySpace(
          prefix: prefix, threads: threads, isOrdered: options.isOrdered, keysRepeat: options.listsVersions)
      ))
    var started = 0
    for _ in 0..<threads {
      if startThread({ S3Worker.run(shared) }) { started += 1 } else { shared.handover.loseWorker() }
    }
    guard started > 0 else { throw Failure(.software, "no thread can be started") }
    defer { listing.run.addToSummary("list_requests", shared.store.current.requests) }
    try listing.write(shared.handover)
    let end = shared.store.current
    if end.keys == 0, !listing.isOver, end.hasAnswered, try !listObjectItself(shared.store, to: listing) {
      listing.run.console.warning("there is nothing below \(location.uri)")
    }
  }

  /// Lists the object that the location names, if there is one; false where there is not.
  private func listObjectItself(_ store: S3Store, to listing: Listing) throws(Failure) -> Bool {
    let name = Array(location.prefix.utf8.dropLast())
    guard !name.isEmpty else { return false }
    let root = Array(name.prefix((name.lastIndex(of: 0x2F) ?? -1) + 1))
    let page = ListPage(
      ObjectLines(listing.selection), source: "s3://\(location.bucket)/" + String(decoding: root, as: UTF8.self),
      root: root, hasVersions: options.listsVersions)
    let pager = try S3Pager(store, prefix: name, page: page)
    var start: KeyRange.Start? = .beginning
    var found = 0
    while let next = start, !listing.isOver {
      do throws(S3Error) { start = try pager.fetch(next, keys: 1000) } catch {
        throw Failure(
          error.status, "cannot list s3://\(location.bucket)/\(location.prefix.dropLast()): \(error.message)")
      }
      // In the order of keys it comes before all others that begin as it does.
      let count = page.count(upTo: name)
      if count < page.count { start = nil }
      found += count
      try listing.write(page.takeLines(ofFirst: count))
    }
    return found > 0
  }
}
