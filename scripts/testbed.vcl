# The testbed's Varnish, in front of the same origin. scripts/testbed fills in the port.
vcl 4.1;
import std;

backend origin { .host = "127.0.0.1"; .port = "@ORIGIN_PORT@"; }

acl purgers { "127.0.0.1"; }

sub vcl_recv {
  if (req.method == "PURGE") {
    if (client.ip !~ purgers) { return (synth(405)); }
    return (purge);
  }
  if (req.url ~ "^/_test/pass/") { return (pass); }
}

sub vcl_deliver {
  if (obj.uncacheable) {
    set resp.http.X-Cache = "PASS";
    set resp.http.Cache-Status = "varnish; fwd=bypass";
  } else if (obj.hits > 0) {
    set resp.http.X-Cache = "HIT";
    set resp.http.Cache-Status = "varnish; hit; ttl=" + std.integer(real = std.real(duration = obj.ttl), fallback = 0);
  } else {
    set resp.http.X-Cache = "MISS";
    set resp.http.Cache-Status = "varnish; fwd=miss; stored";
  }
  set resp.http.X-Cache-Hits = obj.hits;
}
