#!/bin/sh
# process.sh PROGRAM DATA: what only a process of its own can show: streams, signals, terminals, full disks.
set -eu

program=$1
data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$program" "$work/bin/tfevents"
export PATH="$work/bin:$PATH" TERM=xterm TZ=UTC LC_ALL=C.UTF-8
unset NO_COLOR CLICOLOR_FORCE FORCE_COLOR COLUMNS TFEVENTS_LOGDIR || true
cd "$data"
failed=0

fail() {
  echo "$*"
  failed=1
}
# ends STATUS WHAT COMMAND…: the command's exit status; its output is in $work/out and $work/err.
ends() {
  wanted=$1
  what=$2
  shift 2
  status=0
  "$@" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" = "$wanted" ] || fail "$what: exit $status, wanted $wanted: $(cat "$work/err")"
}
# says WORD WHAT: standard error has the word.
says() {
  grep -q -- "$1" "$work/err" || fail "$2: standard error lacks '$1': $(cat "$work/err")"
}
# on_terminal COLUMNS COMMAND: runs it on a terminal of that width; what it showed is in $work/out.
on_terminal() {
  script -qec "stty cols $1; $2" /dev/null </dev/null 2>/dev/null | tr -d '\r' >"$work/out" || true
}
widest() { wc -L <"$work/out"; }

ends 0 'a clean tree' tfevents fsck project
[ -s "$work/err" ] && fail "a clean tree: standard error is not empty: $(cat "$work/err")"

# An answer that did not arrive whole is an error.
ends 2 'a full disk' sh -c 'tfevents ls project >/dev/full'
says 'cannot write the answer' 'a full disk'
ends 2 'a closed standard output' sh -c 'tfevents ls project >&-'
says 'cannot write the answer' 'a closed standard output'
ends 2 'help on a full disk' sh -c 'tfevents -h >/dev/full'
ends 2 '-o in a directory that does not exist' tfevents ls project -o "$work/none/x"
[ -e "$work/none" ] && fail '-o made a directory'

# A gate: no other status than 0, 1 and 2, whatever the answer.
ends 0 'a gate that is passed' tfevents assert project/text 'last(val/accuracy) > 0.5'
ends 1 'a gate that is not' tfevents assert project 'last(val/accuracy) > 0.5'
ends 1 'a gate before damage' tfevents assert damaged/flip_value 'last(loss) < 1'
ends 1 'a gate before nothing' tfevents assert project -r none 'last(loss) < 1'
ends 1 'a gate before a missing tag' tfevents assert project 'last(val/acuracy) > 0.5'
ends 2 'a gate with a bad expression' tfevents assert project 'last(val/accuracy) >'
ends 2 'a gate that is not there' tfevents assert no-such-run 'last(val/accuracy) > 0.5'
ends 2 'a gate on a full disk' sh -c "tfevents assert project/text 'last(val/accuracy) > 0.5' >/dev/full"
ends 2 'a gate whose report does not fit' tfevents assert project/text '1 < 2' --junit /dev/full
grep -q '1 passed' "$work/out" || fail 'the verdict is lost with the report'
echo 'acc: last(val/accuracy) > 0.5' | ends 0 'checks from a pipe' tfevents assert project/text --checks -
ends 0 'checks from a substitution' bash -c "tfevents assert project/text --checks <(sleep 0.1; echo 'a: 1 < 2')"

# -o: all or nothing, and standard output stays empty.
ends 0 '-o' tfevents ls project --json -o "$work/answer.json"
[ -s "$work/out" ] && fail '-o wrote to standard output too'
grep -q '"schema":"tfevents.ls/1"' "$work/answer.json" || fail '-o wrote something else'
ends 0 '-o FILE.gz' tfevents ls project --json -o "$work/answer.json.gz"
gzip -dc "$work/answer.json.gz" | grep -q '"schema":"tfevents.ls/1"' || fail '-o FILE.gz is no gzip of the answer'
ends 2 '-o of a failed command' tfevents ls no-such-run -o "$work/untouched"
[ -e "$work/untouched" ] && fail '-o of a failed command left a file'
find "$work" -name '.tfe-*' | grep -q . && fail 'a temporary file was left behind'

# An export arrives whole or not at all, in each of its forms.
for form in '' --wide '--sort step' '-t val/loss -r text --dialect tensorboard'; do
  ends 2 "export-csv $form on a full disk" sh -c "tfevents export-csv project $form >/dev/full"
  says 'cannot write the answer' "export-csv $form on a full disk"
  ends 2 "export-csv $form -o on a full disk" sh -c "tfevents export-csv project $form -o /dev/full"
  says 'no space left' "export-csv $form -o on a full disk"
done
ends 2 'export-csv --split-by run on a full file system' sh -c "
  mkdir '$work/small' && ulimit -f 0 && trap '' XFSZ && tfevents export-csv project --split-by run -o '$work/small'"
