#!/usr/bin/env bash
# Whether a cache is warm, proven: --until-hit held against what the caches logged, ranges, methods and purging.
# shellcheck disable=SC2154 # `server` sets NAME_at and NAME_pid
source "$(dirname "$0")/../lib.sh"

transports=(auto libcurl)
mkdir www
for ((i = 0; i < 300; i++)); do head -c $((i + 1)) /dev/zero >"www/$i.jpg"; done
start_testbed --varnish
touch "$CACHE_LOG" "$VARNISH_LOG"
server edge scripted.py

# fetch LOG ARGUMENT...: sets status, and leaves results, errors, and in seen what the server has logged of it.
fetch() {
  local log=$1 lines
  lines=$(wc -l <"$log")
  shift
  run mt-fetch "$@" >results 2>errors
  log_since "$log" "$lines" >seen
}

# asked PATH-PREFIX: how many requests the server has seen for paths that begin so.
asked() {
  count seen ".uri | startswith(\"$1\")"
}

# kinds BASE ROUND: 300 requests of mixed kinds; .kind says which, .n how many requests it takes until there is proof.
kinds() {
  for ((i = 0; i < 300; i++)); do
    case $((i % 6)) in
      0) echo "{\"kind\":\"cached\",\"n\":1,\"url\":\"$1$i.jpg?$2\"}" ;;
      1 | 2) echo "{\"kind\":\"new\",\"n\":2,\"url\":\"$1$i.jpg?$2\"}" ;;
      3) echo "{\"kind\":\"pass\",\"n\":1,\"url\":\"$1_test/pass/$i.jpg?$2\"}" ;;
      4) echo "{\"kind\":\"nostore\",\"n\":1,\"url\":\"$1_test/nostore/$i.jpg?$2\"}" ;;
      5) echo "{\"kind\":\"short\",\"n\":2,\"url\":\"$1_test/short/$i.jpg?$2\"}" ;;
    esac
  done
}

# shellcheck disable=SC2317 # `check` calls it
# same_verdict: each record against the last line that the cache logged of its URL. A cache does not log why a miss is
# none that can be helped, and Varnish logs the answer that may not be kept as a miss.
same_verdict() {
  jq -rn --slurpfile seen seen '(reduce $seen[] as $line ({}; .[$line.uri] = ($line.cache | ascii_downcase))) as $logged |
    inputs | (.url | sub("^http://[^/]*"; "")) as $uri | $logged[$uri] as $said |
    select(.cache != $said and
      ([.kind, .cache, $said] | IN(["nostore", "uncacheable", "miss"], ["nostore", "bypass", "miss"], ["pass", "bypass", "pass"]) | not)) |
    "\($uri): the record says \(.cache), the log \($said)"' results >differences
  same /dev/null differences
}

for cache in nginx varnish; do
  base=$CACHE_URL log=$CACHE_LOG first=expired
  why='nostore uncacheable,pass bypass' summed='bypass 50, uncacheable 50|uncacheable 50, bypass 50'
  # Varnish, as it is set up here, says the same of both, and gives what has expired while it gets it anew.
  [[ $cache == nginx ]] || base=$VARNISH_URL log=$VARNISH_LOG first=stale why='nostore bypass,pass bypass' summed='bypass 100'
  for transport in "${transports[@]}"; do
    what="$cache, $transport"
    kinds "$base" "$transport" >in
    # What is cached by now: some is good, some has expired.
    jq -c 'select(.kind == "cached" or .kind == "short")' in | mt-fetch -q >results
    sleep 2.1 # nginx counts whole seconds
    fetch "$log" --transport "$transport" --until-hit 3 --workers 20 in
    check "$what: status 1, as some cannot be proven" equal 1 "$status"
    check "$what: all are good" equal 300 "$(count results .ok)"
    check "$what: each record's verdict is the log's of its last request" same_verdict
    check "$what: what a cache may keep is warm, and nothing else" equal 'cached new short' \
      "$(jq -rs 'map(select(.warmed).kind) | unique | join(" ")' results)"
    check "$what: all of it" equal 200 "$(count results .warmed)"
    check "$what: first verdicts" equal "cached hit,new miss,short $first" \
      "$(jq -rs 'map(select(.warmed) | "\(.kind) \(.first_cache)") | unique | join(",")' results)"
    check "$what: what is warm ended with a hit, and nothing else did" equal 300 \
      "$(count results '.warmed == (.cache == "hit") and .warmed == (has("not_warmed") | not)')"
    check "$what: why the others are not" equal "$why" \
      "$(jq -rs 'map(select(.warmed | not) | "\(.kind) \(.not_warmed)") | unique | join(",")' results)"
    check "$what: requests, as many as are promised" same <(jq -r '"\(.n) \(.url)"' in | sed '/short/d' | sort) \
      <(jq -r '"'"${base%/}"'" + .uri' seen | sort | uniq -c | awk '{ print $1, $2 }' | sed '/short/d' | sort)
    check "$what: attempts counts them" same <(jq -r '"\(.url) \(.attempts)"' results | sort) \
      <(jq -r '"'"${base%/}"'" + .uri' seen | sort | uniq -c | awk '{ print $2, $1 }' | sort)
    check "$what: the message" grep -qxE "mt-fetch: 100 of 300 items are not proven warm: ($summed)" errors
  done
