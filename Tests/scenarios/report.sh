#!/usr/bin/env bash
# Pages of a large run: figures, sizes, terminals, baselines, ends. REPORT_RECORDS says how many there are: 50 000 unless set.
source "$(dirname "$0")/../lib.sh"

cat >make.py <<'END'
import json, random, sys
random.seed(int(sys.argv[2]))
slower, failing = float(sys.argv[3]), float(sys.argv[4])
for i in range(int(sys.argv[1])):
    size = int(random.lognormvariate(11, 3)) + 1
    kind = random.choice(["jpg", "png", "mp4"])
    record = {"key": f"path of some length/{i % 977}/object number {i}.{kind}", "size": size, "media": "video" if kind == "mp4" else "image",
              "url": f"https://cdn{i % 300}.example.com/path/{i % 977}/object%20number%20{i}.{kind}?imwidth={i % 4 * 100}",
              "variant": f"variant{i % 40}", "ok": random.random() >= failing, "attempts": 1, "bytes": 0, "size_class": "small" if size <= 50 << 20 else "medium" if size <= 200 << 20 else "large",
              "started": "2026-03-01T%02d:%02d:%02d.000Z" % (i // 3600 % 24, i // 60 % 60, i % 60), "total_ms": round(random.lognormvariate(5, 1) * slower, 3)}
    record["ttfb_ms"] = round(record["total_ms"] / 2, 3)
    if record["ok"]: record.update(status=200, bytes=size, cache=random.choice(["hit", "hit", "miss", "expired"]))
    else:
        record["error"] = random.choice(["timeout", "reset", "unavailable", "not_found"])
        record["error_message"] = f"{record['error']} of host {i} in {i * 7} ms"
    print(json.dumps(record))
END
cat >compare.py <<'END'
import collections, json, subprocess
records = [json.loads(line) for line in open("results.ndjson")]
pages = {kind: {section["title"]: section for section in json.load(open(f"{kind}.json"))["sections"]} for kind in ("performance", "size", "errors")}
wrong = []
def expect(what, wanted, found):
    if wanted != found: wrong.append(f"{what}: {str(found)[:200]}, not {str(wanted)[:200]}")
def figures(kind): return {row["figure"]: row["value"] for row in pages[kind]["Overview"]["rows"]}
def share(part, whole): return round(part / whole, 6)
failed = [record for record in records if not record["ok"]]
for kind in ("performance", "errors"):
    expect(f"{kind}: requests", (len(records), len(failed), share(len(failed), len(records))), tuple(figures(kind)[name] for name in ("Requests", "Failed", "Error rate")))
expect("objects", (len(records), sum(record["size"] for record in records)), (figures("size")["Objects"], int(figures("size")["Bytes"])))
expect("bytes", sum(record["bytes"] for record in records), int(figures("performance")["Bytes received"]))
verdicts = collections.Counter(record["cache"] for record in records if "cache" in record)
expect("hit ratio", share(verdicts["hit"], sum(verdicts.values())), figures("performance")["Cache hit ratio"])
expect("verdicts", dict(verdicts), {row["cache"]: row["count"] for row in pages["performance"]["Cache"]["rows"]})
limits = [1 << 10, 100 << 10, 1 << 20, 10 << 20, 100 << 20, 500 << 20, 1 << 30]
buckets = [[0, 0] for _ in range(8)]
for record in records:
    place = 0 if record["size"] < limits[0] else next((i for i in range(1, 7) if record["size"] <= limits[i]), 7)
    buckets[place][0] += 1
    buckets[place][1] += record["size"]
expect("buckets", buckets, [[row["count"], int(row["bytes"])] for row in pages["size"]["Size buckets"]["rows"]])
large = [record["size"] for record in records if record["size"] > 256 << 20]
expect("large", (len(large), sum(large)), (figures("size")["Large objects"], int(figures("size")["Bytes of large objects"])))
expect("errors", dict(collections.Counter(record["error"] for record in failed)), {row["error"]: row["count"] for row in pages["errors"]["Error"]["rows"]})
expect("rates of errors", True, all(row["share"] == share(row["count"], len(records)) for row in pages["errors"]["Error"]["rows"]))
for title, member in (("Variant", "variant"), ("Size class", "size_class")):
    wanted = collections.defaultdict(lambda: [0, 0])
    for record in records:
        wanted[record[member]][0] += 1
        wanted[record[member]][1] += not record["ok"]
    rows = pages["errors"][title]["rows"]
    expect(f"by {member}: all", [len(records), len(failed)], [sum(row["requests"] for row in rows), sum(row["failed"] for row in rows)])
    for row in rows:
        if row[member] in wanted: expect(f"by {member}: {row[member]}", [*wanted[row[member]], share(wanted[row[member]][1], wanted[row[member]][0])], [row["requests"], row["failed"], row["error_rate"]])
expect("messages", sorted(collections.Counter(f"{record['error']} of host # in # ms" for record in failed).items()), sorted((row["message"], row["count"]) for row in pages["errors"]["Message"]["rows"]))
over = pages["errors"]["Over time"]
expect("over time", len(records), round(sum(value for value in over["plots"][0]["series"][0]["values"] if value is not None) * over["plots"][0]["interval_seconds"]))
for row in [row for kind in ("performance", "errors", "size") for section in pages[kind].values() for row in section["rows"]]:
    for name in ("share", "error_rate", "timeout_rate", "hit_ratio", "share_of_bytes", "share_of_errors"):
        if row.get(name) is not None and not 0 <= row[name] <= 1: wrong.append(f"{name} is {row[name]}")
raise SystemExit("\n".join(wrong[:20]) or None)
END
records=${REPORT_RECORDS:-50000}
python3 make.py "$records" 1 1 0.02 >results.ndjson
mt-stats --by variant,ok results.ndjson -o groups

for type in performance size errors; do
  for format in markdown json text html junit; do mt-report --type $type --format $format groups -o $type.$format; done
  run mt-report --type $type --format json results.ndjson -o $type.json --summary $type.run
  check "$type: of the records themselves: status 0" equal 0 "$status"
  check "$type: of $records records in little memory" at_most $((48 << 20)) "$(jq .peak_memory_bytes $type.run)"
  for format in markdown json text html junit; do
    check "$type: in $format, less than 1 MiB" between 200 $((1 << 20)) "$(wc -c <$type.$format)"
  done
done
check "the figures are what Python finds" python3 compare.py

# A terminal 80 cells wide, and one of 40; cells are counted as wcwidth has them.
cat >terminal.py <<'END'
import fcntl, os, pty, struct, subprocess, sys, termios, unicodedata
width, command = int(sys.argv[1]), sys.argv[2:]
leader, follower = pty.openpty()
fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=follower, close_fds=True)
os.close(follower)
data = b""
try:
    while chunk := os.read(leader, 65536): data += chunk
except OSError: pass
process.wait()
def cells(line): return sum(0 if unicodedata.combining(c) or c in "\u200d\ufe0f" else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
lines = data.decode().replace("\r\n", "\n").split("\n")
print(len(lines), max(map(cells, lines)), sum("…" in line for line in lines))
END
jq -nc 'limit(2000; inputs | select(.url | endswith("=300"))) | .key = "日本/🎬/" + .key | .variant = "très " + .variant' results.ndjson >wide.ndjson
for width in 80 40; do
  for type in performance size errors; do
    read -r lines widest shortened < <(python3 terminal.py $width mt-report --type $type --format text wide.ndjson)
    check "$type, at $width cells: all fits" at_most $width "$widest"
    check "$type, at $width cells: there is something" at_least 40 "$lines"
    [[ $type != performance ]] || check "$type, at $width cells: long names are shortened" at_least 3 "$shortened"
  done
done
check "to a file, nothing is shortened" equal 0 "$(grep -c … errors.text)"
check "to a file, the longest URLs are whole" at_least 10 "$(grep -c 'https://cdn.*imwidth=[0-9]*00\?\b' errors.text)"

# A run that is like another one, one that is worse, and one that is better.
python3 make.py 20000 2 1 0.02 | mt-stats --by size_class -o before
python3 make.py 20000 3 1 0.02 | mt-stats --by size_class -o like
python3 make.py 20000 4 1.5 0.04 | mt-stats --by size_class -o worse
held() { # FILE: prints the verdicts on all records.
  run mt-report --baseline before "$1" --type comparison --format json -o "$1.json" 2>"$1.err"
  jq -r '[.sections[0].rows[] | select(.group == "all") | "\(.figure) \(.verdict)"] | sort | join(", ")' "$1.json"
}
same_verdicts="error_rate same, hit_ratio same, p50(total_ms) same, p50(ttfb_ms) same, p95(total_ms) same, p95(ttfb_ms) same, p99(total_ms) same, requests_per_second same"
held like >verdicts
check "a run like the baseline is the same" equal "$same_verdicts" "$(<verdicts)"
check "a run like the baseline: status 0" equal "0 0" "$status $(wc -l <like.err)"
held worse >verdicts
check "a run that got worse is worse" equal \
  "error_rate worse, hit_ratio same, p50(total_ms) worse, p50(ttfb_ms) worse, p95(total_ms) worse, p95(ttfb_ms) worse, p99(total_ms) worse, requests_per_second same" "$(<verdicts)"
check "a run that got worse: status 3" equal 3 "$status"
check "a run that got worse: each of its figures is said" at_least 6 "$(grep -c '^mt-report: worse than the baseline: ' worse.err)"
run mt-report --baseline worse before --type comparison --format json -o better.json
check "a run that got better: status 0" equal "0 6" "$status $(jq '[.sections[0].rows[] | select(.group == "all" and .verdict == "better")] | length' better.json)"

for signal in INT TERM; do
  mkfifo live.$signal
  mt-report live.$signal -o kept --summary run.json 2>err &
  report=$!
  exec 4>live.$signal
  echo '{"ok":true}' >&4
  kill -USR1 $report
  until grep -q 'mt-report: 1 ' err; do
    sleep 0.02
    kill -USR1 $report
  done
  kill -$signal $report
  run wait $report
  exec 4>&-
  check "SIG$signal: the run ends by it" equal $((128 + $(kill -l $signal))) "$status"
  check "SIG$signal: of a part there is no page" absent kept
done

mkdir small
check "a small file system can be mounted" mount -t tmpfs -o size=16k none small
if mountpoint -q small; then
  run mt-report --format html groups -o small/page.html 2>err
  check "a disk that runs full: status 74" equal 74 "$status"
  check "a disk that runs full: it says so" grep -qE '^mt-report: cannot write (.*/)?small/page.html(\.partial)?: no space left on device$' err
  check "a disk that runs full: the file has not taken its name" absent small/page.html
fi

finish
