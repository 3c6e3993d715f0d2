#!/usr/bin/env bash
# A run of 40 000 results: its summary beside what Python makes of it, shards merged in several orders, a live pipe,
# signals, and a disk that runs full.
# shellcheck disable=SC2317 # some functions are called by check
source "$(dirname "$0")/../lib.sh"

cat >make.py <<'END'
import json, random, sys
random.seed(7)
errors = {"timeout": None, "reset": None, "forbidden": 403, "not_found": 404, "rate_limited": 429, "bad_gateway": 502, "unavailable": 503}
verdicts = ["hit"] * 6 + ["miss"] * 3 + ["stale", "expired", "bypass", "unknown"]
with open("results.ndjson", "w") as out:
    for i in range(int(sys.argv[1])):
        number = int(random.paretovariate(1.2) * 900) % 20000
        media = "video" if number % 3 == 0 else "image"
        size = int(random.lognormvariate(10, 2.5) * (40 if media == "video" else 1)) + 1
        record = {"key": f"dir {number % 40}/ü{number}." + ("mp4" if media == "video" else "jpg"), "size": size, "media": media}
        record["url"] = f"https://cdn{number % 5}.example.com:8443/{number}?v={i % 4}"
        record["variant"] = ["desktop", "tablet", "mobile", "webp"][i % 4]
        record["size_class"] = "small" if size <= 50 << 20 else "medium" if size <= 200 << 20 else "large"
        record["started"] = "2026-03-01T%02d:%02d:%02d.%03dZ" % (i // 9000, i // 150 % 60, i * 2 // 5 % 60, i % 1000)
        record["total_ms"] = round(random.lognormvariate(4, 1.3), 3)
        record["ttfb_ms"] = round(record["total_ms"] * random.random(), 3)
        record["attempts"] = 1
        if number % 100 == 7 and random.random() < 0.8:
            error = random.choice(list(errors))
            record.update(ok=False, error=error, error_message=f"{error} after {i} ms", attempts=random.randint(1, 4), bytes=0)
            if errors[error]: record["status"] = errors[error]
        else:
            record.update(ok=True, status=200, bytes=size, cache=random.choice(verdicts))
        out.write(json.dumps(record) + "\n")
END
cat >compare.py <<'END'
import collections, json, math, sys
records = [json.loads(line) for line in open("results.ndjson")]
names = ("size", "bytes", "total_ms", "ttfb_ms", "attempts")
wrong = []
def expect(what, wanted, found):
    if wanted != found: wrong.append(f"{what}: {str(found)[:100]}, not {str(wanted)[:100]}")
def near(what, wanted, found, tolerance):
    if found is None or abs(found - wanted) > tolerance * abs(wanted): wrong.append(f"{what}: {found} is not near {wanted}")
def number(value): return int(value) if isinstance(value, str) else value
def ranked(values, limit): return sorted(values.items(), key=lambda item: (-item[1], item[0].encode()))[:limit]
def compare(of, summary):
    which = json.dumps(summary.get("group", "all"))
    expect(f"{which}: records", len(of), summary["records"])
    for name in ("ok", "status", "error", "cache", "variant", "media", "size_class"):
        counts = collections.Counter(json.dumps(record[name]).strip('"') for record in of if name in record)
        expect(f"{which}: {name}", dict(counts), summary.get(name, {}))
    expect(f"{which}: host", dict(collections.Counter(record["url"].split("/")[2] for record in of)), summary["host"])
    expect(f"{which}: extension", dict(collections.Counter(record["key"].split(".")[-1] for record in of)), summary["extension"])
    for name in names:
        values = sorted(record[name] for record in of if name in record)
        if not values: continue
        found = summary[name]
        expect(f"{which}: count({name})", len(values), found["count"])
        if all(isinstance(value, int) for value in values): expect(f"{which}: sum({name})", sum(values), number(found["sum"]))
        else: expect(f"{which}: sum({name})", round(sum(round(value * 1000) for value in values) / 1000, 3), round(found["sum"], 3))
        expect(f"{which}: min, max({name})", (values[0], values[-1]), (found["min"], found["max"]))
        mean = math.fsum(values) / len(values)
        near(f"{which}: mean({name})", mean, found["mean"], 1e-3)
        near(f"{which}: variance({name})", math.fsum((value - mean) ** 2 for value in values) / len(values), found["variance"], 1e-9)
        for quantile, share in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)):
            near(f"{which}: {quantile}({name})", values[math.ceil(share * len(values)) - 1], found[quantile], 0.0101)
    for name in ("key", "url"):
        true = len({record[name] for record in of})
        near(f"{which}: distinct({name})", true, summary["distinct"][name]["count"], 0.0325 if true > 512 else 0)
    largest, slowest, failing = {}, {}, collections.Counter()
    for record in of:
        largest[record["key"]] = max(record["size"], largest.get(record["key"], 0))
        slowest[record["url"]] = max(record["total_ms"], slowest.get(record["url"], 0))
        if not record["ok"]: failing[record["url"]] += 1
    top = summary["top"]
    expect(f"{which}: largest", ranked(largest, 20), [(entry["key"], entry["size"]) for entry in top["largest"]])
    expect(f"{which}: slowest", ranked(slowest, 20), [(entry["url"], entry["total_ms"]) for entry in top["slowest"]])
    missed = top["failures_missed"]
    for entry in top["failing"]:
        true = failing[entry["url"]]
        if not entry["failures"] <= true <= entry["failures"] + entry.get("uncounted", 0): wrong.append(f"{which}: {entry} failed {true} times")
    listed = {entry["url"] for entry in top["failing"]}
    for url, count in failing.items():
        if url not in listed and count > missed: wrong.append(f"{which}: {url} failed {count} times and is not listed")
    timeline = summary["timeline"]
    expect(f"{which}: timeline", (len(of), sum(failing.values()), sum(record["bytes"] for record in of)),
        (sum(timeline["requests"]), sum(timeline["failed"]), sum(map(number, timeline["bytes"]))))
    for variant, found in summary["by"]["variant"].items():
        part = [record for record in of if record["variant"] == variant]
        expect(f"{which}: by {variant}", (sum(record["size"] for record in part), sum(record["bytes"] for record in part), sum(not record["ok"] for record in part),
            dict(collections.Counter(record["error"] for record in part if "error" in record)), dict(collections.Counter(record["cache"] for record in part if "cache" in record))),
            (number(found["size"]), number(found["bytes"]), found["failed"], found["error"], found["cache"]))
    above = [record["size"] for record in of if record["size"] > 256 << 20]
    expect(f"{which}: large", (len(above), sum(above)), (summary["large"]["count"], number(summary["large"]["bytes"])))
