#!/usr/bin/env bash
# Servers that err, networks that lose packets and certificates that are wrong: what both transports make of them.
# shellcheck disable=SC2154 # `server` sets NAME_at and NAME_pid
source "$(dirname "$0")/../lib.sh"

# PATH of who is no superuser, and of many who are.
PATH=$PATH:/usr/sbin:/sbin
transports=(auto libcurl)
requests=${REQUESTS:-500}

# --- faults

"$top/Tests/servers/faulty.py" >ports &
until grep -qs ready ports; do sleep 0.05; done
sed -n 's|^\([a-z_]*\) \([0-9]*\)$|{"fault":"\1","url":"http://127.0.0.1:\2/"}|p' ports >in

# What each is, over both transports. `ok|protocol`: an accepted difference, first that of auto, then that of libcurl.
cat >faults <<'END_OF_FAULTS'
bad_chunk protocol
bare_newlines ok
byte_by_byte ok
close_in_body short_body
drip timeout
end_in_chunks short_body
end_in_head protocol
extra_bytes protocol
few_continues ok
flood_of_continues protocol
flood_of_trailers protocol
folded_field ok
garbage protocol
half_close ok
hang timeout
huge_chunk protocol
huge_header protocol
huge_length protocol
length_and_chunks ok
long_chunk_extension protocol|ok
negative_length protocol
no_answer reset
odd_status server_error
old_version ok
reset_at_once reset
reset_in_body reset
two_lengths protocol
unsaid_close ok
END_OF_FAULTS
# The closed list of mt-records(5).
known='["dns","connect","tls","timeout","reset","protocol","too_many_redirects","unauthorized","forbidden","not_found","gone",
  "rate_limited","client_error","bad_gateway","unavailable","gateway_timeout","server_error","short_body",
  "content_type_mismatch","unexpected_status","checksum_mismatch","too_large","cancelled"]'

for transport in "${transports[@]}"; do
  SECONDS=0
  run /usr/bin/time -q -f %M -o peak mt-fetch --transport "$transport" --timeout 3 --retry 0 in >results 2>errors
  check "faults, $transport: none takes longer than --timeout" at_most 6 $SECONDS
  check "faults, $transport: a result each" same <(jq -r .fault in | sort) <(jq -r .fault results | sort)
  check "faults, $transport: status 1" equal 1 "$status"
  side=1
  [[ $transport == auto ]] || side=2
  awk -v side=$side '{ n = split($2, outcome, "|"); print $1, outcome[n == 1 ? 1 : side] }' faults >wanted
  check "faults, $transport: the outcomes" same wanted <(jq -r '.fault + " " + (.error // "ok")' results | sort)
  check "faults, $transport: what failed is in the closed list, and says why" equal 0 \
    "$(count results "(.ok | not) and ((.error | IN(${known}[]) | not) or .error_message == \"\")")"
  check "faults, $transport: memory is bounded" at_most $((32 * 1024)) "$(<peak)"
  # Connections are reused, or not, as each fault allows; one fault must not spoil the next request.
  for i in 1 2 3 4 5; do sed "s|/\"}|/$i\"}|" in; done | grep -vE 'drip|hang|flood' >often
  run mt-fetch --transport "$transport" --timeout 3 --retry 0 --workers 4 often >results 2>errors
  check "faults, again and again, $transport: always the same" same \
    <(grep -vE 'drip|hang|flood' wanted | sed 's/^/5 /') <(jq -r '.fault + " " + (.error // "ok")' results | sort | uniq -c | awk '{ print $1, $2, $3 }')
done
# A server that closes connections without a word may do so as often as it likes.
for transport in "${transports[@]}"; do
  url=$(jq -r 'select(.fault == "unsaid_close").url' in)
  seq 300 | sed "s|.*|${url}&|" >often
  run mt-fetch --transport "$transport" --retry 0 --workers 4 often >results 2>errors
  check "unsaid closes, $transport: no item fails by them" equal 0,300 "$status,$(count results .ok)"
