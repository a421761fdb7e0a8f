#!/bin/sh
# tests/lint/format.sh [--fix]: whether every C++ file is as clang-format 14 writes it; --fix writes
# it so.
set -eu

cd "$(dirname "$0")/../.."
case ${1:-} in
  '') set -- --dry-run -Werror ;;
  --fix) set -- -i ;;
  *)
    echo "usage: $0 [--fix]" >&2
    exit 2
    ;;
esac
git ls-files -z '*.hpp' '*.cpp' | xargs -0 -r clang-format-14 "$@"
