/// How requests are made.
package struct FetchSettings: Sendable {
  /// Requests in flight at most.
  package var workers = 500
  /// Of one attempt, microseconds.
  package var timeout = 240_000_000
  package var connectTimeout = 30_000_000
  package var retry = RetryPolicy()
  package var maximumRedirects = 10
  /// Seconds that an idle connection is kept for reuse; 0: closed after each request.
  package var connectionCloseDelay = 15
  /// Headers for each request, `Name: value`.
  package var headers: [String] = []
  package var userAgent = "media-toolkit"
  /// PEM file of the authorities to trust instead of the system's.
  package var authorities: String?
  /// Whether certificates are checked.
  package var verifiesCertificates = true

  package init() {}
}
