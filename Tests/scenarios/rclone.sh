#!/usr/bin/env bash
# mt-list through rclone, Debian's and today's: stores of several kinds, hostile names, what goes wrong.
source "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2046 # the names of variables have no blanks
unset $(compgen -e | grep -E '^(AWS_|RCLONE_)') || true
today=$s3_clients
export RCLONE_CONFIG=$scratch/rclone.conf RCLONE_LOW_LEVEL_RETRIES=1 RCLONE_CONFIG_DISK_TYPE=local
: >rclone.conf

# Serves FOLDER by PROTOCOL with today's rclone, on a free port; sets url.
serve() { # PROTOCOL FOLDER
  "$today/rclone" serve "$1" --addr 127.0.0.1:0 "$2" >"$1.log" 2>&1 &
  for _ in {1..100}; do
    url=$(grep -oE 'http://127[.0-9]+:[0-9]+/' "$1.log") && return
    sleep 0.1
  done
  cat "$1.log"
}

# objects FILE: its objects without what differs between stores.
objects() { jq -c '{key, size, media}' "$1" | sort; }

# --- what is to be listed

mkdir -p names/sub/deep 'names/a dir' many
(
  cd names
  for name in plain.jpg 'two  spaces.png' 'what?#%+&.jpg' '100%41.mp4' $'new\nline\ttab\x01.jpg' 'größe 🎬.mp4' \
    "quotes'\".jpg" 'back\slash.jpg' 'picture ␊ of a newline.jpg' 'quote ‛ mark.jpg' 'full／width.jpg' \
    $'replaced \xef\xbf\xbd.jpg' 'a dir/x,y:z.jpg' 'sub/deep/.hidden' sub/deep/empty; do
    echo "$name" >"$name"
  done
  touch -d '2026-01-02T03:04:05.678Z' plain.jpg
  : >sub/deep/empty
)
(cd many && seq 20000 | sed 's/$/-a-name-of-some-length.jpg/' | xargs touch)
mt-list names | jq -c 'del(.source)' | sort >expected
objects expected >expected.objects

start_testbed --s3 --no-web
export S3_URL S3_ACCESS_KEY S3_SECRET_KEY
"$top/scripts/make-objects" hostile hostile
"$top/scripts/make-objects" --keys hostile | jq -Rsc 'rtrimstr("\u0000") | split("\u0000") | .[]' | sort >keys
export RCLONE_CONFIG_CEPH_TYPE=s3 RCLONE_CONFIG_CEPH_PROVIDER=Ceph RCLONE_CONFIG_CEPH_ENDPOINT=$S3_URL \
  RCLONE_CONFIG_CEPH_ACCESS_KEY_ID=$S3_ACCESS_KEY RCLONE_CONFIG_CEPH_SECRET_ACCESS_KEY=$S3_SECRET_KEY \
  RCLONE_CONFIG_CEPH_REGION=$S3_REGION

mkdir served && cp -r names/plain.jpg names/two* "names/a dir" names/sub names/größe* served
mt-list served | objects /dev/stdin >served.objects
serve webdav served
export RCLONE_CONFIG_DAV_TYPE=webdav RCLONE_CONFIG_DAV_URL=$url RCLONE_CONFIG_DAV_VENDOR=other
serve http served
export RCLONE_CONFIG_WEB_TYPE=http RCLONE_CONFIG_WEB_URL=$url

# A server whose answer never ends.
python3 -u -c '
import socket
server = socket.create_server(("127.0.0.1", 0)); print(server.getsockname()[1], flush=True)
clients = []
while True: clients.append(server.accept())' >port &
until [[ -s port ]]; do sleep 0.05; done
RCLONE_CONFIG_HANGS_URL=http://127.0.0.1:$(<port)/
export RCLONE_CONFIG_HANGS_TYPE=http RCLONE_CONFIG_HANGS_URL

