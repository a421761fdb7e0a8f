#!/bin/sh
# Builds tfevents and shows it at work on the example logs of tests/data. Runs on a bare Debian 12:
# missing packages are installed with apt (as root or through sudo). Changes nothing outside build/.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/setup.sh
. "$top/tests/setup.sh"

# shellcheck disable=SC2086  # a list of words
install_packages $build_packages
build release tfevents

# show WHAT ARGUMENTS… says what a command is for, then runs it as a person would type it. Some
# answers are a clean no (damage was found: 1) or say that damage was skipped (3); both are news,
# not failures of the demo.
show() {
  printf '\n# %s\n$ tfevents' "$1"
  shift
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./=-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
  status=0
  "$top/build/release/tfevents" "$@" || status=$?
  case $status in
    0) ;;
    1 | 3) printf '[exit status %s]\n' "$status" ;;
    *) die "tfevents ended with status $status" ;;
  esac
}

# The logs are named by short relative paths.
cd "$top/tests/data"
show 'What ran, how far did it get, what is damaged: a line for each run.' \
  ls project keras torch tf2 damaged/flip_value
show 'The points themselves as JSON lines, ready for jq: the last validation points of each run.' \
  dump project -t 'val/*' --last 1
show 'Every checksum of every record, with the place of what is damaged.' fsck damaged
printf '\nThe program is build/release/tfevents; try: build/release/tfevents --help\n'
