#!/usr/bin/env bash
# mt-list through the AWS CLI, held against its own listing of the same buckets.
source "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2046 # the names of variables have no blanks
unset $(compgen -e | grep -E '^AWS_') || true
mkdir bin && ln -s "$s3_clients/aws" bin/aws
PATH=$scratch/bin:$PATH

start_testbed --s3 --no-web
export S3_URL S3_ACCESS_KEY S3_SECRET_KEY
export AWS_ACCESS_KEY_ID=$S3_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$S3_SECRET_KEY AWS_DEFAULT_REGION=$S3_REGION \
  AWS_MAX_ATTEMPTS=1 AWS_EC2_METADATA_DISABLED=true
"$top/scripts/make-objects" hostile hostile
"$top/scripts/make-objects" flat flat 5500
"$top/scripts/make-objects" empty - </dev/null

# by_cli ARGUMENT...: sets status, and leaves the records in out and the messages in err.
by_cli() { run mt-list --use-aws-cli --endpoint-url "$S3_URL" "$@" >out 2>err; }

# --- the same as without

for source in s3://hostile s3://hostile/folder s3://hostile/n/ s3://hostile/long s3://flat s3://hostile/none s3://empty; do
  by_cli $source
  check "$source: status 0" equal "0 " "$status $(<err)"
  check "$source: the same records" same <(mt-list -q --endpoint-url "$S3_URL" $source | sort) <(sort out)
done
by_cli s3://hostile
"$top/scripts/make-objects" --keys hostile | jq -Rsc 'rtrimstr("\u0000") | split("\u0000") | .[]' | sort >keys
check "all keys, as they are" same keys <(jq -c .key out | sort)
check "their ETags have no quotes" equal 0 "$(count out '.etag | test("^[0-9a-f]{32}$") | not')"
by_cli s3://hostile/größe
check "a folder beyond ASCII" equal "写真.jpg" "$(jq -r .key out)"
LC_ALL=C by_cli s3://hostile/größe
check "a folder beyond ASCII, in another locale" equal "写真.jpg" "$(jq -r .key out)"
by_cli s3://hostile --media-type video
check "filters" equal "clapper 🎬.mp4|日本語/テスト.mp4" "$(jq -r .key out | sort | paste -sd '|')"
by_cli s3://flat --summary summary
check "pages: 5500 objects" equal "0 5500" "$status $(jq -r .key out | sort -u | wc -l)"
check "in little memory" at_most $((32 << 20)) "$(jq .peak_memory_bytes summary)"
check "a slow reader" equal 5500 "$(mt-list --use-aws-cli --endpoint-url "$S3_URL" s3://flat | (sleep 1; wc -l))"
by_cli s3://flat --limit 3
check "--limit" equal "0 3 " "$status $(wc -l <out) $(<err)"

# --- what cannot be listed

python3 -u -c '
import http.server
body = b"<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>"
class Store(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Store); print(server.server_port, flush=True); server.serve_forever()' >port &
until [[ -s port ]]; do sleep 0.05; done
run mt-list --use-aws-cli --endpoint-url "http://127.0.0.1:$(<port)" s3://none >out 2>err
check "no such bucket: status 66" equal 66 "$status"
check "no such bucket: what the CLI says" grep -q '^mt-list: aws: .*An error occurred (NoSuchBucket)' err
check "no such bucket: it is named" grep -q '^mt-list: cannot list s3://none/: aws ended with status' err
run mt-list --use-aws-cli --endpoint-url http://127.0.0.1:1 s3://none >out 2>err
check "nobody there: status 69" equal 69 "$status"
check "nobody there: what the CLI says" grep -q '^mt-list: aws: .*Could not connect to the endpoint URL' err
AWS_ACCESS_KEY_ID='' AWS_SECRET_ACCESS_KEY='' by_cli s3://flat
check "no credentials: it says so" grep -q '^mt-list: aws: .*Unable to locate credentials' err
check "no credentials: status 78" equal "78 0" "$status $(wc -l <out)"

# --- its end

mkfifo slow
mt-list --use-aws-cli --endpoint-url "$S3_URL" s3://flat >slow 2>err &
lister=$!
exec 9<slow
child=$(child_of $lister)
head -n 300 <&9 >first
kill -9 "$child"
cat <&9 >/dev/null
exec 9<&-
run wait $lister
check "killed in the middle: status 1" equal 1 "$status"
check "killed in the middle: it says so" \
  equal 'mt-list: cannot list all of s3://flat/: aws was killed by signal 9' "$(<err)"
check "killed in the middle: what came was written" equal 300 "$(wc -l <first)"

python3 -u -c '
import socket
server = socket.create_server(("127.0.0.1", 0)); print(server.getsockname()[1], flush=True)
clients = []
while True: clients.append(server.accept())' >hanging &
until [[ -s hanging ]]; do sleep 0.05; done
mt-list --use-aws-cli --endpoint-url "http://127.0.0.1:$(<hanging)" s3://flat >out 2>err &
lister=$!
child=$(child_of $lister)
began=$SECONDS
kill -TERM $lister
run wait $lister
check "SIGTERM: by that signal, soon" equal 143 "$status"
check "SIGTERM: soon" at_most 3 $((SECONDS - began))
check "SIGTERM: no child is left" is_gone "$child"

rm bin/aws
PATH=$(dirname "$(command -v mt-list)") by_cli s3://flat
check "no AWS CLI: status 69" equal 69 "$status"
check "no AWS CLI: it says so" equal 'mt-list: cannot run aws: it is not in PATH' "$(<err)"

finish
