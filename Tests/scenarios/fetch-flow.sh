#!/usr/bin/env bash
# How fast mt-fetch goes, and when it waits: rates, limits a host, hosts that are slow, overloaded or dead.
# shellcheck disable=SC2154 # `server` sets NAME_at and NAME_pid
source "$(dirname "$0")/../lib.sh"

transports=(auto libcurl)
server one scripted.py
server two scripted.py --address 127.0.0.2

# urls COUNT AT [QUERY]
urls() {
  local query=${3-}
  seq "$1" | sed "s|.*|http://$2/&?${query//&/\\&}|"
}

# fetch ARGUMENT...: sets status and took (ms), and leaves results, errors, and in one.seen and two.seen what the
# servers have logged of it.
fetch() {
  local began one two
  one=$(wc -l <one.log) two=$(wc -l <two.log)
  began=$(date +%s%N)
  run mt-fetch "$@" >results 2>errors
  took=$((($(date +%s%N) - began) / 1000000))
  tail -n "+$((one + 1))" one.log >one.seen
  tail -n "+$((two + 1))" two.log >two.seen
}

# most_within SECONDS: the most requests that server one had in any such time. One that has to wait for the processor takes
# some together, so what is allowed is that of 50 ms more.
most_within() {
  jq -n --argjson window "$1" '[inputs.t] | sort | . as $t | [range(length) as $i |
    last(range($i; [$i + 1000, length] | min) | select($t[.] < $t[$i] + $window)) - $i + 1] | max' one.seen
}

# --- a rate

for transport in "${transports[@]}"; do
  urls 100 "$one_at" >in
  fetch --transport "$transport" --rate 50 --workers 100 in
  check "--rate 50, $transport: all are done" equal 0,100 "$status,$(count results .ok)"
  check "--rate 50, $transport: no second has more" at_most 55 "$(most_within 1)"
  check "--rate 50, $transport: and no half" at_most 29 "$(most_within 0.5)"
  jq -c '{t: (.started | (.[:19] + "Z" | fromdate) + (.[19:-1] | tonumber))}' results >one.seen
  check "--rate 50, $transport: what was sent, too" between 49 52 "$(most_within 1)"
  check "--rate 50, $transport: it is reached" between 1800 2600 "$took"
done
urls 6 "$one_at" >in
fetch --rate 2.5 in
check "--rate 2.5: evenly" between 1900 2800 "$took"
check "--rate 2.5: no second has more than three" at_most 3 "$(most_within 1)"
urls 25 "$one_at" 'status=500~200' >in
fetch --rate 40 --retry 1 --retry-max-delay 0 in
check "repeated requests count" between 1150 2500 "$took"
check "and no second has more" at_most 44 "$(most_within 1)"
urls 40 "$one_at" >in
fetch --rate 40 --use-head-for-size in
check "HEADs count" equal 80 "$(wc -l <one.seen)"
check "and no second has more of them" at_most 44 "$(most_within 1)"

# --- a bandwidth

for transport in "${transports[@]}"; do
  urls 32 "$one_at" bytes=262144 >in
  fetch --transport "$transport" --bandwidth 4MiB --workers 20 in
  check "--bandwidth 4MiB, 8 MiB in 32 bodies, $transport: two seconds" between 1600 2800 "$took"
  check "--bandwidth 4MiB, $transport: all is whole" equal 32 "$(count results '.ok and .bytes == 262144')"
  # These come with their heads.
  urls 500 "$one_at" bytes=2000 >in
  fetch --transport "$transport" --bandwidth 500KB --workers 100 in
  check "--bandwidth 500KB, 1 MB in 500 bodies, $transport: two seconds" between 1600 2800 "$took"
done
urls 1 "$one_at" bytes=8000000 >in
fetch --bandwidth 4MB in
check "--bandwidth 4MB, 8 MB in one body: two seconds" between 1600 2800 "$took"

# --- so many a host

paste -d '\n' <(urls 80 "$one_at" delay=0.05) <(urls 80 "$two_at" delay=0.05) >in
for transport in "${transports[@]}"; do
  fetch --transport "$transport" --per-host 4 --workers 50 in
  check "--per-host 4, $transport: each host has four at once" equal 4,4 "$(most_in_flight one.seen),$(most_in_flight two.seen)"
  check "--per-host 4, $transport: all are done" equal 0,160 "$status,$(count results .ok)"
done
{ urls 200 "$one_at" delay=0.05; urls 20 "$two_at" delay=0.05; } >in
fetch --per-host 4 --workers 300 in
check "a host that is full does not hold up another" equal true \
  "$(jq -n --slurpfile one one.seen --slurpfile two two.seen '($two | map(.end) | max) < ($one | map(.end) | max) - 1')"

# --- --adaptive: a server with eight slots, 30 ms each

server busy scripted.py --slots 8 --service 0.03
urls 900 "$busy_at" >in
# median_ttfb RESULTS
median_ttfb() { jq -n '[inputs.ttfb_ms] | sort | .[length / 2 | floor] | round' "$1"; }
for transport in "${transports[@]}"; do
  fetch --transport "$transport" --workers 200 in
  plain=$took plain_ttfb=$(median_ttfb results)
  fetch --transport "$transport" --workers 200 --adaptive in
  check "--adaptive, $transport: all are done" equal 0,900 "$status,$(count results .ok)"
  check "--adaptive, $transport: the half is answered in a third of the time" at_most $((plain_ttfb / 3)) "$(median_ttfb results)"
  check "--adaptive, $transport: and no slower by more than a quarter" at_most $((plain * 5 / 4)) "$took"
