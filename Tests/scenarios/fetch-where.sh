#!/usr/bin/env bash
# Where requests go and what they carry: addresses, points of presence, name servers, proxies, HTTP/2, certificates,
# cookies and tokens.
# shellcheck disable=SC2154 # `server` sets NAME_at and NAME_pid
source "$(dirname "$0")/../lib.sh"

transports=(auto libcurl)
mkdir www
for ((i = 0; i < 50; i++)); do echo "$i" >"www/$i.txt"; done
start_testbed
touch "$CACHE_LOG"
tls=testbed/tls
tls_at=${CACHE_TLS_URL:8:-1}
server one scripted.py
server two scripted.py --address 127.0.0.2
server six scripted.py --address ::1
port=${one_at#*:}

# fetch LOG ARGUMENT...: reads standard input; sets status, and leaves results, errors, and in seen what the server
# has logged of it.
fetch() {
  local log=$1 lines
  lines=$(wc -l <"$log")
  shift
  run mt-fetch "$@" >results 2>errors
  log_since "$log" "$lines" >seen
}

# --- --connect-to

for transport in "${transports[@]}"; do
  options=(--transport "$transport" --retry 0)
  echo http://cdn.example.com/a >in
  fetch one.log "${options[@]}" --connect-to "cdn.example.com:80:127.0.0.1:$port" in
  check "--connect-to, $transport: that address, and the name in Host" equal 'true cdn.example.com 127.0.0.1' \
    "$(jq -r .ok results) $(jq -r .host seen) $(jq -r .remote_ip results)"
  printf 'http://%s/a\n' a.example b.example:8080 >in
  fetch one.log "${options[@]}" --connect-to "::127.0.0.1:$port" in
  check "--connect-to, $transport: any host, any port" equal 'a.example b.example:8080' "$(jq -r .host seen | sort | paste -sd ' ')"
  fetch six.log "${options[@]}" --connect-to "a.example::${six_at}" --connect-to "b.example:8080:$one_at" in
  check "--connect-to, $transport: several, one an address of IPv6" equal '0 a.example ::1,127.0.0.1' \
    "$status $(jq -r .host seen) $(jq -r .remote_ip results | sort -r | paste -sd ,)"
  printf 'http://%s/a\n' "$one_at" >in
  fetch one.log "${options[@]}" --connect-to "other.example:80:127.0.0.1:1" in
  check "--connect-to, $transport: what does not fit goes where it went" equal true "$(jq .ok results)"
done
echo https://localhost/1.txt >in
fetch "$CACHE_LOG" --cacert "$CA_FILE" --connect-to "localhost:443:$tls_at" in
check "--connect-to: the certificate is that of the name" equal 0 "$status"

# --- points of presence

server fra scripted.py --header 'CF-RAY: 8f3a1b2c-FRA' --header 'CF-Cache-Status: HIT'
server ams scripted.py --address 127.0.0.2 --header 'X-Amz-Cf-Pop: AMS58-P1' --header 'X-Cache: Hit from cloudfront'
pops=(--pop "fra=$fra_at" --pop "ams=$ams_at,gone=127.0.0.3:1")
seq 200 | sed 's|.*|http://cdn.example.com/&.jpg?delay=0.01|' >in
for transport in "${transports[@]}"; do
  fetch fra.log --transport "$transport" --pop "fra=$fra_at,ams=$ams_at" in
  check "--pop, $transport: each item at each" equal 0,200,200 \
    "$status,$(count results '.ok and .target_pop == "fra"'),$(count results '.ok and .target_pop == "ams"')"
  check "--pop, $transport: pop is what the answer says" equal 'ams AMS58-P1,fra FRA' \
    "$(jq -r '"\(.target_pop) \(.pop)"' results | sort -u | paste -sd ,)"
  check "--pop, $transport: each place has each once" equal 200,200 "$(jq -r .uri seen | sort -u | wc -l),$(wc -l <seen)"
  check "--pop, $transport: Host is that of the URL" equal cdn.example.com "$(jq -r .host seen | sort -u)"
done
head -n 3 in >few
fetch fra.log "${pops[@]}" --retry 0 few
check "--pop: one of three is dead" equal 'ams true,fra true,gone false' \
  "$(jq -r '"\(.target_pop) \(.ok)"' results | sort -u | paste -sd ,)"
{
  echo '{"url":"http://cdn.example.com/one","target_pop":"ams"}'
  echo '{"url":"http://cdn.example.com/none","target_pop":"nowhere"}'
} >aimed
fetch fra.log --pop "fra=$fra_at,ams=$ams_at" aimed
check "a record that names its place goes there alone" equal 'ams 0' "$(jq -r .target_pop results | paste -sd ,) $(wc -l <seen)"
check "one that names another is a bad line" grep -q 'aimed:2:' errors
check "and makes the status 1" equal 1 "$status"
jq -c 'select(.ok)' results >again
fetch ams.log --pop "fra=$fra_at,ams=$ams_at" again
check "results can be fetched again, each at its own" equal ams,1 "$(jq -r .target_pop results),$(wc -l <seen)"

killed=0
for ((i = 0; i < 8; i++)); do
  mt-fetch --workers 8 --pop "fra=$fra_at,ams=$ams_at" in -o out --resume 2>/dev/null &
  pid=$!
  sleep "0.1$((RANDOM % 10))"
  kill -9 $pid 2>/dev/null || true
  run wait $pid 2>/dev/null
  [[ $status != 137 ]] || killed=$((killed + 1))
  [[ ! -e out ]] || break
done
run mt-fetch --pop "fra=$fra_at,ams=$ams_at" in -o out --resume 2>/dev/null
check "--pop and kill -9: it was killed while it worked" at_least 2 $killed
check "--pop and kill -9: the exact set" same <(sed 'p' in | sort | sed 's/^/ams /;n;s/^/fra /' | sort) \
  <(jq -r '"\(.target_pop) \(.url)"' out | sort)
check "--pop and kill -9: all good" equal 0,400 "$status,$(count out .ok)"
lines=$(wc -l <fra.log)
run mt-fetch --pop "fra=$fra_at,ams=$ams_at,new=$one_at" in -o out --resume 2>/dev/null
check "a place more: only its requests are made" equal 600,0 "$(count out .ok),$(log_since fra.log "$lines" | wc -l)"

# --- name servers

server dns dns.py media.test=127.0.0.1 both.test=127.0.0.1 both.test=::1 six.test=::1 second.test=127.0.0.2
for transport in "${transports[@]}"; do
  options=(--transport "$transport" --resolver "$dns_at" --retry 0)
  echo "http://media.test:$port/a" >in
  fetch one.log "${options[@]}" in
  check "--resolver, $transport: a name that only it knows" equal "true 127.0.0.1 media.test:$port" \
    "$(jq -r '"\(.ok) \(.remote_ip)"' results) $(jq -r .host seen)"
  echo "http://nowhere.test:$port/a" >in
  fetch one.log "${options[@]}" in
  check "--resolver, $transport: a name that it does not know" equal 'dns 69' "$(jq -r .error results) $status"
  seq 200 | sed "s|.*|http://media.test:$port/&|" >in
  : >dns.log
  fetch one.log "${options[@]}" --workers 20 in
  check "--resolver, $transport: a name is asked for once or twice, not 200 times" between 1 4 "$(wc -l <dns.log)"
  check "--resolver, $transport: and serves all" equal 200 "$(count results .ok)"
  echo "http://six.test:${six_at##*:}/a" >in
  fetch six.log "${options[@]}" in
  check "--resolver, $transport: an address of IPv6" equal 'true ::1' "$(jq -r '"\(.ok) \(.remote_ip)"' results)"
  fetch six.log "${options[@]}" --ipv4 in
  check "--ipv4, $transport: a name without such an address" equal dns "$(jq -r .error results)"
done
server six scripted.py --address ::1 --port "$port"
echo "http://both.test:$port/a" >in
for transport in "${transports[@]}"; do
  options=(--transport "$transport" --resolver "$dns_at" --retry 0)
  fetch one.log "${options[@]}" --ipv4 in
  check "--ipv4, $transport" equal 127.0.0.1 "$(jq -r .remote_ip results)"
  fetch one.log "${options[@]}" -6 in
  check "-6, $transport" equal ::1 "$(jq -r .remote_ip results)"
done
for kind in silent failing; do
  for transport in "${transports[@]}"; do
    server late dns.py --$kind 2 media.test=127.0.0.1
    seq 5 | sed "s|.*|http://media.test:$port/&|" >in
    fetch one.log --transport "$transport" --resolver "$late_at" --connect-timeout 1 --retry 6 in
    check "a name server that is $kind for 2 s, $transport: retries survive it" equal 0,5 "$status,$(count results .ok)"
    check "a name server that is $kind for 2 s, $transport: there was more than one attempt" at_least 1 "$(count results '.attempts > 1')"
    kill "$late_pid"
  done
  server mute dns.py --$kind 1000 media.test=127.0.0.1
  SECONDS=0
  fetch one.log --resolver "$mute_at" --connect-timeout 1 --retry 0 in
  check "a name server that is $kind for ever: dns or timeout" equal 5 "$(count results '.error | IN("dns", "timeout")')"
  check "and no longer than --connect-timeout" at_most 3 $SECONDS
done
cat $tls/both.pem >both.pem
server doh dns.py --http both.pem media.test=127.0.0.1
echo "http://media.test:$port/a" >in
fetch one.log --resolver "https://$doh_at/dns-query" --cacert "$CA_FILE" in
check "--resolver https: a name that only it knows" equal true "$(jq .ok results)"
check "--resolver https: it was asked" grep -q '^A media.test' doh.log
fetch one.log --resolver "https://$doh_at/dns-query" --retry 0 in
check "--resolver https: not trusted" equal false "$(jq .ok results)"

# --- an interface

echo "http://$one_at/a" >in
for transport in "${transports[@]}"; do
  fetch one.log --transport "$transport" --interface lo in
  check "--interface lo, $transport" equal 0,1 "$status,$(wc -l <seen)"
  fetch one.log --transport "$transport" --interface nosuch0 --retry 0 in
  check "--interface that is not there, $transport: nothing is sent" equal 0 "$(wc -l <seen)"
  check "--interface that is not there, $transport: and that is no success" at_least 1 "$status"
done

# --- proxies

server proxy proxy.py
server secure proxy.py --certificate both.pem
printf '%s\n' "http://media.test:$port/a" "https://localhost:${tls_at#*:}/1.txt" >in
for scheme in http https socks5 socks5h; do
  at=$proxy_at
  [[ $scheme != https ]] || at=localhost:${secure_at#*:}
  : >proxy.log
  : >secure.log
  # With socks5 the client finds the address itself.
  [[ $scheme != socks5 ]] || sed -i 's/media.test/127.0.0.1/' in
  fetch one.log --proxy "$scheme://$at" --cacert "$CA_FILE" --retry 0 in
  check "--proxy $scheme: http and https" equal 0,2 "$status,$(count results .ok)"
  case $scheme in
    socks5) expected=socks5,socks5 ;;
    socks5h) expected=socks5h,socks5h ;;
    *) expected=connect,forward ;;
  esac
  check "--proxy $scheme: both went there" equal $expected "$(cat proxy.log secure.log | awk '{ print $1 }' | sort | paste -sd ,)"
  sed -i 's/127.0.0.1/media.test/' in