done

kinds "$CACHE_URL" auto | jq -c 'select(.kind == "cached" or .kind == "new")' >in
fetch "$CACHE_LOG" --until-hit 3 in
check "all warm: status 0, no word, one request each" equal "0,$(wc -l <in)," "$status,$(wc -l <seen),$(<errors)"
fetch "$CACHE_LOG" in
check "without --until-hit no record speaks of it" equal 0 "$(count results 'has("warmed") or has("first_cache") or has("not_warmed")')"

# --- what no second request helps

# edge NAME QUERY: a request for the small server.
edge() {
  echo "{\"name\":\"$1\",\"url\":\"http://$edge_at/$1?$2\"${3+,$3}}"
}
cf=h.CF-Cache-Status
{
  edge hit $cf=HIT
  edge second $cf=MISS~HIT
  edge third $cf=MISS~EXPIRED~HIT
  edge fourth $cf=MISS~MISS~MISS~HIT
  edge bypass $cf=BYPASS
  edge dynamic $cf=DYNAMIC
  edge late-dynamic $cf=MISS~DYNAMIC
  edge private "$cf=MISS&h.Cache-Control=private"
  edge quota "$cf=MISS&h.cf-resized=err%3D9422"
  edge unknown h.X=y
  edge revalidated $cf=REVALIDATED~HIT
  edge failed status=404
} >in
for transport in "${transports[@]}"; do
  server edge scripted.py
  sed -i "s|http://[^/]*/|http://$edge_at/|" in
  fetch edge.log --transport "$transport" --until-hit 2 in
  check "--until-hit 2, $transport: each verdict" same <(echo "\
bypass false 1 bypass bypass
dynamic false 1 dynamic dynamic
failed null 1 unknown null
fourth false 3 miss not_hit
hit true 1 hit null
late-dynamic false 2 dynamic dynamic
private false 1 uncacheable uncacheable
quota false 1 miss quota_exhausted
revalidated true 2 hit null
second true 2 hit null
third true 3 hit null
unknown false 3 unknown not_hit") \
    <(jq -r '"\(.name) \(.warmed) \(.attempts) \(.cache) \(.not_warmed)"' results | sort)
  check "--until-hit 2, $transport: as many requests" equal 21 "$(wc -l <seen)"
  check "--until-hit 2, $transport: first verdicts" equal 'dynamic dynamic,fourth miss,late-dynamic miss,third miss' \
    "$(jq -r 'select(.name | IN("dynamic", "fourth", "late-dynamic", "third")) | "\(.name) \(.first_cache)"' results | sort | paste -sd ,)"
  check "--until-hit 2, $transport: status 1" equal 1 "$status"
  check "--until-hit 2, $transport: the message counts" grep -q '^mt-fetch: 7 of 1[12] items are not proven warm: .*not_hit 2' errors
  check "--until-hit 2, $transport: pauses of 0.1 and 0.2 s" equal true "$(jq -n '[inputs | select(.uri | startswith("/fourth")).t] |
    .[1] - .[0] > 0.09 and .[1] - .[0] < 0.4 and .[2] - .[1] > 0.19 and .[2] - .[1] < 0.6' seen)"
  kill "$edge_pid"
done
server edge scripted.py
edge slow $cf=MISS~MISS~MISS~MISS~HIT >in
fetch edge.log --until-hit 10 in
check "asked until it is one, and no more" equal 'true 5,0' "$(jq -r '"\(.warmed) \(.attempts)"' results),$status"
edge flaky "status=200~503~200&$cf=MISS~MISS~HIT" >in
fetch edge.log --until-hit 3 in
check "a failure in between is retried" equal true "$(jq .warmed results)"

# --- sizes that no cache stores

{ edge large "$cf=MISS~HIT&bytes=2000"; edge small "$cf=MISS~HIT&bytes=900"; } >in
for transport in "${transports[@]}"; do
  fetch edge.log --transport "$transport" --until-hit 2 --cache-limit 1KiB <(sed "s/?/?$transport\&/" in)
  check "--cache-limit, $transport" equal 'large false over_limit,small true null' \
    "$(jq -r '"\(.name) \(.warmed) \(.not_warmed)"' results | sort | paste -sd ,)"
  check "--cache-limit, $transport: asked once" equal 1 "$(asked /large)"
done
fetch edge.log --until-hit 2 --cache-limit 10KB <(sed 's/?/?limit\&/' in)
check "within the limit: proven" equal 2 "$(count results .warmed)"
edge cloudflare "$cf=MISS&bytes=$((513 << 20))" '"size":537919488' >in
fetch edge.log --until-hit 2 in
check "512 MiB at Cloudflare" equal 'over_limit 1' "$(jq -r '"\(.not_warmed) \(.attempts)"' results)"

# --- ranges

{
  edge whole 'bytes=1000'
  edge tiny 'bytes=50'
  edge none 'bytes=0'
  edge ignored 'bytes=1000&range=ignore'
  edge lie 'bytes=1000&range=lie'
} >in
for transport in "${transports[@]}"; do
  fetch edge.log --transport "$transport" --retry 0 --range 0-99 in
  check "--range 0-99, $transport" same <(echo "\
ignored true 200 false 1000 null
lie false 206 true protocol
none false 416 false client_error
tiny true 206 true 50 null
whole true 206 true 100 null") \
    <(jq -r '"\(.name) \(.ok) \(.status) \(.partial) \(if .ok then .bytes else .error end)\(if .ok then " null" else "" end)"' results | sort)
  check "--range 0-99, $transport: it is sent" equal 5 "$(count seen '.headers.range == "bytes=0-99"')"
done
edge rest 'bytes=1000' >in
fetch edge.log --range 900- in
check "--range 900-: to the end" equal 'true true 100' "$(jq -r '"\(.ok) \(.partial) \(.bytes)"' results)"
{ edge above 'bytes=1000' '"size":1001'; edge equal 'bytes=1000' '"size":1000'; edge unsized 'bytes=1000'; } >in
fetch edge.log --range 0-99 --range-above 1000 in
check "--range-above: only what is larger" equal '/above' "$(jq -r 'select(.headers.range).uri | sub("\\?.*"; "")' seen | paste -sd ,)"
check "the others are whole" equal 2 "$(count results '.bytes == 1000 and .status == 200')"
echo "{\"url\":\"${CACHE_URL}250.jpg?range\"}" >in
fetch "$CACHE_LOG" --range 0-99 --until-hit 2 in
check "a range warms nginx's whole file" equal 'true true 100' "$(jq -r '"\(.warmed) \(.partial) \(.bytes)"' results)"

# --- methods

seq 5 | sed "s|.*|{\"url\":\"http://$edge_at/method/&.jpg?bytes=1000\"}|" >in
for transport in "${transports[@]}"; do
  fetch edge.log --transport "$transport" --method HEAD in
  check "--method HEAD, $transport: no body, and that is good" equal 0,5,5 \
    "$status,$(count results '.ok and .bytes == 0 and .status == 200'),$(count seen '.method == "HEAD"')"
  jq -r '.uri' seen | sort -u >uris
  fetch edge.log --transport "$transport" --method OPTIONS in
  check "--method OPTIONS, $transport: any name is sent" equal 5 "$(count seen '.method == "OPTIONS"')"
done
for ((i = 0; i < 9; i++)); do echo "{\"url\":\"${VARNISH_URL}$i.jpg?purged\"}"; done >in
fetch "$VARNISH_LOG" --until-hit 2 in
check "Varnish has nine" equal 0 "$status"
fetch "$VARNISH_LOG" --method PURGE in
check "--method PURGE: all are purged" equal 0,9,9 "$status,$(count results '.status == 200'),$(count seen '.method == "PURGE"')"
fetch "$VARNISH_LOG" in
check "and are misses" equal 9 "$(count results '.cache == "miss"')"

# --- purging first

fetch "$VARNISH_LOG" --purge-method PURGE in
check "--purge-method: purged, then fetched" equal 0,9,9 "$status,$(count results '.cache == "miss" and .status == 200'),$(count seen '.method == "PURGE"')"
fetch "$VARNISH_LOG" --purge-method PURGE --until-hit 2 --purge-chunk 4 in
check "--purge-method and --until-hit: purged once, a miss, a hit" equal 9,9,18 "$(count results '.warmed and .first_cache == "miss"'),$(
  count seen '.method == "PURGE"'),$(count seen '.method == "GET"')"

seq 10 | sed "s|.*|{\"number\":&,\"url\":\"http://$edge_at/purge/&?PURGE.delay=0.0$((RANDOM % 10))\"}|" >in
for transport in "${transports[@]}"; do
  fetch edge.log --transport "$transport" --purge-method PURGE --purge-chunk 3 in
  check "--purge-chunk 3, $transport: each purged once, and fetched once" equal 0,10,10 \
    "$status,$(count seen '.method == "PURGE"'),$(count seen '.method == "GET"')"
  check "--purge-chunk 3, $transport: all purges of a chunk have ended before one of its items is fetched" equal true "$(jq -n '[inputs |
    {method, t, "end": .end, chunk: (((.uri | capture("^/purge/(?<n>[0-9]+)").n | tonumber) - 1) / 3 | floor)}] | group_by(.chunk) |
    map((map(select(.method == "PURGE").end) | max) <= (map(select(.method == "GET").t) | min)) | all' seen)"
  check "--purge-chunk 3, $transport: never more at once" at_most 3 \
    "$(jq -c 'select(.method == "PURGE")' seen | sed '4,$d' >three; most_in_flight three)"
  check "--purge-chunk 3, $transport: a purge is no attempt" equal 10 "$(count results '.attempts == 1')"