[ -z "$(ls -A "$work/small")" ] || fail "a full file system left files: $(ls -A "$work/small")"
mkfifo "$work/feed"
for signal in KILL:137 TERM:143; do
  mkdir "$work/killed"
  status=0
  # shellcheck disable=SC2016  # the inner shell's
  env --default-signal sh -c '
    exec tfevents export-csv - -o "$1/killed/out.csv" <>"$1/feed"' sh "$work" 2>"$work/err" &
  writer=$!
  cat project/text/lstm/seed0/* >"$work/feed"
  # The temporary file is there once the program has begun to write.
  tries=0
  until find "$work/killed" -name '.tfe-*' | grep -q .; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || fail "export-csv -o: no temporary file"
    [ $tries -lt 600 ] || break
    sleep 0.05
  done
  kill -s "${signal%:*}" $writer
  wait $writer 2>/dev/null || status=$?
  [ "$status" = "${signal#*:}" ] || fail "export-csv -o, SIG${signal%:*}: exit $status"
  [ -e "$work/killed/out.csv" ] && fail "export-csv -o: SIG${signal%:*} left a part of a file"
  rm -rf "$work/killed"
done
ends 0 'export-csv --split-by series of odd names' tfevents export-csv tf2 --split-by series -o "$work/split"
[ "$(find "$work/split" -mindepth 3)" = '' ] || fail 'a file lies deeper than DIR/RUN/TAG.csv'
find "$work/split" -name '*tfevents*' | grep -q . && fail 'a name that would be read as an event file'
find "$work/split" -mindepth 1 -name '.*' | grep -q . && fail 'a hidden name'

# -o never writes into a log tree's event files, nor makes a file that would be read as one.
mkdir "$work/tree"
for file in restart/cut/events*; do
  cp "$file" "$work/tree/"
  break
done
mine=$(echo "$work"/tree/events*)
cp "$mine" "$work/before"
ln -s "$mine" "$work/link.jsonl"
ln "$mine" "$work/tree/second-name"
for target in "$mine" "$work/link.jsonl" "$work/tree/second-name"; do
  ends 2 "-o $target" tfevents dump "$mine" -o "$target"
  says '^tfevents: --output: ' "-o $target"
  says '^hint: ' "-o $target"
  cmp -s "$mine" "$work/before" || fail "-o $target changed an event file"
done
ends 2 '-o of an event file of the tree' tfevents dump "$work/tree" --raw -o "$mine"
says 'is an event file' '-o of an event file of the tree'
ends 2 '-o of standard input' sh -c "cd '$work' && tfevents dump - -o before <before"
says 'is the input' '-o of standard input'
cmp -s "$mine" "$work/before" || fail '-o changed an event file'
ends 2 '-o of a name that is read as an event file' tfevents ls project -o "$work/new.tfevents.json"
says "without 'tfevents'" '-o of a name that is read as an event file'
[ -e "$work/new.tfevents.json" ] && fail '-o made a file that would be read as an event file'
ends 0 'records to an event file' tfevents dump "$mine" --raw -o "$work/new.tfevents.1"
ends 0 'a new event file' tfevents fsck "$work/new.tfevents.1"

# A reader that leaves is no error of ours: the status says SIGPIPE, also where the parent ignores that signal.
for ignore in '' 'trap "" PIPE;'; do
  { sh -c "$ignore tfevents dump project 2>'$work/err'; echo \$? >'$work/status'" || true; } | head -c 10 >/dev/null
  status=$(cat "$work/status")
  # Small answers fit into the pipe before anybody looks.
  [ "$status" = 141 ] || [ "$status" = 0 ] || fail "a reader that left: exit $status"
  [ -s "$work/err" ] && fail "a reader that left: $(cat "$work/err")"
done

# An answer that does not fit into the pipe ends where its reader leaves, in every form of it.
long=$(printf '%0230d' 0)
mkdir "$work/many" && for run in $(seq 400); do echo "$work/many/$long$run"; done | xargs mkdir
for run in "$work"/many/*; do ln -s "$PWD"/project/text/lstm/seed0/events* "$run/"; done
for form in '' --json '--format csv' --tags '--tree --all' -p; do
  { sh -c "trap '' PIPE; tfevents ls '$work/many' $form 2>'$work/err'; echo \$? >'$work/status'" || true; } | head -c 10 >/dev/null
  [ "$(cat "$work/status")" = 141 ] || fail "ls $form with a reader that left: exit $(cat "$work/status")"
  [ -s "$work/err" ] && fail "ls $form with a reader that left: $(cat "$work/err")"
done

# A gate gives its verdict all the same, in every format.
for form in table json jsonl csv md; do
  for gate in '0:count(train/loss) > 1' '1:count(train/loss) > 1e9'; do
    { sh -c "trap '' PIPE; tfevents assert '$work/many' '${gate#*:}' -f $form 2>'$work/err'; echo \$? >'$work/status'" || true; } | head -c 10 >/dev/null
    [ "$(cat "$work/status")" = "${gate%%:*}" ] || fail "assert -f $form with a reader that left: exit $(cat "$work/status")"
    [ -s "$work/err" ] && fail "assert -f $form with a reader that left: $(cat "$work/err")"
  done
done
{ sh -c "tfevents assert '$work/many' '1 > 2' 2>&1; echo \$? >'$work/status'" || true; } | head -n 1 >/dev/null
[ "$(cat "$work/status")" = 1 ] || fail "assert whose reader left standard error too: exit $(cat "$work/status")"

# Signals end a blocked read at once or after a moment, with the status of the signal.
mkfifo "$work/pipe"
for signal in INT:130 TERM:143; do
  status=0
  # Opened for both directions, a pipe neither ends nor gives anything.
  env --default-signal timeout --preserve-status -s "${signal%:*}" 0.3 \
    tfevents dump - <>"$work/pipe" >/dev/null 2>"$work/err" || status=$?
  [ "$status" = "${signal#*:}" ] || fail "SIG${signal%:*}: exit $status"
  [ -s "$work/err" ] && fail "SIG${signal%:*}: $(cat "$work/err")"
done

# Terminals: the width is kept, a last line sums up, nothing raw gets through.
command -v script >/dev/null || {
  echo 'skipped from here: script is not installed'
  exit $failed
}
# A chroot may have no pseudo-terminals.
script -qec true /dev/null </dev/null >/dev/null 2>&1 || {
  echo 'skipped from here: no pseudo-terminals (/dev/pts is not mounted)'
  exit $failed
}
for columns in 40 80 200; do
  on_terminal "$columns" 'tfevents ls . --color never -q'
  [ "$(widest)" -le "$columns" ] || fail "ls is $(widest) columns wide on $columns"
  grep -q ' runs · ' "$work/out" || fail "no summary on a terminal of $columns columns"
  on_terminal "$columns" 'tfevents ls . --tags --color never -q'
  [ "$(widest)" -le "$columns" ] || fail "ls --tags is $(widest) columns wide on $columns"
  on_terminal "$columns" 'tfevents ls . --tree --color never -q'
  [ "$(widest)" -le "$columns" ] || fail "ls --tree is $(widest) columns wide on $columns"
done
for columns in 30 40 60 80; do
  on_terminal "$columns" "tfevents assert . 'last(loss) < 1' 'last(val/accuracy) > 0.5' --color never -q"
  [ "$(widest)" -le "$columns" ] || fail "assert is $(widest) columns wide on $columns"
  grep -q 'could not be evaluated$' "$work/out" || fail "assert on $columns columns does not sum up"
  on_terminal "$columns" "tfevents assert project 'last(val/acuracy) > 0.5' --color never -q"
  [ "$(tr -d ' \n' <"$work/out" | grep -o 'didyoumeanval/accuracy?' | wc -l)" = 3 ] ||
    fail "assert on $columns columns loses its suggestions"
done
for columns in 20 40 80; do
  on_terminal "$columns" 'tfevents fsck . --color never -q'
  [ "$(widest)" -le "$columns" ] || fail "fsck is $(widest) columns wide on $columns"
done
on_terminal 60 'tfevents ls . --color never -q'
grep -q 'damaged' "$work/out" || fail 'ls on 60 columns shows no damage'
tfevents ls . -q >"$work/out" || true
grep -q ' runs · ' "$work/out" && fail 'a summary line in a pipe'
on_terminal 80 'tfevents ls project -q'
grep -q "$(printf '\033')\[" "$work/out" || fail 'no colour on a terminal'
on_terminal 80 'NO_COLOR=1 tfevents ls project -q'
grep -q "$(printf '\033')" "$work/out" && fail 'colour in spite of NO_COLOR'
on_terminal 80 'tfevents dump project --raw'
grep -q 'standard output is a terminal' "$work/out" || fail '--raw wrote to a terminal'

# Names for scripts are raw bytes, and a name with a line end survives -0.
mkdir -p "$work/odd/$(printf 'a\nb')"
cp project/text/lstm/seed0/events* "$work/odd/$(printf 'a\nb')/"
tfevents ls "$work/odd" -p0 -q >"$work/out"
[ "$(tr -dc '\0' <"$work/out" | wc -c)" = 1 ] || fail '-p0 does not end each path once'
grep -q '\\n' "$work/out" && fail '-p0 escaped a name'
# Nothing raw reaches a terminal in machine formats either; the value is the same.
override=$(printf '\342\200\256')
mkdir "$work/odd/x${override}y$(printf '\302\233\363\240\200\201')"
cp project/text/lstm/seed0/events* "$work/odd"/x*/
for format in json jsonl csv md table; do
  on_terminal 200 "tfevents ls '$work/odd' -q --color never -f $format"
  grep -q "$override" "$work/out" && fail "U+202E reached a terminal as $format"
  grep -q "$(printf '\302\233')" "$work/out" && fail "a C1 character reached a terminal as $format"
  grep -q 'x\\*u202ey\\*u009b' "$work/out" || fail "$format lost a name on a terminal: $(cat "$work/out")"
done
on_terminal 200 "tfevents ls '$work/odd' -q --json"
grep -q 'y\\u009b\\udb40\\udc01"' "$work/out" || fail "no surrogate pair on a terminal: $(cat "$work/out")"
tfevents ls "$work/odd" -q --json | grep -q "x${override}y" || fail 'a pipe got a name escaped'
tfevents ls "$work/odd" -q | grep -q 'a\\nb' || fail 'a line end in a name is not escaped for people'

exit $failed