done
: >proxy.log
printf 'http://%s/a\n' "$one_at" "$two_at" >in
fetch one.log --proxy "http://$proxy_at" --no-proxy 127.0.0.1 in
check "--no-proxy: that host is asked itself" equal "0,forward $two_at" "$status,$(<proxy.log)"
: >proxy.log
http_proxy=http://$proxy_at fetch one.log in
check "http_proxy of the environment" equal 2 "$(wc -l <proxy.log)"
fetch one.log --proxy http://127.0.0.1:1 --retry 0 in
check "a proxy that is not there: connect" equal 69,2,0 "$status,$(count results '.error == "connect"'),$(wc -l <seen)"

# --- HTTP/2

for ((i = 0; i < 500; i++)); do echo "$CACHE_TLS_URL$((i % 50)).txt?$i"; done >in
fetch "$CACHE_LOG" --http-version 2 --cacert "$CA_FILE" --workers 100 in
check "--http-version 2: all are good" equal 0,500 "$status,$(count results .ok)"
check "--http-version 2: the results say 2" equal 500 "$(count results '.http_version == "2"')"
check "--http-version 2: the server, too" equal 500 "$(count seen '.protocol == "HTTP/2.0"')"
check "--http-version 2: few connections" at_most 10 "$(jq .connection seen | sort -u | wc -l)"
head -n 50 in | sed "s|$CACHE_TLS_URL|$CACHE_URL|" >plain
fetch "$CACHE_LOG" --http-version 2 plain
check "--http-version 2: http stays at 1.1" equal 50 "$(count results '.ok and .http_version == "1.1"')"
fetch "$CACHE_LOG" --cacert "$CA_FILE" in
check "without it: 1.1" equal 500 "$(count results '.ok and .http_version == "1.1"')"

