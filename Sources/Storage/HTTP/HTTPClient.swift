import CCurl
import Glibc
import Records
import Toolkit

/// How servers are spoken to.
package struct HTTPSettings: Sendable {
  /// Milliseconds.
  package var connectTimeout = 10_000
  /// Milliseconds in which nothing comes, after which a server is given up.
  package var stallTimeout = 60_000
  /// A file of certificates to trust instead of the system's.
  package var authorities: String?
  package var verifiesCertificates = true
  /// Whether the proxies of the environment are used (http_proxy and the like).
  package var usesProxies = true

  package init() {}
}

/// What AWS Signature Version 4 needs of who signs.
package struct SigningKey: Sendable, Equatable {
  package var accessKeyID: String
  package var secret: String
  package var sessionToken: String?

  package init(accessKeyID: String, secret: String, sessionToken: String? = nil) {
    self.accessKeyID = accessKeyID
    self.secret = secret
    self.sessionToken = sessionToken
  }
}

package struct HTTPRequest: Sendable {
  package var method = "GET"
  /// To be signed it must be canonical: parameters sorted by name, all with `=`, each byte outside A-Za-z0-9-._~ as %XX.
  package var url: String
  /// `Name: value`
  package var headers: [String] = []
  package var body: String?
  package var signature: (key: SigningKey, region: String, service: String)?
  /// Milliseconds until an answer must be there in whole; 0: none.
  package var timeout = 0

  package init(_ url: String) { self.url = url }
}

/// An answer whose body was small.
package struct HTTPResponse: Sendable {
  package let status: Int
  package let body: [UInt8]
}

/// Why no whole answer came.
package struct TransportError: Error, Sendable {
  package enum Kind: Sendable {
    /// Nobody was reached: no name, no route, connection refused.
    case unreachable
    /// The connection broke, or an answer is not as long as it said.
    case broken
    case timeout
    /// Certificates or protocol: trying again would not help.
    case refused
    /// A signal came.
    case cancelled
  }
  package let kind: Kind
  /// In words, libcurl's.
  package let message: String
}

/// One connection, blocking: for threads that each speak to one server. Never shared.
package final class HTTPClient {
  private let easy: UnsafeMutableRawPointer
  private let settings: HTTPSettings
  private var errorText = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))

  /// libcurl's start is not safe beside other threads: once, by whoever comes first.
  private static let isStarted: Bool = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

  package init(_ settings: HTTPSettings) throws(Failure) {
    guard Self.isStarted, let easy = curl_easy_init() else { throw Failure(.software, "libcurl cannot start") }
    self.easy = easy
    self.settings = settings
  }

  deinit { curl_easy_cleanup(easy) }

  /// The status of the last answer, as soon as its head is there.
  package var status: Int { ccurl_get_long(easy, CURLINFO_RESPONSE_CODE) }

  /// A header of the last answer.
  package func header(_ name: String) -> String? {
    var found: UnsafeMutablePointer<curl_header>?
    guard curl_easy_header(easy, name, 0, UInt32(CURLH_HEADER), -1, &found) == CURLHE_OK, let found else { return nil }
    return String(cString: found.pointee.value)
  }

  /// Sends the request and collects its answer, of at most `limit` bytes.
  package func send(_ request: HTTPRequest, limit: Int = 4 << 20) throws(TransportError) -> HTTPResponse {
    var body: [UInt8] = []
    let status = try send(request) { part in
      body += part
      return body.count <= limit
    }
    return HTTPResponse(status: status, body: body)
  }

  /// Sends the request and hands its answer's body over as it comes, until `sink` says false. The answer's status.
  package func send(
    _ request: HTTPRequest, to sink: @escaping (Bytes) -> Bool
  ) throws(TransportError) -> Int {
    curl_easy_reset(easy)
    var headers: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(headers) }
    for header in request.headers { headers = curl_slist_append(headers, header) }
    apply(request, &headers)
    _ = ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
    let receiver = Unmanaged.passRetained(Receiver(sink))
    defer { receiver.release() }
    _ = ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, receive, receiver.toOpaque())
    _ = ccurl_set_progress_callback(easy, watch, nil)
    let result = errorText.withUnsafeMutableBufferPointer { text in
      text[0] = 0
      _ = ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, text.baseAddress)
      let result = curl_easy_perform(easy)
      _ = ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, nil)
      return result
    }
    guard result == CURLE_OK else { throw error(result) }
    return status
  }

  private func apply(_ request: HTTPRequest, _ headers: inout UnsafeMutablePointer<curl_slist>?) {
    _ = ccurl_set_pointer(easy, CURLOPT_URL, request.url)
    _ = ccurl_set_pointer(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    _ = ccurl_set_pointer(easy, CURLOPT_USERAGENT, "media-toolkit/\(toolkitVersion)")
    _ = ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    _ = ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
    _ = ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    _ = ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout)
    _ = ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, request.timeout)
    _ = ccurl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
    _ = ccurl_set_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, settings.stallTimeout / 1000))
    _ = ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
    if let authorities = settings.authorities { _ = ccurl_set_pointer(easy, CURLOPT_CAINFO, authorities) }
    if !settings.verifiesCertificates {
      _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 0)
      _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 0)
    }
    if !settings.usesProxies { _ = ccurl_set_pointer(easy, CURLOPT_PROXY, "") }
    if let body = request.body {
      _ = ccurl_set_long(easy, CURLOPT_POSTFIELDSIZE, body.utf8.count)
      _ = ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, body)
    }
    if request.method != (request.body == nil ? "GET" : "POST") {
      _ = ccurl_set_pointer(easy, CURLOPT_CUSTOMREQUEST, request.method)
    }
    guard let signature = request.signature else { return }
    _ = ccurl_set_pointer(easy, CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
    _ = ccurl_set_pointer(easy, CURLOPT_USERNAME, signature.key.accessKeyID)
    _ = ccurl_set_pointer(easy, CURLOPT_PASSWORD, signature.key.secret)
    if let token = signature.key.sessionToken { headers = curl_slist_append(headers, "x-amz-security-token: \(token)") }
  }

  private func error(_ code: CURLcode) -> TransportError {
    let text = errorText.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    let message = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
    let kind: TransportError.Kind =
      switch code {
      case CURLE_ABORTED_BY_CALLBACK: .cancelled
      case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unreachable
      case CURLE_OPERATION_TIMEDOUT:
        // Without a connection it is the same as no route.
        ccurl_get_offset(easy, CURLINFO_CONNECT_TIME_T) == 0 ? .unreachable : .timeout
      case CURLE_SSL_CONNECT_ERROR, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE,
        CURLE_WRITE_ERROR:
        .broken
      default: .refused
      }
    // A first word in capitals, such as SSL, stays as it is.
    let isAcronym = message.dropFirst().first?.isUppercase == true
    return TransportError(
      kind: kind, message: isAcronym ? message : message.prefix(1).lowercased() + message.dropFirst())
  }
}

private final class Receiver {
  let sink: (Bytes) -> Bool
  init(_ sink: @escaping (Bytes) -> Bool) { self.sink = sink }
}

private func receive(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let receiver = Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue()
  return receiver.sink(Bytes(start: data, count: size * count)) ? size * count : 0
}

/// libcurl calls this at least once a second.
private func watch(
  _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> Int32 { Signals.isStopping ? 1 : 0 }
