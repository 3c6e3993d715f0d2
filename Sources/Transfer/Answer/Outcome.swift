import Records

/// How the last attempt of an item ended. Times are in microseconds.
package struct Outcome {
  package var error: FetchError?
  package var message = ""
  /// 0: no answer came.
  package var status = 0
  package var started = Timestamp(milliseconds: 0)
  /// Times of the connection; nil where one was reused.
  package var dns: Int?
  package var connect: Int?
  package var tls: Int?
  package var ttfb: Int?
  package var total = 0
  package var bytes = 0
  package var contentType: String?
  /// What Vary names.
  package var vary: String?
  /// Whether the answer told its length; of meaning where there is a status.
  package var isSized = false
  package var httpVersion: StaticString?
  package var remoteIP = ""
  package var cache: CacheVerdict?
  package var age: Int?
  package var pop: String?
  /// Whether only the range that was asked for came; nil where none was.
  package var isPartial: Bool?
  /// Of the body, in hexadecimal, where it was asked for.
  package var checksum: String?
  /// Content-Length.
  var promised: Int?
  /// Whether the CDN says that it made no derivative, since the account may have no more of them.
  var isQuotaExhausted = false
  /// What is wrong with an answer that is good by its status.
  var complaint: (error: FetchError, message: String)?
  /// Whether another try may succeed.
  package var isTransient = false
  /// Whether a connection was there.
  package var wasConnected = false
  /// Seconds that the server asks to wait.
  var retryAfter: Int?

  package var isSuccess: Bool { error == nil }
}

extension ByteBuffer {
  /// Appends the members of a result.
  package mutating func append(_ outcome: Outcome, of job: Job, _ settings: FetchSettings) {
    append(.ok, outcome.isSuccess)
    if outcome.status > 0 { append(.status, outcome.status) }
    if let error = outcome.error {
      append(.error, error.rawValue)
      append(.errorMessage, outcome.message)
    }
    append(.attempts, job.attempts)
    append(member: .started)
    append(quoted: outcome.started)
    append(.dns, microseconds: outcome.dns)
    append(.connect, microseconds: outcome.connect)
    append(.tls, microseconds: outcome.tls)
    append(.ttfb, microseconds: outcome.ttfb)
    append(.total, microseconds: outcome.total)
    append(.bytes, outcome.bytes)
    if let type = outcome.contentType { append(.contentType, type) }
    if let vary = outcome.vary { append(.vary, vary) }
    if outcome.status > 0 { append(.sized, outcome.isSized) }
    if let version = outcome.httpVersion { append(.httpVersion, literal: version) }
    if !outcome.remoteIP.isEmpty { append(.remoteIP, outcome.remoteIP) }
    if let size = job.size ?? (outcome.isSuccess && outcome.isPartial != true ? outcome.bytes : nil) {
      append(.sizeClass, literal: SizeClasses.names[settings.sizeClasses.index(of: size)])
    }
    if let cache = outcome.cache {
      append(.cache, cache.verdict)
      if let age = outcome.age { append(.cacheAge, age) }
      if let layer = cache.layer { append(.cacheLayer, layer) }
    }
    if let pop = outcome.pop { append(.pop, pop) }
    if let isPartial = outcome.isPartial { append(.partial, isPartial) }
    if let checksum = outcome.checksum { append(settings.checksum == .md5 ? .md5 : .sha256, checksum) }
    if let proof = job.proof, outcome.isSuccess {
      append(.warmed, proof.isWarm)
      append(.firstCache, proof.first)
      if let reason = proof.reason { append(.notWarmed, reason.rawValue) }
    }
  }

  private mutating func append(_ field: Field, microseconds: Int?) {
    guard let microseconds else { return }
    append(member: field)
    append(millisecondsFromMicroseconds: microseconds)
  }

  private mutating func append(_ field: Field, literal: StaticString) {
    append(member: field)
    append(byte: 0x22)
    append(literal)
    append(byte: 0x22)
  }
}
