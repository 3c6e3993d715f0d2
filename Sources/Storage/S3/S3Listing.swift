import Records
import Toolkit

/// Lists a bucket of an S3 store, in parallel.
package struct S3Listing: Sendable {
  private let location: S3Location
  private let address: S3Address
  private let options: S3Options
  private let keys: (any KeySource)?

  /// - Parameter keys: nil: requests are not signed.
  package init(_ location: S3Location, at address: S3Address, _ options: S3Options, keys: (any KeySource)?) {
    self.location = location
    self.address = address
    self.options = options
    self.keys = keys
  }

  /// Lists all objects below the location. Throws where nothing can be listed; parts that cannot be are reported.
  package func list(to listing: Listing) throws(Failure) {
    let prefix = Array(location.prefix.utf8)
    let shared = S3Worker.Shared(
      store: S3Store(address, options, keys: keys), location: location, selection: listing.selection,
      handover: Handover(work: [], workers: options.concurrency),
      space: Monitor(KeySpace(prefix: prefix, threads: options.concurrency, isOrdered: options.isOrdered)))
    var started = 0
    for _ in 0..<options.concurrency {
      if startThread({ S3Worker.run(shared) }) { started += 1 } else { shared.handover.loseWorker() }
    }
    guard started > 0 else { throw Failure(.software, "no thread can be started") }
    try listing.write(shared.handover)
  }
}
