#!/usr/bin/env bash
# mt-list against S3 stores that refuse, break, lie or are none: what is listed, what is said, and the exit status.
source "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2046 # the names of variables have no blanks
unset $(compgen -e | grep -E '^AWS_') || true
"$top/scripts/testbed" start testbed --s3 --no-web
# shellcheck source=/dev/null
source testbed/env
export S3_URL S3_ACCESS_KEY S3_SECRET_KEY CEPH_CONF_FILE
export AWS_ACCESS_KEY_ID=$S3_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$S3_SECRET_KEY AWS_DEFAULT_REGION=$S3_REGION \
  AWS_EC2_METADATA_DISABLED=true
"$top/scripts/make-objects" --index flat flat 20000
"$top/scripts/make-objects" --keys flat 20000 | tr '\0' '\n' >flat.keys
printf 'open/%s.jpg\0closed/%s.jpg\0' a 1 b 2 c 3 | "$top/scripts/make-objects" parts -

# through OPTION...: puts a proxy in front of the store; sets url, and proxy.log is its log.
proxy=''
through() { # OPTION...
  [[ ! $proxy ]] || { kill "$proxy"; wait "$proxy" || true; }
  rm -f proxy.port proxy.log
  python3 "$top/Tests/servers/s3proxy.py" "$S3_URL" --port-file proxy.port --log proxy.log "$@" &
  proxy=$!
  until [[ -s proxy.port ]]; do sleep 0.05; done
  url=http://127.0.0.1:$(<proxy.port)
}

# list ARGUMENT...: sets status and seconds, and leaves the records in out, the messages in err.
list() {
  local began=$SECONDS
  run timeout 120 mt-list --endpoint-url "$url" --summary summary "$@" >out 2>err
  seconds=$((SECONDS - began))
}

# whole: the last run listed all 20 000 objects, each once, and had nothing to say.
# shellcheck disable=SC2317 # check calls it
whole() { equal "0 " "$status $(<err)" && same flat.keys <(jq -r .key out | sort); }

# refused STATUS PATTERN: the last run ended with STATUS and no records, and one message has PATTERN.
# shellcheck disable=SC2317 # check calls it
refused() {
  cat err
  equal "$1 0 1" "$status $(wc -l <out) $(wc -l <err)" && grep -q "^mt-list: cannot list s3://[^ ]*: .*$2" err
}

# said: the last run did not end with status 0, or by a signal or a timeout, and said why.
# shellcheck disable=SC2317 # check calls it
said() { [[ $status == 1 || $status == 66 || $status == 69 ]] && grep "^mt-list: cannot list s3://" err; }

# whole_or_said: nothing is lost or repeated in silence.
# shellcheck disable=SC2317 # check calls it
whole_or_said() { whole || said; }

# the_rest_is_named [BUCKET]: of the keys that the last run has not listed, all are in ranges that err names, and it says so by
# its status.
# shellcheck disable=SC2317 # check calls it
the_rest_is_named() {
  equal 1 "$status" && jq -r .key out | sort >listed && equal '' "$(uniq -d listed)" || return
  comm -23 "${1-flat}.keys" listed | python3 -c '
import re, sys
ranges = re.findall("the keys (?:from the first|behind “(.*?)”)(?: up to “(.*?)”| to the last): ", open("err").read())
keys = sys.stdin.read().split()
lost = [key for key in keys if not any(low < key and (not high or key <= high) for low, high in ranges)]
print(len(keys), "keys not listed, of these not named:", len(lost), *lost[:3], "ranges:", ranges)
sys.exit(not keys or bool(lost))'
}

# --- who signs, and where

url=$S3_URL
AWS_SECRET_ACCESS_KEY=wrong list s3://flat
check "a wrong secret" refused 66 "the secret key is wrong (SignatureDoesNotMatch)"
AWS_ACCESS_KEY_ID=UNKNOWN list s3://flat
check "an unknown key" refused 66 "does not know the access key ID (InvalidAccessKeyId)"
AWS_ACCESS_KEY_ID=$S3_OTHER_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$S3_OTHER_SECRET_KEY list s3://flat
check "a user who may not" refused 66 "access is denied (AccessDenied)"
list s3://flat --no-sign-request
check "nobody signs" refused 66 "access is denied (AccessDenied)"
list s3://no-such-bucket
check "an unknown bucket" refused 66 "there is no such bucket (NoSuchBucket)"
list s3://no-such-bucket s3://parts/open /none
check "of several sources one" equal "1 3 2" "$status $(wc -l <out) $(wc -l <err)"
url=http://127.0.0.1:1
list s3://flat
check "nobody there" refused 69 "127.0.0.1"
check "nobody there: soon" at_most 3 "$seconds"
url=http://no-such-host.invalid
list s3://flat
check "no such name" refused 69 "resolve.*no-such-host.invalid"
check "no such name: soon" at_most 5 "$seconds"
url=${S3_URL/http:/https:}
list s3://flat --retry 1
check "no TLS there" refused 69 ""
url=$S3_TLS_URL
list s3://flat
check "a certificate that nobody trusts" refused 69 "SSL certificate problem"
for status_of_redirect in 301 307 400; do
  through --redirect-region eu-central-9 --redirect-status $status_of_redirect
  list s3://flat
  check "another region, $status_of_redirect" whole
  list s3://flat --region eu-central-9
  check "another region, $status_of_redirect: it can be named" whole
