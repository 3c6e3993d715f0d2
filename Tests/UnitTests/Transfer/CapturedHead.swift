import Records
import Testing

@testable import Transfer

/// Headers as caches send them, and what they say.
struct CapturedHead: Sendable, CustomTestStringConvertible {
  let headers: [String]
  let verdict: String
  let layer: String?

  init(_ verdict: String, _ layer: String?, _ headers: String...) {
    self.headers = headers
    self.verdict = verdict
    self.layer = layer
  }

  var testDescription: String { headers.joined(separator: " ⏎ ") }

  func withHead<R>(_ body: (borrowing ResponseHead) -> R) -> R {
    var head = ResponseHead()
    for line in ["HTTP/1.1 200 OK"] + headers + [""] { lend(line + "\r\n") { head.add(line: $0) } }
    return body(head)
  }

  static let all = nginx + cloudflare + akamai + cloudfront + fastlyAndVarnish + standard + others

  private static let nginx = [
    CapturedHead("hit", "nginx", "X-Cache-Status: HIT"), CapturedHead("miss", "nginx", "X-Cache-Status: MISS"),
    CapturedHead("expired", "nginx", "x-cache-status: EXPIRED"),
    CapturedHead("stale", "nginx", "X-Cache-Status: STALE"),
    CapturedHead("stale", "nginx", "X-Cache-Status: UPDATING"),
    CapturedHead("revalidated", "nginx", "X-Cache-Status: REVALIDATED"),
    CapturedHead("bypass", "nginx", "X-Cache-Status: BYPASS"), CapturedHead("unknown", nil, "X-Cache-Status: SCARCE"),
    CapturedHead("hit", "nginx", "X-Proxy-Cache: HIT"), CapturedHead("miss", "nginx", "X-Proxy-Cache: MISS"),
    CapturedHead("expired", "nginx", "X-Proxy-Cache: EXPIRED"),
    CapturedHead("bypass", "nginx", "X-Proxy-Cache: BYPASS"),
  ]

  private static let cloudflare = [
    ("hit", "HIT"), ("miss", "MISS"), ("expired", "EXPIRED"), ("stale", "STALE"), ("stale", "UPDATING"),
    ("revalidated", "REVALIDATED"),
    ("bypass", "BYPASS"), ("dynamic", "DYNAMIC"), ("unknown", "NONE/UNKNOWN"), ("unknown", "UNKNOWN"),
  ].map {
    CapturedHead(
      $0, "cloudflare", "Server: cloudflare", "CF-Cache-Status: \($1)", "CF-RAY: 8a1b2c3d4e5f6789-FRA", "Age: 5")
  }

  private static let akamai =
    [
      ("hit", "TCP_HIT"), ("hit", "TCP_MEM_HIT"), ("hit", "TCP_IMS_HIT"), ("hit", "TCP_NEGATIVE_HIT"),
      ("revalidated", "TCP_REFRESH_HIT"),
      ("stale", "TCP_REFRESH_FAIL_HIT"), ("expired", "TCP_REFRESH_MISS"), ("stale", "TCP_EXPIRED_HIT"),
      ("expired", "TCP_EXPIRED_MISS"),
      ("bypass", "TCP_CLIENT_REFRESH_MISS"), ("miss", "TCP_MISS"), ("miss", "TCP_SWAPFAIL_MISS"),
      ("unknown", "TCP_DENIED"),
    ].map {
      CapturedHead(
        $0, "akamai", "X-Cache: \($1) from a23-45-67-89.deploy.akamaitechnologies.com (AkamaiGHost/11.6.3-4) (-)")
    } + [
      CapturedHead("uncacheable", "akamai", "X-Cache: TCP_MISS from a1 (AkamaiGHost/9) (-)", "X-Check-Cacheable: NO"),
      CapturedHead("hit", "akamai", "X-Cache: TCP_HIT from a1 (AkamaiGHost/9) (-)", "X-Check-Cacheable: YES"),
      CapturedHead("hit", "akamai", "Server-Timing: cdn-cache; desc=HIT"),
      CapturedHead("miss", "akamai", "Server-Timing: cdn-cache; desc=MISS"),
      CapturedHead("hit", "akamai", "Server-Timing: edge; dur=1, cdn-cache; desc=HIT"),
      CapturedHead("hit", "akamai", "Server-Timing: cdn-cache; desc=HIT, edge; dur=1"),
      CapturedHead("revalidated", "akamai", "Server-Timing: cdn-cache; desc=REVALIDATE", "Server-Timing: edge; dur=1"),
    ]

  private static let cloudfront = [
    ("hit", "Hit"), ("hit", "OriginShieldHit"), ("revalidated", "RefreshHit"), ("miss", "Miss"),
    ("dynamic", "LambdaGeneratedResponse"),
    ("dynamic", "FunctionGeneratedResponse"), ("dynamic", "Redirect"), ("unknown", "Error"),
  ].map {
    CapturedHead(
      $0, "cloudfront", "X-Cache: \($1) from cloudfront", "Via: 1.1 0a1b.cloudfront.net (CloudFront)",
      "X-Amz-Cf-Pop: FRA56-P4", "Age: 7")
  }

