#!/usr/bin/env bash
# Whether what came is what was asked for: lengths, types, checksums, statuses, sizes; and what a run says of itself.
# shellcheck disable=SC2154 # `server` sets NAME_at and NAME_pid
source "$(dirname "$0")/../lib.sh"

transports=(auto libcurl)
mkdir www
echo content >www/a.txt
start_testbed

# ask NAME PATH [MEMBERS]: a request.
ask() {
  echo "{\"name\":\"$1\",\"url\":\"http://$one_at/$2\"${3+,$3}}"
}

# fetch ARGUMENT...: sets status, and leaves results, errors, and in seen what the server has logged of it.
fetch() {
  local lines
  lines=$(wc -l <one.log)
  run mt-fetch "$@" >results 2>errors
  log_since one.log "$lines" >seen
}

# outcomes: a line `NAME ERROR ATTEMPTS` for each result.
outcomes() {
  jq -r '"\(.name) \(.error // "ok") \(.attempts)"' results | sort
}

# of_nginx: a line `HTTP-VERSION PATH SIZED VARY` for each result.
of_nginx() {
  jq -r '"\(.http_version) \(.url | sub(".*(//[^/]*|_test)/"; "")) \(.sized) \(.vary)"' results | sort
}

for transport in "${transports[@]}"; do
  server one scripted.py # anew: it counts how often it was asked
  options=(--transport "$transport" --retry 1 --retry-max-delay 0)

  # --- lengths

  {
    ask exact 'a.jpg?bytes=1000'
    ask empty 'a.jpg?bytes=0'
    ask short 'a.jpg?bytes=900&length=1000'
    ask none 'a.jpg?bytes=0&length=1000'
    ask long 'a.jpg?bytes=1001&length=1000'
    ask longer 'a.jpg?bytes=300000&length=1000'
    ask unsaid 'a.jpg?bytes=1000&length=none'
    ask chunked 'a.jpg?bytes=1000&chunked=1'
    ask once 'a.jpg?bytes=900~1000&length=1000'
  } >in
  fetch "${options[@]}" in
  check "lengths, $transport" same <(echo "\
chunked ok 1
empty ok 1
exact ok 1
long protocol 2
longer protocol 2
none short_body 2
once ok 2
short short_body 2
unsaid ok 1") <(outcomes)
  check "lengths, $transport: bytes is what came" equal '0 900' "$(jq -rs 'map(select(.name == "empty" or .name == "short")) |
    sort_by(.name) | map(.bytes) | join(" ")' results)"
  check "a body beyond its length, $transport: the message says so" equal 2 \
    "$(count results '.error == "protocol" and (.error_message | test("Content-Length"))')"

  # --- types

  {
    ask jpg a.jpg
    ask page 'a.jpg?type=text/html'
    ask parameters 'a.jpg?type=image/jpeg%3B%20q%3D1'
    ask octets 'a.jpg?type=application/octet-stream'
    ask s3-octets 'a.jpg?type=binary/octet-stream'
    ask no-type 'a.jpg?type=none'
    ask json 'a.mp4?type=application/json'
    ask video a.mp4
    ask unknown 'a.xyz?type=text/html'
    ask no-extension 'a?type=text/html'
    ask key 'x?type=text/html' '"key":"folder/b.jpg"'
    ask key-fits 'x?type=image/jpeg' '"key":"folder/b.JPG"'
    ask accept 'a.jpg?type=image/webp' '"accept":"image/webp,image/*;q=0.5"'
    ask accept-any 'a.jpg?type=image/avif' '"accept":"image/*"'
    ask accept-other 'a.jpg?type=text/html' '"accept":"image/avif,image/webp"'
    ask format 'a.jpg?type=image/webp' '"format":"webp"'
    ask format-other 'a.jpg?type=text/html' '"format":"webp"'
    ask missing 'a.jpg?type=text/html&status=404'
    ask empty 'a.jpg?type=text/html&status=204'
  } >in
  fetch "${options[@]}" in
  check "types, $transport" same <(echo "\
accept ok 1
accept-any ok 1
accept-other content_type_mismatch 1
empty ok 1
format ok 1
format-other content_type_mismatch 1
jpg ok 1
json content_type_mismatch 1
key content_type_mismatch 1
key-fits ok 1
missing not_found 1
no-extension ok 1
no-type ok 1
octets ok 1
page content_type_mismatch 1
parameters ok 1
s3-octets ok 1
unknown ok 1
video ok 1") <(outcomes)
  check "types, $transport: the message names both" equal 1 \
    "$(count results '.name == "page" and (.error_message | test("text/html")) and (.error_message | test("jpe?g"))')"
  fetch "${options[@]}" --any-content-type in
  check "--any-content-type, $transport" equal 18 "$(count results .ok)"
  fetch "${options[@]}" --method HEAD <(grep -v missing in)
  check "HEAD has no body of a type, $transport" equal 18 "$(count results .ok)"

  # --- what an answer says of its length and its variants

  {
    ask exact a.jpg
    ask unsaid 'a.jpg?length=none'
    ask chunked 'a.jpg?chunked=1&h.Vary=*'
    ask twice 'a.jpg?h.Content-Length=5'
    ask both 'a.jpg?chunked=1&h.Content-Length=5'
    ask short 'a.jpg?bytes=4&length=5&h.Vary=Accept&h.vary=%20,X-B%20,,x-c'
    ask missing 'a.jpg?status=404&h.Vary=,'
    ask 204 'a.jpg?status=204&h.Vary=Origin'
    ask 204-length 'a.jpg?status=204&h.Content-Length=0'
    ask 304 'a.jpg?status=304&h.Vary=Origin'
    ask redirected 'a.jpg?status=302&length=none&h.Vary=Cookie&h.Location=/b.jpg?h.Vary%3DAccept'
    ask nowhere 'a.jpg?status=302&h.Vary=Cookie&h.Location=http://127.0.0.1:1/'
    ask none '' | sed 's|//[^/]*|//127.0.0.1:1|'
  } >in
  fetch "${options[@]}" --retry 0 in
  check "vary and sized, $transport" same <(echo "\
204 false origin
204-length true null
304 true origin
both false null
chunked false *
exact true null
missing true null
none null null
nowhere true cookie
redirected true accept
short true accept, x-b, x-c
twice true null
unsaid false null") <(jq -r '"\(.name) \(.sized) \(.vary)"' results | sort)
  fetch "${options[@]}" --method HEAD <(grep -E '"(exact|unsaid|chunked|both)"' in)
  check "vary and sized, HEAD, $transport" same <(echo "\
both true null
chunked false *
exact true null
unsaid false null") <(jq -r '"\(.name) \(.sized) \(.vary)"' results | sort)
  printf '%s\n' "$ORIGIN_URL"{,_test/gzip/}a.txt "$CACHE_TLS_URL"{,_test/gzip/}a.txt >in
  fetch "${options[@]}" --http-version 2 --cacert "$CA_FILE" in
  check "vary and sized of nginx, $transport" same <(echo "\
1.1 a.txt true null
1.1 gzip/a.txt true accept-encoding, accept, origin
2 a.txt true null
2 gzip/a.txt true accept-encoding, accept, origin") <(of_nginx)
  fetch "${options[@]}" --http-version 2 --cacert "$CA_FILE" --header 'Accept-Encoding: gzip' in
  check "vary and sized of nginx that compresses, $transport" same <(echo "\
1.1 a.txt true null
1.1 gzip/a.txt false accept-encoding, accept, origin
2 a.txt true null
2 gzip/a.txt false accept-encoding, accept, origin") <(of_nginx)

  # --- checksums

  sha=$(printf xxxxx | sha256sum | cut -d ' ' -f 1)
  md5=$(printf xxxxx | md5sum | cut -d ' ' -f 1)
  wrong_sha=${sha//[0-9a-f]/0} wrong_md5=${md5//[0-9a-f]/0}
  {
    ask none a.jpg
    ask right a.jpg "\"sha256\":\"$sha\",\"etag\":\"$md5\""
    ask wrong-sha256 a.jpg "\"sha256\":\"$wrong_sha\",\"etag\":\"$md5\""
    ask wrong-etag a.jpg "\"sha256\":\"$sha\",\"etag\":\"$wrong_md5\""
    ask parts a.jpg "\"etag\":\"$wrong_md5-3\""
    ask variant a.jpg "\"etag\":\"$wrong_md5\",\"variant\":\"small\""
    ask short 'a.jpg?length=6'
  } >in
  fetch "${options[@]}" --checksum sha256 in
  check "--checksum sha256, $transport" same <(echo "\
none ok 1
parts ok 1
right ok 1
short short_body 2
variant ok 1
wrong-etag ok 1
wrong-sha256 checksum_mismatch 1") <(outcomes)
  check "--checksum sha256, $transport: it is recorded" equal 5 "$(count results ".ok and .sha256 == \"$sha\"")"
  fetch "${options[@]}" --checksum md5 in
  check "--checksum md5, $transport" same <(echo "\
none ok 1
parts ok 1
right ok 1
short short_body 2
variant ok 1
wrong-etag checksum_mismatch 1
wrong-sha256 ok 1") <(outcomes)
  check "--checksum md5, $transport: it is recorded" equal 5 "$(count results ".ok and .md5 == \"$md5\"")"
  ask large 'a.mp4?bytes=5000000' >in
  sha=$(head -c 5000000 /dev/zero | tr '\0' x | sha256sum | cut -d ' ' -f 1)
  fetch "${options[@]}" --checksum sha256 in
  check "--checksum sha256, $transport: of a larger body" equal "$sha" "$(jq -r .sha256 results)"

  # --- statuses

  for code in 200 204 206 301 302 304 403 404 410 500; do ask $code "a.jpg?status=$code&length=0&bytes=0"; done >in
  fetch "${options[@]}" --expect-status 200,206,404 --max-redirects 0 in
  check "--expect-status 200,206,404, $transport" equal '200 206 404' "$(jq -r 'select(.ok).name' results | sort | paste -sd ' ')"
  check "--expect-status, $transport: what is no error by itself" equal unexpected_status,1 \
    "$(jq -r 'select(.name == "204") | "\(.error),\(.attempts)"' results)"
  check "--expect-status, $transport: what is one keeps its name" equal 'forbidden gone server_error' \
    "$(jq -rs 'map(select(.name | IN("403", "410", "500"))) | sort_by(.name) | map(.error) | join(" ")' results)"
  fetch "${options[@]}" --expect-status 2xx,410 in
  check "--expect-status 2xx,410, $transport" equal '200 204 206 410' "$(jq -r 'select(.ok).name' results | sort | paste -sd ' ')"

  # --- sizes

  {
    for bytes in 0 999 1000 1001 5000000; do ask $bytes "a.mp4?bytes=$bytes"; done
    ask chunked 'a.mp4?bytes=5000000&chunked=1'
    ask unsaid 'a.mp4?bytes=5000000&length=none'
    ask drip 'a.mp4?bytes=1000000&rate=10000'
  } >in
  SECONDS=0
  fetch "${options[@]}" --max-bytes 1000 in
  check "--max-bytes 1000, $transport" same <(echo "\
0 ok 1
1000 ok 1
1001 too_large 1
5000000 too_large 1
999 ok 1
chunked too_large 1
drip too_large 1
unsaid too_large 1") <(outcomes)
  check "--max-bytes 1000, $transport: the rest is not waited for" at_most 5 $SECONDS
  check "--max-bytes 1000, $transport: what follows is not disturbed" equal 20 "$(
    { sed -n 4,5p in; for i in {1..20}; do ask good "a.mp4?bytes=10&$i"; done; } |
      mt-fetch -q --transport "$transport" --workers 1 --max-bytes 1000 2>/dev/null | jq -n '[inputs | select(.ok)] | length')"
done

# --- a dry run

for i in {1..10}; do ask "$i" "a.jpg?$i" '"size":1000'; done >in
ask other b.jpg | sed 's/127.0.0.1/127.0.0.2/' >>in
fetch --dry-run in
check "--dry-run: status 0" equal 0 "$status"
check "--dry-run: no request" equal 0 "$(wc -l <seen)"
check "--dry-run: the requests" same <(sort in) <(sort results)
check "--dry-run: how many, of how many hosts, how many bytes" \
  grep -qE '^mt-fetch: .*\b11\b.*\b2 hosts\b.*(10[ ,]?000|9\.[78][0-9]* KiB|10(\.0)? KB)' errors
fetch --dry-run --pop a=127.0.0.1,b=127.0.0.2 in
check "--dry-run --pop: each at each" equal 11,11 "$(count results '.target_pop == "a"'),$(count results '.target_pop == "b"')"
echo untouched >out
fetch --dry-run -o out in
check "--dry-run: the file of -o is left alone" equal untouched "$(<out)"
check "--dry-run: it is written to standard output all the same" equal 11 "$(wc -l <results)"
check "--dry-run: nothing else is made" absent out.partial
head -n 4 in | mt-fetch -q -o out
cp out before
fetch --dry-run --resume -o out in
check "--dry-run --resume: only what is left" same <(tail -n +5 in | sort) <(sort results)
check "--dry-run --resume: the file is as it was" same before out

# --- progress

cf='h.CF-Cache-Status=HIT'
seq 400 | sed "s|.*|{\"url\":\"http://$one_at/&.jpg?bytes=100000\&delay=0.05\&$cf\"}|" >in
run mt-fetch --progress always --workers 5 in >results 2>errors
tr '\r' '\n' <errors | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | grep . >lines
# It is drawn over and over; one of the middle is looked at.
line=$(tail -n 3 lines | head -n 1)
for word in '[0-9.]+/s' 'MiB/s' 'hit' 'p95' '%' 'left'; do
  check "--progress always: the line has $word" grep -qE "$word" <<<"$line"
done
sed -i '1s/\(jpg?\)/\1status=404\&/' in
mt-fetch --workers 5 in >results 2>errors &
pid=$!
sleep 1
kill -USR1 $pid
sleep 1
kill -USR1 $pid
run wait $pid
check "SIGUSR1: the run goes on" equal 1,399 "$status,$(count results .ok)"
check "SIGUSR1: a line each" equal 2 "$(grep -c 'MiB/s' errors)"
for word in '[0-9.]+/s' 'MiB/s' 'hits?.*100 ?%|100 ?% hits?' 'p95' '1 failed'; do
  check "SIGUSR1: the line has $word" grep -qE "$word" errors
done
finish
