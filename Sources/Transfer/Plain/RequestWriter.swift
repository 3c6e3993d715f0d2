import Records

/// Writes the heads of requests, in the order in which libcurl does.
struct RequestWriter: ~Copyable {
  private(set) var text = ByteBuffer(capacity: 4096)
  private var common = ByteBuffer()
  /// With `common` before it.
  private var usual = ByteBuffer()
  private let settings: FetchSettings

  init(_ settings: FetchSettings) {
    self.settings = settings
    func has(_ name: String) -> Bool { settings.headers.contains { $0.lowercased().hasPrefix(name + ":") } }
    if !has("user-agent") { common.append(text: "User-Agent: \(settings.userAgent)\r\n") }
    usual.append(common.bytes)
    if !has("accept") { usual.append("Accept: */*\r\n") }
    for line in settings.headers {
      usual.append(text: line + "\r\n")
      if !line.lowercased().hasPrefix("accept:") { common.append(text: line + "\r\n") }
    }
  }

  /// Makes `text` the request of `job`.
  mutating func write(_ job: Job) {
    text.removeAll()
    let method = settings.method(of: job)
    if method == "GET" { text.append("GET ") } else { text.append(text: method + " ") }
    let target = job.urlText.slice(job.authorityEnd, job.urlText.count)
    if target.first != 0x2F { text.append(byte: 0x2F) }
    text.append(target.firstIndex(of: 0x23).map { target.slice(0, $0) } ?? target)
    text.append(" HTTP/1.1\r\nHost: ")
    text.append(text: job.host.authority.hostHeader)
    text.append("\r\n")
    if let accept = job.accept {
      text.append(common.bytes)
      text.append("Accept: ")
      text.append(text: accept)
      text.append("\r\n")
    } else {
      text.append(usual.bytes)
    }
    if let range = settings.range(of: job) { text.append(text: "Range: \(range.headerValue)\r\n") }
    text.append("\r\n")
  }
}
