#!/usr/bin/env bash
# Warms two caches twice and holds what mt-fetch says of each request against what the servers logged.
source "$(dirname "$0")/../lib.sh"

"$top/scripts/make-samples" www 50 10
start_testbed --varnish

# warm RUN BASE LOG: one pass, with its results in RUN.ndjson and the server's lines of it in RUN.log.
warm() {
  local seen=0
  [[ ! -e $3 ]] || seen=$(wc -l <"$3")
  run bash -c "set -o pipefail; mt-list www | mt-expand -q --base-url '$2' | mt-fetch --workers 20 >$1.ndjson"
  log_since "$3" "$seen" >"$1.log"
  jq -r .url "$1.ndjson" | sort >"$1.urls"
  jq -r --arg base "$2" '[.url[$base | length - 1:], .status, .cache, .bytes] | @tsv' "$1.ndjson" |
    sort >"$1.said"
  jq -r '[.uri, .status, (.cache | ascii_downcase), .bytes] | @tsv' "$1.log" | sort >"$1.logged"
}

mt-list www | mt-expand -q --base-url "$CACHE_URL" | jq -r .url | sort >planned
check "there is something to do" at_least 280 "$(wc -l <planned)"

for pass in first second; do
  warm $pass "$CACHE_URL" "$CACHE_LOG"
  check "$pass run: status 0" equal 0 "$status"
  check "$pass run: the URLs that were planned, each once" same planned $pass.urls
  check "$pass run: all are good" equal 0 "$(count $pass.ndjson '.ok | not')"
  check "$pass run: status, bytes and cache verdict are what nginx logged, and it logged no other request" same $pass.said $pass.logged
done
check "first run: all misses" equal "$(wc -l <planned)" "$(count first.ndjson '.cache == "miss"')"
check "second run: all hits" equal "$(wc -l <planned)" "$(count second.ndjson '.cache == "hit"')"
check "the cache is named" equal 0 "$(count second.ndjson '.cache_layer != "testbed"')"
check "connections are reused" at_most 100 "$(count second.ndjson 'has("connect_ms")')"
check "every record keeps what mt-list said of the object" equal 0 \
  "$(count second.ndjson '(.key and .source and .media and .mtime and .size) | not')"
check "times add up" equal 0 "$(count second.ndjson '.total_ms < .ttfb_ms or (.connect_ms // 0) > .total_ms or .total_ms <= 0')"

# Varnish is a witness of its own; the bytes that it logs have the head with them.
for pass in third fourth; do
  warm $pass "$VARNISH_URL" "$VARNISH_LOG"
  check "$pass run, through Varnish: status 0" equal 0 "$status"
  check "$pass run, through Varnish: each item is what varnishncsa logged" same <(cut -f -3 $pass.said) <(cut -f -3 $pass.logged)
done
check "third run: all misses" equal "$(wc -l <planned)" "$(count third.ndjson '.cache == "miss"')"
check "fourth run: all hits" equal "$(wc -l <planned)" "$(count fourth.ndjson '.cache == "hit"')"
check "Age is read" equal 0 "$(count fourth.ndjson '.cache_age_seconds < 0 or (has("cache_age_seconds") | not)')"

mt-list www | mt-expand -q --base-url "${ORIGIN_URL}_test/nostore/" | mt-fetch >nostore.ndjson
check "what may not be stored is no miss" equal 0 "$(count nostore.ndjson '.cache == "miss" or .cache == "hit"')"

mt-list www | mt-expand -q --base-url "$CACHE_TLS_URL" | mt-fetch --cacert "$CA_FILE" >tls.ndjson
check "the same through TLS" equal "$(wc -l <planned)" "$(count tls.ndjson '.ok and .cache == "hit"')"
check "where a connection was opened, TLS took time" equal 0 "$(count tls.ndjson 'has("connect_ms") and (.tls_ms // 0) <= 0')"

finish
