#!/usr/bin/env bash
# What upsets a client: servers that die, redirect, cut off or hang up between two requests, and signals that come while
# something waits.
# shellcheck disable=SC2154 # `server` sets NAME_at and NAME_pid
source "$(dirname "$0")/../lib.sh"

transports=(auto libcurl)
server one scripted.py
port=${one_at#*:}
# At the same port: whoever mixes the addresses up is heard there.
server two scripted.py --address 127.0.0.2 --port "$port"

# urls COUNT AT [QUERY]
urls() {
  local query=${3-}
  seq "$1" | sed "s|.*|http://$2/&?${query//&/\\&}|"
}

# fetch ARGUMENT...: sets status, took (ms) and cpu (ms of processor time), and leaves results and errors.
fetch() {
  start_fetch "$@"
  end_fetch
}

start_fetch() { # ARGUMENT...
  began=$(date +%s%N)
  /usr/bin/time -q -f '%U %S' -o cpu mt-fetch "$@" >results 2>errors &
  timer_pid=$!
}

end_fetch() {
  run wait "$timer_pid"
  took=$((($(date +%s%N) - began) / 1000000))
  cpu=$(awk '{ print int(($1 + $2) * 1000) }' cpu)
}

# interrupt LINES FILE...: sends SIGINT once there are so many lines, and waits for the end; took is the time from then on.
interrupt() {
  for _ in {1..200}; do
    (($(cat "${@:2}" 2>/dev/null | wc -l) < $1)) || break
    sleep 0.05
  done
  # The last answer is on its way.
  sleep 0.2
  began=$(date +%s%N)
  kill -INT "$(child_of "$timer_pid")"
  end_fetch
}

# --- a named server that dies: its listener first, then one connection after the other

for transport in "${transports[@]}"; do
  server dying fickle.py dies
  urls 200 "localhost:${dying_at#*:}" >in
  fetch --transport "$transport" --workers 10 --retry 0 in
  what="a named server dies, $transport"
  check "$what: status 1" equal 1 "$status"
  check "$what: a result each" same <(sort in) <(jq -r .url results | sort)
  check "$what: what it answered is good, nobody was there for the others" equal 100,100 \
    "$(count results .ok),$(count results '.error == "connect" or .error == "reset"')"
  kill "$dying_pid"
done

# --- a redirect from a name to another address

for transport in "${transports[@]}"; do
  : >one.log
  : >two.log
  { echo "http://localhost:$port/?status=302&h.Location=http://127.0.0.2:$port/there"; urls 20 "localhost:$port"; } >in
  fetch --transport "$transport" --workers 1 --retry 0 in
  what="a redirect to another address, $transport"
  check "$what: all are good" equal 0,21 "$status,$(count results .ok)"
  check "$what: the others still go to the name's own" equal '21 /there' \
    "$(wc -l <one.log) $(jq -r .uri two.log | paste -sd ' ')"
done

# --- ends of connections that come while there is no bandwidth

for transport in "${transports[@]}"; do
  urls 100 "$one_at" 'bytes=50000&length=none' >in
  fetch --transport "$transport" --checksum md5 --bandwidth 10MB --workers 50 --timeout 10 --retry 0 in
  what="bodies that end with the connection, with --bandwidth, $transport"
  check "$what: all are good" equal 0,100 "$status,$(count results '.ok and .bytes == 50000')"
  check "$what: and in time" at_most 3000 "$took"
  urls 100 "$one_at" 'bytes=50000&chunked=1&cut=40000' >in
  fetch --transport "$transport" --checksum md5 --bandwidth 10MB --workers 50 --timeout 10 --retry 0 in
  what="chunks that are cut off, with --bandwidth, $transport"
  check "$what: short_body" equal 100 "$(count results '.error == "short_body"')"
  check "$what: at once" at_most 3000 "$took"
done
server drizzle fickle.py drizzles
urls 100 "$drizzle_at" >in
fetch --bandwidth 1MB --workers 100 in
check "waiting for bandwidth: all are good" equal 0,100 "$status,$(count results '.bytes == 40000')"
check "waiting for bandwidth: it took its time" at_least 3600 "$took"
# Of the system's part, most is for the packets.
check "waiting for bandwidth: without work" at_most 200 "$(awk '{ print $1 * 1000 }' cpu)"

# --- a host that has no time at all

: >one.log
urls 6 "$one_at" status=503 >in
fetch --workers 1 --retry 0 --retry-max-delay 5 in
check "503 all the time: the pauses of the host grow" equal true \
  "$(jq -n '[inputs.t] | sort | [.[1:], .[:-1]] | transpose | map(.[0] - .[1]) | length == 5 and .[4] >= 4 * .[0]' one.log)"

# --- signals

: >one.log
{ urls 1 "$one_at" delay=60; urls 1 "$one_at/again" 'status=500&h.Retry-After=1'; } >in
start_fetch --retry 5 --grace 3 in
interrupt 1 one.log
check "SIGINT while one hangs and one waits: it ends by that" equal 130 "$status"
check "SIGINT while one hangs and one waits: after --grace" between 2500 4500 "$took"
check "SIGINT while one hangs and one waits: without work meanwhile" at_most 500 "$cpu"
check "SIGINT while one hangs and one waits: both are told" equal 'cancelled server_error' \
  "$(jq -r .error results | sort | paste -sd ' ')"

# steps NAME METHOD OPTION...: the METHOD is answered by 500 at first; its items are left to --resume.
steps() {
  local name=$1 method=$2
  shift 2
  : >one.log
  : >two.log
  { urls 5 "$one_at/$name" "$method.status=500~200&$method.h.Retry-After=20~"; urls 5 "$two_at/$name"; } >in
  start_fetch "$@" --retry 3 -o "$name" in
  # For each of the others there are two requests.
  interrupt 15 one.log two.log
  check "SIGINT in the pause after a $method: it ends by that" equal 130 "$status"
  check "SIGINT in the pause after a $method: no results of those" equal 0 "$(grep -c "$one_at" "$name.partial")"
  check "SIGINT in the pause after a $method: but of the others" equal 5 "$(grep -c "$two_at" "$name.partial")"
  fetch "$@" --retry 3 -o "$name" --resume in
  check "SIGINT in the pause after a $method: --resume gets them" equal 0,10 "$status,$(count "$name" .ok)"
  check "SIGINT in the pause after a $method: the exact set" same <(sort in) <(jq -r .url "$name" | sort)
}
steps head HEAD --use-head-for-size
steps purge PURGE --purge-method PURGE --purge-chunk 1

urls 1 "$one_at" >in
# shellcheck disable=SC2016 # the command's own
start_fetch --purge-command 'trap "" TERM; sleep 30 & echo $$ $! >pids; wait' --grace 1 in
interrupt 1 pids
check "SIGINT and a purge command that ignores SIGTERM: it ends" at_most 3500 "$took"
check "SIGINT and a purge command that ignores SIGTERM: by that" equal 130 "$status"
# What nobody has waited for yet is no process any more.
check "SIGINT and a purge command that ignores SIGTERM: nothing of it is left" equal '' \
  "$(ps -o stat= -p "$(paste -sd , <pids | tr ' ' ,)" | grep -v Z || true)"

# --- purging at several places

urls 10 cdn.example.com >in
# shellcheck disable=SC2016 # the command's own
fetch --pop "a=$one_at,b=$two_at" --purge-chunk 3 --purge-command 'cat >"chunk.$$"' in
check "--pop and --purge-chunk: all are good" equal 0,20 "$status,$(count results .ok)"
check "--pop and --purge-chunk: each URL is purged once" same <(sort in) <(sort chunk.*)
check "--pop and --purge-chunk: in several chunks" between 3 7 "$(printf '%s\n' chunk.* | wc -l)"

# --- many hosts

# In a network of its own any address of loopback is there. glibc overwrites what is freed, so that its use shows.
cat >nginx.conf <<'END_OF_NGINX'
daemon off;
pid nginx.pid;
worker_rlimit_nofile 20000;
events { worker_connections 10000; }
http {
  log_format uri $request_uri;
  access_log many.log uri;
  server { listen 8080 backlog=4096; return 200 body; }
}
END_OF_NGINX
cat >many <<'END_OF_MANY'
set -eu
ip link set lo up
nginx -e nginx.log -p . -c nginx.conf &
until (: </dev/tcp/127.0.0.1/8080) 2>/dev/null; do sleep 0.05; done
seq 4200 | awk '{ printf "http://127.0.%d.%d:8080/%d\n", $1 / 250, $1 % 250 + 1, $1 }' >in
for transport in auto libcurl; do
  for workers in 1 50; do
    status=0
    MALLOC_PERTURB_=165 mt-fetch --transport $transport --workers $workers --retry 0 in \
      >results.$transport.$workers 2>errors || status=$?
    echo $status >status.$transport.$workers
  done
done
END_OF_MANY
PATH=$PATH:/usr/sbin:/sbin
check "a network with many hosts can be made" unshare --net --pid --fork --kill-child --mount-proc bash many
for transport in "${transports[@]}"; do
  for workers in 1 50; do
    case=$transport.$workers
    check "4200 hosts, $transport, --workers $workers: all are good" equal 0,4200 \
      "$(<"status.$case"),$(count "results.$case" .ok)"
    check "4200 hosts, $transport, --workers $workers: each once" same <(sort in) <(jq -r .url "results.$case" | sort)
  done
done
check "4200 hosts: each was asked four times" equal 4 "$(sort many.log | uniq -c | awk '{ print $1 }' | sort -u)"

# --- odd records and answers

printf '{"url":"http://%s/%s","size":9000000000000000000}\n' "$one_at" 1 "$one_at" 2 >in
fetch --dry-run in
check "--dry-run: sizes beyond all bounds" equal 0,2 "$status,$(wc -l <results)"
etag=00000000000000000000000000000000
for transport in "${transports[@]}"; do
  echo "{\"url\":\"http://$one_at/a\",\"etag\":\"$etag\"}" >in
  fetch --transport "$transport" --checksum md5 --method HEAD in
  check "no body, no checksum: HEAD, $transport" equal '0 true null' "$status $(jq -r '"\(.ok) \(.md5)"' results)"
  echo "{\"url\":\"http://$one_at/a?status=404\",\"etag\":\"$etag\"}" >in
  fetch --transport "$transport" --checksum md5 --expect-status 404 in
  check "not the object, no checksum: 404, $transport" equal '0 true null' "$status $(jq -r '"\(.ok) \(.md5)"' results)"
  echo "{\"url\":\"http://$one_at/a\",\"etag\":\"$etag\"}" >in
  fetch --transport "$transport" --checksum md5 in
  check "the object: checksum_mismatch, $transport" equal checksum_mismatch "$(jq -r .error results)"
  urls 1 "$one_at" 'status=302&h.Location=%20' >in
  fetch --transport "$transport" --retry 0 in
  jq -S '{ok, status, error, error_message, attempts, bytes, final_url}' results >"empty-location.$transport"
done
check "an empty Location: both transports say the same" same empty-location.auto empty-location.libcurl

# --- connections that end between two requests

server late fickle.py says408
urls 200 "$late_at" >in
fetch --workers 1 --rate 100 --retry 0 in
check "408 on an idle connection: no item fails by it" equal 0,200 "$status,$(count results .ok)"
check "408 on an idle connection: each was answered once" same <(seq 200 | sed 's|.*|/&?|' | sort) <(sort late.log)

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 2 \
  -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
cat cert.pem key.pem >both.pem
server fickle fickle.py random
server secure fickle.py random --certificate both.pem
urls 10000 "$fickle_at" >in
for transport in "${transports[@]}"; do
  fetch --transport "$transport" --workers 20 --retry 0 in
  check "connections end at random, $transport: no item fails by it" equal 0,10000 "$status,$(count results .ok)"
done
urls 2000 "$secure_at" | sed 's/http/&s/' >in
fetch --workers 20 --retry 0 --cacert cert.pem in
check "connections end at random, https: no item fails by it" equal 0,2000 "$status,$(count results .ok)"
finish
