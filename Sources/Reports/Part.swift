import Measure
import Records

/// What the records of one value of a member come to; or those of all the values for which a table has no room.
struct Part {
  let name: String
  private(set) var count = 0
  private(set) var failed = 0
  /// Bytes of the objects.
  private(set) var size = 0.0
  /// Bytes received.
  private(set) var bytes = 0.0
  private(set) var errors: [String: Int] = [:]
  private(set) var cache: [String: Int] = [:]

  /// Hits among the answers whose cache verdict is known, 0 to 1.
  var hitRatio: Double? {
    let known = cache.reduce(0) { $1.key == "unknown" ? $0 : $0 &+ $1.value }
    return share(cache["hit"] ?? 0, of: known)
  }

  var errorRate: Double? { share(failed, of: count) }

  /// Nil where there was none; of several that are as frequent, the first by name.
  var mostFrequentError: String? { errors.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key }

  func total(of field: Field) -> Double { field == .size ? size : bytes }

  fileprivate init(_ value: Breakdown) {
    name = value.name
    count = value.count
    failed = value.failed
    size = Double(value.size)
    bytes = Double(value.bytes)
    errors = Dictionary(value.errors.map { ($0.name, $0.count) }, uniquingKeysWith: &+)
    cache = Dictionary(value.cache.map { ($0.name, $0.count) }, uniquingKeysWith: &+)
  }

  fileprivate init(name: String, count: Int) {
    self.name = name
    self.count = count
  }

  /// All of these as one.
  fileprivate init(name: String, of parts: [Part]) {
    self.name = name
    for part in parts {
      count &+= part.count
      failed &+= part.failed
      size += part.size
      bytes += part.bytes
      errors.merge(part.errors, uniquingKeysWith: &+)
      cache.merge(part.cache, uniquingKeysWith: &+)
    }
  }
}

extension Summary {
  /// The values of a counted member: the `limit` of the greatest weight, greatest first, and then the rest as one.
  func parts(
    _ dimension: Dimension, limit: Int = 20, by weight: (Part) -> Double = { Double($0.count) }
  ) -> [Part] {
    let all =
      Self.brokenDown.contains(dimension)
      ? breakdown(dimension).map { Part($0) } : counts(dimension).map { Part(name: $0.name, count: $0.count) }
    let named = all.filter { $0.name != ValueCounter.otherName }.enumerated()
      .sorted { (weight($1.element), $0.offset) < (weight($0.element), $1.offset) }.map(\.element)
    let others = all.filter { $0.name == ValueCounter.otherName }
    let rest = named.dropFirst(limit) + others
    guard rest.count > 1 else { return Array(named.prefix(limit) + rest) }
    // How many values are behind `(other)` is not known.
    let name = "(\(others.isEmpty ? "" : "more than ")\(max(named.count - limit, 0)) others)"
    return named.prefix(limit) + [Part(name: name, of: Array(rest))]
  }
}

extension TableColumn where Subject == Part {
  static func name(_ title: String, _ name: String) -> TableColumn { .init(title, name) { $0.name } }

  static func share(of whole: Int) -> TableColumn {
    .init("Share", "share", .share) { Reports.share($0.count, of: whole) }
  }

  static var count: TableColumn { .init("Count", "count", .count) { Double($0.count) } }
  static var failed: TableColumn { .init("Failed", "failed", .count) { Double($0.failed) } }
  static var errorRate: TableColumn { .init("Error rate", "error_rate", .share) { $0.errorRate } }
  static var hitRatio: TableColumn { .init("Hit ratio", "hit_ratio", .share) { $0.hitRatio } }
}