done
through --expire-after 6
list s3://flat
check "keys that expire: status 1" equal 1 "$status"
check "keys that expire: in clear words" grep -q "the session token has expired (ExpiredToken" err
check "keys that expire: what is not listed is named" the_rest_is_named
list s3://flat
check "keys that have expired" refused 66 "the session token has expired (ExpiredToken"
radosgw-admin -c "$CEPH_CONF_FILE" key create --uid owner --access-key SECOND --secret-key second >admin.log 2>&1
cat >give-keys <<'KEYS'
#!/bin/sh
# Other keys from the second time on.
id=$S3_ACCESS_KEY secret=$S3_SECRET_KEY
[ ! -e given ] || id=SECOND secret=second
touch given
printf '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s", "SessionToken": ""}' "$id" "$secret"
KEYS
chmod +x give-keys
mkdir .aws && printf '[profile giving]\ncredential_process = %s/give-keys\n' "$scratch" >.aws/config
through --expire-after 6
list s3://flat --profile giving
check "keys that expire, where there are new ones" whole
check "keys that expire: both were used" equal $'SECOND\nTESTBEDOWNER' "$(jq -r .access_key proxy.log | sort -u)"

# --- what passes

# Each strikes now and then: in the end all is there.
for fault in "fault 500:3" "fault 502:4" "fault 503:5" "fault 429:6" "truncate-every 4" "cut-every 4" "reset-every 4"; do
  # shellcheck disable=SC2086 # an option and its value
  through --$fault
  list s3://flat
  check "$fault" whole
  list s3://flat --ordered
  check "$fault, --ordered" whole
  check "$fault, --ordered: in order" same flat.keys <(jq -r .key out)
done
through --hang-every 9
list s3://flat --timeout 1
check "some answers never come" whole
through --fault 503:9 --retry-after 2
list s3://flat
check "SlowDown with Retry-After" whole
check "Retry-After is waited for" at_least 2 "$seconds"
through --unavailable-for 15
list s3://flat
check "SlowDown for 15 seconds at the start" whole
check "SlowDown: few requests" at_most 20 "$(count proxy.log '.status == 503')"
through --unavailable-for 3 --retry-after 4
list s3://flat
check "SlowDown with Retry-After at the start" whole
check "Retry-After: one request more" equal 1 "$(count proxy.log '.status == 503')"

# --- what does not

for fault in "fault 500:1=InternalError" "fault 503:1=overloaded (SlowDown" "cut-every 1=" "truncate-every 1=cut off" \
  "reset-every 1="; do
  # shellcheck disable=SC2086 # an option and its value
  through --${fault%%=*}
  list s3://flat --retry 2
  check "always ${fault%%=*}" refused 69 "${fault#*=}.* (3 attempts)$"
done
through --hang-every 1
list s3://flat --timeout 1 --retry 1
check "no answer ever" refused 69 "(2 attempts)$"
check "no answer ever: soon" at_most 6 "$seconds"
through --deny-prefix closed
list s3://parts/open s3://parts/closed s3://parts/open/a.jpg
check "one prefix that is denied: status 1" equal 1 "$status"
check "one prefix that is denied: it is named" equal \
  "mt-list: cannot list s3://parts/closed/: access is denied (AccessDenied: by the proxy)" "$(<err)"
check "one prefix that is denied: nothing else is lost" equal "a.jpg a.jpg b.jpg c.jpg" \
  "$(jq -r .key out | sort | paste -sd ' ')"
list s3://parts/closed
check "nothing but what is denied" refused 66 "access is denied"

# A part of the keys cannot be listed, however often one asks.
for how in "" --ordered "--list-concurrency 1" "--list-concurrency 64"; do
  through --deny-start-after img-00007
  # shellcheck disable=SC2086 # options
  list s3://flat $how
  check "a denied part, $how: what is not listed is named" the_rest_is_named
  check "a denied part, $how: why" grep -q "AccessDenied" err
  [[ $how == *1 ]] || check "a denied part, $how: most is listed" at_least 15000 "$(wc -l <out)"
