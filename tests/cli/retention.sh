#!/bin/sh
# retention.sh PROGRAM ROOT: the crontab line and the systemd units of the README and of tfevents-prune(1), as cron and systemd
# would run them: with next to no environment, without a terminal, by a user over their own logs and by root over somebody else's.
set -eu

program=$(cd "$(dirname "$1")" && pwd)/${1##*/}
root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
failed=0
skipped=0
# Neither root nor the user that the tests run as.
other=65534

fail() {
  echo "FAILED $*"
  failed=1
}
skip() {
  echo "skipped: $*"
  skipped=1
}

# block FILE NAME: the fenced block whose first line is or contains NAME, in a README with languages or in a page without.
block() {
  /usr/bin/python3 - "$@" <<'PYTHON'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
found = [one for one in re.findall(r"^```[a-z]*\n(.*?)^```$", text, re.M | re.S) if sys.argv[2] in one]
if len(found) != 1:
    sys.exit(f"{sys.argv[1]}: {len(found)} blocks with {sys.argv[2]}")
print(found[0], end="")
PYTHON
}

readme=$root/README.md
page=$root/man/src/prune.md
block "$readme" '* * *  tfevents prune' >"$work/crontab"
for unit in service timer; do
  block "$readme" "# /etc/systemd/system/tfevents-prune.$unit" | sed 1d >"$work/tfevents-prune.$unit"
done
for part in crontab tfevents-prune.service tfevents-prune.timer; do
  while IFS= read -r line; do
    grep -qxF -- "$line" "$page" || fail "the manual page lacks a line of the README's $part: $line"
  done <"$work/$part"
done
# A % is a line end to cron.
grep -q % "$work/crontab" && fail 'a crontab line with %'
line=$(sed -n 's/^[0-9*][^ ]* [^ ]* [^ ]* [^ ]* [^ ]*  *//p' "$work/crontab")
path=$(sed -n 's/^PATH=//p' "$work/crontab")
start=$(sed -n 's/^ExecStart=//p' "$work/tfevents-prune.service")
[ -n "$line" ] || fail 'no line in the crontab'
[ -n "$start" ] || fail 'no ExecStart in the service'

# The program where the documents have it, and the logs where it is sent to.
mkdir "$work/bin"
cp "$program" "$work/bin/tfevents"
chmod 755 "$work/bin" "$work/bin/tfevents"
here() { printf '%s\n' "$1" | sed "s|/usr/local/bin|$work/bin|g; s|/data/runs|$tree|g"; }

# as USER COMMAND…: USER is a number; `me` stays who we are.
as() {
  user=$1
  shift
  if [ "$user" = me ]; then
    "$@"
  else
    setpriv --reuid="$user" --regid="$user" --clear-groups "$@"
  fi
}

# cron USER LINE: what would be mailed goes to $work/mail, the status to $status.
cron() {
  status=0
  as "$1" env -i HOME="$home" LOGNAME=someone SHELL=/bin/sh PATH="$(here "$path")" sh -c "$(here "$2")" \
    </dev/null >"$work/mail" 2>&1 || status=$?
}
mailed() {
  grep -q -- "$1" "$work/mail" || fail "$who: the mail lacks '$1': $(cat "$work/mail")"
}
# Everything in the tree that is not the trash, but for the tree itself, whose own time a trash in it changes.
listing() {
  find "$tree" -mindepth 1 -name .tfe-trash -prune -o -mindepth 1 -printf '%P %y %m %U:%G %s %T@\n' | LC_ALL=C sort
}
# The trash, but for what says when somebody last held the lock.
trash_listing() { find "$tree/.tfe-trash" -mindepth 1 ! -name lock -printf '%P %y %s %T@\n' | LC_ALL=C sort; }

# retention WHO OWNER RUNNER: logs of OWNER, kept in order by RUNNER.
retention() {
  who=$1 owner=$2 runner=$3
  rm -rf "${work:?}/home" "$work/logs"
  mkdir -p "$work/home" "$work/logs"
  home=$work/home tree=$work/logs/runs
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 - "$root/tests/docs" "$tree" <<'PYTHON'
import os, pathlib, sys
sys.path.insert(0, sys.argv[1])
import examples_world
tree = pathlib.Path(sys.argv[2])
DAY = 86400
for name, age in (("project/old", 40 * DAY), ("project/deep/er/ancient", 400 * DAY), ("project/young", 6 * DAY), ("live", 2),
                  ("open", 30 * DAY)):
    file = examples_world.write_run(tree / name, age, 0.9, {"lr": 0.1})
    file.chmod(0o640)
(tree / "project/old").chmod(0o750)
old = os.stat(tree / "project/old").st_mtime - 40 * DAY
for directory in (tree / "project/deep/er/ancient", tree / "project/deep/er", tree / "project/deep", tree / "project/old"):
    os.utime(directory, (old, old))
PYTHON
  # Only there does everything of a trial go, so that its directory does as well.
  rm "$tree/project/deep/er/ancient/"ckpt*
  find "$tree/project/deep/er/ancient" -maxdepth 0 -exec touch -d '400 days ago' {} +
  [ "$owner" = me ] || chown -R "$owner:$owner" "$work/home" "$work/logs"
  listing >"$work/before"

  # Somebody writes, though nothing came for a month.
  open_file=$(echo "$tree/open/"*tfevents*)
  exec 9>>"$open_file"
  cron "$runner" "$line"
  exec 9>&-
  [ $status = 0 ] || fail "$who: ended with $status: $(cat "$work/mail")"
  for trial in project/old project/deep/er/ancient; do
    mailed "^drop  $trial .* older than 7d"
    find "$tree/$trial" -name '*tfevents*' 2>/dev/null | grep -q . && fail "$who: $trial is still there"
  done
  mailed '^keep  project/young .* younger than 7d'
  mailed '^keep  live '
  mailed '^keep  open .*open in process [0-9]'
  mailed '(+ 3 other files, 21 B, stay)'
  mailed '^moved 2 trials, .* freed on [-0-9]* · undo: '
  for trial in project/young live open; do
    find "$tree/$trial" -name '*tfevents*' | grep -q . || fail "$who: $trial has gone"
  done
  [ -e "$tree/project/old/ckpt-5000.pt" ] || fail "$who: a checkpoint has gone"
  [ -e "$tree/project/deep" ] && fail "$who: an empty directory was left behind"
  undo=$(sed -n 's/.*· undo: //p' "$work/mail")

  # Nothing is left to do. The one that was open is old by now, and nobody holds it: it goes with the next.
  cron "$runner" "$line -x open"
  mailed '^nothing to remove: '
  listing >"$work/first"
  trash_listing >"$work/first.trash"
  cron "$runner" "$line -x open"
  [ $status = 0 ] || fail "$who: a second run ended with $status"
  cron "$runner" "$line -x open -q"
  [ $status = 0 ] || fail "$who: a quiet run ended with $status"
  [ -s "$work/mail" ] && fail "$who: a quiet run without anything to do sent mail: $(cat "$work/mail")"
  listing | cmp -s - "$work/first" || fail "$who: a run without anything to do changed the tree"
  trash_listing | cmp -s - "$work/first.trash" || fail "$who: a run without anything to do changed the trash"

  # What went wrong is mailed, quiet or not.
  cron "$runner" "$line -q --keep-best 1:val/acuracy"
  [ $status = 4 ] || fail "$who: a mistyped metric ended with $status"
  mailed 'did you mean val/accuracy'
  listing | cmp -s - "$work/first" || fail "$who: a refused run changed the tree"

  # The owner goes on working, whoever has pruned.
  foreign=$(find "$tree" -mindepth 1 -name .tfe-trash -prune -o ! -uid "$(as "$owner" id -u)" -print)
  [ -z "$foreign" ] || fail "$who: belongs to somebody else: $foreign"
  # shellcheck disable=SC2016  # the inner shell's
  as "$owner" sh -c 'mkdir -p "$1/project/new" && touch "$1/project/old/new" && rm "$1/project/old/new" && rmdir "$1/project/new"' \
    sh "$tree" || fail "$who: the owner cannot write any more"
  as "$owner" "$work/bin/tfevents" ls "$tree" >"$work/out" 2>&1 || fail "$who: the owner cannot read any more: $(cat "$work/out")"
  [ "$(stat -c '%a' "$tree/.tfe-trash")" = 700 ] || fail "$who: the trash is open to others"
  if [ "$owner" != "$runner" ]; then
    status=0
    listing >"$work/worked"
    as "$owner" "$work/bin/tfevents" prune "$tree" --older-than 7d --yes >"$work/mail" 2>&1 || status=$?
    [ $status = 2 ] || fail "$who: the owner used the trash of another: $status, $(cat "$work/mail")"
    mailed 'belongs to user 0 with mode 0700'
    listing | cmp -s - "$work/worked" || fail "$who: the owner's prune did something without a trash"
  fi

  # Back as it was, by the command that was mailed.
  cron "$runner" "$undo"
  [ $status = 0 ] || fail "$who: '$undo' ended with $status: $(cat "$work/mail")"
  listing >"$work/after"
  # Directories in which the owner has worked since then are younger.
  for part in before after; do sed -E '/^(project|project\/old|open) d/s/ [0-9.]+$//' "$work/$part" >"$work/$part.still"; done
  diff "$work/before.still" "$work/after.still" || fail "$who: what came back is not what went"
  # shellcheck disable=SC2016  # the inner shell's
  as "$owner" sh -c 'for file in "$1"/project/old/*tfevents*; do : >>"$file"; done' sh "$tree" ||
    fail "$who: the owner cannot append to what came back"

  # systemd's line does the same.
  status=0
  # shellcheck disable=SC2046  # systemd splits it at blanks, too
  as "$runner" env -i PATH=/usr/bin:/bin $(here "$start") </dev/null >"$work/mail" 2>&1 || status=$?
  [ $status = 0 ] || fail "$who: ExecStart ended with $status: $(cat "$work/mail")"
  mailed '^moved 3 trials, '
}

retention 'a user over their own logs' me me
if [ "$(id -u)" != 0 ]; then
  skip 'not root: nothing over the logs of others'
elif ! command -v setpriv >/dev/null; then
  skip 'setpriv is not installed: nothing as another user'
else
  retention 'an unprivileged user over their own logs' $other $other
  retention "root over somebody else's logs" $other me
fi

if command -v systemd-analyze >/dev/null; then
  tree=/data/runs
  for unit in service timer; do here "$(cat "$work/tfevents-prune.$unit")" >"$work/bin/tfevents-prune.$unit"; done
  said=$(systemd-analyze verify --man=no "$work/bin/tfevents-prune.service" "$work/bin/tfevents-prune.timer" 2>&1) ||
    fail "systemd-analyze: $said"
  printf '%s\n' "$said" | grep 'tfevents-prune' && fail 'systemd-analyze has something to say'
  calendar=$(sed -n 's/^OnCalendar=//p' "$work/tfevents-prune.timer")
  systemd-analyze calendar "$calendar" >/dev/null 2>&1 || fail "OnCalendar: $calendar"
else
  skip 'systemd-analyze is not installed: the units are not verified'
fi

[ $failed = 0 ] || exit 1
[ $skipped = 0 ] || exit 77
