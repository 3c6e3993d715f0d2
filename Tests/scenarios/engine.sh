#!/usr/bin/env bash
# What the loop of mt-fetch does when several things happen at once: it neither hangs nor spins, and a signal is obeyed.
source "$(dirname "$0")/../lib.sh"
mkdir www && echo a >www/a.txt
start_testbed

# CPU time of COMMAND, in milliseconds: user and system. Its output goes to results.
cpu_time() { # COMMAND...
  /usr/bin/time -q -f '%U %S' -o cpu "$@" >results 2>/dev/null || true
  awk '{ print int(($1 + $2) * 1000) }' cpu
}

# --- names of hosts: each name is looked up, in a thread of the resolver's

printf '127.0.0.1 localhost %s\n' media-a.test media-b.test >hosts
port=${ORIGIN_URL%/} port=${port##*:}
for i in {1..400}; do echo "http://media-$((i % 2 ? 1 : 2)).test:$port/a.txt?$i"; done | sed 's/media-1/media-a/; s/media-2/media-b/' >names
unshare -m bash -c 'mount --bind hosts /etc/hosts && mt-fetch -q --retry 0 --timeout 5 --workers 50 names >results'
check "names of hosts: each result is good" equal 400 "$(count results .ok)"
unshare -m bash -c 'mount --bind hosts /etc/hosts && grep media-a names | head -n 4 | mt-fetch -q --retry 0 --timeout 5 --workers 1 >results'
check "one after the other, too" equal 4 "$(count results ".ok and .total_ms < 150")"
seq 300 | sed 's|.*|http://nowhere.invalid/&|' >unknown
run mt-fetch -q --retry 0 unknown >results 2>/dev/null
check "an unknown name: each item fails by it" equal 300 "$(count results '.error == "dns"')"

# --- waiting costs no CPU

printf '%s\n' "${ORIGIN_URL}_test/status/500" "${ORIGIN_URL}_test/slow" >busy
check "a retry is due while the only worker is busy" at_most 500 \
  "$(cpu_time mt-fetch -q --workers 1 --retry 1 busy)"
check "both are done" equal 2 "$(wc -l <results)"
check "the input is open and silent" at_most 300 \
  "$({ echo "${ORIGIN_URL}a.txt"; sleep 2; } | cpu_time mt-fetch -q)"

# --- inputs that come when they like

mkfifo one two
{ echo "${ORIGIN_URL}a.txt?1"; sleep 0.5; } >one &
{ sleep 0.2; echo "${ORIGIN_URL}a.txt?2"; sleep 0.7; echo "${ORIGIN_URL}a.txt?3"; } >two &
run timeout 20 mt-fetch -q one two >results
check "two named pipes: the end" equal 0 "$status"
check "all of both" equal 3 "$(count results .ok)"

# --- signals

"$top/Tests/servers/faulty.py" >ports &
until grep -qs ready ports; do sleep 0.05; done
hang=$(awk '$1 == "hang" { print $2 }' ports)
for i in {1..5}; do echo "http://127.0.0.1:$hang/$i"; done >stuck
mt-fetch -q --grace 1 --summary summary stuck >results 2>err &
pid=$!
sleep 0.5
kill -TERM $pid
run wait $pid
check "SIGTERM: by that signal" equal 143 "$status"
check "what was in flight is said to be cancelled" equal 5 "$(count results '.error == "cancelled"')"
check "the summary says so" equal '143 true' "$(jq -r '"\(.exit_status) \(.stopped_by_signal)"' summary)"
SECONDS=0
mt-fetch -q --grace 20 stuck >results 2>err &
pid=$!
sleep 0.5
kill -TERM $pid
sleep 0.2
kill -INT $pid
run wait $pid
check "a second signal, another one: at once" at_most 3 $SECONDS
check "by the second" equal 130 "$status"
finish
