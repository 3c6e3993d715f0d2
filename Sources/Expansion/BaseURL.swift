import Records
import Toolkit

/// Where the objects are served: scheme, authority, a path that ends in a slash, and perhaps a query for every URL.
package struct BaseURL: Sendable, Equatable {
  /// All before the key, with its last slash.
  package let prefix: String
  /// Without the question mark; nil where there is none.
  package let query: String?

  /// Takes an http or https URL (RFC 3986) in ASCII; the reason is for the user.
  package init(_ text: String) throws(Failure) {
    func refuse(_ why: String) -> Failure { Failure(option: "base-url", "“\(text)” is not a usable URL: \(why)") }
    guard let scheme = text.firstRange(of: "://").map({ text[..<$0.lowerBound].lowercased() }),
      scheme == "http" || scheme == "https"
    else { throw refuse("it must begin with http:// or https://") }
    for byte in text.utf8 where byte <= 0x20 || byte >= 0x7F || #""<>\^`{|}"#.utf8.contains(byte) {
      throw refuse("it holds a byte that must be percent-encoded")
    }
    guard !text.contains("#") else { throw refuse("it has a fragment (#)") }
    let rest = text.dropFirst(scheme.count + 3)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    try Self.check(authority, refuse)
    let tail = rest.dropFirst(authority.count)
    let path = tail.prefix { $0 != "?" }
    let query = tail.dropFirst(path.count).dropFirst()
    prefix = "\(scheme)://\(authority)\(path)\(path.hasSuffix("/") ? "" : "/")"
    self.query = query.isEmpty ? nil : String(query)
  }

  private static func check(_ authority: Substring, _ refuse: (String) -> Failure) throws(Failure) {
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    let name: Substring
    var port: Substring?
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { throw refuse("“[” without “]”") }
      name = host[...end]
      let rest = host[host.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { throw refuse("something follows “]”") }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else {
      name = host.prefix { $0 != ":" }
      port = host.count > name.count ? host.dropFirst(name.count + 1) : nil
    }
    guard !name.isEmpty else { throw refuse("it names no host") }
    guard let port, !port.isEmpty else { return }
    guard port.allSatisfy(\.isNumber), let number = Int(port), (1...65_535).contains(number) else {
      throw refuse("“\(port)” is no port")
    }
  }
}

extension String {
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
