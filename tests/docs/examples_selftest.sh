#!/bin/sh
# examples_selftest.sh PROGRAM ROOT: plants broken examples in a small tree, and sees that examples.py finds each of them.
# shellcheck disable=SC2016  # backquotes of Markdown
set -eu

program=$1
root=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/man/src" "$work/tests" "$work/apps"
cp "$root/tests/setup.sh" "$work/tests/"
cp "$root/apps/demo.sh" "$work/apps/"
cp "$root/CMakePresets.json" "$work/"
failed=0

# judge PART WORD: the tree fails, saying WORD; with the WORD `ok` it passes.
judge() {
  status=0
  said=$(/usr/bin/python3 "$here/examples.py" "${planted:-$program}" "$work" "$1" 2>&1) || status=$?
  if [ "$2" = ok ]; then
    [ $status -eq 0 ] && return
  else
    [ $status -eq 1 ] && printf '%s\n' "$said" | grep -q -- "$2" && return
  fi
  printf 'wanted from %s: %s\n  ended with %s, saying:\n%s\n' "$1" "$2" "$status" "$said"
  failed=1
}
# page BLOCK WORD: a manual page with this example.
page() {
  printf '# EXAMPLES\nSee:\n```\n%s\n```\n' "$1" >"$work/man/src/ls.md"
  judge manual "$2"
}
# readme LANGUAGE BLOCK WORD
readme() {
  printf '# Recipes\n```%s\n%s\n```\n' "$1" "$2" >"$work/README.md"
  judge readme "$3"
}

page 'tfevents ls runs' ok
page 'tfevents ls runs --lvie' 'ended with 2 instead of 0'
page "tfevents ls runs -r 'nobody*'" 'ended with 1 instead of 0'
page 'tfevents ls nowhere | cat' 'tfevents ended with \[2\]'
page 'tfevents ls runs -c train/los' 'names what is not there'
page 'tfevents ls runs >/dev/null' 'printed nothing and made no file'
page 'ls' 'tfevents ended with \[\]'
page 'tfevents compare a b -c loss --changed --exit-code' ok
printf '# EXAMPLES\nNone.\n' >"$work/man/src/ls.md"
judge manual 'has no example'
printf '# OTHER\n```\ntfevents ls runs\n```\n' >"$work/man/src/ls.md"
judge manual 'a kind that this test does not know'
printf '# EXAMPLE\n```\n$ tfevents ls runs -r ci --json\n{"schema":"tfevents.ls/1"}\n```\n' >"$work/man/src/ls.md"
judge manual 'has other fields'

readme console '$ tfevents dump damaged/whole -t acc --last 1 -f csv
run,tag,kind,step,wall_time,value
damaged/whole,acc,scalars,19,0,1' prints:
readme console '$ tfevents ls no-such-run' 'tfevents with \[2\]'
readme sh 'tfevents ls runs' ok
readme '' 'tfevents ls runs' 'no language'
readme sh 'apt-get install cmake' 'other packages'
readme sh 'sh apps/demos.sh' 'tfevents ended with'
readme python 'print(' 'was never closed'
readme crontab '17 6 * * *  tfevents fsck -q /data/runs' ok
readme crontab '17 6 * *  tfevents fsck -q /data/runs' 'no line of a crontab'
readme crontab '17 6 * * *  tfevents fsck -q /data/rnus' 'ended with 2'
readme crontab '17 6 * * *  tfevents fsck -q /data/runs >report.txt' 'of damaged logs'
if /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
  readme yaml 'gate: [' 'is no YAML'
  readme yaml 'gate: {script: [tfevents ls runs]}' ok
  readme yaml 'gate: {script: [tfevents ls runs], artifacts: {reports: {junit: report.xml}}}' 'made no report.xml'
  readme yaml 'jobs: {a: {steps: [{run: tfevents assert runs nothing}]}}' 'ended with'
  readme yaml 'jobs: {a: {steps: [{run: make}]}}' 'no command of it was found'
fi

# A program whose help has an example that it does not understand.
cat >"$work/planted" <<PROGRAM
#!/bin/sh
"$program" "\$@" | sed 's/tfevents ls runs --live/tfevents ls runs --lively/'
exec "$program" "\$@" >/dev/null 2>&1
PROGRAM
chmod +x "$work/planted"
planted=$work/planted
judge help '--lively'
exit $failed
