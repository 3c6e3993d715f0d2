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
    for (i, (header, companion, rule)) in CompiledRules.cache.enumerated() {
      guard let value = head.value(header) else { continue }
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
      ["no-store", "private"].contains(directive.string.lowercased())
    }
  }

  /// RFC 9211: `name; hit; ttl=5; fwd=miss; fwd-status=304; detail=…`, caches in the order from origin to client.
  private static func standard(_ head: borrowing ResponseHead) -> CacheVerdict? {
    guard let value = head.value(HeaderNames.cacheStatus) else { return nil }
    let member = StructuredField.lastMember(of: value.string)
    guard let name = member.first else { return nil }
    var parameters: [String: String] = [:]
    for text in member.dropFirst() {
      let parts = text.split(separator: "=", maxSplits: 1)
      if let key = parts.first {
        parameters[key.lowercased()] = parts.count > 1 ? StructuredField.bare(parts[1]) : "true"
      }
    }
    return CacheVerdict(verdict(parameters), layer: StructuredField.bare(name[...]))
  }

  private static func verdict(_ parameters: [String: String]) -> String {
    let detail = parameters["detail"]?.lowercased() ?? ""
    if parameters["hit"] == "true" || parameters["hit"] == "?1" {
      let isStale = detail == "stale" || detail == "updating" || parameters["ttl"]?.hasPrefix("-") == true
      return isStale ? "stale" : "hit"
    }
    switch parameters["fwd"] {
    case "miss", "uri-miss", "vary-miss", "partial": return "miss"
    case "stale": return parameters["fwd-status"] == "304" ? "revalidated" : "expired"
    case "bypass", "request": return "bypass"
    case "method": return "uncacheable"
    default: return "unknown"
    }
  }
}

/// As much of RFC 8941 as Cache-Status needs.
enum StructuredField {
  /// The item and the parameters of a list's last member.
  static func lastMember(of list: String) -> [String] {
    guard let member = split(list, at: ",").last else { return [] }
    return split(member, at: ";").map { text in
      let start = text.drop { $0 == " " || $0 == "\t" }
      return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }.filter { !$0.isEmpty }
  }

  /// Splits outside of quoted strings.
  private static func split(_ text: String, at separator: Character) -> [String] {
    var parts = [""]
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if !isQuoted, character == separator {
        parts.append("")
        continue
      }
      if !isEscaped, character == "\"" { isQuoted.toggle() }
      isEscaped = isQuoted && character == "\\" && !isEscaped
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  /// A token as it is, a string without its quotes.
  static func bare(_ text: Substring) -> String {
    guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return String(text) }
    return text.dropFirst().dropLast().replacing("\\", with: "")
  }
}

extension Substring {
  fileprivate func replacing(_ character: Character, with text: String) -> String {
    reduce(into: "") { $0 += $1 == character ? text : String($1) }
  }
}
