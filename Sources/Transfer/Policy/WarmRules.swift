import Records

/// The rows of warm-rules.tsv.
struct WarmRules: Sendable {
  static let all = WarmRules(Table(PackageResources.warm_rules_tsv))

  /// Bytes of the largest object that a layer stores.
  let limits: [String: Int]
  /// Headers, and the word that says in each that a quota is used up.
  let quotas: [(header: String, word: [UInt8])]

  private init(_ table: Table) {
    let limitRows = table.rows.filter { $0[0] == "limit" }.compactMap { row in Int(row[2]).map { (row[1], $0) } }
    limits = Dictionary(uniqueKeysWithValues: limitRows)
    quotas = table.rows.filter { $0[0] == "quota" }.map { ($0[1], Array($0[2].utf8)) }
  }

  private static let compiledQuotas = all.quotas.map { (header: HeaderNames.index(of: $0.header), word: $0.word) }

  /// Whether the answer says that a quota of transformations is used up: what came is the object as it was.
  static func isQuotaExhausted(_ head: borrowing ResponseHead) -> Bool {
    for (header, word) in compiledQuotas {
      guard let value = head.value(header) else { continue }
      let words = value.split { [0x20, 0x09, 0x2C, 0x3B].contains($0) }
      let isSaid = words.contains { part in word.withUnsafeBytes { Bytes(rebasing: part).equalsIgnoringCase($0) } }
      if isSaid { return true }
    }
    return false
  }
}
