#!/bin/sh
# Proves that `run` passes and fails golden cases as it should, with a stand-in for the program.
set -eu

run=$(cd "$(dirname "$0")" && pwd)/run
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# The stand-in: what to print on both streams and the exit status are its arguments.
cat >"$dir/fake" <<'PROGRAM'
#!/bin/sh
command=$1 out=$2 err=$3 code=$4
printf '%b' "$out"
printf '%b' "$err" >&2
exit "$code"
PROGRAM
chmod +x "$dir/fake"

# expect STATUS WHAT COMMAND-LINE OUT ERR CODE: a case of those files (- leaves a file away).
expect() {
  rm -rf "$dir/case"
  mkdir "$dir/case"
  printf '%s\n' "$3" >"$dir/case/cmd"
  if [ "$4" != - ]; then printf '%b' "$4" >"$dir/case/out"; fi
  if [ "$5" != - ]; then printf '%b' "$5" >"$dir/case/err"; fi
  if [ "$6" != - ]; then echo "$6" >"$dir/case/code"; fi
  status=0
  said=$(sh "$run" "$dir/case" "$dir/fake" 2>&1) || status=$?
  if [ "$status" -ne "$1" ]; then
    printf 'a case of %s ended with %s instead of %s, saying:\n%s\n' "$2" "$status" "$1" "$said"
    failed=1
  fi
}

expect 0 'text that is as expected' "tfevents show 'a\nb\n' '' 0" 'a\nb\n' - -
expect 1 'other text' "tfevents show 'a\nc\n' '' 0" 'a\nb\n' - -
expect 1 'a last line without its end' "tfevents show 'a' '' 0" 'a\n' - -
expect 1 'text that is not expected' "tfevents show 'a\n' '' 0" - - -
expect 1 'unexpected standard error' "tfevents show '' 'oops\n' 0" - - -
expect 0 'expected standard error and status' "tfevents show '' 'oops\n' 2" - 'oops\n' 2
expect 1 'another status' "tfevents show '' '' 3" - - 2
expect 1 'a status without a file code' "tfevents show '' '' 3" - - -
# shellcheck disable=SC2016  # for the shell that runs the case
expect 0 'the fixed environment' \
  'echo "$TERM $TZ $LC_ALL ${COLUMNS-} ${NO_COLOR-} ${TFEVENTS-}"; ls README.md; pwd | grep -c /data$' \
  'dumb UTC C.UTF-8   \nREADME.md\n1\n' - -
expect 0 'a version that changes' "tfevents show '{\"version\":\"9.1.2\"}' '' 0" '{"version":"*"}' - -

row='{"type":"tail","path":"e","offset":99,"have":0,"need":39}'
wrong='{"type":"tail","path":"e","offset":99,"have":0}'
expect 0 'rows as in the schema' "tfevents dump '$row\n' '' 0 --records" "$row\n" - -
expect 1 'rows unlike the schema' "tfevents dump '$wrong\n' '' 0 --records" "$wrong\n" - -
expect 1 'an envelope unlike the schema' "tfevents ls '{}\n' '' 0 --json" '{}\n' - -
expect 1 'an envelope that is missing' "tfevents ls '' '' 0 -f json" - - -
expect 1 'a format without a schema' "tfevents nosuch '{}\n' '' 0 --format=jsonl" '{}\n' - -
expect 0 'JSON that another program has changed' "tfevents ls '{}\n' '' 0 --json | cat" '{}\n' - -
error='{"schema":"tfevents.error/1","code":"io","message":"no","path":null,"offset":null,"hint":null,"exit":2}'
expect 0 'an error as in the schema' "tfevents ls '' '$error\n' 2 --json" - "$error\n" 2
expect 1 'an error unlike the schema' "tfevents ls '' '{}\n' 2 --json" - '{}\n' 2

# Updating writes what was seen, and removes what is no longer there.
expect 1 'all different' "tfevents show 'new\n' '' 1" 'old\n' 'old\n' -
TFEVENTS_UPDATE_GOLDEN=1 sh "$run" "$dir/case" "$dir/fake" >/dev/null
if [ "$(cd "$dir/case" && echo ./* && cat out code)" != "./cmd ./code ./out
new
1" ] || ! sh "$run" "$dir/case" "$dir/fake"; then
  echo 'updating did not make the case pass:'
  (cd "$dir/case" && head ./*)
  failed=1
fi

exit $failed
