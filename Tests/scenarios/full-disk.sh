#!/usr/bin/env bash
# A disk that runs full, really: a tiny file system, which needs the right to mount one.
source "$(dirname "$0")/../lib.sh"

mkdir small www
echo content >www/a.txt
start_testbed
check "a small file system can be mounted" mount -t tmpfs -o size=256k none small
mountpoint -q small || finish

for ((i = 0; i < 5000; i++)); do echo "${ORIGIN_URL}a.txt?$i"; done >urls

run timeout -k 5 20 mt-fetch urls -o small/out 2>err
check "mt-fetch: status 74" equal 74 "$status"
check "mt-fetch: it says so" grep -qE '^mt-fetch: cannot write (.*/)?small/out(\.partial)?: no space left on device$' err
check "mt-fetch: once" equal 1 "$(wc -l <err)"
check "mt-fetch: the file has not taken its name" absent small/out
written=$(wc -l <small/out.partial)
check "mt-fetch: what there was room for is there" at_least 300 "$written"
run timeout -k 5 20 mt-fetch urls -o small/out --resume 2>err
check "mt-fetch: still no room" equal 74 "$status"
check "mt-fetch: nothing is lost by the second try" at_least "$written" "$(grep -c '}$' small/out.partial)"

mount -o remount,size=64m small
seen=$(wc -l <"$ORIGIN_LOG")
run timeout -k 5 20 mt-fetch urls -o small/out --resume 2>err
check "mt-fetch: with room it goes on" equal 0 "$status"
check "mt-fetch: each URL once" same <(sort urls) <(jq -r .url small/out | sort)
check "mt-fetch: only what was missing is asked for" at_most $((5000 - written)) "$(log_since "$ORIGIN_LOG" "$seen" | wc -l)"
check "mt-fetch: nothing else is left" equal small/out "$(echo small/*)"

umount small
mount -t tmpfs -o size=64k none small
seq 5000 | sed 's/.*/{"key":"&.jpg"}/' >objects
run timeout -k 5 20 mt-expand --base-url http://h/ objects -o small/out 2>err
check "mt-expand: status 74" equal 74 "$status"
check "mt-expand: it says so" grep -qE '^mt-expand: cannot write (.*/)?small/out(\.partial)?: no space left on device$' err
check "mt-expand: the file has not taken its name" absent small/out

mkdir many
(cd many && seq 3000 | xargs touch)
rm small/*
run timeout -k 5 20 mt-list many -o small/out 2>err
check "mt-list: status 74" equal 74 "$status"
check "mt-list: it says so" grep -qE '^mt-list: cannot write (.*/)?small/out(\.partial)?: no space left on device$' err

# Rejects and the summary are outputs, too.
rm small/*
seq 20000 | sed 's/.*/no record &/' >bad
run timeout -k 5 20 mt-expand --base-url http://h/ bad --rejects small/rejects >out 2>err
check "rejects: status 74" equal 74 "$status"
check "rejects: it says so" grep -qE 'cannot write (.*/)?small/rejects(\.partial)?: no space left on device$' err

# A disk that is full from the start.
rm small/*
head -c 1M /dev/zero >small/zeros 2>/dev/null || true
run timeout -k 5 20 mt-expand --base-url http://h/ objects --summary small/summary >out 2>err
check "summary: status 74" equal 74 "$status"
check "summary: it says so" grep -qE 'cannot write (.*/)?small/summary(\.partial)?: no space left on device$' err

# A limit of the size of files is the same, where its signal is ignored.
run bash -c 'trap "" XFSZ; ulimit -f 100; exec mt-expand --base-url http://h/ objects -o limited' 2>err
check "a limit of the size of files: status 74" equal 74 "$status"
check "a limit of the size of files: it says so" grep -q 'cannot write .*limited.*: file too large$' err

finish
