#!/bin/sh
# sources.sh [ROOT]: checks the C++ files of lib/ and apps/ against the layers of CONTRIBUTING.md and
# against what must not stand below apps/. Prints `file:line: reason` for each violation and exits 1
# if there was one; files past 500 lines are named but are no violation. selftest.sh plants one
# violation of each kind and checks that it is found.
set -eu

cd "${1:-$(dirname "$0")/../..}"
# shellcheck disable=SC2016  # awk's $, not the shell's
find lib apps -name '*.hpp' -o -name '*.cpp' | LC_ALL=C sort | xargs awk '
BEGIN {
  # folder of the including file: folders, or single headers, that it may name.
  may["lib/base"]    = "base"
  may["lib/io"]      = "base io"
  may["lib/record"]  = "base io record"
  may["lib/event"]   = "base io record event"
  may["lib/logdir"]  = "base io record event logdir"
  may["lib/series"]  = "base series"
  may["lib/expr"]    = "base series expr"
  may["lib/rewrite"] = "base io record event logdir series rewrite"
  may["lib/ops"]     = "base io record event logdir series expr rewrite ops"
  may["lib/format"]  = "base format"
  # The single headers: what options, context and reports of every operation are made of (expressions
  # and series functions among them); -o writes files atomically, a job summary grows, --checks reads
  # standard input; --version names the checksum code
  # that this processor runs; who writes in a tree (rewrite/manifest.hpp), and what its trash holds.
  may["apps/tfevents"] = "base ops format cli commands render complete io/sys.hpp logdir/selection.hpp " \
                         "event/scalar.hpp event/hparams.hpp logdir/layout.hpp series expr " \
                         "io/append.hpp io/atomic_file.hpp io/source.hpp record/crc32c.hpp " \
                         "rewrite/manifest.hpp rewrite/trash.hpp"
  # Renderers turn reports into text and know nothing of the command line but the names of formats.
  may["apps/tfevents/render"] = "base ops format render logdir/selection.hpp event/scalar.hpp " \
                                "event/hparams.hpp event/histogram.hpp logdir/decoded_value.hpp " \
                                "series expr/value.hpp cli/shared_options.hpp rewrite"
  may["apps/gendocs"] = "base cli"
}

function report(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; bad++ }

# The longest prefix of the path that has a rule; "" where there is none.
function folder_of(path) {
  while (sub(/\/[^\/]*$/, "", path))
    if (path in may) return path
  return ""
}

function allowed(folder, included,   words, n, i) {
  n = split(may[folder], words, " ")
  for (i = 1; i <= n; i++)
    if (included == words[i] || index(included, words[i] "/") == 1) return 1
  return 0
}

function check_quoted(included) {
  if (included ~ /\.pb\.h$/) {
    if (!event_source) report("generated protobuf code is private to lib/event/*.cpp")
  } else if (included !~ /\// && !below_apps) {
    # A neighbour in the same folder of the program.
  } else if (included !~ /\// || included ~ /\.\./) {
    report("write \"" included "\" as a path from lib/ (or from apps/tfevents/)")
  } else if (!allowed(folder, included)) {
    report(folder " may not include \"" included "\"; it may include: " may[folder])
  }
}

function check_angled(included) {
  if (included ~ /^google\/protobuf/ && !event_source)
    report("protobuf is private to lib/event/*.cpp")
  if (included ~ /^nlohmann\// && header)
    report("nlohmann-json costs seconds in every file that sees it: include it in a .cpp")
  if (included == "regex") report("std::regex overflows its stack on long input: use RE2")
  if (included == "format") report("<format> does not exist in g++ 12: use fmt")
  if (included ~ /^CLI\//) {
    if (FILENAME !~ /^apps\/tfevents\/cli\//) report("CLI11 stays behind the facade in apps/tfevents/cli")
    else if (facade != "" && facade != FILENAME) report("CLI11 is already included by " facade)
    else facade = FILENAME
  }
}

FNR == 1 {
  folder = folder_of(FILENAME)
  header = FILENAME ~ /\.hpp$/
  below_apps = FILENAME ~ /^lib\//
  event_source = FILENAME ~ /^lib\/event\/[^\/]*\.cpp$/
  if (folder == "") report("this folder has no line in the table of layers (tests/lint/sources.sh)")
}

{ lines[FILENAME] = FNR }

/^[ \t]*#[ \t]*include[ \t]*"/ { split($0, part, "\""); check_quoted(part[2]); next }
/^[ \t]*#[ \t]*include[ \t]*</ { split($0, part, /[<>]/); check_angled(part[2]); next }

{
  # What stands in comments and in text is no code. Good enough for one line at a time; a word that
  # is named in a raw string of several lines can be written differently there.
  gsub(/\\./, "")
  gsub(/"[^"]*"/, "\"\"")
  gsub(/\/\*[^*]*\*\//, "")
  sub(/\/\/.*/, "")
  code = " " $0
  word = "[^A-Za-z0-9_]"
  if (code ~ word "std::(w?regex|regex_[a-z]+)" word) report("std::regex overflows its stack on long input: use RE2")
  if (header && code ~ word "using +namespace" word) report("using namespace in a header reaches every file that includes it")
  if (below_apps) {
    if (code ~ word "std::(cout|cerr|clog)" word) report("computing never prints: return a value or a Problem")
    if (code ~ word "(v?f?printf|puts|fputs|putchar) *\\(" || code ~ word "fmt::print" word) report("computing never prints: return a value or a Problem")
    if (code ~ word "(_exit|_Exit|exit|quick_exit) *\\(") report("only apps/ ends the process: return an Error")
    if (code ~ word "(secure_)?getenv *\\(") report("only apps/ reads the environment: take it as an option")
  }
}

END {
  for (name in lines)
    if (lines[name] > 500) print "note: " name " has " lines[name] " lines: which noun is hiding in it?"
  exit bad != 0
}' || exit 1