done
{
  echo "{\"name\":\"good\",\"url\":\"http://$edge_at/good\"}"
  echo "{\"name\":\"bad\",\"url\":\"http://$edge_at/bad?PURGE.status=403\"}"
} >in
fetch edge.log --purge-method PURGE --retry 0 in
check "a purge fails: its item fails with that error" equal 'bad false forbidden,good true null' \
  "$(jq -r '"\(.name) \(.ok) \(.error)"' results | sort | paste -sd ,)"
check "its message says so" equal 1 "$(count results '.name == "bad" and (.error_message // "" | startswith("purge: "))')"
check "and it is not fetched" equal 0 "$(count seen '.method == "GET" and (.uri | startswith("/bad"))')"
echo "${CACHE_URL}1.jpg" >in
fetch "$CACHE_LOG" --purge-method PURGE --retry 0 in
check "a cache that knows no PURGE" equal '1 client_error' "$status $(jq -r .error results)"

for ((i = 0; i < 8; i++)); do echo "{\"url\":\"${VARNISH_URL}$i.jpg?command\"}"; done >in
fetch "$VARNISH_LOG" --until-hit 2 in
# The command gets the URLs of a chunk, and leaves them in a file of their own.
# shellcheck disable=SC2016 # another shell expands it
command='tee "$(mktemp chunk.XXXX)" | xargs -n 1 curl -fsS -o /dev/null -X PURGE'
fetch "$VARNISH_LOG" --purge-command "$command" --purge-chunk 3 in
check "--purge-command: purged, then fetched" equal 0,8,8 "$status,$(count results '.cache == "miss"'),$(count seen '.method == "PURGE"')"
check "--purge-command: three at a time" equal '3 3 2' "$(wc -l chunk.* | awk '/chunk/ { print $1 }' | sort -r | paste -sd ' ')"
check "--purge-command: each URL once" same <(jq -r .url in | sort) <(sort chunk.*)
check "--purge-command: a chunk is purged before it is fetched" equal true "$(jq -n '[inputs | .method + " " + .uri] |
  . as $all | map(select(startswith("GET "))[4:] as $uri | ($all | index("PURGE " + $uri)) < ($all | index("GET " + $uri))) | all' seen)"
rm -f chunk.*
fetch "$VARNISH_LOG" --purge-command 'cat >/dev/null; echo first >&2; echo no such zone >&2; exit 3' --purge-chunk 3 in
check "a command that fails: status 1, nothing is fetched" equal 1,0 "$status,$(wc -l <seen)"
check "a command that fails: each item says why" equal 8 \
  "$(count results '.error == "cancelled" and .error_message == "purge: the command ended with status 3: no such zone"')"
fetch "$VARNISH_LOG" --purge-command 'grep -q 0.jpg && exit 1; exit 0' --purge-chunk 3 in
check "a command that fails for one chunk costs that chunk alone" equal 5,3 "$(count results .ok),$(count results '.error == "cancelled"')"
fetch "$VARNISH_LOG" --purge-command 'exit 0' --purge-chunk 3 in
check "a command that reads nothing is no failure" equal 0,8 "$status,$(count results .ok)"
finish