# A site with a folder that cannot be read.
python3 -u -c '
import http.server, sys
class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<a href=\"a.jpg\">a</a> <a href=\"closed/\">closed</a> <a href=\"b.jpg\">b</a>"
        self.send_response(403 if "closed" in self.path else 200)
        self.send_header("Content-Type", "text/html"); self.send_header("Content-Length", str(len(body))); self.end_headers()
        if self.command == "GET": self.wfile.write(body)
    do_HEAD = do_GET
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site); print(server.server_port, flush=True); server.serve_forever()' >site &
until [[ -s site ]]; do sleep 0.05; done
RCLONE_CONFIG_SITE_URL=http://127.0.0.1:$(<site)/
export RCLONE_CONFIG_SITE_TYPE=http RCLONE_CONFIG_SITE_URL

debian=$(dirname "$(PATH=/usr/bin:$PATH command -v rclone)")
plain_path=$PATH
for folder in "$debian" "$today"; do
  # Of that folder only this program: others there could stand before ours.
  mkdir -p bin && ln -sf "$folder/rclone" bin/rclone
  PATH=$scratch/bin:$plain_path
  version=$(rclone version | sed -n '1s/rclone //p')

  # --- stores

  run mt-list "rclone:DISK:$scratch/names" >out 2>err
  check "$version, local: status 0" equal "0 " "$status $(<err)"
  check "$version, local: names, sizes and times are those of the disk" same expected <(jq -c 'del(.source)' out | sort)
  check "$version, local: the source" equal "rclone:DISK:$scratch/names/" "$(jq -r .source out | sort -u)"
  run mt-list "rclone::local:names/sub/" >out
  check "$version: a backend in place of a remote" equal "rclone::local:names/sub/" "$(jq -r .source out | sort -u)"
  run mt-list "rclone:DISK:names" --media-type video --min-size 10 >out
  check "$version: filters" equal "100%41.mp4|größe 🎬.mp4" "$(jq -r .key out | sort | paste -sd '|')"

  run mt-list rclone:CEPH:hostile >out 2>err
  check "$version, S3: status 0" equal "0 " "$status $(<err)"
  check "$version, S3: all keys, as they are" same keys <(jq -c .key out | sort)
  check "$version, S3: all with a time" equal 0 "$(count out '.mtime == null')"
  run mt-list rclone:CEPH:hostile/folder >out
  check "$version, S3: a folder" equal "a.jpg" "$(jq -r 'select(.key | endswith("jpg")).key' out)"
  run mt-list rclone:CEPH:no-such-bucket >out 2>err
  check "$version, S3: no such bucket: status 66" equal 66 "$status"

  for remote in DAV WEB; do
    run mt-list rclone:$remote: >out 2>err
    check "$version, $remote: status 0" equal "0 " "$status $(<err)"
    check "$version, $remote: all objects" same served.objects <(objects out)
    check "$version, $remote: all with a time" equal 0 "$(count out '.mtime == null')"
  done
  run mt-list rclone:WEB:sub >out
  check "$version, WEB: a folder" equal "rclone:WEB:sub/ 2" "$(jq -r .source out | sort -u) $(wc -l <out)"

  # --- what cannot be listed

  run mt-list rclone:DISK:names/none >out 2>err
  check "$version: no such folder: status 66" equal 66 "$status"
  check "$version: no such folder: what rclone says" grep -qE '^mt-list: rclone: .*ERROR.*directory not found' err
  run mt-list rclone:NONE:x >out 2>err
  check "$version: unknown remote: status 66" equal 66 "$status"
  check "$version: unknown remote: it is named" grep -q '^mt-list: cannot list rclone:NONE:x/: rclone ended with status 1$' err
  run mt-list rclone:DISK:names/plain.jpg >out 2>err
  check "$version: a file: status 66" equal "66 0" "$status $(wc -l <out)"
  mkdir -p same/same && echo 1 >same/same/same
  run mt-list rclone:DISK:same/same >out
  check "$version: a folder with one file of its name" equal "0 same" "$status $(jq -r .key out)"
  run mt-list 'rclone::webdav,url="http://127.0.0.1:1/",pass=secret:' >out 2>err
  check "$version: nobody there: status 69" equal 69 "$status"
  check "$version: nobody there: the source, without what is secret" \
    grep -q '^mt-list: cannot list rclone::webdav,url="http://127.0.0.1:1/":: rclone ended with status' err
  run mt-list rclone:SITE: >out 2>err
  check "$version: a part that cannot be read: status 1" equal "1 2" "$status $(wc -l <out)"
  check "$version: what rclone says of it" grep -qE '^mt-list: rclone: .*ERROR : .*closed.*403' err
  check "$version: and what is lacking" grep -q '^mt-list: cannot list all of rclone:SITE:/*: rclone ended' err
  mkdir -p bytes && touch bytes/$'not \xff UTF-8.jpg' bytes/fine.jpg
  run mt-list rclone:DISK:bytes >out 2>err
  check "$version: a name that rclone cannot write: status 1" equal "1 fine.jpg" "$status $(jq -r .key out)"
  check "$version: it is named" grep -q '^mt-list: cannot list not .* UTF-8.jpg in rclone:DISK:bytes/: its name' err
  run mt-list -q rclone:DISK:bytes --exclude 'not*' >out
  check "$version: it matters only where it is wanted" equal "0 fine.jpg" "$status $(jq -r .key out)"

  # --- its end

  run mt-list rclone:DISK:many --summary summary >out
  check "$version: 20 000 objects" equal "0 20000" "$status $(jq -r .key out | sort -u | wc -l)"
  check "$version: in little memory" at_most $((32 << 20)) "$(jq .peak_memory_bytes summary)"
  check "$version: a slow reader" equal 20000 "$(mt-list rclone:DISK:many | (sleep 1; wc -l))"

  began=$SECONDS
  run mt-list rclone:DISK:many --limit 3 >out 2>err
  check "$version: --limit" equal "0 3 " "$status $(wc -l <out) $(<err)"
  check "$version: --limit does not wait for rclone" at_most 3 $((SECONDS - began))

  rm -f slow && mkfifo slow
  mt-list rclone:DISK:many >slow 2>err &
  lister=$!
  exec 9<slow
  child=$(child_of $lister)
  head -n 300 <&9 >first
  kill -9 "$child"
  cat <&9 >/dev/null
  exec 9<&-
  run wait $lister
  check "$version: killed in the middle: status 1" equal 1 "$status"
  check "$version: killed in the middle: it says so" \
    equal 'mt-list: cannot list all of rclone:DISK:many/: rclone was killed by signal 9' "$(<err)"
  check "$version: killed in the middle: what came was written" equal 300 "$(wc -l <first)"

  mt-list rclone:HANGS: >out 2>err &
  lister=$!
  child=$(child_of $lister)
  began=$SECONDS
  kill -TERM $lister
  run wait $lister
  check "$version: SIGTERM: by that signal" equal 143 "$status"
  check "$version: SIGTERM: soon" at_most 3 $((SECONDS - began))
  check "$version: SIGTERM: no child is left" is_gone "$child"

  rm -f slow && mkfifo slow
  mt-list rclone:DISK:many >slow 2>err &
  lister=$!
  exec 9<slow
  child=$(child_of $lister)
  head -c 1000 <&9 >/dev/null
  exec 9<&-
  run wait $lister
  check "$version: nobody reads on: the end, by SIGPIPE" equal "141 " "$status $(<err)"
  check "$version: nobody reads on: no child is left" is_gone "$child"
done

PATH=$(dirname "$(command -v mt-list)")
run mt-list rclone:DISK:names 2>err
PATH=$plain_path
check "no rclone: status 69" equal 69 "$status"
check "no rclone: it says so" equal 'mt-list: cannot run rclone: it is not in PATH' "$(<err)"

finish