# --- certificates

echo "${CLIENT_TLS_URL}1.txt" >in
fetch "$ORIGIN_LOG" --cacert "$CA_FILE" --cert "$CLIENT_CERT_FILE" --key "$CLIENT_KEY_FILE" in
check "--cert and --key" equal 0,200 "$status,$(jq .status results)"
cat "$CLIENT_CERT_FILE" "$CLIENT_KEY_FILE" >client.pem
fetch "$ORIGIN_LOG" --cacert "$CA_FILE" --cert client.pem in
check "--cert alone: both in one file" equal 0 "$status"
fetch "$ORIGIN_LOG" --cacert "$CA_FILE" in
check "without a certificate: refused" equal '1 400 client_error' "$status $(jq -r '"\(.status) \(.error)"' results)"
fetch "$ORIGIN_LOG" --cacert "$CA_FILE" --cert $tls/stranger.pem --key $tls/stranger.key in
check "a stranger's certificate: refused" equal false "$(jq .ok results)"
fetch "$ORIGIN_LOG" --cacert "$CA_FILE" --cert nowhere.pem in
check "a certificate that is not there: status 66, nothing is sent" equal 66,0 "$status,$(wc -l <seen)"

# --- cookies, headers, tokens

# carried HEADER: what of it servers one and two have got, in the order of the paths.
carried() {
  jq -rs --arg name "$1" 'sort_by(.uri) | map(.headers[$name] // "-") | join(",")' seen
}

