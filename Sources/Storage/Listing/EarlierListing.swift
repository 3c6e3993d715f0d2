import Records
import Toolkit

/// The objects of an earlier listing, each in the state that it had.
package enum EarlierListing {
  package static func read(_ path: String, run: Run) throws(Failure) -> KnownObjects {
    var states: [Identity] = []
    var hash = IdentityHash()
    let source = try RecordSource(
      Input(files: [path]), run: run, reading: [.source, .key, .keyBase64, .versionID, .size, .mtime, .etag])
    try run.fold(source) { record throws(BadRecord) in
      let key = try record.required(.key)
      states.append(
        hash.state(
          source: try record.required(.source), name: record.text(.keyBase64) ?? key,
          version: record.text(.versionID), size: try record.optionalCount(.size), mtime: record.text(.mtime),
          etag: record.text(.etag)))
    }
    var set = IdentitySet(capacity: states.count)
    for state in states { set.insert(state) }
    return KnownObjects(set)
  }
}

/// What an earlier listing held. Only read once it is built.
package final class KnownObjects: @unchecked Sendable {
  private let states: IdentitySet
  init(_ states: consuming IdentitySet) { self.states = states }
  func contains(_ state: Identity) -> Bool { states.contains(state) }
}
