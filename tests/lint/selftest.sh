#!/bin/sh
# Proves that sources.sh finds what it is there for: a clean tree passes, and each planted violation
# is reported at its place.
set -eu

lint=$(cd "$(dirname "$0")" && pwd)/sources.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# plant FILE LINE: a tree of nothing but that line.
plant() {
  rm -rf "${dir:?}/lib" "${dir:?}/apps"
  mkdir -p "$dir/lib" "$dir/apps" "$dir/$(dirname "$1")"
  printf '%s\n' "$2" >"$dir/$1"
}

# finds WORD FILE LINE: the line in that file is reported, and the reason has WORD in it.
finds() {
  plant "$2" "$3"
  if out=$(sh "$lint" "$dir") || ! printf '%s\n' "$out" | grep -q "^$2:1: .*$1"; then
    printf 'not found in %s: %s\n  said: %s\n' "$2" "$3" "$out"
    failed=1
  fi
}

# passes FILE LINE: nothing is said about it.
passes() {
  plant "$1" "$2"
  out=$(sh "$lint" "$dir" 2>&1) || :
  if [ -n "$out" ]; then
    printf 'wrongly reported in %s: %s\n  said: %s\n' "$1" "$2" "$out"
    failed=1
  fi
}

finds 'may not include' lib/base/a.cpp '#include "io/sys.hpp"'
finds 'may not include' lib/io/a.hpp '  #  include "record/reader.hpp"'
finds 'may not include' lib/series/a.cpp '#include "event/event.hpp"'
finds 'may not include' lib/format/a.cpp '#include "ops/ls.hpp"'
finds 'may not include' lib/ops/a.cpp '#include "format/table.hpp"'
finds 'may not include' apps/tfevents/commands/a.cpp '#include "record/reader.hpp"'
finds 'may not include' apps/tfevents/render/a.cpp '#include "cli/output.hpp"'
finds 'may not include' apps/gendocs/main.cpp '#include "ops/ls.hpp"'
finds 'may not include' lib/base/a.cpp '#include "basement/x.hpp"'
finds 'as a path from' lib/base/a.cpp '#include "error.hpp"'
finds 'as a path from' lib/base/a.cpp '#include "base/../io/sys.hpp"'
finds 'as a path from' apps/tfevents/main.cpp '#include "../../lib/io/sys.hpp"'
finds 'table of layers' lib/misc/a.cpp 'int x;'
finds 'private to lib/event' lib/logdir/a.cpp '#include "tensorboard/event.pb.h"'
finds 'private to lib/event' lib/event/a.hpp '#include "tensorboard/event.pb.h"'
finds 'private to lib/event' lib/event/a.hpp '#include <google/protobuf/message.h>'
finds 'nlohmann' lib/ops/a.hpp '#include <nlohmann/json.hpp>'
finds 'facade' lib/ops/a.cpp '#include <CLI/CLI.hpp>'
finds 'facade' apps/tfevents/commands/a.cpp '#include <CLI/App.hpp>'
finds 'RE2' lib/base/a.cpp '#include <regex>'
finds 'RE2' lib/base/a.cpp 'std::regex pattern("x");'
finds 'g++ 12' lib/base/a.cpp '#include <format>'
finds 'using namespace' lib/base/a.hpp 'using namespace std;'
finds 'never prints' lib/base/a.cpp '  std::cout << 1;'
finds 'never prints' lib/base/a.cpp '  std::fprintf(stderr, "x");'
finds 'never prints' lib/base/a.cpp 'printf ("x");'
finds 'never prints' lib/base/a.cpp '  fmt::print("x");'
finds 'ends the process' lib/base/a.cpp '  std::exit(1);'
finds 'reads the environment' lib/base/a.cpp '  const char* home = getenv("HOME");'

passes lib/base/a.hpp '#include <string>'
passes lib/record/a.cpp '#include "record/reader.hpp"'
passes lib/event/a.cpp '#include "tensorboard/event.pb.h"'
passes lib/event/a.cpp '#include <google/protobuf/message.h>'
passes lib/ops/a.cpp '#include <nlohmann/json.hpp>'
passes apps/tfevents/cli/options.cpp '#include <CLI/CLI.hpp>'
passes apps/tfevents/cli/a.cpp '#include "exit_code.hpp"'
passes apps/tfevents/cli/a.cpp '#include "io/sys.hpp"'
passes apps/tfevents/commands/a.cpp '#include "render/ls.hpp"'
passes apps/tfevents/main.cpp 'int main() { std::exit(1); }'
passes lib/base/a.cpp '  // std::cout is not for us, nor printf(x)'
passes lib/base/a.cpp '  return "use getenv(x) or exit(1) // not";'
passes lib/base/a.cpp '  std::snprintf(buffer, size, "%d", on_exit(3));'
passes lib/base/a.cpp 'using namespace std::literals;'

# A second file that includes CLI11 is one too many, even beside the first.
plant apps/tfevents/cli/a.cpp '#include <CLI/CLI.hpp>'
printf '#include <CLI/CLI.hpp>\n' >"$dir/apps/tfevents/cli/b.cpp"
if sh "$lint" "$dir" >"$dir/out" || ! grep -q '^apps/tfevents/cli/b.cpp:1: .*already' "$dir/out"; then
  echo 'not found: a second file that includes CLI11'
  failed=1
fi

# Long files are named but pass.
plant lib/base/long.cpp 'int x;'
yes '' | head -n 600 >>"$dir/lib/base/long.cpp"
if ! sh "$lint" "$dir" >"$dir/out" || ! grep -q 'long.cpp has 601 lines' "$dir/out"; then
  echo 'a file of 601 lines is not named, or fails'
  failed=1
fi

# A tree whose tests name two edge cases lacks the others.
mkdir -p "$dir/tests/unit" "$dir/tests/cli"
printf 'TEST_CASE("12 #1, #77: a test") {}\n' >"$dir/tests/unit/a.cpp"
if sh "$(dirname "$lint")/edge_cases.sh" "$dir" >"$dir/out" || ! grep -q 'no test of: #2 .* #76$' "$dir/out"; then
  echo 'edge cases without a test are not named'
  failed=1
fi

exit $failed
