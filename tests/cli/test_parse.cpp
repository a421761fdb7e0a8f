#include <doctest/doctest.h>

#include "cli_helpers.hpp"
#include "commands/dump.hpp"
#include "commands/fsck.hpp"
#include "commands/ls.hpp"

namespace tfevents::cli {
namespace {

using test::message_of;
using test::Typed;
using test::Words;

Typed<Ls> ls(const Words& words) {
  return Typed<Ls>(words);
}

#define CHECK_PARSED(typed) CHECK_MESSAGE((typed).parsed.ok(), message_of((typed).parsed))

TEST_CASE("options do not swallow the paths behind them") {
  const Typed<Ls> typed({"-t", "loss", "logs", "-r", "a", "more"});
  CHECK_PARSED(typed);
  CHECK(typed.command.arguments.points.tags == Words{"loss"});
  CHECK(typed.command.arguments.runs.runs == Words{"a"});
  CHECK(typed.command.arguments.runs.operands == Words{"logs", "more"});
}

TEST_CASE("brackets are nobody's list") {
  const Typed<Ls> typed({"[a,b]", "-t", "[0-9]", "--tag=[x,y]", "-t[p,q]", "--", "[c,d]", "[]"});
  CHECK_PARSED(typed);
  CHECK(typed.command.arguments.runs.operands == Words{"[a,b]", "[c,d]", "[]"});
  CHECK(typed.command.arguments.points.tags == Words{"[0-9]", "[x,y]", "[p,q]"});
}

TEST_CASE("words that look like the parser's own marks survive") {
  const Typed<Ls> typed({"++", "\x01[a,b]", "{}", "-t", "\x01", "--tag=\x01[z]", "ls", "-"});
  CHECK_PARSED(typed);
  CHECK(typed.command.arguments.runs.operands == Words{"++", "\x01[a,b]", "{}", "ls", "-"});
  CHECK(typed.command.arguments.points.tags == Words{"\x01", "\x01[z]"});
}

TEST_CASE("values may begin with a minus or an equals sign") {
  const Typed<Ls> typed(
      {"--steps", "-100:-1", "--sort=-age", "-x=-1", "-x", "-1e-3", "-x=", "--exclude==y"});
  CHECK_PARSED(typed);
  CHECK(typed.command.arguments.points.steps == "-100:-1");
  CHECK(typed.command.arguments.sort == "-age");
  CHECK(typed.command.arguments.runs.exclude == Words{"-1", "-1e-3", "", "=y"});
}

TEST_CASE("flags cluster, and a value may follow in the same word") {
  const Typed<Ls> typed({"-lp0", "-n3", "-qvj4", "a"});
  CHECK_PARSED(typed);
  CHECK(typed.command.arguments.details);
  CHECK(typed.command.arguments.paths);
  CHECK(typed.command.arguments.null);
  CHECK(typed.command.arguments.limit == 3U);
  CHECK(typed.global.quiet);
  CHECK(typed.global.verbose);
  CHECK(typed.global.jobs == 4U);
}

TEST_CASE("of options that contradict each other the last wins") {
  CHECK(ls({"--json", "-f", "csv"}).command.arguments.output.format == Format::kCsv);
  CHECK(ls({"-f", "csv", "--json"}).command.arguments.output.format == Format::kJson);
  CHECK(ls({"-n", "1", "-n", "2"}).command.arguments.limit == 2U);
}

TEST_CASE("behind -- everything is a path") {
  const Typed<Ls> typed({"-l", "--", "-l", "--tag", "--"});
  CHECK_PARSED(typed);
  CHECK(typed.command.arguments.runs.operands == Words{"-l", "--tag", "--"});
}

TEST_CASE("an unknown option is named, with the nearest one") {
  const Typed<Ls> typed({"--tga", "loss"});
  REQUIRE_FALSE(typed.parsed.ok());
  CHECK(typed.parsed.error().code == ErrorCode::kUsage);
  CHECK(typed.parsed.error().message == "unknown option '--tga' for x");
  CHECK(typed.parsed.error().hint == "did you mean --tag?");
  // The dashes, which are right, do not make half a wrong word a near one.
  CHECK(Typed<Ls>({"--lang", "de"}).parsed.error().hint == "did you mean --long?");
  CHECK(Typed<Ls>({"--lamp", "1"}).parsed.error().hint.starts_with("tfevents x -h lists"));
  CHECK(message_of(ls({"-z"}).parsed) == "unknown option '-z' for x");
  CHECK(message_of(ls({"-lz"}).parsed) == "unknown option '-z' for x");
  CHECK(message_of(ls({"--tg=x"}).parsed) == "unknown option '--tg' for x");
}

TEST_CASE("options are not abbreviated") {
  CHECK_FALSE(ls({"--exclud", "a"}).parsed.ok());
  CHECK_FALSE(ls({"--ta", "a"}).parsed.ok());
}

TEST_CASE("a missing value is said to be missing") {
  CHECK(message_of(ls({"-t"}).parsed) == "--tag needs a value: --tag PATTERN");
  CHECK(message_of(ls({"a", "--tag"}).parsed) == "--tag needs a value: --tag PATTERN");
  CHECK(message_of(ls({"-lt"}).parsed) == "--tag needs a value: --tag PATTERN");
  CHECK(message_of(ls({"--tag=", "a"}).parsed) == "--tag needs a value: --tag PATTERN");
  CHECK(message_of(ls({"--tags=yes"}).parsed) == "--tags takes no value");
}

TEST_CASE("bad values name the option") {
  CHECK(message_of(ls({"-n", "x"}).parsed) == "--limit: 'x' is not a whole number of 0 or more");
  CHECK(message_of(ls({"-n", "-1"}).parsed) == "--limit: '-1' is not a whole number of 0 or more");
  CHECK(message_of(ls({"-n", "99999999999999999999"}).parsed) ==
        "--limit: '99999999999999999999' is out of range");
  const auto format = ls({"-f", "jsn"});
  CHECK(message_of(format.parsed) == "--format: 'jsn' is none of table, json, jsonl, csv, md");
  CHECK(format.parsed.error().hint == "did you mean json?");
  CHECK(message_of(ls({"--newer-than", "3y"}).parsed).starts_with("--newer-than: "));
  CHECK(message_of(ls({"--since", "soon"}).parsed).starts_with("--since: "));
}

TEST_CASE("what can be understood is stored before an error is returned") {
  const Typed<Ls> typed({"--bad", "--json", "-n", "x", "runs", "--help"});
  CHECK_FALSE(typed.parsed.ok());
  CHECK(typed.command.arguments.output.format == Format::kJson);
  CHECK(typed.command.arguments.runs.operands == Words{"runs"});
  CHECK(typed.global.long_help);
}

TEST_CASE("dump and fsck take their groups") {
  const Typed<Dump> dump(
      {"--records", "--follow", "--last", "2", "--kind", "scalars,images", "--strict", "-"});
  CHECK_PARSED(dump);
  CHECK(dump.command.arguments.records);
  CHECK(dump.command.arguments.follow);
  CHECK(dump.command.arguments.points.last == 2U);
  CHECK(dump.command.arguments.format() == Format::kJsonl);
  CHECK(dump.command.asked_format() == Format::kTable);
  const Typed<Fsck> fsck({"--all", "-x", "tmp", "runs"});
  CHECK_PARSED(fsck);
  CHECK(fsck.command.arguments.all);
  CHECK(fsck.command.arguments.runs.exclude == Words{"tmp"});
  CHECK_FALSE(Typed<Fsck>({"-t", "x"}).parsed.ok());
}

// The Env that selections are made in: now is epoch 1,000,000.
struct AtMillion {
  explicit AtMillion(const Variables& variables = {})
      : env({.in = 0, .out = 1, .err = 2, .processors = 2, .variables = variables}, sys, stop) {
    GlobalOptions global;
    global.now = TimePoint{"@1000000"};
    CHECK(env.apply(global).ok());
  }
  test::MemorySys sys;
  StopFlag stop;
  Env env;
};

TEST_CASE("selections are made of what was typed") {
  const AtMillion at;
  const Typed<Ls> typed({"runs", "-r",     "a/**",           "-x",     "re:tmp$", "-t",
                         "loss", "--kind", "scalars,images", "--kind", "text",    "--steps",
                         ":-5",  "--wall", "@10..@20",       "--last", "3",       "--view",
                         "raw",  "--live"});
  CHECK_PARSED(typed);
  const auto options = typed.command.options(at.env);
  REQUIRE_MESSAGE(options.ok(), message_of(options));
  const Selection& select = options->select;
  CHECK(select.operands == Words{"runs"});
  CHECK(select.logdir == ".");
  REQUIRE(select.runs.size() == 1);
  CHECK(select.runs[0].matches("a/b/c"));
  CHECK(select.exclude.size() == 1);
  CHECK(select.tags.size() == 1);
  CHECK(select.kinds == Words{"scalars", "images", "text"});
  CHECK_FALSE(select.first_step);
  CHECK(select.last_step == -5);
  CHECK(select.first_wall == 10.0);
  CHECK(select.last_wall == 20.0);
  CHECK(select.last == 3U);
  CHECK(select.view == View::kRaw);
  CHECK(select.live);
}

TEST_CASE("of several bounds on activity the narrowest counts") {
  const AtMillion at;
  const Typed<Ls> typed(
      {"--newer-than", "1h", "--since", "@999000", "--older-than", "10s", "--until", "@999999"});
  const auto options = typed.command.options(at.env);
  REQUIRE(options.ok());
  CHECK(options->select.active_since == 999000.0);
  CHECK(options->select.active_until == 999990.0);
}

TEST_CASE("the log directory: -C, else the variable, else here") {
  const AtMillion with(Variables{{"TFEVENTS_LOGDIR", "/logs"}});
  CHECK(with.env.logdir() == "/logs");
  const AtMillion empty(Variables{{"TFEVENTS_LOGDIR", ""}});
  CHECK(empty.env.logdir() == ".");
  AtMillion given(Variables{{"TFEVENTS_LOGDIR", "/logs"}});
  GlobalOptions global;
  global.logdir = "/other";
  CHECK(given.env.apply(global).ok());
  CHECK(given.env.logdir() == "/other");
}

TEST_CASE("options that contradict each other are refused, never ignored") {
  const AtMillion at;
  const auto ls_says = [&](const Words& words) {
    return message_of(Typed<Ls>(words).command.options(at.env));
  };
  CHECK(ls_says({"-0"}) == "--null ends the paths of --path: it needs -p");
  CHECK(ls_says({"--tags", "--tree"}) == "--tags, --tree and --path exclude each other");
  CHECK(ls_says({"-p", "--json"}) == "--path prints paths alone: it has no format");
  CHECK(ls_says({"--tree", "-f", "csv"}) == "--tree draws for people: it has no other format");
  CHECK(ls_says({"-c", "loss", "--tree"}) ==
        "--columns goes with none of --tags, --tree and --path");
  CHECK(ls_says({"-w", "last(loss)"}) == "--where: 'last(loss)' is a number and no condition");
  CHECK(ls_says({"--live", "--finished"}) == "--live and --finished exclude each other");
  CHECK(ls_says({"--steps", "9:1"}) == "--steps: no step lies from 9 to 1");
  CHECK(ls_says({"-p0"}).empty());
  const auto dump_says = [&](const Words& words) {
    return message_of(Typed<Dump>(words).command.selection(at.env));
  };
  CHECK(dump_says({"--records", "--raw"}) == "--records and --raw exclude each other");
  CHECK(dump_says({"--raw", "--json"}) == "--raw writes bytes: it has no format");
  CHECK(dump_says({"--follow", "--view", "clean"})
            .starts_with("--follow cannot show the clean view"));
  CHECK(dump_says({"--follow", "-o", "x"}).starts_with("--output writes a file"));
  CHECK(dump_says({"--follow", "-o", "-"}).empty());
  CHECK(dump_says({"--follow"}).empty());
}

}  // namespace
}  // namespace tfevents::cli
