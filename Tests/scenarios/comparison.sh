#!/usr/bin/env bash
# Results against an export of a KV namespace, with differences planted by a script that knows them all.
# COMPARISON_KEYS and COMPARISON_RESULTS say how many there are, about: 20 000 and 60 000 unless set.
source "$(dirname "$0")/../lib.sh"

# Each item (a path and a variant) has one fate; what must be found follows from it. Paths are hard to write, and names
# have parameters in either form.
cat >plant.py <<'END'
import collections, json, random, sys
keys, results = int(sys.argv[1]), int(sys.argv[2])
random.seed(11)
sizes = {"desktop": (1920, 1080), "tablet": (1280, 720), "mobile": (854, 640), "tiny": (320, 240)}
fates = ["both"] * 12 + ["unknown size", "size_differs", "only_in_kv", "only_in_kv", "failed_in_kv", "expired", "older_version", "repeated_result"]
parts = ["a", "b", "c1", "ü", "日本", "🎬", "%41", "a b", "x:y", "k=v", "#", "?", "'", '"', "\\", "&", "+", "<i>", "_chunk", "derivative=tiny", "w=5"]
tally, differences, entries, rows = collections.Counter(), [], [], []
def differ(kind, key, variant, name, **more):
    difference = {"difference": kind}
    if key: difference.update({"key": key, **variant})
    if name: difference["kv_name"] = name
    differences.append({**difference, **more})
    tally[kind] += 1
def encoded(path): return "".join("%%%02X" % byte if byte in b"%? #\"" or byte > 126 and number % 2 else chr(byte) for byte in path.encode()).encode("latin-1").decode()
number = 0
def path():
    global number
    number += 1
    return f"dir{number % 7}/{random.choice(parts)}/{random.choice(parts)} {number}.mp4"
while len(entries) < keys or len(rows) < results:
    key = path()
    for variant, (width, height) in sizes.items():
        fate = random.choice(fates) if len(entries) < keys else random.choice(["only_in_results"] * 9 + ["failed_not_in_kv"])
        size = random.randint(1, 1 << 40)
        result = {"key": key, "variant": variant, "width": width, "height": height, "ok": True, "bytes": size}
        plain = random.random() < 0.5
        name = f"video:{'/' * random.randint(0, 1)}{encoded(key)}" + (f":derivative={variant}" if plain else f":w={width}:h={height}")
        said = {"variant": variant} if plain else {"width": width, "height": height}
        asked = {"variant": variant, "width": width, "height": height}
        if fate == "only_in_results":
            differ(fate, key, asked, None, bytes=size)
        elif fate == "failed_not_in_kv":
            result.update(ok=False, error="timeout", bytes=0)
            differ(fate, key, asked, None, bytes=0)
        else:
            entry = {"name": name, "metadata": {"contentLength": size, "note": ["}", "\\\""]}}
            known = {"kv_bytes": size}
            if fate == "unknown size":
                del entry["metadata"]
            elif fate == "size_differs":
                entry["metadata"]["contentLength"] = size + 1
                differ(fate, key, asked, name, bytes=size, kv_bytes=size + 1)
            elif fate == "only_in_kv":
                differ(fate, key, said, name, **known)
            elif fate == "failed_in_kv":
                result.update(ok=False, error="reset", bytes=0)
                differ(fate, key, asked, name, bytes=0, **known)
            elif fate == "expired":
                entry["expiration"] = 1000000000
                differ(fate, key, said, name, **known, expiration="2001-09-09T01:46:40.000Z")
            elif fate == "older_version":
                for version in (3, 12): entries.append({**entry, "name": f"{name}:version={version}"})
                for version in (3, 12): differ(fate, key, said, f"{name}:version={version}", **known)
                entry["name"] = f"{name}:version=100"
            elif fate == "repeated_result":
                rows.append(result)
                differ(fate, key, asked, name, bytes=size, **known)
            entries.append(entry)
            if not fate.endswith("in_kv"): tally["both"] += 1
        if fate != "only_in_kv": rows.append(result)
