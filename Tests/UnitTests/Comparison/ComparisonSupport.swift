import Glibc
import Records
import Toolkit

@testable import Comparison

/// What a comparison of texts gave.
struct Compared {
  let differences: Differences
  /// The lines of the output of differences.
  let lines: [String]
  /// What was said of the export and of bad results.
  let diagnostics: [String]

  func count(_ finding: Finding) -> Int { differences.total[finding] }

  /// The findings that were made, and how often.
  var counts: [String: Int] {
    var counts: [String: Int] = [:]
    for finding in Finding.allCases where count(finding) > 0 { counts["\(finding.name)"] = count(finding) }
    return counts
  }
}

/// Compares an export with lines of results.
func compare(
  export: String, results: [String], pattern: String? = nil, replacesCharacters: Bool = false, memory: Int = 1 << 20,
  now: Timestamp = Timestamp(milliseconds: 1_750_000_000_000)
) throws -> Compared {
  let folder = TemporaryFolder()
  folder.write("kv.json", export)
  let comparison = ExportComparison(
    pattern: try pattern.map { try KeyPattern($0) }, replacesCharacters: replacesCharacters, memory: memory, now: now)
  var diagnostics: [String] = []
  try comparison.read(export: folder.file("kv.json")) { diagnostics.append($0) }
  let parser = RecordParser(reading: ExportComparison.fields, owning: [])
  for line in results {
    do throws(BadRecord) {
      try lendThrowing(line) { bytes throws(BadRecord) in try comparison.add(try parser.parse(bytes)) }
    } catch {
      diagnostics.append(error.reason)
    }
    try comparison.spillIfFull()
  }
  let descriptor = open(folder.file("differences"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
  close(descriptor)
  let output = Output(file: try .create(folder.file("differences"), console: Console(tool: "test")))
  let differences = try comparison.finish(differences: output)
  try output.complete()
  let lines = (folder.text("differences") ?? "").split(separator: "\n").map { String($0) }
  return Compared(
    differences: differences, lines: lines,
    diagnostics: diagnostics.map { $0.replacing(folder.file("kv.json"), with: "kv.json") })
}

private func lendThrowing(_ text: String, _ body: (Bytes) throws(BadRecord) -> Void) throws(BadRecord) {
  try lend(text) { bytes in Result { () throws(BadRecord) in try body(bytes) } }.get()
}

extension String {
  fileprivate func replacing(_ text: String, with other: String) -> String {
    guard hasPrefix(text) else { return self }
    return other + dropFirst(text.count)
  }
}
