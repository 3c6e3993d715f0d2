import Records
import Toolkit

/// Compares results of fetching with an export of the Cloudflare KV namespace that a worker keeps derivatives in.
///
/// Both sides are sorted, on disk where memory does not suffice, and gone through side by side; only the entries of one
/// path are held at a time. How results and entries are matched is told at `Join`.
///
/// The paths of entries are taken without leading slashes and percent-decoded; those of results are their keys without
/// leading slashes, or where there is no key, the paths of their URLs, decoded too.
package final class ExportComparison {
  /// The members read of a result.
  package static let fields: [Field] = [
    .record, .key, .keyBase64, .url, .variant, .width, .height, .format, .quality, .ok, .bytes, .size, .partial,
  ]

  private let pattern: KeyPattern?
  private let now: Timestamp
  private let entries: RecordSorter
  private let results: RecordSorter
  private var resultLayout: ResultLayout
  private var entryLayout = EntryLayout()

  /// - Parameters:
  ///   - pattern: how names of entries are built; nil: as `EntryName` has it.
  ///   - replacesCharacters: whether the worker writes a hyphen for each character of a name that is none of letters,
  ///     digits and `_:/=.*-`, after the path was percent-encoded.
  ///   - memory: bytes to use at most for sorting.
  ///   - now: entries that expire before are expired.
  package init(
    pattern: KeyPattern? = nil, replacesCharacters: Bool = false, memory: Int = 256 << 20, now: Timestamp = .now
  ) {
    self.pattern = pattern
    self.now = now
    entries = RecordSorter(memory: memory / 2)
    results = RecordSorter(memory: memory / 2)
    resultLayout = ResultLayout(hasVariants: pattern?.namesVariants ?? true, replacesCharacters: replacesCharacters)
  }

  /// Reads an export, a file or `-` for standard input.
  /// - Parameter report: is told what is wrong with it, `FILE:LINE: …`; what is wrong is left out.
  package func read(export path: String, report: @escaping (String) -> Void) throws(Failure) {
    try ExportReader(path: path, report: report).read { entry throws(Failure) in
      let whole = EntryName.whole(ofChunk: entry.name)
      let text = whole ?? entry.name
      let name = pattern.map { $0.entry(text) } ?? EntryName(text)
      entries.add(entryLayout.record(entry, name, isChunk: whole != nil))
      try entries.spillIfFull()
    }
  }

  /// Takes a result. To be followed by `spillIfFull`.
  package func add(_ result: Record) throws(BadRecord) { results.add(try resultLayout.record(result)) }

  /// Makes room where memory is full.
  package func spillIfFull() throws(Failure) { try results.spillIfFull() }

  /// Compares. Nothing can be added later.
  /// - Parameter output: is given a record of each finding but `both`, in the order of their keys.
  package func finish(differences output: Output? = nil) throws(Failure) -> Differences {
    var join = try Join(entries: entries.sorted(), results: results.sorted(), now: now, output: output)
    return try join.run()
  }
}

extension Run {
  /// Reads all results of `source` into `comparison`; bad ones are reported and left out.
  package func read(_ source: RecordSource, into comparison: ExportComparison) throws(Failure) {
    while let record = try source.next(beforeWaiting: { () throws(Failure) in }) {
      do throws(BadRecord) {
        try comparison.add(record)
        progress.done += 1
      } catch {
        try source.reject(error)
      }
      try comparison.spillIfFull()
    }
    try source.finish()
  }
}
