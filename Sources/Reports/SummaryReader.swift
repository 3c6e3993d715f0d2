import Records

/// A summary record as reports read it.
package struct SummaryReader: Sendable {
  private let document: JSONValue

  /// Throws where the document is no summary.
  package init(_ document: JSONValue) throws(BadRecord) {
    guard document["record"]?.string == "summary" else { throw BadRecord("not a summary record") }
    guard document["records"]?.integer != nil else { throw BadRecord("a summary without “records”") }
    self.document = document
  }

  package var records: Int { Self.count(document["records"]) ?? 0 }

  /// The members that the summed-up records share, and their values; empty for all records.
  package var group: [(name: String, value: String)] {
    (document["group"]?.members ?? []).map { ($0.name, Self.plain($0.value)) }
  }

  package var started: String? { document["started"]?.string }
  package var finished: String? { document["finished"]?.string }

  /// Seconds from the first start to the last end.
  package var elapsed: Double? {
    guard let start = started.flatMap(Self.time), let end = finished.flatMap(Self.time) else { return nil }
    return Double(end.milliseconds - start.milliseconds) / 1000
  }

  /// The values of a counted member, the most frequent first.
  package func counts(_ name: String) -> [(value: String, count: Int)] {
    (document[name]?.members ?? []).compactMap { member in Self.count(member.value).map { (member.name, $0) } }
  }

  /// How many records have this value.
  package func count(_ name: String, _ value: String) -> Int { Self.count(document[name]?[value]) ?? 0 }

  /// A figure of a measured member: `count`, `sum`, `mean`, `min`, `max` or a quantile.
  package func figure(_ name: String, _ figure: String) -> Double? { document[name]?[figure]?.number }

  /// What no real count exceeds, so that sums of counts cannot overflow.
  private static func count(_ value: JSONValue?) -> Int? { value?.integer.map { min(max($0, 0), 1 << 53) } }

  private static func time(_ text: String) -> Timestamp? {
    var text = text
    return text.withUTF8 { Timestamp(Bytes($0)) }
  }

  private static func plain(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .boolean(let flag): flag ? "true" : "false"
    default: "–"
    }
  }
}
