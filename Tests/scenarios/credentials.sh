#!/usr/bin/env bash
# Where mt-list finds AWS credentials: each source against a server that speaks its protocol and checks signatures,
# refresh while a listing runs, and a role of a real gateway.
# Secrets of the server hold a slash, those of its tokens too; no message may show one.
# shellcheck disable=SC2317 # some functions are called by check
source "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2046 # the names of variables have no blanks
unset $(compgen -e | grep ^AWS_) || true
mkdir -p .aws/sso/cache
python3 "$top/Tests/servers/metadata.py" server.log >port &
until [[ -s port ]]; do sleep 0.1; done
url=http://127.0.0.1:$(<port)
export AWS_ENDPOINT_URL=$url AWS_EC2_METADATA_SERVICE_ENDPOINT=$url

cat >.aws/config <<'END'
[default]
region = eu-central-1

[profile static]
aws_access_key_id = AKIDCONFIG
aws_secret_access_key : secret/of+CONFIG
[profile both]
aws_access_key_id = AKIDCONFIG
aws_secret_access_key = secret/of+CONFIG
[profile "two words"]
AWS_Access_Key_ID=AKIDWORDS
aws_secret_access_key=secret/of+WORDS

[profile media]
role_arn = arn:aws:iam::1:role/media
source_profile = static
duration_seconds = 1800
[profile chain]
role_arn = arn:aws:iam::1:role/external
source_profile = media
external_id = a+b c
[profile denied]
role_arn = arn:aws:iam::1:role/external
source_profile = static
[profile by-environment]
role_arn = arn:aws:iam::1:role/media
credential_source = Environment
[profile by-machine]
role_arn = arn:aws:iam::1:role/media
credential_source = Ec2InstanceMetadata
[profile by-container]
role_arn = arn:aws:iam::1:role/media
credential_source = EcsContainer
[profile round]
role_arn = arn:aws:iam::1:role/media
source_profile = trip
[profile trip]
role_arn = arn:aws:iam::1:role/media
source_profile = round
[profile guarded]
role_arn = arn:aws:iam::1:role/media
source_profile = static
mfa_serial = arn:aws:iam::1:mfa/me

[profile web]
role_arn = arn:aws:iam::1:role/web
web_identity_token_file = web-token

[profile sso]
sso_session = my session
sso_account_id = 000123456789
sso_role_name = Media Reader
[sso-session my-unused]
sso_region = eu-west-1
[sso-session "my session"]
sso_region = eu-west-1
sso_start_url = https://x.awsapps.com/start#/
[profile sso-old]
sso_account_id = 000123456789
sso_role_name = Media Reader
sso_region = eu-west-1
sso_start_url = https://x.awsapps.com/start

[profile process]
credential_process = ./print-keys 'AKIDPROCESS' "secret/of+PROCESS"
[profile process-failing]
credential_process = echo "vault is \"locked\"" >&2; exit 3
[profile process-garbage]
credential_process = echo "export AWS_SECRET_ACCESS_KEY=secret/of+HUSH"
[profile empty]
region = x
END
cat >.aws/credentials <<'END'
[shared]
aws_access_key_id = AKIDSHARED
aws_secret_access_key = secret/of+SHARED
[both]
aws_access_key_id = AKIDSHARED
aws_secret_access_key = secret/of+SHARED
END
cat >print-keys <<'END'
#!/bin/sh
printf '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"}' "$1" "$2"
END
chmod +x print-keys
echo web.token.7 >web-token

# Prints whose keys sign the requests of mt-list, or what it says instead.
who() { # [NAME=VALUE...] [OPTION...]
  local settings=()
  while [[ ${1-} == *=* ]]; do settings+=("$1"); shift; done
  if env "${settings[@]}" mt-list s3://who/ "$@" >who.ndjson 2>said; then
    jq -r '.key | rtrimstr(".jpg")' who.ndjson
  else
    echo "status $?: $(<said)"
  fi
  cat said >>all-said
}

environment=(AWS_ACCESS_KEY_ID=AKIDENV AWS_SECRET_ACCESS_KEY=secret/of+ENV)
check "the environment" equal env "$(who "${environment[@]}")"
check "an option names a profile and turns the environment off" equal config \
  "$(who "${environment[@]}" --profile static)"
