import CCurl
import Records

/// How attempts over libcurl end.
extension CurlWorker {
  /// Whether the attempt goes on, on a new connection: the server had closed the old one just when the request was sent.
  /// libcurl tries that itself, but only five times in the life of a handle, and not where the connection was reset.
  func startsAfresh(after code: CURLcode) -> Bool {
    guard !isAfresh, head.length == 0, failure == nil,
      code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING,
      ccurl_get_long(easy, CURLINFO_NUM_CONNECTS) == 0 || String(cString: errorText).hasPrefix("Connection died")
    else { return false }
    setAfresh(true)
    setOffset()
    errorText[0] = 0
    return true
  }

  /// Reads off how the attempt ended, and lets go of the job.
  func finish(_ code: CURLcode) -> (job: Job, outcome: Outcome) {
    guard let job else { preconditionFailure("a worker without a job has finished") }
    self.job = nil
    var outcome = Outcome()
    outcome.started = startedAt
    outcome.bytes = bytes
    readTimes(&outcome)
    if let address = ccurl_get_pointer(easy, CURLINFO_PRIMARY_IP) {
      outcome.remoteIP = String(cString: address.assumingMemoryBound(to: CChar.self))
    }
    outcome.status = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE)
    let isAnswered = outcome.status > 0
    if !isAnswered, let hop = job.hop {
      (outcome.status, outcome.vary, outcome.isSized) = (hop.status, hop.vary, hop.isSized)
    }
    outcome.wasConnected = wasConnected(code)
    if isAnswered {
      outcome.httpVersion = httpVersion
      outcome.read(head, job, settings)
    }
    judge(&outcome, job, code)
    if outcome.error == nil, job.step == .fetch { outcome.checksum = hash?.finish() }
    if outcome.error == nil { outcome.judge(job, settings) }
    return (job, outcome)
  }

  /// How an attempt ends that is cut off.
  func cancel() -> (job: Job, outcome: Outcome) {
    var (job, outcome) = finish(CURLE_OK)
    outcome.fail(.cancelled, "cut off by a signal")
    outcome.checksum = nil
    return (job, outcome)
  }

  /// A connection that fails in its TLS handshake has no connect time.
  private func wasConnected(_ code: CURLcode) -> Bool {
    ccurl_get_offset(easy, CURLINFO_CONNECT_TIME_T) > 0 || code != CURLE_OK && FetchError(code) == .tls
  }

  private func readTimes(_ outcome: inout Outcome) {
    let lookup = ccurl_get_offset(easy, CURLINFO_NAMELOOKUP_TIME_T)
    let connect = ccurl_get_offset(easy, CURLINFO_CONNECT_TIME_T)
    let tls = ccurl_get_offset(easy, CURLINFO_APPCONNECT_TIME_T)
    let first = ccurl_get_offset(easy, CURLINFO_STARTTRANSFER_TIME_T)
    outcome.total = offset + ccurl_get_offset(easy, CURLINFO_TOTAL_TIME_T)
    let isNew = ccurl_get_long(easy, CURLINFO_NUM_CONNECTS) > 0
    if isNew, lookup > 0 { outcome.dns = lookup }
    if isNew, connect > 0 { outcome.connect = max(0, connect - lookup) }
    if isNew, tls > 0 { outcome.tls = max(0, tls - connect) }
    if first > 0, head.length > 0 { outcome.ttfb = offset + first }
  }

  private var httpVersion: StaticString? {
    switch ccurl_get_long(easy, CURLINFO_HTTP_VERSION) {
    case Int(CURL_HTTP_VERSION_1_0): "1.0"
    case Int(CURL_HTTP_VERSION_1_1): "1.1"
    case Int(CURL_HTTP_VERSION_2_0): "2"
    case Int(CURL_HTTP_VERSION_3): "3"
    default: nil
    }
  }

  /// Judges how the transfer went.
  private func judge(_ outcome: inout Outcome, _ job: Job, _ code: CURLcode) {
    outcome.isTransient = true
    if let failure { return outcome.fail(failure.error, failure.message) }
    if code != CURLE_OK {
      // libcurl takes a head that ends early for a body that does.
      if code == CURLE_PARTIAL_FILE, !head.isComplete {
        return outcome.fail(.protocolError, "the headers ended without an empty line")
      }
      if code == CURLE_TOO_MANY_REDIRECTS {
        outcome.isTransient = false
        return outcome.fail(.tooManyRedirects, "more than \(settings.maximumRedirects) redirects")
      }
      let detail = errorText[0] == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText)
      outcome.isTransient = FetchError.isTransient(code)
      let message = detail.map { String(cString: $0) } ?? ""
      return outcome.fail(error(code, message), message)
    }
    guard head.isComplete else { return outcome.fail(.protocolError, "the headers ended without an empty line") }
    guard FetchError(status: outcome.status) == nil else { return }
    checkLength(&outcome)
  }

  /// libcurl has one code for a connection that breaks and for an answer that breaks the protocol; its message tells them
  /// apart.
  private func error(_ code: CURLcode, _ message: String) -> FetchError {
    guard code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR else { return FetchError(code) }
    let isBroken = ["Recv failure", "Send failure", "OpenSSL", "SSL_"].contains { message.hasPrefix($0) }
    return isBroken || message.isEmpty ? .reset : .protocolError
  }

  /// libcurl takes a Content-Length that it cannot read for none.
  private func checkLength(_ outcome: inout Outcome) {
    guard let text = head.value(HeaderNames.contentLength), ![204, 304].contains(outcome.status),
      currentMethod != "HEAD", head.value(HeaderNames.transferEncoding) == nil
    else { return }
    // Of two that differ, either could be meant (RFC 9112, 6.3).
    let last = lastElement(text)
    let isOne =
      head.count(HeaderNames.contentLength) == 1 && last.count == text.count
      || !head.hasElement(HeaderNames.contentLength) { !$0.equals(last) }
    guard isOne, let promised = last.decimal else {
      return outcome.fail(
        .protocolError, isOne ? "Content-Length is “\(text.string.prefix(40))”" : "lengths that differ")
    }
    if Int(promised) != bytes {
      outcome.fail(.shortBody, "\(bytes) bytes came of \(promised) that were promised")
    } else if hasExcess {
      outcome.fail(.protocolError, "the body is longer than its Content-Length, \(promised)")
    }
  }
}
