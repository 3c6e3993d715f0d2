import Records

/// One item on its way: its record, and what is asked for.
package final class Job {
  /// The item's line without closing brace and without the members that a result has.
  package private(set) var body = ByteBuffer()
  /// With a NUL at the end, for libcurl.
  private(set) var url = ByteBuffer()
  package private(set) var accept: String?
  /// Bytes of the object, where the record says it.
  package private(set) var size: Int?
  /// Attempts made so far.
  package internal(set) var attempts = 0
  /// The hash of scheme and authority: connections are looked for where the last such request went.
  private(set) var hostHash: UInt64 = 0
  /// Whether the name of the host is known, or will not be.
  var hasLookedUp = false
  /// How the last attempt ended, while the job waits for the next.
  var lastOutcome: Outcome?

  package init() {}

  /// The members read of a request.
  package static let fields: [Field] = [.url, .accept, .size]

  package func load(_ request: Record) throws(BadRecord) {
    let text = try request.required(.url)
    guard let authorityEnd = endOfAuthority(text) else {
      throw BadRecord("“url” is not an http or https URL: \(text.string.prefix(200))")
    }
    size = try request.optionalCount(.size)
    accept = request.has(.accept) ? try request.required(.accept).string : nil
    if let accept, accept.isEmpty || accept.utf8.contains(where: { $0 < 0x20 }) {
      throw BadRecord("“accept” is empty or holds a control character")
    }
    hostHash = tableHash(text.slice(0, authorityEnd))
    url.removeAll()
    url.append(text)
    url.append(byte: 0)
    body.removeAll()
    body.append(request.body)
    attempts = 0
    hasLookedUp = false
    lastOutcome = nil
  }
}

/// Where the authority of an http or https URL ends; nil where `text` is no such URL or holds what a URL cannot.
package func endOfAuthority(_ text: Bytes) -> Int? {
  let start: Int
  if text.count > 7, text.slice(0, 7).equalsIgnoringCase("http://") {
    start = 7
  } else if text.count > 8, text.slice(0, 8).equalsIgnoringCase("https://") {
    start = 8
  } else {
    return nil
  }
  for byte in text where byte <= 0x20 || byte == 0x7F { return nil }
  let end = text.slice(start, text.count).firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? text.count - start
  return end > 0 ? start + end : nil
}