done
run mt-fetch --timeout 1 --retry 2 --retry-max-delay 0 <(grep -E '"(hang|reset_at_once|unsaid_close)"' in) >results 2>errors
check "what may help is tried again" equal 'hang 3 reset_at_once 3 unsaid_close 1' \
  "$(jq -r '"\(.fault) \(.attempts)"' results | sort | paste -sd ' ')"

# --- certificates

echo content >a.txt
mkdir www
start_testbed
tls=testbed/tls
certificate() { # NAME: a server with that one, from the testbed's folder
  server "$1" scripted.py --certificate "$tls/$2"
}
certificate good both.pem
certificate expired expired.pem
certificate otherhost otherhost.pem
certificate selfsigned selfsigned.pem
for name in good expired otherhost selfsigned; do
  at=${name}_at
  echo "{\"name\":\"$name\",\"url\":\"https://${!at}/\"}"
done >in
for transport in "${transports[@]}"; do
  run mt-fetch --transport "$transport" --cacert "$CA_FILE" in >results 2>errors
  check "certificates, $transport: what is wrong is tls, at one attempt" equal 'expired tls 1,good ok 1,otherhost tls 1,selfsigned tls 1' \
    "$(jq -r '"\(.name) \(.error // "ok") \(.attempts)"' results | sort | paste -sd ,)"
  check "certificates, $transport: each says why" equal 3 "$(count results '.error_message // "" | test("certificate|subject"; "i")')"
  check "certificates, $transport: no request was sent to those" equal 0 "$(cat expired.log otherhost.log selfsigned.log | wc -l)"
  run mt-fetch --transport "$transport" in >results 2>errors
  check "an authority that is not known, $transport: tls, at one attempt" equal 4 "$(count results '.error == "tls" and .attempts == 1')"
  run mt-fetch --transport "$transport" --insecure in >results 2>errors
  check "unchecked, $transport: all are good" equal 0,4 "$status,$(count results .ok)"
  rm expired.log otherhost.log selfsigned.log
  for name in expired otherhost selfsigned; do
    pid=${name}_pid
    kill "${!pid}"
    certificate $name $name.pem
    at=${name}_at
    sed -i "/\"$name\"/ s|https://[^/]*|https://${!at}|" in
  done
done

# --- a network that loses three packets of ten

# In a network of its own, which ends with it and what runs in it. The server is told by its log.
cat >lossy <<'END_OF_LOSSY'
set -eu
ip link set lo up
nft add table inet lossy
nft add chain inet lossy input '{ type filter hook input priority 0; }'
nft add rule inet lossy input meta l4proto tcp numgen random mod 10 '<' 3 counter drop
"$1"/Tests/servers/scripted.py lossy.log >lossy.at &
until [ -s lossy.at ]; do sleep 0.05; done
at=$(cat lossy.at)
{
  seq "$2" | sed "s|.*|http://$at/&?bytes=3000|"
  seq 5 | sed "s|.*|http://$at/missing/&?status=404|"
} >in
for transport in auto libcurl; do
  {
    status=0
    timeout 60 mt-fetch --transport $transport --workers 200 --connect-timeout 10 --timeout 20 --retry 3 in \
      >results.$transport 2>errors.$transport || status=$?
    echo $status >status.$transport
  } &
  jobs="${jobs-} $!"
done
wait $jobs
nft list ruleset >rules
END_OF_LOSSY
check "a network that loses packets can be made" unshare --net --pid --fork --kill-child --mount-proc \
  bash lossy "$top" "$requests"
check "packets were lost" at_least 100 "$(grep -oE 'packets [0-9]+' rules | awk '{ print $2 }')"
for transport in "${transports[@]}"; do
  check "lost packets, $transport: each item once" same <(sort in) <(jq -r .url "results.$transport" | sort)
  check "lost packets, $transport: all come through" equal "$requests" "$(count "results.$transport" '.ok and .bytes == 3000')"
  check "lost packets, $transport: what is missing is so" equal 5 "$(count "results.$transport" '.error == "not_found"')"
  check "lost packets, $transport: none took longer than --timeout" equal 0 "$(count "results.$transport" '.total_ms > 21000')"
  check "lost packets, $transport: status 1, for what is missing" equal 1 "$(<"status.$transport")"
done
finish
