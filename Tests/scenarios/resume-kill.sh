#!/usr/bin/env bash
# mt-fetch is killed again and again; what comes in the end is what one undisturbed run gives.
source "$(dirname "$0")/../lib.sh"

mkdir www
echo content >www/a.txt
start_testbed

for ((i = 0; i < 20000; i++)); do echo "${ORIGIN_URL}a.txt?$i"; done >urls

# --- kill -9 at random instants

killed=0
for ((i = 0; i < 20; i++)); do
  mt-fetch --workers 50 urls -o out --resume 2>>resume.err &
  pid=$!
  sleep "0.0$((RANDOM % 90 + 10))"
  kill -9 $pid 2>/dev/null || true
  run wait $pid 2>/dev/null
  [[ $status != 137 ]] || killed=$((killed + 1))
  [[ -e out ]] && break
  sleep 0.1
  # What was written by now, and how far the server's log goes.
  [[ ! -e out.partial ]] || cp out.partial "left.$i"
  wc -l <"$ORIGIN_LOG" >"seen.$i"
done
check "it was killed while it worked" at_least 5 "$killed"
run mt-fetch --workers 50 urls -o out --resume 2>>resume.err
check "the last run ends well" equal 0 "$status"
check "each URL once" same <(sort urls) <(jq -r .url out | sort)
check "all good" equal 20000 "$(count out .ok)"
check "nothing else is left" equal out "$(echo out*)"
again=0
for left in left.*; do
  # A torn last line is no result.
  sed '$!b; /}$/!d' "$left" | jq -r .url | sed 's|.*/|/|' | sort >flushed
  log_since "$ORIGIN_LOG" "$(<"seen.${left#left.}")" | jq -r .uri | sort >after
  again=$((again + $(comm -12 flushed after | wc -l)))
done
check "what was written is not asked for again" equal 0 "$again"
check "nothing was said of it but of torn lines" equal 0 "$(grep -cv 'not a whole record' resume.err)"

# --- the same with each URL three times

for ((i = 0; i < 900; i++)); do echo "${ORIGIN_URL}a.txt?$((i % 300))"; done >urls3
for delay in 0.02 0.03 0.04 0.05; do
  mt-fetch --workers 2 urls3 -o out3 --resume 2>/dev/null &
  pid=$!
  sleep $delay
  kill -9 $pid 2>/dev/null || true
  run wait $pid 2>/dev/null
done
run mt-fetch urls3 -o out3 --resume
check "what is there three times comes three times" same <(sort urls3) <(jq -r .url out3 | sort)

# --- a torn last line

head -n 100 urls >urls4
mt-fetch urls4 -o out4
cp out4 whole
truncate -s -10 out4
mv out4 out4.partial
seen=$(wc -l <"$ORIGIN_LOG")
mt-fetch urls4 -o out4 --resume
check "a torn last line is done again" same <(sort urls4) <(jq -r .url out4 | sort)
check "and it alone" equal 1 "$(log_since "$ORIGIN_LOG" "$seen" | wc -l)"
check "all others stay, to the byte" same <(head -n 99 whole) <(head -n 99 out4)

# --- failed items

{ head -n 50 urls; for ((i = 0; i < 50; i++)); do echo "${ORIGIN_URL}missing.txt?$i"; done; } >urls5
run mt-fetch urls5 -o out5 2>/dev/null
check "failed items make the status 1" equal 1 "$status"
cp out5 before
seen=$(wc -l <"$ORIGIN_LOG")
run mt-fetch urls5 -o out5 --resume --keep-failed
check "with --keep-failed nothing is asked for" equal 0 "$(log_since "$ORIGIN_LOG" "$seen" | wc -l)"
check "and nothing changes" same before out5
echo found >www/missing.txt
seen=$(wc -l <"$ORIGIN_LOG")
run mt-fetch urls5 -o out5 --resume
check "without it failed items are asked for again, and only these" equal 50 "$(log_since "$ORIGIN_LOG" "$seen" | jq -r .uri | grep -c missing)"
check "and succeed" equal 0,100 "$status,$(count out5 .ok)"

# --- two runs at once

for ((i = 0; i < 3; i++)); do echo "${ORIGIN_URL}_test/slow?$i"; done >slow
mt-fetch slow -o out6 &
pid=$!
sleep 0.5
run mt-fetch urls4 -o out6 2>second.err
check "a second run on the same file refuses" equal 74 "$status"
check "and says why" equal 'mt-fetch: out6.partial: another run is writing it' "$(<second.err)"
run mt-fetch urls4 -o out6 --resume 2>second.err
check "also to resume it" equal 74 "$status"
run wait $pid
check "the first is not disturbed" equal 0,3 "$status,$(wc -l <out6)"

# --- SIGTERM and SIGINT

{ head -n 2000 urls; cat slow; tail -n +2001 urls; } >urls7
for signal in TERM INT; do
  started=$(date +%s%N)
  mt-fetch --workers 20 --grace 1 urls7 -o out7 2>/dev/null &
  pid=$!
  until [[ -s out7.partial ]]; do sleep 0.05; done
  kill -$signal $pid
  run wait $pid 2>/dev/null
  check "SIG$signal: it ends by that signal" equal $((128 + $(kill -l $signal))) "$status"
  check "SIG$signal: within its time" at_most 3000 $((($(date +%s%N) - started) / 1000000))
  check "SIG$signal: the file has not taken its name" absent out7
  check "SIG$signal: every line is whole" jq -e . out7.partial
  run mt-fetch urls7 -o out7 --resume
  check "SIG$signal: it can be continued" equal 0 "$status"
  check "SIG$signal: each URL once" same <(sort urls7) <(jq -r .url out7 | sort)
  check "SIG$signal: all good" equal 20003 "$(count out7 .ok)"
  rm out7
done

# A request may end within its time.
mt-fetch --grace 8 slow -o out8 &
pid=$!
sleep 0.5
kill -TERM $pid
run wait $pid 2>/dev/null
check "what ends in time is written" equal 143,3 "$status,$(count out8.partial .ok)"

# A second signal does not wait.
started=$(date +%s%N)
mt-fetch --grace 60 slow -o out9 &
pid=$!
sleep 0.5
kill -TERM $pid
sleep 0.2
kill -TERM $pid
run wait $pid 2>/dev/null
check "a second signal ends it at once" equal 143 "$status"
check "that is, now" at_most 2000 $((($(date +%s%N) - started) / 1000000))

finish
