import Records

/// What an answer comes to, by its head and by what was asked: the same for all transports.
extension Outcome {
  /// Takes what the head of the last answer says; `status` is there already.
  mutating func read(_ head: borrowing ResponseHead, _ job: Job, _ settings: FetchSettings) {
    let type = head.value(HeaderNames.contentType)
    contentType = type?.string
    cache = CacheVerdict(of: head)
    age = head.value(HeaderNames.age)?.decimal.map { Int($0) }
    pop = PopRule.pointOfPresence(of: head)
    promised = head.contentLength
    let isBodiless = status < 200 || status == 204 || status == 304 || settings.method(of: job) == "HEAD"
    isSized =
      isBodiless
      ? head.value(HeaderNames.contentLength) != nil
      : promised != nil && head.value(HeaderNames.transferEncoding) == nil
    if status >= 200 { vary = head.vary }
    isQuotaExhausted = settings.warming != nil && WarmRules.isQuotaExhausted(head)
    if status >= 400 {
      retryAfter = head.value(HeaderNames.retryAfter).flatMap { RetryPolicy.seconds(retryAfter: $0, now: .now) }
    }
    guard job.step == .fetch else { return }
    if let range = settings.range(of: job) { check(range, head) }
    if settings.checksContentType, [200, 203, 206].contains(status), settings.method == "GET" {
      let key = job.key.bytes
      let name = key.isEmpty ? ContentTypeRule.path(of: job.urlText) : key
      let complaint = ContentTypeRule.mismatch(
        contentType: type, name: name, accept: job.accept, format: job.expected.format)
      if let complaint { self.complaint = (.contentTypeMismatch, complaint) }
    }
  }

  private mutating func check(_ range: ByteRange, _ head: borrowing ResponseHead) {
    isPartial = status == 206
    guard status == 206 else { return }
    let answered = head.value(HeaderNames.contentRange)
    if !range.fits(contentRange: answered) {
      complaint = (
        .protocolError,
        "asked for \(range.headerValue), the answer's Content-Range is “\(answered?.string.prefix(60) ?? "")”"
      )
    }
  }

  /// Judges an answer that has come whole.
  mutating func judge(_ job: Job, _ settings: FetchSettings) {
    isTransient = true
    if let error = fault(job, settings) {
      isTransient = error.isTransient(status: status)
      let isRedirect = error == .tooManyRedirects
      return fail(error, "the server answered \(status)\(isRedirect ? ", and redirects are not followed" : "")")
    }
    if let complaint { return fail(complaint.error, complaint.message) }
    checkSum(job, settings)
  }

  /// What the status says is wrong.
  private func fault(_ job: Job, _ settings: FetchSettings) -> FetchError? {
    if let expected = settings.expectedStatus, job.step == .fetch, expected.contains(status) { return nil }
    // What is not in the cache has been purged.
    if job.step == .purge, status == 404 { return nil }
    if settings.maximumRedirects == 0, Self.isRedirect(status) { return .tooManyRedirects }
    guard settings.expectedStatus != nil, job.step == .fetch, (200..<400).contains(status) else {
      return FetchError(status: status)
    }
    return .unexpectedStatus
  }

  /// Whether an answer of this status sends to its Location, if it has one: as libcurl sees it, but for 304.
  static func isRedirect(_ status: Int) -> Bool { (300..<400).contains(status) && status != 304 }

  private mutating func checkSum(_ job: Job, _ settings: FetchSettings) {
    // Only these bring the object.
    if settings.method != "GET" || status != 200 && status != 203 { checksum = nil }
    guard let checksum else { return }
    let wanted: String?
    if settings.checksum == .md5 {
      wanted = job.expected.isDerivative ? nil : job.expected.etag.flatMap(Self.singlePartMD5)
    } else {
      wanted = job.expected.sha256?.lowercased()
    }
    guard let wanted, wanted != checksum else { return }
    fail(.checksumMismatch, "the body's checksum is \(checksum), not \(wanted)")
    isTransient = false
  }

  /// The MD5 sum that an entity tag of S3 is, unless the object came in parts.
  private static func singlePartMD5(_ tag: String) -> String? {
    let digits = tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.count > 2 ? String(tag.dropFirst().dropLast()) : tag
    return digits.utf8.count == 32 && digits.utf8.allSatisfy { $0.isHexDigit } ? digits.lowercased() : nil
  }

  mutating func fail(_ error: FetchError, _ message: String) {
    self.error = error
    self.message = message
    if error == .contentTypeMismatch || error == .tooLarge { isTransient = false }
  }

  /// An attempt that was not made, or not to its end, as nobody wants it any more.
  static func cancelled(_ why: String) -> Outcome {
    var outcome = Outcome()
    outcome.started = .now
    outcome.fail(.cancelled, why)
    return outcome
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool { (48...57).contains(self) || (97...102).contains(self | 0x20) }
}
