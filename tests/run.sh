#!/bin/sh
# Builds tfevents and runs every test. Runs on a bare Debian 12: missing packages are installed with
# apt (as root or through sudo). The last line is `N passed, N failed, N skipped`; the exit status
# is 0 only if nothing failed.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/setup.sh
. "$top/tests/setup.sh"

# shellcheck disable=SC2086  # lists of words
install_packages $build_packages $test_packages
build release

say 'testing'
sh "$top/tests/ctest.sh" release