check "AWS_PROFILE does not" equal env "$(who "${environment[@]}" AWS_PROFILE=static)"
check "AWS_PROFILE" equal config "$(who AWS_PROFILE=static)"
check "a quoted profile" equal words "$(who --profile "two words")"
check "the credentials file" equal shared "$(who --profile shared)"
check "the credentials file is before the configuration" equal shared "$(who --profile both)"
check "a process" equal process "$(who --profile process)"

check "a role" equal media/by-config "$(who --profile media)"
check "a role by a role, with an external ID" equal external/by-media/by-config "$(who --profile chain)"
check "a role by the environment" equal media/by-env "$(who "${environment[@]}" --profile by-environment)"
check "a role by the machine" equal media/by-machine "$(who --profile by-machine)"
check "a role by the container" equal media/by-container \
  "$(who AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/container" --profile by-container)"
check "a role by a token of a profile" equal web/by-token-7 "$(who --profile web)"
check "a role by a token of the environment" equal env-web/by-token-7 \
  "$(who AWS_WEB_IDENTITY_TOKEN_FILE=web-token AWS_ROLE_ARN=arn:aws:iam::1:role/env-web)"

container=AWS_CONTAINER_CREDENTIALS_FULL_URI=$url/container
check "a container" equal container "$(who "$container")"
check "a container with a token" equal container \
  "$(who "$container?needs=Bearer%20x" "AWS_CONTAINER_AUTHORIZATION_TOKEN=Bearer x")"
echo "Bearer y" >container-token
check "a container with a token in a file" equal container \
  "$(who "$container?needs=Bearer%20y" AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=container-token)"
check "a machine" equal machine "$(who)"
check "a machine of old" equal machine-v1 "$(who AWS_EC2_METADATA_SERVICE_ENDPOINT="$url/~v1")"
check "a service that is busy at first" equal media/by-config \
  "$(who AWS_ENDPOINT_URL_STS="$url/~fail-2" --profile media)"

# Single sign-on.
cache_file() { echo ".aws/sso/cache/$(printf %s "$1" | sha1sum | cut -d ' ' -f 1).json"; }
token() { # NAME END REFRESH-TOKEN
  jq -n --arg token "$1" --arg time "$2" --arg refresh "$3" '{
    accessToken: $token, expiresAt: $time, refreshToken: $refresh,
    clientId: "client", clientSecret: "client/secret", registrationExpiresAt: "2099-01-01T00:00:00Z"}'
}
session=$(cache_file "my session")
check "single sign-on before a login" grep -q 'status 78.*aws sso login --profile sso$' <(who --profile sso)
token sso-token-0 2099-01-01T00:00:00Z "" >"$session"
check "single sign-on" equal sso "$(who --profile sso)"
token sso-token-0 2099-01-01T00:00:00UTC "" >"$(cache_file https://x.awsapps.com/start)"
check "single sign-on of old" equal sso "$(who --profile sso-old)"
token sso-token-old 2020-01-01T00:00:00Z sso-refresh-0 >"$session"
check "single sign-on whose token is renewed" equal sso "$(who --profile sso)"
check "the new token is in the file" equal "600 sso-token-1 sso-refresh-1" \
  "$(stat -c %a "$session") $(jq -r '[.accessToken, .refreshToken] | join(" ")' "$session")"
token sso-token-old 2020-01-01T00:00:00Z sso-refresh-0 >"$session"
check "single sign-on whose token cannot be renewed" grep -q 'status 78.*aws sso login' <(who --profile sso)
echo '{"accessToken": "secret/of+HUSH' >"$session"
check "single sign-on whose file is torn" grep -q "status 78.*$session" <(who --profile sso)

# What goes wrong is said.
refused() { # PATTERN [NAME=VALUE...] [OPTION...]
  local said
  said=$(who "${@:2}")
  grep -q "^status 78: mt-list: .*$1" <<<"$said" || { echo "$said"; return 1; }
}
check "no credentials anywhere" refused "no AWS credentials.*--no-sign-request" AWS_EC2_METADATA_DISABLED=true
check "no machine there" refused "no AWS credentials" AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1
started=$SECONDS
check "a machine that does not answer" refused "no AWS credentials" AWS_EC2_METADATA_SERVICE_ENDPOINT="$url/~hang"
check "nobody waits long for it" at_most 4 $((SECONDS - started))
check "an unknown profile" refused "statik.*did you mean static" --profile statik
check "an unknown AWS_PROFILE" refused "AWS_PROFILE: no profile" AWS_PROFILE=nobody
check "half a key" refused "AWS_SECRET_ACCESS_KEY is not" AWS_ACCESS_KEY_ID=AKIDENV
check "a process that fails" refused 'status 3: vault is "locked"' --profile process-failing
check "a process without an answer" refused "no JSON" --profile process-garbage
check "a role that is denied" refused 'AccessDenied: not "you"' --profile denied
check "profiles that go round" refused "goes round: round, trip, round" --profile round
check "a role that needs a device" refused "mfa/me" --profile guarded
check "a role by an environment without keys" refused "credential_source" --profile by-environment
check "a container that denies" refused "Unauthorized: bad token" "$container?needs=x" \
  AWS_CONTAINER_AUTHORIZATION_TOKEN=y
