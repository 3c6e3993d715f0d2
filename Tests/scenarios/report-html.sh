#!/usr/bin/env bash
# Pages in HTML, made of texts that would be markup if they could, opened in Chromium: wide and narrow, light and dark, printed.
source "$(dirname "$0")/../lib.sh"

# Each text that can reach a page, in each form that could do harm there; what runs sets `harmed`.
cat >make.py <<'END'
import itertools, json, random
random.seed(5)
texts = ["<script>harmed=1</script>", "</script><script>harmed=1</script>", "</style><script>harmed=1</script>", "<img src=x onerror=harmed=1>", "\"><svg onload=harmed=1>", "' onmouseover='harmed=1",
         "![](x)", "[x](javascript:harmed=1)", "javascript:harmed=1", "</title><h1>", "-->", "]]>", "&lt;b&gt;&#60;", "a\u0000b\u0007\u001b[31m\u007f\u0085", "line\nend\r\nand\ttab", "\u202egnp.exe\u2066x", "\ufeff\ufffe\uffff",
         "{{harmed=1}}", "${harmed=1}", "`harmed=1`", "日本語🎬👩‍👩‍👧 e\u0301", "", " ", "x" * 300, "https://" + "very.long." * 40 + "example/" + "p" * 600, "\\\"'\\u003cb\\u003e", "a,b;c|d", "__proto__", "constructor", "-1e308"]
