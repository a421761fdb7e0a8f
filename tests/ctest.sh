#!/bin/sh
# ctest.sh PRESET [CTEST OPTION…]: runs the tests of a built preset through CTest, prints failures
# and skips with all they said (and not the hundreds of lines that went well), and ends with the
# line `N passed, N failed, N skipped`.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
preset=$1
shift
log="$top/build/$preset/Testing/run.log"
mkdir -p "$(dirname "$log")"

status=0
(cd "$top" && ctest --preset "$preset" --parallel "$(nproc)" "$@") >"$log" 2>&1 || status=$?

# Counted from CTest's own line for each test, ` 12/345 Test #12: name ....   Passed    0.01 sec`,
# because its JUnit file counts tests that could not be started as skipped.
exec awk -v status="$status" -v log_file="$log" '
  / Test +#[0-9]+: / && / sec$|\(Disabled\)|\*\*\*/ {
    if (/   Passed +[0-9.]+ sec/) { passed++; next }
    if (/\*\*\*Skipped|\(Disabled\)/) skipped++
    else failed++
  }
  /^ *Start +[0-9]+: / { next }
  /^$/ { if (blank++) next }
  !/^$/ { blank = 0 }
  { print }
  END {
    # A run that ended early, or had no tests at all, must not look like a success.
    if (passed + failed + skipped == 0 || (status != 0 && failed == 0)) {
      print "error: ctest ended with status " status " (" log_file ")"
      failed++
    }
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit failed != 0
  }' "$log"
