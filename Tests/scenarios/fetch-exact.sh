#!/usr/bin/env bash
# Each item exactly once in the results and in the server's log, whatever the load, and what the size classes promise.
#
# The counts are small by default. As large as it gets, in some minutes:
#   MANY=200000 MANY_WORKERS=5000 MIX_SMALL=100000 MIX_LARGE=50 MIX_MIB=200 Tests/scenarios/fetch-exact.sh
# shellcheck disable=SC2154 # `server` sets NAME_at and NAME_pid
source "$(dirname "$0")/../lib.sh"

many=${MANY:-20000}
many_workers=${MANY_WORKERS:-2000}
mix_small=${MIX_SMALL:-2000}
mix_large=${MIX_LARGE:-5}
mix_mib=${MIX_MIB:-20}
transports=(auto libcurl)
mib=$((1 << 20))

mkdir www
for ((i = 0; i < 680; i++)); do head -c $((i * 37 % 5000)) /dev/zero >"www/$i.jpg"; done
echo content >www/a.txt
truncate -s "${mix_mib}M" www/large.mp4
start_testbed
touch "$ORIGIN_LOG"
server slow scripted.py

# exact WHAT INPUT OPTION...
exact() {
  local what=$1 input=$2 seen
  shift 2
  seen=$(wc -l <"$ORIGIN_LOG")
  run mt-fetch "$@" "$input" >results 2>errors
  jq -r .url "$input" | sort >wanted
  check "$what: status 0, without a word" equal '0 ' "$status $(head -n 1 errors)"
  check "$what: each item once in the results" same wanted <(jq -r .url results | sort)
  check "$what: all good at the first attempt, and whole" equal "$(wc -l <wanted)" \
    "$(count results '.ok and .attempts == 1 and (.size == null or .bytes == .size)')"
  check "$what: each item once in the server's log" same <(sed "s|^${ORIGIN_URL%/}||" wanted) \
    <(log_since "$ORIGIN_LOG" "$seen" | jq -r .uri | sort)
}

for ((i = 0; i < 680; i++)); do
  echo "{\"url\":\"$ORIGIN_URL$i.jpg\",\"size\":$((i * 37 % 5000))}"
done >small
seq "$many" | sed "s|.*|{\"url\":\"${ORIGIN_URL}a.txt?&\"}|" >requests
{
  seq "$mix_large" | sed "s|.*|{\"url\":\"${ORIGIN_URL}large.mp4?&\",\"size\":$((mix_mib * mib))}|"
  seq "$mix_small" | sed "s|.*|{\"url\":\"${ORIGIN_URL}a.txt?&\",\"size\":8}|"
} >mix
for transport in "${transports[@]}"; do
  exact "680 small files, 500 workers, $transport" small --workers 500 --transport "$transport"
  exact "680 small files by size, $transport" small --workers 500 --transport "$transport" --optimize-by-size
  exact "$many requests, $many_workers workers, $transport" requests --workers "$many_workers" --transport "$transport"
  exact "small and large, $transport" mix --workers 100 --transport "$transport" --optimize-by-size \
    --small-file-threshold 1 --medium-file-threshold 10
  check "small and large, $transport: their classes" equal "$mix_small,$mix_large" \
    "$(count results '.size_class == "small"'),$(count results '.size_class == "large"')"
done
exact "$many requests by size" requests --workers "$many_workers" --optimize-by-size

# --- who waits for whom

# requests CLASS COUNT SIZE QUERY: records for the slow server.
requests() {
  seq "$2" | sed "s|.*|{\"url\":\"http://$slow_at/$1/&?${4//&/\\&}\",\"size\":$3}|"
}

# fetch_slow ARGUMENT...: leaves in seen what the slow server has logged of it, and in results the results with began
# and ended, in seconds.
fetch_slow() {
  local lines
  lines=$(wc -l <slow.log)
  run mt-fetch "$@" >raw 2>errors
  log_since slow.log "$lines" >seen
  jq -c '(.started | capture("^(?<whole>.*)\\.(?<part>[0-9]+)Z$") | (.whole + "Z" | fromdate) + ("0." + .part | tonumber)) as $t |
    . + {began: $t, ended: ($t + .total_ms / 1000)}' raw >results
}

dripping='bytes=20000&rate=10000' # two seconds
{ requests large 14 $((300 * mib)) "$dripping"; requests small 100 1000 ''; } >in
fetch_slow --workers 8 --optimize-by-size in
check "large ones first: all are done" equal 0,114 "$status,$(count results .ok)"
check "large ones first: the small ones are done before one of these" equal true \
  "$(jq -n '[inputs] | (map(select(.size_class == "small").ended) | max) < (map(select(.size_class == "large").ended) | min)' results)"
check "large ones first: the server has seen the same" equal true \
  "$(jq -n '[inputs] | (map(select(.uri | startswith("/small/")).end) | max) < (map(select(.uri | startswith("/large/")).end) | min)' seen)"
check "large ones first: one worker is kept from them" at_most 7 "$(most_in_flight seen /large/)"
check "large ones first: they have most of the others" at_least 5 "$(most_in_flight seen /large/)"