check "a container far away" refused "example.com" AWS_CONTAINER_CREDENTIALS_FULL_URI=http://example.com/
check "a machine that may not" refused "AssumeRoleUnauthorizedAccess" AWS_EC2_METADATA_SERVICE_ENDPOINT="$url/~refuse"
check "a machine without version 1 or 2" refused "version 1" AWS_EC2_METADATA_V1_DISABLED=true \
  AWS_EC2_METADATA_SERVICE_ENDPOINT="$url/~v1"
for mode in garbage doctype; do
  check "STS with $mode" refused "none of STS" AWS_ENDPOINT_URL_STS="$url/~$mode" --profile media
  check "a container with $mode" refused "no JSON" "${container/container/~$mode}"
  check "a machine with $mode" refused "the token" AWS_EC2_METADATA_SERVICE_ENDPOINT="$url/~$mode"
done
printf '[default]\nregion = a\nsecret/of+HUSH\n' >bad
check "a bad line" refused "bad:3: " AWS_CONFIG_FILE=bad
check "keys that have expired" refused "expired" "${environment[@]}" AWS_CREDENTIAL_EXPIRATION=2020-01-01T00:00:00Z
check "STS that is not there" grep -q "^status 69: " <(who AWS_ENDPOINT_URL_STS=http://127.0.0.1:1 --profile media)
check "no message shows a secret" equal "" \
  "$(grep -E 'secret/|token/|sso-token-|sso-refresh-|web\.token|hush|HUSH' all-said)"

# A listing of some seconds with keys of two.
listed() { # NAME=VALUE... [OPTION...]
  local seen settings=()
  while [[ ${1-} == *=* ]]; do settings+=("$1"); shift; done
  seen=$(wc -l <server.log)
  env "${settings[@]}" mt-list s3://pages/ --ordered --list-concurrency 1 "$@" >pages.ndjson || return
  log_since server.log "$seen" >requests
  equal 10 "$(wc -l <pages.ndjson)"
}
check "keys are renewed while they hold" listed AWS_ENDPOINT_URL_STS="$url/~ttl-2" --profile media
check "the store refused none" equal 0 "$(grep -c ' 400$' requests)"
check "again and again" at_least 3 "$(grep -c ' 200$' <(grep ttl-2 requests))"
check "keys of a container too" listed AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/~ttl-2/container"
check "keys that end early are renewed when they are refused" listed AWS_ENDPOINT_URL_STS="$url/~ttl-600.early-598" \
  --profile media
check "each time once" equal "$(grep -c ' 400$' requests)" "$(($(grep -c early-598 requests) - 1))"
check "a renewal that fails does not matter while keys hold" listed \
  AWS_CONTAINER_CREDENTIALS_FULL_URI="$url/~ttl-4.after-1.fail-1.code-404/container"
check "it is tried again, and the store sees nothing of that" equal "200 404 200" \
  "$(grep /container requests | head -n 3 | cut -d ' ' -f 4 | paste -sd ' ')$(grep ' 400$' requests)"

# A real gateway with roles.
"$top/scripts/testbed" start testbed --s3 --no-web
# shellcheck source=/dev/null
source testbed/env
S3_URL=$S3_URL S3_ACCESS_KEY=$S3_ACCESS_KEY S3_SECRET_KEY=$S3_SECRET_KEY "$top/scripts/make-objects" some flat 20
cat >.aws/config <<END
[profile owner]
aws_access_key_id = $S3_ACCESS_KEY
aws_secret_access_key = $S3_SECRET_KEY
[profile reader]
role_arn = $S3_ROLE_ARN
source_profile = owner
services = gateway
region = $S3_REGION
[services gateway]
s3 =
  endpoint_url = $S3_URL
sts =
  endpoint_url = $S3_URL
END
unset AWS_ENDPOINT_URL
check "a role of a real gateway" equal 20 "$(mt-list s3://some/ --profile reader | wc -l)"

finish
