/// Why an object that was fetched is not proven to be in the cache: the closed list of the `not_warmed` member.
package enum NotWarmed: String, CaseIterable, Sendable {
  case uncacheable, bypass, dynamic
  case overLimit = "over_limit"
  case quotaExhausted = "quota_exhausted"
  case notHit = "not_hit"
}

/// Whether an answer proves that a cache holds the object, and whether to ask again where it does not.
package struct WarmPolicy: Sendable {
  /// Requests after the first good answer at most.
  package var asks = 0
  /// Bytes of the largest object that the cache stores, where that is not left to warm-rules.tsv.
  package var cacheLimit: Int?

  package init() {}

  package enum Decision: Equatable, Sendable {
    case proven
    /// After so many microseconds.
    case askAgain(pause: Int)
    case hopeless(NotWarmed)
  }

  /// - Parameters:
  ///   - bodyBytes: bytes of the whole object, where it is known, else of the body.
  ///   - isQuotaExhausted: as `WarmRules` reads it off the headers; a hit is one for another object then.
  ///   - asked: requests made so far after the first good answer, 0 or more.
  package func decide(verdict: CacheVerdict?, bodyBytes: Int, isQuotaExhausted: Bool, asked: Int) -> Decision {
    if isQuotaExhausted { return .hopeless(.quotaExhausted) }
    switch verdict?.verdict {
    case "hit": return .proven
    case "uncacheable": return .hopeless(.uncacheable)
    case "dynamic": return .hopeless(.dynamic)
    default: break
    }
    // Caches pass by what is too large for them.
    if let limit = cacheLimit ?? verdict?.layer.flatMap({ WarmRules.all.limits[$0] }), bodyBytes > limit {
      return .hopeless(.overLimit)
    }
    if verdict?.verdict == "bypass" { return .hopeless(.bypass) }
    guard asked < asks else { return .hopeless(.notHit) }
    return .askAgain(pause: min(2_000_000, 100_000 << min(max(0, asked), 10)))
  }
}
