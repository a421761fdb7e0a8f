#!/bin/sh
# gendocs_refuses.sh GENDOCS ROOT: prose that mentions an option that does not exist, or lacks a section, makes no pages.
# shellcheck disable=SC2016  # backquotes of Markdown
set -eu

gendocs=$1
root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# refuses WORD: gendocs fails on the tree in $work, and says WORD.
refuses() {
  if said=$("$gendocs" "$work" "$work/out" 2>&1) || ! printf '%s\n' "$said" | grep -q -- "$1"; then
    printf 'not refused: %s\n  said: %s\n' "$1" "$said"
    failed=1
  fi
}
fresh() {
  rm -rf "$work/man"
  mkdir "$work/man"
  cp -R "$root/man/src" "$work/man/src"
}

fresh
"$gendocs" "$work" "$work/out"

fresh
echo 'See `--no-such-option`.' >>"$work/man/src/ls.md"
refuses 'mentions --no-such-option'

# An option of another command is none of this one.
fresh
echo 'See `--tree`.' >>"$work/man/src/fsck.md"
refuses 'mentions --tree'

for section in DESCRIPTION EXAMPLES MEMORY; do
  fresh
  sed "s/^# $section/# OTHER/" "$root/man/src/dump.md" >"$work/man/src/dump.md"
  refuses "has no section # $section"
done

fresh
rm "$work/man/src/fsck.md"
refuses 'fsck.md: cannot read'

exit $failed
