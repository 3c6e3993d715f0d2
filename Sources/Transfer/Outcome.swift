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
  package var httpVersion: StaticString?
  package var remoteIP = ""
  package var cache: CacheVerdict?
  package var age: Int?
  package var pop: String?
  /// Whether another try may succeed.
  package var isTransient = false
  /// Whether a connection was there.
  package var wasConnected = false
  /// Seconds that the server asks to wait.
  var retryAfter: Int?

  package var isSuccess: Bool { error == nil }
}

/// The class of an object by its size.
package enum SizeClass {
  /// Bytes: up to 50 MiB, up to 200 MiB, more.
  package static func name(_ bytes: Int) -> StaticString {
    bytes <= 50 << 20 ? "small" : bytes <= 200 << 20 ? "medium" : "large"
  }
}

extension ByteBuffer {
  /// Appends the members of a result.
  package mutating func append(_ outcome: Outcome, of job: Job) {
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
    if let version = outcome.httpVersion { append(.httpVersion, literal: version) }
    if !outcome.remoteIP.isEmpty { append(.remoteIP, outcome.remoteIP) }
    if let size = job.size ?? (outcome.isSuccess ? outcome.bytes : nil) {
      append(.sizeClass, literal: SizeClass.name(size))
    }
    if let cache = outcome.cache {
      append(.cache, cache.verdict)
      if let age = outcome.age { append(.cacheAge, age) }
      if let layer = cache.layer { append(.cacheLayer, layer) }
    }
    if let pop = outcome.pop { append(.pop, pop) }
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
