#!/bin/sh
# man_lint.sh ROOT: groff has nothing to say against the manual pages, and they fit into 80 columns.
set -eu

root=$1
command -v groff >/dev/null || {
  echo 'skipped: groff is not installed'
  exit 77
}

failed=0
for page in "$root"/man/*.[1-9]; do
  said=$(groff -ww -man -Tutf8 -z "$page" 2>&1)
  if [ -n "$said" ]; then
    printf '%s\n' "$said"
    failed=1
  fi
  # Options must be copied from the page as they are typed: with minus signs, not hyphens.
  if grep -n '\\fB--' "$page"; then
    echo "$page: an option with hyphens instead of minus signs"
    failed=1
  fi
  for heading in NAME DESCRIPTION 'EXIT STATUS' 'SEE ALSO'; do
    grep -q "^\.SH $heading\$" "$page" || {
      echo "$page: no $heading"
      failed=1
    }
  done
done
exit $failed
