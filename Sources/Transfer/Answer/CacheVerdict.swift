import Records

/// What a response says of the cache nearest to the client.
package struct CacheVerdict: Equatable, Sendable {
  /// One of `Field.cacheVerdicts`.
  package let verdict: String
  /// The cache that said so, where it is known.
  package let layer: String?

  package init(_ verdict: String, layer: String? = nil) {
    self.verdict = verdict
    self.layer = layer
  }

  /// RFC 9211's Cache-Status where there is one, else the rules of cache-rules.tsv, else Age.
  package init(of head: borrowing ResponseHead) {
    let found = Self.standard(head) ?? Self.ruled(head) ?? Self.byAge(head)
    // A miss that may never be stored will be a miss for ever.
    if found.verdict == "miss", Self.forbidsStoring(head) {
      self.init("uncacheable", layer: found.layer)
    } else {
      self = found
    }
  }

  private static func ruled(_ head: borrowing ResponseHead) -> CacheVerdict? {
    guard let rule = decidingRule(head).map({ CompiledRules.cache[$0].rule }) else { return nil }
    return CacheVerdict(rule.verdict, layer: rule.layer)
  }

  /// The index of the first rule that fits.
  static func decidingRule(_ head: borrowing ResponseHead) -> Int? {
    let headers = CompiledRules.cacheHeaders
    for i in headers.indices {
      let header = headers[i]
      guard let value = head.value(header) else { continue }
      let (_, companion, rule) = CompiledRules.cache[i]
      // Its elements are metrics, not one for each cache.
      let fits =
        header == HeaderNames.serverTiming
        ? head.hasElement(header, where: rule.pattern.matches) : rule.pattern.matches(lastElement(value))
      if fits, companion.map({ head.value($0) != nil }) ?? true { return i }
    }
    return nil
  }

  /// A response with an age has been stored somewhere.
  private static func byAge(_ head: borrowing ResponseHead) -> CacheVerdict {
    (head.value(HeaderNames.age)?.decimal ?? 0) > 0 ? CacheVerdict("hit") : CacheVerdict("unknown")
  }

  private static func forbidsStoring(_ head: borrowing ResponseHead) -> Bool {
    // private="NAMES" speaks of these headers alone.
    head.hasElement(HeaderNames.cacheControl) { directive in
      directive.equalsIgnoringCase("no-store") || directive.equalsIgnoringCase("private")
    }
  }

  /// RFC 9211: `name; hit; ttl=5; fwd=miss; fwd-status=304; detail=…`, caches in the order from origin to client.
  private static func standard(_ head: borrowing ResponseHead) -> CacheVerdict? {
    guard let value = head.value(HeaderNames.cacheStatus) else { return nil }
    var member = Bytes(start: nil, count: 0)
    StructuredField.forEachPart(of: value, separatedBy: 0x2C) { if !$0.isEmpty { member = $0 } }
    var name: String?
    var parameters = Parameters()
    StructuredField.forEachPart(of: member, separatedBy: 0x3B) { part in
      if name == nil { name = StructuredField.bare(part) } else { parameters.take(part) }
    }
    return name.map { CacheVerdict(parameters.verdict, layer: $0.isEmpty ? nil : $0) }
  }

  /// The parameters of Cache-Status that matter here.
  private struct Parameters {
    private var isHit = false
    private var isStale = false
    private var wasRevalidated = false
    private var forward: StaticString = "unknown"

    mutating func take(_ part: Bytes) {
      let equals = part.firstIndex(of: 0x3D) ?? part.count
      let key = part.slice(0, equals)
      let value = part.slice(min(equals + 1, part.count), part.count)
      if key.equalsIgnoringCase("hit") {
        isHit = value.isEmpty || value.equals("?1")
      } else if key.equalsIgnoringCase("ttl") {
        isStale = isStale || value.first == 0x2D
      } else if key.equalsIgnoringCase("detail") {
        let detail = value.first == 0x22 && value.count > 1 ? value.slice(1, value.count - 1) : value
        isStale = isStale || detail.equalsIgnoringCase("stale") || detail.equalsIgnoringCase("updating")
      } else if key.equalsIgnoringCase("fwd-status") {
        wasRevalidated = value.equals("304")
      } else if key.equalsIgnoringCase("fwd") {
        forward = Self.verdict(forwarded: value)
      }
    }

    /// Why a request was forwarded, as a verdict; `expired` stands for `stale` until `fwd-status` is known.
    private static func verdict(forwarded reason: Bytes) -> StaticString {
      for name in ["miss", "uri-miss", "vary-miss", "partial"] as [StaticString] where reason.equals(name) {
        return "miss"
      }
      if reason.equals("stale") { return "expired" }
      if reason.equals("bypass") || reason.equals("request") { return "bypass" }
      return reason.equals("method") ? "uncacheable" : "unknown"
    }

    var verdict: String {
      if isHit { return isStale ? "stale" : "hit" }
      let verdict = "\(forward)"
      return verdict == "expired" && wasRevalidated ? "revalidated" : verdict
    }
  }
}