done
"$top/scripts/make-objects" --index hex hex 20000
"$top/scripts/make-objects" --keys hex 20000 | tr '\0' '\n' | sort >hex.keys
for n in {1..5}; do
  through --deny-start-after "" --delay-ms "$n"
  list s3://hex
  check "all but the first page denied, $n: what is not listed is named" the_rest_is_named hex
done

# --- stores that know less

through --ignore-start-after
for how in "" --ordered "--list-concurrency 64" "--list-concurrency 2"; do
  # shellcheck disable=SC2086 # options
  list s3://flat $how
  check "a store that ignores start-after $how" whole
done
check "a store that ignores start-after: page after page" at_most 100 "$(wc -l <proxy.log)"
for how in "" --ordered "--list-concurrency 1"; do
  through --v1-only
  # shellcheck disable=SC2086 # options
  list s3://flat $how
  check "a store with version 1 alone $how" whole
done
through --unordered
list s3://flat
check "a store without order" whole
list s3://flat --ordered
check "a store without order, --ordered: that cannot be, and is said" said
through --unordered --v1-only
list s3://flat
check "a store without order, of version 1: whole, or a message" whole_or_said

# --- what is no store

python3 -u - >port <<'SERVER' &
import http.server, socketserver

HEAD = "<?xml version='1.0'?><ListBucketResult><EncodingType>url</EncodingType>"
MORE = HEAD + "<IsTruncated>true</IsTruncated>"
OBJECT = "<Contents><Key>k</Key><Size>1</Size></Contents>"
LAUGHS = "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
TOKEN = "<NextContinuationToken>t</NextContinuationToken></ListBucketResult>"
WHOLE = {
    "page": (200, "<!DOCTYPE html><html><body><p>It works!<br></body></html>"),
    "tidy-page": (200, "<html><body><p>It works!</p></body></html>"),
    "lost-page": (404, "<html><body><h1>404 Not Found</h1><hr></body></html>"),
    "no-such-thing": (404, ""),
    "json": (200, '{"buckets": []}'),
    "nothing": (200, ""),
    "laughs": (200, f"<!DOCTYPE l [<!ENTITY a 'ha'>{LAUGHS}]><ListBucketResult><Contents><Key>&j;</Key></Contents></ListBucketResult>"),
    "same-page": (200, MORE + OBJECT + TOKEN),
    "empty-page": (200, MORE + TOKEN),
    "no-token": (200, MORE + "</ListBucketResult>"),
    "control": (403, "<Error><Code>No</Code><Message>not\nyou</Message></Error>"),
}
ENDLESS = {
    "endless-page": (200, "<html>", "<p>and on</p>"),
    "endless-error": (500, "", "and on"),
    "endless-key": (200, HEAD + "<Contents><Key>", "key"),
    "endless-depth": (200, HEAD, "<a>"),
    "endless-objects": (200, HEAD, OBJECT),
    "endless-comment": (200, HEAD + "<!--", "and on"),
}

class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        bucket = self.path.split("/")[1]
        if bucket in WHOLE:
            status, body = WHOLE[bucket]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())
            return
        status, body, more = ENDLESS[bucket]
        self.send_response(status)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.write(body.encode())
            while True:
                self.wfile.write(more.encode() * 20000)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        pass

class Threads(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

server = Threads(("127.0.0.1", 0), Server)
print(server.server_port, flush=True)
server.serve_forever()
SERVER
until [[ -s port ]]; do sleep 0.05; done
url=http://127.0.0.1:$(<port)
for what in page tidy-page lost-page no-such-thing json laughs control; do
  list s3://$what --retry 1
  check "$what: it is said" refused 66 ""
done
list s3://nothing --retry 1
check "an empty answer" refused 69 "cut off"
list s3://page
check "a web server: soon" at_most 10 "$seconds"
for what in same-page empty-page no-token; do
  run timeout 10 mt-list --endpoint-url "$url" s3://$what --retry 1 >out 2>err
  check "$what: it ends" said
  check "$what: nothing is repeated" at_most 1 "$(wc -l <out)"
done
for what in endless-page endless-error endless-key endless-depth endless-objects endless-comment; do
  run timeout 10 mt-list --endpoint-url "$url" s3://$what --retry 1 --summary summary >out 2>err
  check "$what: it ends" said
  check "$what: in little memory" at_most $((256 << 20)) "$(jq .peak_memory_bytes summary)"
done

finish
