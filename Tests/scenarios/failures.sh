#!/usr/bin/env bash
# What can go wrong between mt-fetch and a server, and what mt-fetch says of it.
source "$(dirname "$0")/../lib.sh"

mkdir www
echo content >www/a.txt
start_testbed
statuses=${ORIGIN_URL}_test/status

# fetch ARGUMENT...: reads standard input; sets status, and leaves results, errors and the server's log of it.
fetch() {
  local seen=0
  [[ ! -e $ORIGIN_LOG ]] || seen=$(wc -l <"$ORIGIN_LOG")
  run mt-fetch "$@" >results 2>errors
  touch "$ORIGIN_LOG"
  log_since "$ORIGIN_LOG" "$seen" >log
}

# --- nobody there

printf 'http://127.0.0.1:1/%s\n' a b c | { fetch; echo "$status" >status; }
check "no server: status 69" equal 69 "$(<status)"
check "no server: one message" equal 1 "$(wc -l <errors)"
check "no server: it says so" grep -q '^mt-fetch: no server could be reached.*connect 3.*Failed to connect' errors
check "no server: a result for each" equal 3 "$(count results '.error == "connect" and .attempts == 3')"

echo http://host.invalid/a >in
fetch --retry 0 in
check "no such host: dns, status 69" equal '69 dns' "$status $(jq -r .error results)"

printf '%s\n' http://127.0.0.1:1/a "${ORIGIN_URL}a.txt" >in
fetch --retry 0 in
check "one of two servers: status 1" equal 1 "$status"
check "one of two servers: the other's item is good" equal 1 "$(count results .ok)"

# --- statuses

for ((i = 0; i < 20; i++)); do echo "${ORIGIN_URL}missing-$i"; done >in
fetch in
check "all 404: status 1" equal 1 "$status"
check "all 404: each is not_found, and tried once" equal 20 "$(count results '.error == "not_found" and .status == 404 and .attempts == 1')"
check "all 404: 20 requests" equal 20 "$(wc -l <log)"
check "all 404: one message" equal 'mt-fetch: 20 of 20 items failed: not_found 20' "$(<errors)"

for ((i = 0; i < 5; i++)); do echo "$statuses/503?$i"; done >in
fetch in
check "all 503: status 1" equal 1 "$status"
check "all 503: each is unavailable, and tried three times" equal 5 "$(count results '.error == "unavailable" and .attempts == 3')"
check "all 503: 15 requests" equal 15 "$(wc -l <log)"
check "all 503: Retry-After: 1 is waited for" equal true \
  "$(jq -s 'group_by(.uri) | map([.[].t] | .[1] - .[0] >= 0.99 and .[2] - .[1] >= 0.99) | all' log)"
check "all 503: total_ms is transfer time alone" equal 5 "$(count results '.total_ms < 500')"

printf '%s\n' "$statuses/429" "$statuses/408" "$statuses/425" "$statuses/500" "$statuses/502" "$statuses/504" >in
fetch in
check "429, 408, 425, 5xx: tried three times" equal 6 "$(count results '.attempts == 3 and (.ok | not)')"
check "their names" equal "client_error client_error rate_limited server_error bad_gateway gateway_timeout" \
  "$(jq -rs 'sort_by(.status) | map(.error) | join(" ")' results)"
check "429: Retry-After: 1 is waited for" equal true \
  "$(jq -s 'map(select(.status == 429).t) | .[1] - .[0] >= 0.99 and .[2] - .[1] >= 0.99' log)"

printf "$statuses/%s\n" 400 401 403 404 410 418 >in
fetch in
check "400, 401, 403, 404, 410, 418: tried once" equal 6,6 "$(count results '.attempts == 1'),$(wc -l <log)"
check "their names" equal "client_error unauthorized forbidden not_found gone client_error" \
  "$(jq -rs 'sort_by(.status) | map(.error) | join(" ")' results)"

printf "$statuses/%s\n" 503 429 500 408 >in
fetch --retry 0 in
check "--retry 0: exactly one request each" equal 4,4 "$(count results '.attempts == 1'),$(wc -l <log)"

echo "$statuses/503" >in
SECONDS=0
fetch --retry-max-delay 0.5 in
check "a Retry-After beyond --retry-max-delay is not waited for" equal 1 "$(jq .attempts results)"
check "and the message says so" grep -q 'asked again in 1 s' results

