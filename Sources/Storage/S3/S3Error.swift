import Records
import Toolkit

/// What to do about an answer that is no page.
struct S3Error: Error {
  enum Remedy: Equatable {
    /// The same again, after a pause.
    case retry
    /// The same again, after a longer pause, and less at once: the store is overloaded.
    case slowDown
    /// Other credentials: these have expired.
    case newKey
    /// The bucket is elsewhere.
    case region(String)
    /// The store may know only ListObjects, version 1.
    case version1
    /// The store does not encode keys.
    case plainKeys
    case none
  }

  let remedy: Remedy
  /// How a run ends that can list nothing because of this.
  let status: ExitStatus
  /// The reason in words: completes "cannot list s3://bucket/: …".
  let message: String
  /// Whether no answer came.
  private(set) var isOfTransport = false
  /// Seconds that the store asks to wait.
  var retryAfter: Int?

  init(_ remedy: Remedy, _ status: ExitStatus, _ message: String) {
    self.remedy = remedy
    self.status = status
    self.message = message
  }

  init(_ error: TransportError) {
    switch error.kind {
    case .unreachable, .broken, .timeout: self.init(.retry, .unavailable, error.message)
    case .refused, .cancelled: self.init(.none, .unavailable, error.message)
    }
    isOfTransport = true
  }

  /// - Parameters:
  ///   - status: HTTP's, 200 too: some errors come under it.
  ///   - region: of the header x-amz-bucket-region.
  ///   - isFirst: whether nothing was listed yet.
  init(_ answer: ListPage.ErrorAnswer, status: Int, region: String?, usedRegion: String, isFirst: Bool) {
    let words = Self.words(answer, status)
    switch answer.code {
    case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken", "RequestExpired":
      self.init(.newKey, .noInput, words)
    case "SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "RequestLimitExceeded",
      "TooManyRequestsException", "BandwidthLimitExceeded":
      self.init(.slowDown, .unavailable, words)
    case "RequestTimeout", "InternalError", "OperationAborted": self.init(.retry, .unavailable, words)
    default:
      if let elsewhere = answer.region ?? region, elsewhere != usedRegion, status == 400 || status / 100 == 3 {
        self.init(.region(elsewhere), .noInput, words)
      } else if status == 503 || status == 429 {
        self.init(.slowDown, .unavailable, words)
      } else if status >= 500 && status != 501 || status == 408 {
        self.init(.retry, .unavailable, words)
      } else if isFirst, status == 501 || status == 405 || answer.code == "InvalidArgument" {
        self.init(.version1, .noInput, words)
      } else {
        self.init(.none, .noInput, words)
      }
    }
  }

  /// What users can make something of, then what the store said.
  private static func words(_ answer: ListPage.ErrorAnswer, _ status: Int) -> String {
    guard !answer.code.isEmpty else { return "the store answers \(status)" }
    let said = answer.message.isEmpty ? answer.code : "\(answer.code): \(answer.message)"
    return meanings[answer.code].map { "\($0) (\(said))" } ?? said
  }

  private static let meanings = [
    "NoSuchBucket": "there is no such bucket",
    "AccessDenied": "access is denied",
    "InvalidAccessKeyId": "the store does not know the access key ID",
    "SignatureDoesNotMatch": "the secret key is wrong",
    "ExpiredToken": "the session token has expired",
    "InvalidToken": "the session token is not valid",
    "RequestTimeTooSkewed": "this machine's clock is wrong",
    "PermanentRedirect": "the bucket is in another region, which --region can name",
    "AuthorizationHeaderMalformed": "the bucket is in another region, which --region can name",
    "SlowDown": "the store is overloaded",
    "ServiceUnavailable": "the store is overloaded",
  ]
}
