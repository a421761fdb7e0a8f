#!/bin/sh
# junit.sh PROGRAM DATA: what `assert --junit` writes is what the schema of JUnit reports says. Ends with 77 where xmllint
# is not installed.
set -eu

program=$1
data=$2
schema=$(cd "$(dirname "$0")/../schemas" && pwd)/junit.xsd
command -v xmllint >/dev/null || {
  echo 'skipped: xmllint is not installed'
  exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$data"
failed=0

# valid STATUS WHAT WORD…: the report of `assert WORD…` is valid and has a test case for each row.
valid() {
  wanted=$1
  what=$2
  shift 2
  status=0
  rm -f "$work/report.xml"
  "$program" assert "$@" -f jsonl --junit "$work/report.xml" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" = "$wanted" ] || {
    echo "$what: exit $status, wanted $wanted: $(cat "$work/err")"
    failed=1
  }
  xmllint --noout --schema "$schema" "$work/report.xml" >"$work/lint" 2>&1 || {
    echo "$what: $(cat "$work/lint")"
    failed=1
  }
  rows=$(wc -l <"$work/out")
  cases=$(xmllint --xpath 'count(//testcase)' "$work/report.xml")
  sum=$(xmllint --xpath 'sum(//@tests)' "$work/report.xml")
  if [ "$rows" != "$cases" ] || [ "$rows" != "$sum" ]; then
    echo "$what: $rows rows, $cases test cases, $sum tests"
    failed=1
  fi
}

# The test of the test: a schema that takes everything would prove nothing.
for bad in '<testsuites><testsuite name="a"/></testsuites>' '<testsuite/>' '<testsuites><testcase/></testsuites>'; do
  if echo "$bad" | xmllint --noout --schema "$schema" - 2>/dev/null; then
    echo "the schema takes $bad"
    failed=1
  fi
done

valid 0 'everything passes' project 'count(train/loss) > 0' --min-steps 1 --now 2026-01-06
valid 1 'failures and errors' project 'last(val/accuracy) > 0.7' 'last(nothing) > 0' 'last(train/loss) < 1'
printf '%s\n' 'a warn: last(val/accuracy) > 2' 'b: last(val/accuracy) > 0' >"$work/checks"
valid 0 'warnings' project --checks "$work/checks"
valid 1 'damage' damaged 'last(loss) < 1'
valid 1 'no trial' project -r nothing 'last(val/accuracy) > 0'
valid 1 'any' project --any 'last(val/accuracy) > 2' 'last(val/accuracy) > 0.7'
valid 1 'a time beyond all years' project 'last(val/accuracy) > 2' --now @300000000000
valid 1 'an expression with markup' project 'run.name = "<&>]]>" or run.name ~ "\"x'"'"'"' 'last("<a&b>") = 1'
# Names that are no text, no XML and no line.
for name in "$(printf 'a\001b\033[31m')" "$(printf 'x\ny\tz')" '<testsuites>&"' "$(printf '\377\376')" "$(printf '\357\277\277')" ' '; do
  mkdir -p "$work/odd/r$name"
  cp project/text/lstm/seed0/events* "$work/odd/r$name/"
done
valid 1 'hostile names' "$work/odd" 'last(val/accuracy) > 2' 'last(nothing) > 0'

exit $failed
