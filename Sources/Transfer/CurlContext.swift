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
    _ = ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
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
    if let authorities = settings.authorities { _ = ccurl_set_pointer(easy, CURLOPT_CAINFO, authorities) }
    if !settings.verifiesCertificates {
      _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 0)
      _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 0)
    }
  }
}
