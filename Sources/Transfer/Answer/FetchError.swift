import CCurl

/// Why an item failed: the closed list of the `error` member.
package enum FetchError: String, CaseIterable, Sendable {
  case dns, connect, tls, timeout, reset
  case protocolError = "protocol"
  case tooManyRedirects = "too_many_redirects"
  case unauthorized, forbidden
  case notFound = "not_found"
  case gone
  case rateLimited = "rate_limited"
  case clientError = "client_error"
  case badGateway = "bad_gateway"
  case unavailable
  case gatewayTimeout = "gateway_timeout"
  case serverError = "server_error"
  case shortBody = "short_body"
  case contentTypeMismatch = "content_type_mismatch"
  case checksumMismatch = "checksum_mismatch"
  case unexpectedStatus = "unexpected_status"
  case tooLarge = "too_large"
  case cancelled

  /// What an HTTP status that is no success means; nil for 2xx.
  package init?(status: Int) {
    switch status {
    case 200..<300: return nil
    case 401: self = .unauthorized
    case 403: self = .forbidden
    case 404: self = .notFound
    case 410: self = .gone
    case 429: self = .rateLimited
    case 400..<500: self = .clientError
    case 502: self = .badGateway
    case 503: self = .unavailable
    case 504: self = .gatewayTimeout
    // What no status is, counts as one of these (RFC 9110, 15).
    case 500..<1000: self = .serverError
    default: self = .protocolError
    }
  }

  /// What libcurl's code for a failed transfer means; libcurl-errors(3).
  init(_ code: CURLcode) {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .dns
    case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: self = .connect
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS:
      self = .tls
    case CURLE_OPERATION_TIMEDOUT: self = .timeout
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING: self = .reset
    case CURLE_PARTIAL_FILE: self = .shortBody
    case CURLE_TOO_MANY_REDIRECTS: self = .tooManyRedirects
    default: self = .protocolError
    }
  }

  /// Whether it says more of the host than of the item.
  var isOfHost: Bool {
    switch self {
    case .dns, .connect, .tls, .timeout, .reset, .protocolError, .unauthorized, .rateLimited, .badGateway,
      .unavailable, .gatewayTimeout, .serverError:
      true
    default: false
    }
  }

  /// Whether less at once might help.
  var isOverload: Bool {
    switch self {
    case .connect, .timeout, .reset, .rateLimited, .unavailable, .gatewayTimeout: true
    default: false
    }
  }

  /// Whether another try may succeed where a transfer failed: a certificate stays as it is.
  static func isTransient(_ code: CURLcode) -> Bool {
    switch FetchError(code) {
    case .tls: code == CURLE_SSL_CONNECT_ERROR
    case .tooManyRedirects: false
    default: code != CURLE_URL_MALFORMAT
    }
  }

  /// Whether another try may succeed where the status says the error: 5xx, 429, and of the other 4xx 408 and 425.
  func isTransient(status: Int) -> Bool {
    switch self {
    case .rateLimited, .badGateway, .unavailable, .gatewayTimeout, .serverError: true
    case .clientError: status == 408 || status == 425
    case .protocolError: !(300..<400).contains(status)
    default: false
    }
  }
}
