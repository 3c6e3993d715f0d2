import CCurl
import Records
import Testing

@testable import Transfer

@Suite struct FetchErrorTests {
  @Test func namesEachStatus() {
    let own: [Int: String] = [
      401: "unauthorized", 403: "forbidden", 404: "not_found", 410: "gone", 429: "rate_limited", 502: "bad_gateway",
      503: "unavailable",
      504: "gateway_timeout",
    ]
    for status in 100...599 {
      let family = [1: "protocol", 2: nil, 3: "protocol", 4: "client_error", 5: "server_error"][status / 100]
      #expect(FetchError(status: status)?.rawValue == own[status] ?? family ?? nil, "\(status)")
    }
    #expect(FetchError(status: 0) == .protocolError && FetchError(status: 999) == .serverError)
  }

  @Test func retriesWhatMayPass() {
    let passing: Set<Int> = [408, 425, 429]
    for status in 400...599 {
      #expect(
        FetchError(status: status)?.isTransient(status: status) == (status >= 500 || passing.contains(status)),
        "\(status)")
    }
  }

  @Test(arguments: [
    (CURLE_COULDNT_RESOLVE_HOST, true), (CURLE_COULDNT_CONNECT, true), (CURLE_OPERATION_TIMEDOUT, true),
    (CURLE_RECV_ERROR, true), (CURLE_GOT_NOTHING, true), (CURLE_PARTIAL_FILE, true), (CURLE_SSL_CONNECT_ERROR, true),
    (CURLE_WEIRD_SERVER_REPLY, true), (CURLE_PEER_FAILED_VERIFICATION, false), (CURLE_TOO_MANY_REDIRECTS, false),
    (CURLE_URL_MALFORMAT, false), (CURLE_UNSUPPORTED_PROTOCOL, true),
  ])
  func retriesTransfersThatMayPass(code: CURLcode, mayPass: Bool) { #expect(FetchError.isTransient(code) == mayPass) }

  @Test(arguments: [
    (CURLE_COULDNT_RESOLVE_HOST, FetchError.dns), (CURLE_COULDNT_CONNECT, .connect), (CURLE_SSL_CONNECT_ERROR, .tls),
    (CURLE_PEER_FAILED_VERIFICATION, .tls), (CURLE_OPERATION_TIMEDOUT, .timeout), (CURLE_RECV_ERROR, .reset),
    (CURLE_GOT_NOTHING, .reset),
    (CURLE_PARTIAL_FILE, .shortBody), (CURLE_TOO_MANY_REDIRECTS, .tooManyRedirects),
    (CURLE_WEIRD_SERVER_REPLY, .protocolError), (CURLE_HTTP2, .protocolError),
  ])
  func namesWhatLibcurlSays(code: CURLcode, error: FetchError) { #expect(FetchError(code) == error) }

  @Test(
    arguments: [
      ("http://h", 8), ("HTTPS://h/a", 9), ("http://u:p@h:80/a", 15), ("http://h?q", 8), ("http://h#f", 8),
      ("http://[::1]:8/", 14),
      ("http://", nil), ("https://", nil), ("http:///a", nil), ("https://?a", nil), ("ftp://h/", nil), ("//h", nil),
      ("h", nil), ("", nil),
      ("http://h/a b", nil), ("http://h/\n", nil), ("http://h/\u{0}", nil), ("http://h/\u{7F}", nil),
      (" http://h", nil), ("http://h/é", 8),
    ] as [(String, Int?)])
  func findsTheAuthority(url: String, end: Int?) { #expect(lend(url) { endOfAuthority($0) } == end) }
}
