import CCurl
import Toolkit

/// What all easy handles have in common: libcurl's global state, names and TLS sessions shared between shards, and headers.
final class CurlContext {
  private let share: UnsafeMutableRawPointer?
  private var headers: UnsafeMutablePointer<curl_slist>?

  init(_ settings: FetchSettings) throws(Failure) {
    guard curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK else { throw Failure(.software, "libcurl cannot start") }
    share = curl_share_init()
    // One thread, so no locks.
    _ = ccurl_share_data(share, CURL_LOCK_DATA_DNS)
    _ = ccurl_share_data(share, CURL_LOCK_DATA_SSL_SESSION)
    headers = settings.headers.reduce(nil) { curl_slist_append($0, $1) }
  }

  deinit {
    curl_slist_free_all(headers)
    curl_share_cleanup(share)
  }

  func apply(_ settings: FetchSettings, to easy: UnsafeMutableRawPointer) {
    _ = ccurl_set_pointer(easy, CURLOPT_SHARE, share)
    _ = ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    _ = ccurl_set_pointer(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    _ = ccurl_set_pointer(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    _ = ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, settings.maximumRedirects > 0 ? 1 : 0)
    _ = ccurl_set_long(easy, CURLOPT_MAXREDIRS, settings.maximumRedirects)
    _ = ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
    _ = ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, settings.timeout / 1000)
    _ = ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout / 1000)
    _ = ccurl_set_pointer(easy, CURLOPT_USERAGENT, settings.userAgent)
    _ = ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
    if settings.connectionCloseDelay > 0 {
      _ = ccurl_set_long(easy, CURLOPT_MAXAGE_CONN, settings.connectionCloseDelay)
    } else {
      _ = ccurl_set_long(easy, CURLOPT_FORBID_REUSE, 1)
    }
    applyConnection(settings, easy)
    applySecrets(settings, easy)
  }

  private func applyConnection(_ settings: FetchSettings, _ easy: UnsafeMutableRawPointer) {
    switch settings.httpVersion {
    case .one: _ = ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    case .two:
      _ = ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
      // Rather a stream of a connection that is being opened than one more connection.
      _ = ccurl_set_long(easy, CURLOPT_PIPEWAIT, 1)
    }
    switch settings.addressFamily {
    case .any: break
    case .four: _ = ccurl_set_long(easy, CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V4))
    case .six: _ = ccurl_set_long(easy, CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V6))
    }
    if let interface = settings.interface { _ = ccurl_set_pointer(easy, CURLOPT_INTERFACE, interface) }
    if let proxy = settings.proxy { _ = ccurl_set_pointer(easy, CURLOPT_PROXY, proxy) }
    if let noProxy = settings.noProxy { _ = ccurl_set_pointer(easy, CURLOPT_NOPROXY, noProxy) }
    if let url = settings.dnsOverHTTPS { _ = ccurl_set_pointer(easy, CURLOPT_DOH_URL, url) }
    if let authorities = settings.authorities {
      _ = ccurl_set_pointer(easy, CURLOPT_CAINFO, authorities)
      _ = ccurl_set_pointer(easy, CURLOPT_PROXY_CAINFO, authorities)
    }
    guard !settings.verifiesCertificates else { return }
    for option in [
      CURLOPT_SSL_VERIFYPEER, CURLOPT_SSL_VERIFYHOST, CURLOPT_PROXY_SSL_VERIFYPEER, CURLOPT_PROXY_SSL_VERIFYHOST,
      CURLOPT_DOH_SSL_VERIFYPEER, CURLOPT_DOH_SSL_VERIFYHOST,
    ] { _ = ccurl_set_long(easy, option, 0) }
  }

  /// What says who asks. libcurl sends cookies and tokens to no other host that a redirect leads to.
  private func applySecrets(_ settings: FetchSettings, _ easy: UnsafeMutableRawPointer) {
    if let certificate = settings.certificate { _ = ccurl_set_pointer(easy, CURLOPT_SSLCERT, certificate) }
    if let key = settings.key { _ = ccurl_set_pointer(easy, CURLOPT_SSLKEY, key) }
    if let file = settings.cookieFile { _ = ccurl_set_pointer(easy, CURLOPT_COOKIEFILE, file) }
    if let token = settings.bearerToken {
      _ = ccurl_set_long(easy, CURLOPT_HTTPAUTH, Int(bitPattern: ccurl_auth_bearer()))
      _ = ccurl_set_pointer(easy, CURLOPT_XOAUTH2_BEARER, token)
    }
  }
}