summaries = [json.loads(line) for line in open(sys.argv[1])]
groups = collections.defaultdict(list)
for record in records: groups[record["variant"], record["ok"]].append(record)
expect("groups", len(groups) + 1, len(summaries))
for summary in summaries:
    compare(groups[summary["group"]["variant"], summary["group"]["ok"]] if "group" in summary else records, summary)
sys.exit("\n".join(wrong[:20]) or None)
END
python3 make.py 40000

run mt-stats --by variant,ok results.ndjson -o one --summary run.json
check "one run: status 0" equal 0 "$status"
check "its figures, in all and by groups, are what Python finds" python3 compare.py one
check "it needs little memory" at_most $((48 << 20)) "$(jq .peak_memory_bytes run.json)"

for i in {1..16}; do mt-stats --by variant,ok --shard "$i/16" results.ndjson -o "shard$i"; done
check "16 shards have each record once" equal 40000 "$(jq -n '[inputs | select(.group | not).records] | add' shard{1..16})"
check "no shard is the whole" at_most 4000 "$(jq -n '[inputs | select(.group | not).records] | max' shard{1..16})"
mapfile -t shuffled < <(printf 'shard%s\n' {1..16} | shuf --random-source=results.ndjson)
mt-stats --merge shard{1..16} -o upwards
mt-stats --merge shard{16..1} -o downwards
mt-stats --merge "${shuffled[@]}" -o anyhow
mt-stats --merge shard{1..8} -o first
mt-stats --merge shard{9..16} | mt-stats --merge first - -o in_two_steps

# What adding in another order may change in the last digit is held against the one run within 1e-9, all else exactly.
# URLs that failed are counted exactly in all, where less than 1000 have; of a group, where 100 are looked at, Python says
# whether they are what is promised.
cat >exact.jq <<'END'
map(del(.. | .variance?, .stddev?) | del(.timeline.total_ms) | if .group then del(.top.failing, .top.failures_missed) else . end)
END
cat >digits.jq <<'END'
def inexact: [.[] | .size, .bytes, .total_ms, .ttfb_ms, .attempts | values | .variance, .stddev] + [.[].timeline.total_ms[]];
($one | inexact) as $a | ($other | inexact) as $b |
($a | length) == ($b | length) and all(range($a | length); ($a[.] - $b[.] | fabs) <= 1e-9 * ($a[.] | fabs) + 0.001)
END
same_but_digits() { # FILE
  diff <(jq -s -S -f exact.jq one) <(jq -s -S -f exact.jq "$1") && jq -en --slurpfile one one --slurpfile other "$1" -f digits.jq
}
for order in upwards downwards anyhow in_two_steps; do
  check "shards merged, $order: the summary of one run, quantiles, lists and distinct counts too" same_but_digits $order