{ requests small 400 1000 delay=0.05; requests large 3 $((300 * mib)) "$dripping"; } >in
fetch_slow --workers 8 --optimize-by-size in
check "small ones first: all are done" equal 0,403 "$status,$(count results .ok)"
check "small ones first: the large ones begin before half of these have ended" equal true \
  "$(jq -n '[inputs] | (map(select(.uri | startswith("/large/")).t) | max) < (map(select(.uri | startswith("/small/")).end) | sort | .[200])' seen)"

requests small 100 1000 delay=0.05 >in
fetch_slow --workers 8 --optimize-by-size in
check "small ones alone: they have all workers" equal 8 "$(most_in_flight seen /small/)"
requests large 16 $((300 * mib)) delay=0.2 >in
fetch_slow --workers 8 --optimize-by-size in
check "large ones alone: they have all workers but those that are kept" at_least 7 "$(most_in_flight seen /large/)"

# --- workers of a class

{
  requests large 20 $((300 * mib)) delay=0.05
  requests medium 30 $((100 * mib)) delay=0.05
  requests small 40 1000 delay=0.05
} | shuf --random-source=<(yes) >in
for transport in "${transports[@]}"; do
  fetch_slow --transport "$transport" --workers 50 --large-file-workers 2 --medium-file-workers 3 --small-file-workers 4 in
  check "workers of a class, $transport: all are done" equal 0,90 "$status,$(count results .ok)"
  check "workers of a class, $transport: no class has more, and each has them" equal 2,3,4 \
    "$(most_in_flight seen /large/),$(most_in_flight seen /medium/),$(most_in_flight seen /small/)"
done
fetch_slow --workers 50 --large-file-workers 1 in
check "one class alone is limited" equal 1 "$(most_in_flight seen /large/)"

for size in 0 $mib $((mib + 1)) $((2 * mib)) $((2 * mib + 1)); do requests any 1 "$size" ''; done >in
fetch_slow --small-file-threshold 1 --medium-file-threshold 2 in
check "thresholds decide size_class" equal 'small small medium medium large' \
  "$(jq -rs 'sort_by(.size) | map(.size_class) | join(" ")' results)"

# --- sizes by HEAD

{
  for ((i = 0; i < 20; i++)); do echo "{\"url\":\"http://$slow_at/head/$i?bytes=$((i * 200000))\"}"; done
  echo "{\"url\":\"http://$slow_at/head/refused?HEAD.status=405\"}"
  echo "{\"url\":\"http://$slow_at/head/known\",\"size\":5}"
} >in
for transport in "${transports[@]}"; do
  fetch_slow --transport "$transport" --use-head-for-size --small-file-threshold 1 --medium-file-threshold 2 in
  check "HEAD, $transport: all are done" equal 0,22 "$status,$(count results .ok)"
  check "HEAD, $transport: it is no attempt" equal 22 "$(count results '.attempts == 1')"
  check "HEAD, $transport: one where no size is known, and then one GET; else the GET alone" equal '1 GET 21 HEAD GET' \
    "$(jq -rn '[inputs] | sort_by(.n) | group_by(.uri) | map(map(.method) | join(" ")) | group_by(.) | map("\(length) \(.[0])") | join(" ")' seen)"
  check "HEAD, $transport: it decides the class" equal 'large 9,medium 5,small 8' \
    "$(jq -rn '[inputs.size_class] | group_by(.) | map("\(.[0]) \(length)") | join(",")' results)"
  fetch_slow --transport "$transport" --use-head-for-size --large-file-workers 1 --small-file-threshold 1 \
    --medium-file-threshold 2 <(sed 's/?/?GET.delay=0.05\&/; s/head/large/' in)
  check "HEAD, $transport: its class has its workers" equal 1 "$(
    jq -c 'select(.method == "GET" and .end - .t > 0.05 and (.uri | capture("bytes=(?<n>[0-9]+)").n | tonumber) > 2097152)' seen >gets
    most_in_flight gets /large/)"
done

# --- memory, and who waits

cat >producer.py <<'PYTHON'
import os, sys
written = 0
try:
    for written in range(1000000):
        os.write(1, b'{"url":"http://%s/%d?delay=60","size":%d,"padding":"%s"}\n'
                 % (sys.argv[1].encode(), written, written % 3 << 27, b"x" * 900))
except BrokenPipeError:
    pass
print(written, file=sys.stderr)
PYTHON

# stuck OPTION...: a million requests for a server that does not answer; leaves peak (KiB) and written (lines).
stuck() {
  local pid
  python3 producer.py "$slow_at" 2>written | /usr/bin/time -q -f %M -o peak mt-fetch -q --grace 0 --workers 50 "$@" >results 2>errors &
  pid=$!
  sleep 3
  kill -TERM "$(child_of $pid)"
  wait $pid || true
  # The producer notices only now that nobody reads.
  for _ in {1..100}; do [[ ! -s written ]] || break; sleep 0.05; done
}
for transport in "${transports[@]}"; do
  stuck --transport "$transport" --optimize-by-size
  check "a million requests wait, by size, $transport: memory is bounded" at_most $((64 * 1024)) "$(<peak)"
  # What was read ahead, what is in flight, a pipe and a buffer.
  check "a million requests wait, by size, $transport: so is what is read" at_most 12500 "$(<written)"
  stuck --transport "$transport"
  check "a million requests wait, $transport: memory is bounded" at_most $((32 * 1024)) "$(<peak)"
  check "a million requests wait, $transport: so is what is read" at_most 2500 "$(<written)"
done
finish
