extension Field {
  /// In the order of the cases.
  package static let table: [Definition] = [
    row(.key, "key", .string, .list, always: true, "path below the listed root, as stored, without percent-encoding"),
    row(.keyBase64, "key_base64", .string, .list, "the stored name in base64, where it is no valid UTF-8"),
    row(.size, "size", .integer, .list, "bytes of the object"),
    row(.mtime, "mtime", .timestamp, .list, "when the object was last modified"),
    row(.etag, "etag", .string, .list, "entity tag that the store gives"),
    row(.storageClass, "storage_class", .string, .list, "storage class that the store gives"),
    row(.versionID, "version_id", .string, .list, "version that the store gives"),
    row(.isLatest, "is_latest", .boolean, .list, "whether the version is the current one; where versions are listed"),
    row(.media, "media", .oneOf(["image", "video", "audio", "other"]), .list, always: true, "kind, by extension"),
    row(.source, "source", .string, .list, always: true, "URI of the listed root"),
    row(.url, "url", .string, .expand, always: true, "URL to request, percent-encoded"),
    row(.variant, "variant", .string, .expand, always: true, "name of the derivative"),
    row(.width, "width", .integer, .expand, "pixels asked for"),
    row(.height, "height", .integer, .expand, "pixels asked for"),
    row(.format, "format", .string, .expand, "image format asked for"),
    row(.quality, "quality", .integer, .expand, "quality asked for, 1 to 100"),
    row(.accept, "accept", .string, .expand, "Accept header to send"),
    row(.ok, "ok", .boolean, .fetch, always: true, "whether the item succeeded"),
    row(.status, "status", .integer, .fetch, "HTTP status of the last answer"),
    row(.error, "error", .oneOf(errors), .fetch, "why the item failed"),
    row(.errorMessage, "error_message", .string, .fetch, "the failure in words"),
    row(.attempts, "attempts", .integer, .fetch, always: true, "requests made for the item, retries included"),
    row(.started, "started", .timestamp, .fetch, always: true, "when the last attempt began"),
    row(.dns, "dns_ms", .number, .fetch, "name lookup; only where a connection was opened"),
    row(.connect, "connect_ms", .number, .fetch, "TCP handshake; only where a connection was opened"),
    row(.tls, "tls_ms", .number, .fetch, "TLS handshake; only where a connection was opened"),
    row(.ttfb, "ttfb_ms", .number, .fetch, "from the start of the attempt to the first byte of the answer"),
    row(.total, "total_ms", .number, .fetch, always: true, "from the start of the attempt to its end"),
    row(.bytes, "bytes", .integer, .fetch, always: true, "bytes of the body as received"),
    row(.contentType, "content_type", .string, .fetch, "Content-Type of the answer"),
    row(.vary, "vary", .string, .fetch, "request headers by which the answer may differ (Vary), in lower case"),
    row(.sized, "sized", .boolean, .fetch, "whether the answer told its length (Content-Length)"),
    row(.httpVersion, "http_version", .string, .fetch, "protocol version of the answer: 1.0, 1.1, 2 or 3"),
    row(.remoteIP, "remote_ip", .string, .fetch, "address that was connected to"),
    row(
      .sizeClass, "size_class", .oneOf(["small", "medium", "large"]), .fetch,
      "by size, or by bytes where there is no size but a whole body: up to 50 MiB, up to 200 MiB, more"),
    row(.cache, "cache", .oneOf(cacheVerdicts), .fetch, "what the answer says of the cache nearest to the client"),
    row(.cacheAge, "cache_age_seconds", .integer, .fetch, "Age of the answer"),
    row(.cacheLayer, "cache_layer", .string, .fetch, "the cache that gave the verdict"),
    row(.pop, "pop", .string, .fetch, "point of presence that answered"),
    row(.targetPop, "target_pop", .string, .fetch, "point of presence that was asked, by its name in --pop"),
    row(.partial, "partial", .boolean, .fetch, "whether only the range came that was asked for (206)"),
    row(.warmed, "warmed", .boolean, .fetch, "whether a hit was seen; with --until-hit"),
    row(.firstCache, "first_cache", .oneOf(cacheVerdicts), .fetch, "what the first good answer said of the cache"),
    row(.notWarmed, "not_warmed", .oneOf(notWarmedReasons), .fetch, "why no hit was seen"),
    row(.sha256, "sha256", .string, .fetch, "SHA-256 of the body, in hexadecimal"),
    row(.md5, "md5", .string, .fetch, "MD5 of the body, in hexadecimal"),
    row(.codec, "codec", .string, .others, "video codec of the object: h264, hevc, …"),
    row(.duration, "duration_seconds", .number, .others, "how long the object plays"),
    row(.record, "record", .oneOf(["summary", "snapshot"]), .stats, always: true, "on what is no item: what it is"),
  ]

  /// The closed list of `error`.
  package static let errors = [
    "dns", "connect", "tls", "timeout", "reset", "protocol", "too_many_redirects", "unauthorized", "forbidden",
    "not_found", "gone", "rate_limited", "client_error", "bad_gateway", "unavailable", "gateway_timeout",
    "server_error", "short_body", "content_type_mismatch", "checksum_mismatch", "unexpected_status", "too_large",
    "cancelled",
  ]

  /// The closed list of `not_warmed`.
  package static let notWarmedReasons = [
    "uncacheable", "bypass", "dynamic", "over_limit", "quota_exhausted", "not_hit",
  ]

  /// The closed list of `cache`.
  package static let cacheVerdicts = [
    "hit", "miss", "stale", "revalidated", "expired", "bypass", "dynamic", "uncacheable", "unknown",
  ]

  private static func row(
    _ field: Field, _ name: StaticString, _ kind: Kind, _ writer: Writer, always: Bool = false, _ meaning: String
  ) -> Definition {
    Definition(field: field, name: name, kind: kind, writer: writer, isAlwaysThere: always, meaning: meaning)
  }
}