done
check "shards merged, in two steps: what Python finds" python3 compare.py in_two_steps

# last PATTERN: waits until FILE has a line whose jq value is as it should be.
comes() { # FILE CONDITION
  for _ in {1..200}; do
    [[ -z $(jq -c "select($2)" "$1" 2>/dev/null | head -n 1) ]] || return 0
    sleep 0.02
  done
  jq -c '[.record, .group, .records]' "$1" | tail -n 5
  return 1
}

mkfifo live
mt-stats --every 100ms --by variant live >snapshots &
stats=$!
exec 4>live
echo '{"variant":"a","bytes":1}' >&4
check "a live pipe: a snapshot tells of the first record" comes snapshots '.record == "snapshot" and .records == 1 and (.group | not)'
check "a live pipe: so does one of its group" comes snapshots '.record == "snapshot" and .group.variant == "a"'
echo '{"variant":"b","bytes":2}' >&4
check "a live pipe: later ones tell of all so far" comes snapshots '.record == "snapshot" and .records == 2'
exec 4>&-
run wait $stats
check "a live pipe: status 0" equal 0 "$status"
check "a live pipe: the last records are the summary" equal '["summary",2,3]["summary",1,2]["summary",1,1]' \
  "$(tail -n 3 snapshots | jq -c '[.record, .records, .bytes.sum]' | sort -r | tr -d '\n')"
# shellcheck disable=SC2016 # jq's own
check "a live pipe: snapshots come at the pace that was asked for" jq -en \
  '[inputs | select(.record == "snapshot" and (.group | not)).at | sub("T"; " ") | sub("Z"; "") | split(" ")[1] | split(":") | (.[1] | tonumber) * 60 + (.[2] | tonumber)] |
   length >= 2 and all(range(1; length) as $i | .[$i] - .[$i - 1]; . > 0.03)' snapshots
check "a live pipe: snapshots can be merged with nothing" equal 2 "$(mt-stats --merge snapshots | jq -n 'input.records')"

mt-stats --every 100ms --window 300ms live >snapshots &
stats=$!
exec 4>live
printf '{"bytes":%s}\n' 1 2 4 >&4
check "a window: records come into it" comes snapshots '.record == "snapshot" and .records == 3 and .window_seconds >= 0.2'
check "a window: records leave it" comes snapshots '.record == "snapshot" and .records == 0'
echo '{"bytes":8}' >&4
check "a window: only new ones are in it" comes snapshots '.record == "snapshot" and .bytes.sum == 8'
exec 4>&-
run wait $stats
check "a window: the summary has all" equal '["summary",4,15]' "$(tail -n 1 snapshots | jq -c '[.record, .records, .bytes.sum]')"

mt-stats --every 50ms live -o file &
stats=$!
exec 4>live
echo '{"bytes":1}' >&4
check "snapshots in a file: they are there while the run lasts" comes file.partial '.record == "snapshot" and .records == 1'
exec 4>&-
run wait $stats
check "snapshots in a file: it takes its name at the end" equal '"summary"' "$(tail -n 1 file | jq -c .record)"

mt-stats --every 50ms live | head -n 2 >two &
exec 4>live
echo '{"bytes":1}' >&4
run wait $!
check "a reader that has gone ends the run, though its input has not" equal 141 "$status"
exec 4>&-
check "a reader that has gone had what it wanted" equal 2 "$(wc -l <two)"

for signal in INT TERM; do
  mt-stats live -o kept --summary run.json 2>err &
  stats=$!
  exec 4>live
  printf '{"bytes":1}\n{"bytes":1}\n' >&4
  kill -USR1 $stats
  until grep -q 'mt-stats: 2 ' err; do
    sleep 0.02
    kill -USR1 $stats
  done
  kill -$signal $stats
  run wait $stats
  exec 4>&-
  check "SIG$signal: the run ends by it" equal $((128 + $(kill -l $signal))) "$status"
  check "SIG$signal: of a part there is no summary" absent kept
  check "SIG$signal: it is told" equal '[true,2]' "$(jq -c '[.stopped_by_signal, .input_records]' run.json)"
done

mkdir small
check "a small file system can be mounted" mount -t tmpfs -o size=64k none small
if mountpoint -q small; then
  run mt-stats --by url results.ndjson -o small/out 2>err
  check "a disk that runs full: status 74" equal 74 "$status"
  check "a disk that runs full: it says so" grep -qE '^mt-stats: cannot write (.*/)?small/out(\.partial)?: no space left on device$' err
  check "a disk that runs full: the file has not taken its name" absent small/out
fi

finish