done
urls 300 "$busy_at" >in
fetch --workers 100 --adaptive --min-workers 40 in
check "--min-workers 40: the queue of the server is of that length" at_least 100 "$(median_ttfb results)"
paste -d '\n' <(urls 300 "$busy_at") <(urls 300 "$one_at" delay=0.01) >in
fetch --workers 100 --adaptive in
check "--adaptive: each host has its own limit" equal true "$(jq -n --arg busy "http://$busy_at/" \
  '[inputs | select(.url | startswith($busy)).ttfb_ms] | sort | .[length / 2 | floor] < 150' results)"

# --- a host that asks for a pause

for transport in "${transports[@]}"; do
  for pause in '429 1' '503 -'; do
    read -r code after <<<"$pause"
    query="status=$code~200&$transport"
    [[ $after == - ]] || query+="&h.Retry-After=$after~"
    { urls 1 "$one_at" "$query"; paste -d '\n' <(urls 60 "$one_at") <(urls 60 "$two_at" delay=0.02); } >in
    fetch --transport "$transport" --workers 20 --retry 3 in
    what="$code, Retry-After $after, $transport"
    check "$what: all are done" equal 0,121 "$status,$(count results .ok)"
    # What was in flight may still come. Where no Retry-After says it, a host rests for a twentieth of a second at least.
    check "$what: no request comes to that host meanwhile" equal 0 "$(jq -n --argjson code "$code" --arg after "$after" '[inputs] |
      (map(select(.status == $code).end) | min) as $asked | (if $after == "-" then 0.048 else 0.95 end) as $pause |
      map(select(.t > $asked + 0.02 and .t < $asked + $pause)) | length' one.seen)"
    check "$what: the other host goes on" equal true "$(jq -n --slurpfile one one.seen --slurpfile two two.seen --argjson code "$code" \
      '($two | map(.end) | max) < ($one | map(select(.status == $code).end) | min) + 0.9')"
  done
done

# --- a host that is dead

port=${one_at#*:}
dead=127.0.0.3:$port
for transport in "${transports[@]}"; do
  paste -d '\n' <(urls 100 "$dead") <(urls 100 "$one_at") >in
  fetch --transport "$transport" --give-up-after 5 --workers 4 --retry 0 in -o given-up
  check "--give-up-after 5, $transport: status 1" equal 1 "$status"
  check "--give-up-after 5, $transport: the other host's items are good" equal 100 "$(count given-up .ok)"
  check "--give-up-after 5, $transport: five fail, and what was in flight by then" between 5 8 "$(count given-up '.error == "connect"')"
  check "--give-up-after 5, $transport: the others are not tried" equal 100 \
    "$(count given-up '.error == "connect" and .attempts == 1 or .error == "cancelled" and .attempts == 0')"
  check "--give-up-after 5, $transport: and say why" equal 0 "$(count given-up \
    '.error == "cancelled" and (.error_message | test("^host given up after [5-8] failures in a row, the last: connect: ") | not)')"
  run mt-fetch --transport "$transport" --give-up-after 5 --workers 4 --retry 0 in -o given-up --resume 2>errors
  check "--give-up-after 5, $transport: a resume tries again" between 5 8 "$(count given-up '.error == "connect"')"
  server dead scripted.py --address 127.0.0.3 --port "$port"
  run mt-fetch --transport "$transport" --give-up-after 5 in -o given-up --resume 2>errors
  check "--give-up-after 5, $transport: once the host lives, all is there" same <(sort in) <(jq -r .url given-up | sort)
  check "--give-up-after 5, $transport: and good" equal 0,200 "$status,$(count given-up .ok)"
  kill -9 "$dead_pid"
  run wait "$dead_pid" 2>/dev/null
  rm given-up
done
urls 30 "$dead" >in
fetch --give-up-after 6 --workers 3 --retry 5 in
check "attempts of one item count, too" at_most 9 "$(jq -n '[inputs.attempts] | add' results)"
check "each item says how many it had" equal 30 "$(count results '.attempts <= 3')"
check "no server was reached" equal 69 "$status"
urls 30 "$one_at" status=500 >in
fetch --give-up-after 5 --workers 2 --retry 0 in
check "5xx count" between 5 6 "$(wc -l <one.seen)"
check "and the message names them" equal 0 "$(count results '.error == "cancelled" and (.error_message | contains("the last: server_error: ") | not)')"
{ urls 20 "$one_at" status=404; urls 20 "$one_at" status=403; } >in
fetch --give-up-after 5 --workers 1 in
check "404 and 403 do not" equal 40 "$(wc -l <one.seen)"
paste -d '\n' <(urls 12 "$one_at" status=500) <(urls 12 "$one_at") >in
fetch --give-up-after 2 --workers 1 --retry 0 in
check "a success in between begins anew" equal 12,12 "$(count results .ok),$(count results '.error == "server_error"')"

# --- a server that dies and returns

for transport in "${transports[@]}"; do
  server mortal scripted.py
  port=${mortal_at#*:}
  urls 1000 "$mortal_at" delay=0.02 >in
  mt-fetch --transport "$transport" --workers 10 --retry 8 in >results 2>errors &
  pid=$!
  sleep 0.5
  kill -9 "$mortal_pid"
  run wait "$mortal_pid" 2>/dev/null
  sleep 1
  server mortal scripted.py --port "$port"
  run wait $pid
  check "a server dies and returns, $transport: all are done" equal 0,1000 "$status,$(count results .ok)"
  check "a server dies and returns, $transport: each once" same <(sort in) <(jq -r .url results | sort)
  check "a server dies and returns, $transport: it took more than one attempt" at_least 1 "$(count results '.attempts > 1')"
  kill "$mortal_pid"
done
finish