# One that is told to wait keeps the others away from this host, too.
{ echo "$statuses/503"; for ((i = 0; i < 5; i++)); do echo "${ORIGIN_URL}a.txt?$i"; done; } >in
fetch --workers 1 --retry 1 in
check "Retry-After holds for the whole host" equal true \
  "$(jq -s 'map(select(.status == 503).t)[0] as $asked | map(select(.status == 200).t >= $asked + 0.99) | all' log)"

# --- good and bad in one stream

printf '%s\n' "${ORIGIN_URL}a.txt?1" '{"url":17}' oops "${ORIGIN_URL}missing" "${ORIGIN_URL}a.txt?2" "${ORIGIN_URL}a b.txt" >in
fetch --rejects bad in
check "one bad line costs no good one" equal 3,2 "$(wc -l <results),$(count results .ok)"
check "bad lines are kept" equal 3 "$(wc -l <bad)"
check "status 1" equal 1 "$status"
check "bad lines are told with their numbers" equal '2 3 6' "$(grep -oE 'in:[0-9]+' errors | cut -d : -f 2 | paste -sd ' ')"

# --- redirects

printf "${ORIGIN_URL}_test/%s\n" redirect/3 redirect/10 redirect/11 loop >in
fetch in
check "redirects are followed, up to ten" equal 2 "$(count results '.ok and .status == 200')"
check "more of them, and loops, are too many" equal 2 "$(count results '.error == "too_many_redirects" and .attempts == 1')"
echo "${ORIGIN_URL}_test/redirect/3" >in
fetch --max-redirects 2 in
check "--max-redirects 2" equal too_many_redirects "$(jq -r .error results)"
fetch --max-redirects 3 in
check "--max-redirects 3" equal true "$(jq -r .ok results)"
fetch --max-redirects 0 in
check "--max-redirects 0 follows none" equal 'false 302 1' "$(jq -r '"\(.ok) \(.status)"' results) $(wc -l <log)"

# --- TLS

echo "${CACHE_TLS_URL}a.txt" >in
fetch --cacert "$CA_FILE" in
check "TLS with the right authority" equal '0 true' "$status $(jq -r .ok results)"
fetch --retry 0 in
check "TLS without it" equal tls "$(jq -r .error results)"
check "TLS without it: the status" equal 1 "$status"
fetch --insecure in
check "TLS unchecked" equal '0 true' "$status $(jq -r .ok results)"
sed s/127.0.0.1/127.0.0.2/ in >other
fetch --retry 0 --cacert "$CA_FILE" other
check "nobody at the other address" equal connect "$(jq -r .error results)"
echo "${CACHE_URL/http:/https:}a.txt" >in
fetch --retry 0 in
check "TLS with a server that speaks none" equal tls "$(jq -r .error results)"

# --- settings of requests

seen_headers() { # prints the head of one request made with the arguments
  rm -f request
  python3 -u -c '
import socket
server = socket.create_server(("127.0.0.1", 0)); print(server.getsockname()[1], flush=True)
client = server.accept()[0]; print(client.recv(65536).decode(), end="", flush=True)
client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")' >request &
  until [[ -s request ]]; do sleep 0.05; done
  echo "{\"url\":\"http://127.0.0.1:$(head -n 1 request)/x?y#z\",\"accept\":\"image/avif,*/*\"}" | mt-fetch "$@" >results
  wait $!
}
seen_headers --header 'X-One: 1' --header 'X-Two:  two 2' --user-agent 'me/1'
for line in 'GET /x?y HTTP/1.1' 'X-One: 1' 'X-Two:  two 2' 'User-Agent: me/1' 'Accept: image/avif,*/*'; do
  check "a request has: $line" grep -qxF "$line" <(tr -d '\r' <request)
done
seen_headers
check "its User-Agent says who asks" grep -q '^User-Agent: media-toolkit/' request

# --- time

echo "${ORIGIN_URL}_test/slow" >in
SECONDS=0
fetch --timeout 1 --retry 1 --retry-max-delay 0 in
check "--timeout is of one attempt" equal 'timeout 2' "$(jq -r '"\(.error) \(.attempts)"' results)"
check "and is kept" at_most 4 $SECONDS
fetch in
check "a slow answer is a good one" equal 'true 40960' "$(jq -r '"\(.ok) \(.bytes)"' results)"

finish