names = ["key", "url", "variant", "error", "error_message", "cache", "pop", "target_pop", "media", "size_class", "http_version", "not_warmed", "codec", "status", "vary", "accept"]
with open("records.ndjson", "w") as out:
    for i, (text, name) in enumerate(itertools.product(texts, names)):
        record = {"key": f"k{i}.jpg", "url": f"https://h/{i}", "size": (i * 7919 % 1000) << (i % 20), "ok": i % 3 > 0, "status": 200, "variant": f"v{i % 5}", "cache": ["hit", "miss", "stale", "unknown"][i % 4],
                  "started": "2026-03-01T00:%02d:%02d.000Z" % (i // 60 % 60, i % 60), "total_ms": i * 37 % 5000, "ttfb_ms": i * 13 % 900, "bytes": i * 1000, "media": "video", "size_class": "small"}
        if not record["ok"]: record.update(error=["timeout", "reset", "forbidden"][i % 7 % 3], error_message=f"failed at {i}")
        if name == "codec": record.update(size=3 << 30, height=1080, duration_seconds=100)
        record[name] = text
        for other in ("key", "url"):
            if other == name: record[other] = f"https://{text}/{text}?{text}" if name == "url" else f"{text}/{text}.{text}"
        out.write(json.dumps(record) + "\n")
with open("results.ndjson", "w") as out:
    for i, text in enumerate(texts): out.write(json.dumps({"key": f"{text}/{i}", "variant": text, "format": text, "ok": i % 4 > 0, "bytes": i}) + "\n")
json.dump([{"name": f"video:{text}/{i + i % 2}:derivative={text}", "expiration": 5, "metadata": {"contentLength": i + 1}} for i, text in enumerate(texts) if text] + [{"name": text} for text in texts if text], open("kv.json", "w"))
json.dump([f"{text}={text}" for text in texts if text and "=" not in text and "\0" not in text], open("settings", "w"))
END
python3 make.py
mapfile -t -d '' settings < <(jq -j '.[] | "--setting=" + ., "\u0000"' settings)
mt-stats -q --by variant,error "${settings[@]}" records.ndjson -o groups
mt-stats -q --by variant,error "${settings[@]}" --limit 200 records.ndjson -o before
seq 900 | sed 's,.*,{"url":"https://h/&"\,"variant":"v&"\,"ok":true\,"total_ms":&.5\,"bytes":&000},' | mt-stats --by variant --top 300 -o many

pages=()
# page NAME OPTION...
page() {
  run mt-report --format html -o "$1.html" "${@:2}" 2>err
  [[ $status == 0 || $status == 3 ]] || cat err
  pages+=("$1.html")
}
for type in performance size errors; do page $type --type $type --fail-if 'failed > 0' groups; done
page baseline --baseline before --type performance groups
page comparison --compare kv.json results.ndjson
page many --top 300 many
mt-stats </dev/null | page empty
check "there is a page of each kind" equal 7 "$(find . -name '*.html' | wc -l)"

# Without a browser: what each page is made of.
cat >markup.py <<'END'
import base64, hashlib, html.parser, re, sys, xml.etree.ElementTree as tree
tags = set("html head meta title link style body header h1 h2 h3 p nav ul li a main section div figure figcaption svg g path rect line text tspan title desc circle polyline polygon pattern defs clipPath use table thead tbody tr th td dl dt dd span script".split())
attributes = set("lang charset http-equiv content name rel href aria-label aria-labelledby aria-hidden id class role tabindex scope data-v viewbox width height x y x1 x2 y1 y2 cx cy r rx ry d points transform text-anchor preserveaspectratio dominant-baseline patternunits patterntransform clip-path fill dx dy".split())
class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.wrong, self.ids, self.links, self.content, self.policy, self.open = [], [], [], {"script": [], "style": []}, "", None
    def handle_starttag(self, tag, found):
        if tag.lower() not in {name.lower() for name in tags}: self.wrong.append(f"<{tag}>")
        for name, value in found:
            if name not in attributes: self.wrong.append(f"<{tag} {name}>")
            if name == "id": self.ids.append(value)
            if name == "href" and not (value.startswith("#") or value == "data:,"): self.wrong.append(f"a link to {value}")
            if name == "href" and value.startswith("#"): self.links.append(value[1:])
            if value and "harmed" in value and name != "aria-label": self.wrong.append(f"{name}={value[:50]}")
        if tag == "meta" and ("http-equiv", "Content-Security-Policy") in found: self.policy = dict(found)["content"]
        self.open = tag
    def handle_data(self, data):
        if self.open in self.content: self.content[self.open].append(data)
    def handle_endtag(self, tag): self.open = None
    def handle_comment(self, data): self.wrong.append("a comment")
source = open(sys.argv[1], encoding="utf-8", newline="").read()
page = Page()
page.feed(source)
wrong = page.wrong
for kind, texts in page.content.items():
    if len(texts) != 1: wrong.append(f"{len(texts)} times {kind}")
    else:
        digest = base64.b64encode(hashlib.sha256(texts[0].encode()).digest()).decode()
        if f"{kind}-src 'sha256-{digest}'" not in page.policy: wrong.append(f"the policy has not the {kind}'s hash")
if "default-src 'none'" not in page.policy or "unsafe" in page.policy: wrong.append(f"a weak policy: {page.policy}")
if len(set(page.ids)) != len(page.ids): wrong.append("an id comes twice")
if set(page.links) - set(page.ids): wrong.append(f"links to nowhere: {set(page.links) - set(page.ids)}")
odd = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", source)
if odd: wrong.append(f"characters that nobody sees: {set(odd)}")
if re.search(r"url\((?!['\"]?#)|@import|https?://(?!www\.w3\.org/)[^<&]*[\"']", page.content["style"][0]): wrong.append("the style asks for something")
try: tree.fromstring(source.split("\n", 1)[1])
except tree.ParseError as error: wrong.append(f"not well-formed: {error}")
sys.exit("\n".join(map(str, wrong[:20])) or None)
END
for file in "${pages[@]}"; do
  check "$file: no markup but its own, no link out, a strict policy" python3 markup.py "$file"
  check "$file: less than 1 MiB" between 2000 $((1 << 20)) "$(wc -c <"$file")"
done
check "the texts are there: as texts" at_least 5 "$(grep -c '&lt;script&gt;harmed=1&lt;/script&gt;' errors.html)"

cat >browser.py <<'END'
"""Opens pages in Chromium by its DevTools protocol, through a pipe, and prints a line `ok - WHAT` or `not ok - WHAT` for each thing that is looked at."""
import json, os, subprocess, sys, tempfile

class Browser:
    def __init__(self):
        to_browser, self.out = os.pipe()
        from_browser, back = os.pipe()
        def descriptors():
            os.dup2(to_browser, 23); os.dup2(back, 24); os.dup2(23, 3); os.dup2(24, 4)
        self.process = subprocess.Popen(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe", "--user-data-dir=" + tempfile.mkdtemp(dir=".")],
                                        preexec_fn=descriptors, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser); os.close(back)
        self.input, self.buffer, self.number, self.events, self.session = os.fdopen(from_browser, "rb"), b"", 0, [], None
    def read(self):
        while b"\0" not in self.buffer:
            chunk = self.input.read1(1 << 20)
            if not chunk: sys.exit("not ok - Chromium ended")
            self.buffer += chunk
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)
    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session: message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") != self.number: self.events.append(answer)
            elif "error" in answer: sys.exit(f"not ok - {method}: {answer['error']}")
            else: return answer["result"]
    def wait(self, name):
        while not any(event.get("method") == name for event in self.events): self.events.append(self.read())
    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result: sys.exit(f"not ok - {expression[:80]}: {result['exceptionDetails']}")
        return result["result"].get("value")
    def open(self, file, width, dark=False, media="", scripts=True):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.events.clear()
        self.call("Page.navigate", url="file://" + os.path.abspath(file))
        self.wait("Page.loadEventFired")
    def complaints(self):
        found = []
        for event in self.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening"): found.append(json.dumps(parameters)[:200])
            if method == "Network.requestWillBeSent" and not parameters["request"]["url"].startswith(("data:", "file://" + os.getcwd())): found.append(parameters["request"]["url"])
        return found

def check(what, wanted, found):
    print(f"ok - {what}" if wanted == found else f"not ok - {what}\n#   expected: {str(wanted)[:300]}\n#   actual: {str(found)[:300]}", flush=True)

COLOURS = """(() => {
  const probe = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = (colour) => { probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1); const c = probe.getImageData(0, 0, 1, 1).data;
    const [r, g, b] = [0, 1, 2].map((i) => { const v = c[i] / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (element) => { while (element) { const colour = getComputedStyle(element).backgroundColor; if (!/, 0\\)$/.test(colour) && colour !== "transparent") return colour; element = element.parentElement; } return "white"; };
  const faint = [];
  for (const element of document.querySelectorAll("h1, h2, h3, p, dt, dd, td, th, th button, li, a, figcaption, span")) {
    if (!element.textContent.trim() || !element.offsetHeight) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
    if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) faint.push(element.tagName + "." + element.className + " " + element.textContent.slice(0, 20));
  }
  return {ground: light(ground(document.body)), faint: faint.slice(0, 5)};
})()"""
OUTSIDE = """[...document.querySelectorAll("svg:not([aria-hidden])")].flatMap((svg) => { const box = svg.closest("figure").getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter((text) => { const at = text.getBoundingClientRect(); return at.width > 0 && (at.left < box.left - 2 || at.right > box.right + 2 || at.top < box.top - 2 || at.bottom > box.bottom + 2); }).map((text) => text.textContent.slice(0, 30)); }).slice(0, 5)"""
ON_EACH_OTHER = """[...document.querySelectorAll("svg:not([aria-hidden])")].flatMap((svg) => { const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]).filter(([, box]) => box.width > 0); const found = [];
  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => { if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 3) found.push(a.slice(0, 20) + " / " + b.slice(0, 20)); })); return found; }).slice(0, 5)"""

browser = Browser()
target = browser.call("Target.createTarget", url="about:blank")["targetId"]
browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
for domain in ("Page", "Runtime", "Log", "Network"): browser.call(domain + ".enable")
for file in sys.argv[1:]:
    for place, width, dark in (("wide and light", 1280, False), ("wide and dark", 1280, True), ("a phone, light", 390, False), ("a phone, dark", 390, True)):
        browser.open(file, width, dark)
        what = f"{file}, {place}"
        check(f"{what}: nothing of the texts runs", "undefined", browser.value("typeof harmed"))
        check(f"{what}: it fits into its width", True, browser.value("document.documentElement.scrollWidth <= window.innerWidth"))
        colours = browser.value(COLOURS)
        check(f"{what}: the ground is as it should be", dark, colours["ground"] < 0.2)
        check(f"{what}: all text can be read", [], colours["faint"])
        check(f"{what}: the plots' texts are within their boxes", [], browser.value(OUTSIDE))
        check(f"{what}: the plots' texts do not lie on each other", [], browser.value(ON_EACH_OTHER))
        check(f"{what}: no message on the console, no request", [], browser.complaints())
    browser.open(file, 1280, media="print")
    check(f"{file}, printed: on white", True, browser.value(COLOURS)["ground"] > 0.95)
    check(f"{file}, printed: a PDF", True, browser.call("Page.printToPDF")["data"].startswith("JVBERi0"))
    browser.open(file, 1280)
    check(f"{file}: each plot has a name for those who cannot see it", [], browser.value("""[...document.querySelectorAll("svg:not([aria-hidden])")].filter((svg) => !svg.querySelector("title")?.textContent).map((svg) => svg.closest("figure").textContent.slice(0, 50))"""))
    check(f"{file}: no element of a text's", 0, browser.value("document.querySelectorAll('img, iframe, object, embed, form, input, [onerror], [onload], [onmouseover], [style]').length"))

# Sorting, by click and by keys, and what a long table shows.
ROWS = "[...[...document.querySelectorAll('table')].find((t) => t.tHead.textContent.includes('%s')).tBodies[0].rows]"
browser.open("many.html", 1280)
table = "[...document.querySelectorAll('table')].find((t) => t.tHead.textContent.includes('URL'))"
column = "[...document.querySelectorAll('table')].find((t) => t.tHead.textContent.includes('URL')).tBodies[0].rows"
def totals(): return browser.value(f"[...{column}].map((row) => Number(row.cells[1].dataset.v))")
def button(n): return f"{table}.tHead.rows[0].cells[{n}].querySelector('button')"
before = totals()
browser.value(f"{button(1)}.click()")
first = totals()
browser.value(f"{button(1)}.click()")
second = totals()
check("sorting: a click sorts by number, the largest first", sorted(before, reverse=True), first)
check("sorting: another click turns it round", sorted(before), second)
check("sorting: it is told to those who cannot see it", "ascending", browser.value(f"{button(1)}.closest('th').getAttribute('aria-sort')"))
browser.value(f"{button(0)}.focus()")
for kind in ("keyDown", "keyUp"): browser.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r" if kind == "keyDown" else "")
names = browser.value(f"[...{column}].map((row) => row.cells[0].textContent)")
check("sorting: by keys, a text", sorted(names, key=lambda name: int(name.rsplit("/", 1)[1])), names)
check("sorting: no row is lost", sorted(before), sorted(totals()))
shown = f"[...{column}].filter((row) => row.offsetHeight > 0).length"
check("a long table: the start is shown first", [300, 200], [len(before), browser.value(shown)])
browser.value(f"{table}.closest('.table').querySelector('.more button').click()")
check("a long table: then all of it", 300, browser.value(shown))
browser.open("many.html", 390)
check("a phone: a wide table scrolls in its own box", True, browser.value("[...document.querySelectorAll('.scroll')].some((box) => box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === 'auto')"))
browser.open("many.html", 1280, scripts=False)
check("without scripts: all rows can be read", 300, browser.value(shown))
browser.call("Browser.close")
browser.process.wait()
END
run timeout 120 python3 browser.py "${pages[@]}" >browser.log 2>&1
cat browser.log
failures=$((failures + $(grep -c '^not ok' browser.log || true)))
check "the browser has looked at all" equal 0 "$status"

finish