  private static let fastlyAndVarnish = [
    CapturedHead(
      "hit", "fastly", "X-Served-By: cache-iad-kiad7000025-IAD, cache-fra-eddf8230042-FRA", "X-Cache: MISS, HIT",
      "X-Cache-Hits: 0, 3"),
    CapturedHead(
      "miss", "fastly", "X-Served-By: cache-iad-kiad7000025-IAD, cache-fra-eddf8230042-FRA", "X-Cache: HIT, MISS",
      "X-Cache-Hits: 1, 0"),
    CapturedHead("bypass", "fastly", "X-Served-By: cache-fra-eddf8230042-FRA", "X-Cache: PASS"),
    CapturedHead("hit", "varnish", "X-Varnish: 32770 3", "X-Cache: HIT", "Via: 1.1 varnish"),
    CapturedHead("miss", "varnish", "X-Varnish: 32770", "X-Cache: MISS", "Via: 1.1 varnish"),
    CapturedHead("bypass", "varnish", "X-Varnish: 32770", "X-Cache: PASS"),
  ]

  /// The first ones are RFC 9211's own.
  private static let standard = [
    CapturedHead("hit", "ExampleCache", "Cache-Status: ExampleCache; hit"),
    CapturedHead("hit", "ExampleCache", "Cache-Status: ExampleCache; hit; ttl=376"),
    CapturedHead("stale", "ExampleCache", "Cache-Status: ExampleCache; hit; ttl=-412"),
    CapturedHead(
      "hit", "CDN Company Here", "Cache-Status: OriginCache; hit; ttl=1100, \"CDN Company Here\"; hit; ttl=545"),
    CapturedHead("miss", "ExampleCache", "Cache-Status: ExampleCache; fwd=uri-miss; stored"),
    CapturedHead("revalidated", "ExampleCache", "Cache-Status: ExampleCache; fwd=stale; fwd-status=304"),
    CapturedHead("expired", "ExampleCache", "Cache-Status: ExampleCache; fwd=stale"),
    CapturedHead("miss", "ExampleCache", "Cache-Status: ExampleCache; fwd=uri-miss; collapsed"),
    CapturedHead("miss", "ExampleCache", "Cache-Status: ExampleCache; fwd=uri-miss; collapsed=?0"),
    CapturedHead(
      "miss", "BrowserCache", "Cache-Status: ReverseProxyCache; hit",
      "Cache-Status: ForwardProxyCache; fwd=uri-miss; collapsed; stored, BrowserCache; fwd=uri-miss"),
    CapturedHead("miss", "c", "Cache-Status: c;fwd=miss"), CapturedHead("miss", "c", "Cache-Status: c;fwd=vary-miss"),
    CapturedHead("miss", "c", "Cache-Status: c;fwd=partial"),
    CapturedHead("bypass", "c", "Cache-Status: c; fwd=bypass"),
    CapturedHead("bypass", "c", "Cache-Status: c; fwd=request"),
    CapturedHead("uncacheable", "c", "Cache-Status: c; fwd=method"),
    CapturedHead("unknown", "c", "Cache-Status: c; detail=x"),
    CapturedHead("stale", "c", "Cache-Status: c; hit; detail=UPDATING"),
    CapturedHead("stale", "c", "Cache-Status: c; hit; detail=\"stale\""),
    CapturedHead("miss", "c", "Cache-Status: c; hit=?0; fwd=miss"),
    CapturedHead("hit", "a, b; hit \" c", "Cache-Status: x; fwd=miss, \"a, b; hit \\\" c\" ; hit"),
    CapturedHead("hit", "c", "Cache-Status: c; detail=\"fwd=miss, d; x\"; hit"),
    CapturedHead("hit", "edge", "X-Cache: MISS", "Cache-Status: edge; hit"),
    CapturedHead("uncacheable", "c", "Cache-Status: c; fwd=uri-miss", "Cache-Control: no-store"),
  ]

  private static let others = [
    CapturedHead("unknown", nil), CapturedHead("unknown", nil, "Age: 0"), CapturedHead("unknown", nil, "Age: soon"),
    CapturedHead("hit", nil, "Age: 12"),
    CapturedHead("hit", nil, "X-Cache: HIT"), CapturedHead("hit", nil, "X-Cache: HIT from proxy.example"),
    CapturedHead("miss", nil, "X-Cache: MISS"),
    CapturedHead("miss", nil, "X-Cache: MISS from squid.example:3128"), CapturedHead("bypass", nil, "X-Cache: PASS"),
    CapturedHead("expired", nil, "X-Cache: EXPIRED"),
    CapturedHead("stale", nil, "X-Cache: STALE"), CapturedHead("stale", nil, "X-Cache: UPDATING"),
    CapturedHead("revalidated", nil, "X-Cache: REVALIDATED"),
    CapturedHead("bypass", nil, "X-Cache: BYPASS"), CapturedHead("unknown", nil, "X-Cache: CONFIG_NOCACHE"),
    CapturedHead("uncacheable", nil, "X-Cache: MISS", "Cache-Control: max-age=0, No-Store"),
    CapturedHead("uncacheable", "nginx", "X-Cache-Status: MISS", "Cache-Control: private"),
    CapturedHead("miss", nil, "X-Cache: MISS", "Cache-Control: public, max-age=60"),
    CapturedHead("hit", nil, "X-Cache: HIT", "Cache-Control: no-store"),
    CapturedHead("unknown", nil, "Cache-Control: no-store"),
  ]
}
