#!/bin/sh
# completion.sh SHELL PROGRAM ROOT: loads the completion script into the real shell and looks at what it offers.
set -eu

shell=$1
program=$2
root=$3
here=$(cd "$(dirname "$0")" && pwd)
command -v "$shell" >/dev/null || {
  echo "skipped: $shell is not installed"
  exit 77
}
# zsh completes only in its line editor, which needs a pseudo-terminal; a chroot may have none.
if [ "$shell" = zsh ] && ! [ -e /dev/pts/ptmx ]; then
  echo "skipped: no pseudo-terminals (/dev/pts is not mounted)"
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/home" "$work/tree"
ln -s "$program" "$work/bin/tfevents"
for run in vision/seed2 vision/seed10 text; do
  mkdir -p "$work/tree/logs/$run"
  : >"$work/tree/logs/$run/events.out.tfevents.1.h"
done
echo >"$work/tree/notes.txt"

# candidates LINE: what the shell offers for the last word of LINE, a line each, in the shell's order.
candidates() {
  (
    cd "$work/tree"
    env -i PATH="$work/bin:/usr/bin:/bin" HOME="$work/home" TERM=dumb LC_ALL=C.UTF-8 \
      "$shell" "$here/complete.$shell" "$root/completions" "$1" "$work"
  )
}

failed=0
# offers LINE WORD…: all of the words are among the candidates.
offers() {
  line=$1
  shift
  found=$(candidates "$line")
  for word; do
    printf '%s\n' "$found" | grep -qxF -- "$word" || {
      printf 'not offered for [%s]: %s\n  offered: %s\n' "$line" "$word" "$(printf '%s' "$found" | tr '\n' ' ')"
      failed=1
    }
  done
}
# offers_only LINE WORD…: they are the candidates, in any order.
offers_only() {
  line=$1
  shift
  found=$(candidates "$line" | sort | tr '\n' ' ')
  wanted=$(for word; do printf '%s\n' "$word"; done | sort | tr '\n' ' ')
  [ "$found" = "$wanted" ] || {
    printf 'for [%s]\n  offered: %s\n  wanted:  %s\n' "$line" "$found" "$wanted"
    failed=1
  }
}
# not_offered LINE WORD
not_offered() {
  if candidates "$1" | grep -qxF -- "$2"; then
    printf 'offered for [%s]: %s\n' "$1" "$2"
    failed=1
  fi
}

offers_only 'tfevents ' ls show dump fsck lint du graph best compare hparams export-csv export assert prune trash help completion
offers_only 'tfevents f' fsck
offers_only 'tfevents -q -C logs f' fsck
offers 'tfevents --' --logdir --version --color
offers_only 'tfevents ls --newer' --newer-than
offers 'tfevents fsck --' --run --exclude --all --quiet
not_offered 'tfevents fsck --' --tree
offers_only 'tfevents ls --format ' table json jsonl csv md
offers_only 'tfevents ls -f js' json jsonl
offers_only 'tfevents dump --view ' clean raw
offers 'tfevents ls --sort ' age size last_step
offers 'tfevents dump --kind ' scalars images
offers_only 'tfevents completion ' bash zsh fish
offers 'tfevents trash ' ls restore empty
offers 'tfevents trash restore lo' "logs$([ "$shell" = fish ] && echo /)"
offers 'tfevents help ' ls fsck
offers_only 'tfevents ls logs -r vis' vision/seed2 vision/seed10
offers_only 'tfevents ls -C logs -r vision/seed1' vision/seed10
offers 'tfevents fsck note' notes.txt
offers_only 'tfevents fsck -C logs vision/seed1' vision/seed10
# A path named like a command is a path.
offers 'tfevents -C ls fsck --al' --all
exit $failed
