#!/usr/bin/env bash
# Memory does not grow with the input.
source "$(dirname "$0")/../lib.sh"

# peak COMMAND...: prints the most memory that it had, in KiB; its output goes to out.
peak() {
  /usr/bin/time -o time -f %M "$@" >out || return
  tail -n 1 time
}
limit=$((32 * 1024))

seq 200000 | sed 's|.*|{"key":"folder/of/objects/&.jpg","size":&,"mtime":"2026-01-01T00:00:00.000Z","media":"image","source":"file:///media/"}|' >objects
check "mt-expand: 200 000 objects, to a file" at_most $limit "$(peak mt-expand --base-url http://h/ objects)"
check "mt-expand: a million requests" equal 1000000 "$(wc -l <out)"
check "mt-expand: in a pipe" at_most $limit "$(peak bash -c 'cat objects | mt-expand --base-url http://h/ | cat')"
check "mt-expand: all lines bad" at_most $limit "$(peak bash -c 'tr { [ <objects | mt-expand --base-url http://h/ --rejects rejects 2>/dev/null; true')"
check "mt-expand: a shard" at_most $limit "$(peak mt-expand --base-url http://h/ --shard 1/2 objects)"
run mt-expand --base-url http://h/ --summary summary objects >/dev/null
check "mt-expand: the summary says so, too" at_most $((limit * 1024)) "$(jq .peak_memory_bytes summary)"

mkdir -p files
for ((i = 0; i < 10; i++)); do
  mkdir files/$i
  (cd files/$i && seq 4000 | sed 's/$/-a-name-of-some-length.jpg/' | xargs touch)
done
check "mt-list: 40 000 files" at_most $limit "$(peak mt-list files)"
check "mt-list: all of them" equal 40000 "$(wc -l <out)"
mv out old
check "mt-list: held against itself" at_most $limit "$(peak mt-list --since old files)"
check "mt-list: nothing is new" equal 0 "$(wc -l <out)"

# A resume holds 16 bytes an item.
jq -c '{url: ("http://127.0.0.1:1/" + .key)}' objects >requests
sed 's/}$/,"ok":true}/' requests >done.ndjson
check "mt-fetch: 200 000 items that are done already" at_most $limit "$(peak mt-fetch requests -o done.ndjson --resume)"
check "mt-fetch: they stay" equal 200000 "$(wc -l <done.ndjson)"

finish
