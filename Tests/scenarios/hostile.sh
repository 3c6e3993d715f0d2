#!/usr/bin/env bash
# 5000 objects with names that are hard to write, from the disk through mt-list, mt-expand and mt-fetch.
source "$(dirname "$0")/../lib.sh"

cat >make.py <<'END'
import os, random
random.seed(1)
parts = [b" ", b"  ", b"?", b"#", b"%", b"%41", b"%2F", b"+", b"&", b";", b"=", b"'", b'"', b"\\", b"\n", b"\r", b"\t", b"\x01", b"\x7f", b",", b":", b"@",
         b"[", b"]", b"{", b"}", b"|", b"^", b"~", b"`", b"<", b">", b"*", b"!", b"$", b"(", b")", b"..", b"-", "ü".encode(), "u\u0308".encode(),
         "日本".encode(), "🎬".encode(), b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x80", b"a", b"Z", b"0"]
os.makedirs("www")
names = {b"n" * 251 + b".jpg", "日".encode() * 83 + b"xx.jpg", b"\xff" * 251 + b".jpg", b"%" * 251 + b".jpg"}
while len(names) < 5000:
    name = b"".join(random.choice(parts) for _ in range(random.randint(1, 12)))
    if random.random() < 0.3: name = b"dir" + random.choice(parts) + b"/" + name
    names.add(name + b".jpg")
for i, name in enumerate(sorted(names)):
    path = b"www/" + name
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file: file.write(b"%d\n" % i + b"x" * (i * 7 % 3000))
END
cat >compare.py <<'END'
import base64, json, os, subprocess, sys
on_disk = {}
for folder, _, files in os.walk(b"www"):
    for name in files:
        path = os.path.join(folder, name)
        on_disk[path[len(b"www/"):]] = os.path.getsize(path)
found = {}
for number, line in enumerate(open("results.ndjson", "rb")):
    record = json.loads(line)
    key = base64.b64decode(record["key_base64"]) if "key_base64" in record else record["key"].encode()
    if key in found: sys.exit("twice: %r" % key)
    found[key] = record["bytes"]
    if record["size"] != record["bytes"]: sys.exit("%r has %d bytes, not %d" % (key, record["size"], record["bytes"]))
    if number % 50 == 0:
        body = subprocess.run(["curl", "-sS", "--globoff", "--path-as-is", record["url"]], stdout=subprocess.PIPE, check=True).stdout
        if body != open(b"www/" + key, "rb").read(): sys.exit("%r is not what %s gives" % (key, record["url"]))
if found != on_disk: sys.exit("not the same: %r" % list(found.items() ^ on_disk.items())[:5])
END
python3 make.py
start_testbed

mt-list www >objects.ndjson
check "all are listed" equal 5000 "$(wc -l <objects.ndjson)"
mt-expand --base-url "$ORIGIN_URL" --image-variants webp objects.ndjson >requests.ndjson
check "all are expanded" equal 5000 "$(wc -l <requests.ndjson)"
check "no URL twice" equal 5000 "$(jq -r .url requests.ndjson | sort -u | wc -l)"
# nginx takes `...jpg` for a name without extension, and so for text.
run mt-fetch --workers 20 --any-content-type requests.ndjson -o results.ndjson
check "all are fetched" equal 0 "$status"
check "all with status 200" equal 5000 "$(count results.ndjson '.ok and .status == 200')"
check "each with its own size and content, and none beside what is on disk" python3 compare.py
check "the server got what was meant: one request each" equal 5000 "$(log_since "$ORIGIN_LOG" 0 | jq -r .uri | sort -u | wc -l)"

finish