echo "http://$one_at/a" >in
fetch one.log --cookie 'a=b; c=d' in
check "--cookie" equal 'a=b; c=d' "$(carried cookie)"
printf '# Netscape HTTP Cookie File\n%s\tFALSE\t%s\tFALSE\t%s\t%s\t%s\n' \
  127.0.0.1 / 0 mine yes 127.0.0.1 /deep 0 deep yes 127.0.0.1 / 1 old yes 127.0.0.2 / 0 other yes >cookies
printf 'http://%s\n' "$one_at/a" "$one_at/deep/b" >in
fetch one.log --cookie-file cookies in
check "--cookie-file: the host's, the path's, and none that has expired" equal 'mine=yes,deep=yes; mine=yes' "$(carried cookie)"
printf 'X-One: 1\nX-Two:  two 2\n\n' >headers
fetch one.log --header-file headers --header 'X-Three: 3' in
check "--header-file" equal '1,1 two 2,two 2 3,3' "$(carried x-one) $(carried x-two) $(carried x-three)"
printf 'no header\n' >headers
fetch one.log --header-file headers in
check "--header-file with another line: nothing is sent" equal 0 "$(wc -l <seen)"
check "--header-file with another line: it is said where" grep -q 'headers' errors

printf 'secret-of-file\n' >token
{
  echo "http://$one_at/a"
  echo "http://$one_at/b?status=302&h.Location=/c"
  echo "http://$one_at/d?status=302&h.Location=http%3A%2F%2F$two_at%2Fe"
} >in
for transport in "${transports[@]}"; do
  lines=$(wc -l <two.log)
  MEDIA_TOOLKIT_BEARER_TOKEN=secret fetch one.log --transport "$transport" in
  check "a token of the environment, $transport: also to where the same host leads" equal \
    'Bearer secret,Bearer secret,Bearer secret,Bearer secret' "$(carried authorization)"
  log_since two.log "$lines" >seen
  check "a token of the environment, $transport: not to another host" equal - "$(carried authorization)"
done
fetch one.log --bearer-token-file token in
check "--bearer-token-file" equal 'Bearer secret-of-file' "$(jq -r .headers.authorization seen | sort -u)"
check "a token is in no result and no message" equal 0 "$(cat results errors | grep -c secret)"
fetch one.log --bearer-token-file nowhere in
check "--bearer-token-file that is not there: status 66, nothing is sent" equal 66,0 "$status,$(wc -l <seen)"
lines=$(wc -l <two.log)
fetch one.log --cookie 'a=b' --header 'Authorization: Basic abc' in
log_since two.log "$lines" >seen
check "--cookie and an Authorization of --header: not to another host either" equal - "$(carried authorization)"
finish