for i in range(25):
    entries += [{"name": f"settings/{i}"}, {"name": f"video:x {i}.mp4:derivative=mobile_chunk_{i}"}]
    differ("unmatched", None, {}, f"settings/{i}")
    differ("chunk", f"x {i}.mp4", {"variant": "mobile"}, entries[-1]["name"])
random.shuffle(entries)
random.shuffle(rows)
with open("kv.json", "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(entry, indent=2, ensure_ascii=number % 2) for number, entry in enumerate(entries)) + "\n]\n")
with open("results.ndjson", "w") as out: out.writelines(json.dumps(row) + "\n" for row in rows)
with open("planted", "w") as out: out.writelines(sorted(json.dumps(difference, sort_keys=True) + "\n" for difference in differences))
json.dump(tally, open("tally", "w"))
END
cat >read.py <<'END'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
keys = [line["key"].encode() for line in lines if "key" in line]
if keys != sorted(keys): sys.exit("they are not in the order of their keys")
sys.stdout.writelines(sorted(json.dumps(line, sort_keys=True) + "\n" for line in lines))
END
python3 plant.py "${COMPARISON_KEYS:-20000}" "${COMPARISON_RESULTS:-60000}"

# compare NAME OPTION...: makes the page NAME.json and the differences NAME.ndjson.
compare() {
  run mt-report --compare kv.json --differences "$1.ndjson" --format json -o "$1.json" --summary "$1.run" "${@:2}" results.ndjson
}
figures() {
  jq -r '.sections[0].rows[] | "\(.figure) \(.value)"' "$1.json"
}

mkdir runs
export TMPDIR=$scratch/runs
compare one
echo "# $(jq length kv.json) entries and $(wc -l <results.ndjson) results: $(jq .wall_seconds one.run) s, $(($(jq .peak_memory_bytes one.run) >> 20)) MiB"
check "it succeeds: differences are no failure" equal 0 "$status"
check "each difference that was planted is found, and no other, in the order of the keys" same planted <(python3 read.py one.ndjson)
jq -r '"In both \(.both)", "Only in results \(.only_in_results)", "Only in KV \(.only_in_kv)", "Sizes differ \(.size_differs)",
  "Failed, but in KV \(.failed_in_kv)", "Failed, not in KV \(.failed_not_in_kv)", "Expired in KV \(.expired)", "Older versions \(.older_version)",
  "Repeated results \(.repeated_result)", "Repeated entries 0", "Unmatched names \(.unmatched)", "Chunks \(.chunk)",
  "Share of the results that is in KV \(.both / (.both + .only_in_results) * 1e6 | round / 1e6)"' tally >figures
check "the figures are those that were planted" same figures <(figures one)
for table in "By variant" "By path"; do
  # shellcheck disable=SC2016 # jq's own
  check "$table: all is there" jq -e --arg table "$table" --slurpfile tally tally \
    '[.sections[] | select(.title == $table).rows[]] as $rows | ["both", "only_in_results", "only_in_kv", "size_differs", "expired", "older_version"] |
      all(. as $kind | ($rows | map(.[$kind]) | add) == $tally[0][$kind])' one.json
done
check "20 examples of a kind, and how many there are" jq -e \
  '[.sections[] | select(.title | IN("Only in results", "Only in KV", "Sizes differ", "Unmatched names"))] | all((.rows | length) == 20 and (.notes[0] | startswith("The first 20 of ")))' one.json

compare small --memory 1MiB
check "with 1 MiB to sort in: the same page" cmp one.json small.json
check "with 1 MiB to sort in: the same differences, byte for byte" cmp one.ndjson small.ndjson
check "with 1 MiB to sort in: it needs less memory" at_most "$(($(jq .peak_memory_bytes one.run) - (1 << 20)))" "$(jq .peak_memory_bytes small.run)"

