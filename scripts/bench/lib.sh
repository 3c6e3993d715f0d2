# Shared by the benchmarks in this folder: `source "$(dirname "$0")/lib.sh"`.
# `measure` notes wall time, CPU time (user and system) and peak memory of a command under a label;
# `median` and `ratio` read them back. Programs to compare with are measured in turns, so that what
# else the machine does falls on all of them alike.
# shellcheck shell=bash
# shellcheck disable=SC2034 # who sources it reads them

source "$(dirname "$0")/../lib.sh"
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=${MT_BIN:-$root/.build/release}
# What `scripts/setup bench` installs from PyPI.
bench_python=$root/.build/bench-python/bin/python3
repeats=${REPEATS:-3}

[[ ${1-} != -h && ${1-} != --help ]] || { print_help; exit; }

scratch=$(mktemp -d "${TMPDIR:-/tmp}/mt-bench.XXXXXX")
clean_up() { rm -rf "$scratch"; }
trap clean_up EXIT

# Whether the program is here.
have() { command -v "$1" >/dev/null; }

# Measures once: `measure LABEL COMMAND…`. Redirections of the call are those of the command.
measure() {
  local label=$1 began times
  shift
  TIMEFORMAT='%3U %3S'
  began=${EPOCHREALTIME/./}
  { time command time -qf %M -o "$scratch/memory" "$@" 2>"$scratch/log"; } 2>"$scratch/cpu" ||
    echo "$me: $label failed: $(tail -n 1 "$scratch/log")" >&2
  local wall=$((${EPOCHREALTIME/./} - began))
  times=$(<"$scratch/cpu")
  awk -v label="$label" -v wall="$wall" -v kib="$(tail -n 1 "$scratch/memory")" \
    '{ printf "%s %.6f %.3f %.1f\n", label, wall / 1e6, $1 + $2, kib / 1024 }' <<<"$times" >>"$scratch/measured"
}

# Prints the median of what was measured: `median LABEL wall|cpu|memory`; nothing for an unknown label.
median() {
  local column
  case $2 in wall) column=2 ;; cpu) column=3 ;; memory) column=4 ;; esac
  awk -v label="$1" -v column="$column" '$1 == label { print $column }' "$scratch/measured" | sort -n |
    awk '{ value[NR] = $1 } END { if (NR) print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

# Prints an expression of awk: `calculate FORMAT EXPRESSION`; a dash where a number is missing or 0.
calculate() {
  awk -v format="$1\n" "BEGIN { value = ${2:-0}; printf value ? format : \"-\\n\", value }" 2>/dev/null || echo -
}

# Prints lines of tab-separated cells as a table: the first column to the left, numbers to the right.
table() {
  awk -F '\t' '
    { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } columns[NR] = NF }
    END {
      for (n = 1; n <= NR; n++)
        for (i = 1; i <= columns[n]; i++)
          printf i == 1 ? "%-*s%s" : "  %*s%s", width[i], cell[n, i], i == columns[n] ? "\n" : ""
    }'
}
