import Records
import Testing
import Toolkit

@testable import Comparison

@Suite struct JoinTests {
  /// A random comparison, and what a plain join by dictionaries makes of it.
  private struct Sample {
    struct Entry {
      let path, selector, name: String
      let version, size, expiration: Int?
    }

    struct Result: Hashable { let path, variant: String }

    static let now = 1_750_000_000
    static let sizes = ["mobile": (854, 640), "tablet": (1280, 720), "desktop": (1920, 1080)]

    var entries: [Entry] = []
    var results: [(item: Result, isOK: Bool, bytes: Int)] = []
    var chunks: [String] = []
    var unmatched: [String] = []

    init(_ random: inout Seeded, paths: Int, count: Int) {
      let variants = Self.sizes.keys.sorted()
      func path() -> String { random.pick(["a/", "b/c/", "", "ö/"]) + "\(random.below(paths)).mp4" }
      var names: Set<String> = []
      for _ in 0..<count {
        let (path, variant) = (path(), random.pick(variants))
        let size = Self.sizes[variant]!
        let selector = random.below(3) > 0 ? "derivative=\(variant)" : "w=\(size.0):h=\(size.1)"
        let version = random.below(4) == 0 ? random.below(3) : nil
        let name = "video:\(path):\(selector)" + (version.map { ":version=\($0)" } ?? "")
        switch random.below(20) {
        case 0: chunks.append("video:\(path):\(selector)_chunk_\(chunks.count)")
        case 1:
          unmatched.append("\(random.below(paths)) \(path)")
          continue
        default: break
        }
        guard names.insert(name).inserted else { continue }
        entries.append(
          Entry(
            path: path, selector: selector, name: name, version: version,
            size: random.below(3) > 0 ? random.below(3) : nil,
            expiration: random.below(5) == 0 ? Self.now + random.below(10) - 5 : nil))
      }
      for _ in 0..<count * 2 {
        let item = Result(path: path(), variant: random.pick(variants))
        results.append((item, random.below(6) > 0, random.below(3)))
      }
      unmatched = Set(unmatched).sorted()
    }

    var export: String {
      var elements = entries.map { entry in
        "{\"name\":\"\(entry.name)\"" + (entry.expiration.map { ",\"expiration\":\($0)" } ?? "")
          + (entry.size.map { ",\"metadata\":{\"contentLength\":\($0)}" } ?? "") + "}"
      }
      elements += unmatched.map { "{\"name\":\"\($0)\"}" }
      elements += chunks.map { "{\"name\":\"\($0)\"}" }
      var random = Seeded(UInt64(elements.count))
      return "[\(elements.shuffled(using: &random).joined(separator: ",\n"))]"
    }

    var lines: [String] {
      results.map { result in
        let size = Self.sizes[result.item.variant]!
        return "{\"key\":\"\(result.item.path)\",\"variant\":\"\(result.item.variant)\",\"width\":\(size.0),"
          + "\"height\":\(size.1),\"ok\":\(result.isOK),\"bytes\":\(result.bytes)}"
      }
    }

    /// Differences in words, and all counts.
    func joined() -> (differences: [String], counts: [String: Int]) {
      var counts: [String: Int] = [:]
      var differences: [String] = []
      func note(_ finding: String, _ path: String, _ variant: String?, _ name: String?) {
        counts[finding, default: 0] += 1
        differences.append("\(finding) \(path) \(variant ?? "-") \(name ?? "-")")
      }
      var newest: [String: Entry] = [:]
      for entry in entries {
        let item = "\(entry.path) \(entry.selector)"
        guard let other = newest[item] else {
          newest[item] = entry
          continue
        }
        let older = (entry.version ?? -1) < (other.version ?? -1) ? entry : other
        if older.name == other.name { newest[item] = entry }
        note("older_version", older.path, Self.variant(older), older.name)
      }
      var fitted: Set<String> = []
      for (item, all) in Dictionary(grouping: results, by: \.item) {
        let size = Self.sizes[item.variant]!
        let selectors = ["derivative=\(item.variant)", "w=\(size.0):h=\(size.1)"]
        let entries = selectors.compactMap { newest["\(item.path) \($0)"] }
        fitted.formUnion(entries.map(\.name))
        for _ in all.dropFirst() { note("repeated_result", item.path, item.variant, entries.first?.name) }
        let good = all.filter(\.isOK)
        guard let bytes = good.map(\.bytes).max() else {
          note(entries.isEmpty ? "failed_not_in_kv" : "failed_in_kv", item.path, item.variant, entries.first?.name)
          continue
        }
        guard let entry = entries.first else {
          note("only_in_results", item.path, item.variant, nil)
          continue
        }
        counts["both", default: 0] += 1
        if let stored = entry.size, stored != bytes { note("size_differs", item.path, item.variant, entry.name) }
      }
      for entry in newest.values {
        if !fitted.contains(entry.name) { note("only_in_kv", entry.path, Self.variant(entry), entry.name) }
        if let expiration = entry.expiration, expiration < Self.now {
          note("expired", entry.path, Self.variant(entry), entry.name)
        }
      }
      for name in unmatched { note("unmatched", "-", nil, name) }
      for chunk in chunks {
        let parts = chunk.split(separator: ":", maxSplits: 2).map { String($0) }
        let variant = parts[2].hasPrefix("derivative=") ? String(parts[2].dropFirst(11).prefix { $0 != "_" }) : nil
        note("chunk", parts[1], variant, chunk)
      }
      return (differences.sorted(), counts)
    }

    private static func variant(_ entry: Entry) -> String? {
      entry.selector.hasPrefix("derivative=") ? String(entry.selector.dropFirst(11)) : nil
    }
  }

  @Test(arguments: [(1, 3, 20), (2, 30, 200), (3, 300, 1000), (4, 1, 500), (5, 2000, 3000)])
  func findsWhatAPlainJoinFinds(seed: Int, paths: Int, count: Int) throws {
    var random = Seeded(UInt64(seed))
    let sample = Sample(&random, paths: paths, count: count)
    let wanted = sample.joined()
    let now = Timestamp(seconds: Sample.now, nanoseconds: 0)
    let compared = try compare(export: sample.export, results: sample.lines, memory: 64 << 20, now: now)
    #expect(compared.diagnostics.isEmpty)
    #expect(compared.counts == wanted.counts)
    let found = try compared.lines.map { line in
      let record = try JSONValue(parsing: line)
      func text(_ name: String) -> String { record[name]?.string ?? "-" }
      return "\(text("difference")) \(text("key")) \(text("variant")) \(text("kv_name"))"
    }
    #expect(found.sorted() == wanted.differences)
    // In the order of the keys; a name that says nothing stands where it would as a key.
    let keys = found.map { $0.split(separator: " ") }.map { Array(($0[1] == "-" ? $0[3...] : $0[1...1])) }
    #expect(keys.map { Array($0.joined(separator: " ").utf8) }.isSorted)

    for memory in [1 << 10, 16 << 10, 200 << 10] {
      let onDisk = try compare(export: sample.export, results: sample.lines, memory: memory, now: now)
      #expect(onDisk.lines == compared.lines && onDisk.differences.total == compared.differences.total)
      #expect(onDisk.differences.examples == compared.differences.examples)
      #expect(onDisk.differences.byVariant.named.map(\.counts) == compared.differences.byVariant.named.map(\.counts))
      #expect(onDisk.differences.byPrefix.named.map(\.name) == compared.differences.byPrefix.named.map(\.name))
    }
  }
}

extension [[UInt8]] {
  fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) } }
}
