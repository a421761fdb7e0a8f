#!/bin/sh
# edge_cases.sh [ROOT]: each of the 77 edge cases of the event-file format is the subject of a test,
# whose name begins with `12 #N`, `12 #N, #M` and so on. Names those that have none.
set -eu

cd "${1:-$(dirname "$0")/../..}"
have=$(find tests/unit tests/cli -name '*.cpp' -exec sed -n 's/^TEST_CASE("12 \(#[0-9, #]*\):.*/\1/p' {} + |
  tr -d '#,' | tr ' ' '\n' | sort -nu)
missing=''
for row in $(seq 77); do
  printf '%s\n' "$have" | grep -qx "$row" || missing="$missing #$row"
done
[ -z "$missing" ] || {
  echo "no test of:$missing"
  exit 1
}