shuf results.ndjson --random-source=kv.json >shuffled
mv shuffled results.ndjson
jq -c '.[]' kv.json | shuf --random-source=planted >lines.json
mv lines.json kv.json
compare shuffled
check "in another order, one object a line: the same page" cmp one.json shuffled.json
check "in another order, one object a line: the same differences" cmp one.ndjson shuffled.ndjson

for format in markdown text html junit; do
  mt-report --compare kv.json --format $format results.ndjson -o page.$format
  check "$format: a page of some size, but not of all differences" between 500 $((1 << 20)) "$(wc -c <page.$format)"
done
check "junit: each kind of difference is a test that failed" equal 8 "$(python3 -c \
  'import xml.etree.ElementTree as tree; print(len(tree.parse("page.junit").getroot().findall("testsuite/testcase/failure")))')"

# Sorting on a disk that is full.
mkdir small
check "a small file system can be mounted" mount -t tmpfs -o size=256k none small
if mountpoint -q small; then
  TMPDIR=$scratch/small compare full --memory 1MiB 2>err
  check "a full disk: status 74" equal 74 "$status"
  check "a full disk: it says so" grep -q 'no space left on device$' err
  check "a full disk: no page" absent full.json
  check "a full disk: no differences that look whole" absent full.ndjson
fi
check "no temporary file is left" equal "" "$(find runs small -type f)"

mkfifo slow
mt-report --compare slow results.ndjson --differences stopped.ndjson -o stopped.md 2>err &
report=$!
exec 4>slow
echo '[{"name":"video:a:derivative=m"},' >&4
kill -TERM $report
run wait $report
exec 4>&-
check "SIGTERM while the export still comes: the run ends by it" equal 143 "$status"
check "SIGTERM: of a part there is no page" absent stopped.md
check "SIGTERM: of a part there are no differences" absent stopped.ndjson

# The first differences are on disk as soon as there are some, long before the last one is found.
seq -f '{"key":"%.0f.mp4","variant":"mobile","ok":true,"bytes":1}' 400000 >many.ndjson
echo '[]' >none.json
nice -n 19 mt-report --compare none.json many.ndjson --memory 1MiB --differences cut.ndjson -o cut.md 2>err &
report=$!
until [[ -s cut.ndjson.partial ]] || ! kill -0 $report 2>/dev/null; do sleep 0.005; done
kill -TERM $report
run wait $report
check "SIGTERM in the middle of the comparison: the run ends by it" equal 143 "$status"
check "SIGTERM in the middle of the comparison: no page" absent cut.md
check "SIGTERM in the middle of the comparison: no differences that look whole" absent cut.ndjson
check "SIGTERM in the middle of the comparison: they are a part indeed" between 1 399999 "$(wc -l <cut.ndjson.partial)"

seq -f '{"name":"video:a.mp4:derivative=m:version=%.0f"}' 300000 >versions.json
run mt-report --compare versions.json --memory 1MiB --differences versions.ndjson -o page.md --summary versions.run </dev/null
check "300 000 versions of one entry: all but the last are told of" \
  equal 299999 "$(count versions.ndjson '.difference == "older_version"')"
check "300 000 versions of one entry: they need no memory" at_most $((40 << 20)) "$(jq .peak_memory_bytes versions.run)"

# A standard input that does not block, as others may leave one behind.
cat >unblocked.py <<'END'
import os, subprocess, sys, time
reader, writer = os.pipe()
os.set_blocking(reader, False)
tool = subprocess.Popen(["mt-report", "--compare", "-", "results.ndjson", "--limit", "1", "-o", "unblocked.md",
                         "--summary", "unblocked.run"], stdin=reader)
os.close(reader)
for part in (b'[{"name":"video:a', b':derivative=mobile"}', b"]"):
    time.sleep(1)
    os.write(writer, part)
os.close(writer)
sys.exit(tool.wait())
END
run python3 unblocked.py
check "a standard input that does not block: it is read" equal 0 "$status"
check "a standard input that does not block: it is waited for, not asked over and over" \
  jq -e '.wall_seconds > 2 and .cpu_seconds < 1' unblocked.run

finish
