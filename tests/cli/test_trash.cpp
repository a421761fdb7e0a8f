#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "cli/actor.hpp"
#include "cli/confirm.hpp"
#include "cli/waiting.hpp"
#include "cli_helpers.hpp"
#include "render/trash.hpp"
#include "support/trash_world.hpp"

namespace tfevents::cli {
namespace {

using test::Capture;
using test::run_program;
using test::Said;
using test::TrashWorld;
using test::Words;

/// A person at a terminal, who types `typed` and leaves.
struct Person {
  Capture out, err;
  int in[2] = {-1, -1};
  StopFlag stop;

  explicit Person(std::string_view typed) {
    REQUIRE(::pipe(in) == 0);
    REQUIRE(::write(in[1], typed.data(), typed.size()) == static_cast<ssize_t>(typed.size()));
    ::close(in[1]);
  }
  ~Person() { ::close(in[0]); }
  Person(const Person&) = delete;
  Person& operator=(const Person&) = delete;

  [[nodiscard]] Env env(bool in_tty = true, bool out_tty = true, bool err_tty = true) const {
    return {{.in = in[0],
             .out = out.descriptor(),
             .err = err.descriptor(),
             .in_tty = in_tty,
             .out_tty = out_tty,
             .err_tty = err_tty,
             .terminal_width = 0,
             .processors = 1,
             .variables = {{"LOGNAME", "ann"}, {"TERM", "dumb"}}},
            real_sys(),
            stop};
  }
  Said run(const Words& words, bool out_tty = true) const {
    Env given = env(true, out_tty);
    const int exit = dispatch(words, given);
    return {.exit = exit, .out = out.text(), .err = err.text()};
  }
};

/// A tree that was pruned, all but a checkpoint.
struct Pruned : TrashWorld {
  Pruned() {
    build();
    const Status pruned = test::prune(real_sys(), *this, plan());
    REQUIRE_MESSAGE(pruned.ok(), pruned.error().message);
  }
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_CASE("confirm: y and yes mean yes, everything else means no") {
  const auto answer = [](std::string_view typed) {
    const Person person(typed);
    Env env = person.env();
    const auto said = confirm(env, "delete \x1b[2J?", false);
    REQUIRE(said.ok());
    CHECK(person.err.text() == "delete \\x1b[2J? [y/N] ");
    CHECK(person.out.text().empty());
    return *said;
  };
  for (const char* yes : {"y\n", "yes\n", "Y\n", "YES\r\n", "  y \t\n", "y\nn\n"})
    CHECK_MESSAGE(answer(yes), yes);
  for (const char* no : {"\n", "", "n\n", "no\n", "ye\n", "yess\n", "y", "yes", "ja\n", "y y\n"})
    CHECK_MESSAGE(!answer(no), no);
  CHECK_FALSE(answer("y" + std::string(10'000, ' ') + "es\n"));
}

TEST_CASE("confirm: the question takes its own line and no more") {
  const Person person("y\nrest\n");
  Env env = person.env();
  CHECK(*confirm(env, "go on?", false));
  char rest[16] = {};
  CHECK(::read(person.in[0], rest, sizeof(rest)) == 5);
  CHECK(std::string(rest) == "rest\n");
}

TEST_CASE("confirm: where there is nobody to ask, --yes is needed") {
  const Person person("y\n");
  for (const auto& [in, err] : {std::pair(false, true), {true, false}, {false, false}}) {
    Env env = person.env(in, true, err);
    const auto said = confirm(env, "go on?", false);
    REQUIRE_FALSE(said.ok());
    CHECK(said.error().code == ErrorCode::kRefused);
    CHECK(contains(said.error().hint, "--yes"));
    CHECK(*confirm(env, "go on?", true));
  }
  CHECK(person.err.text().empty());
}

TEST_CASE("confirm: a signal is no answer") {
  Person person("y\n");
  person.stop.request();
  Env env = person.env();
  const auto said = confirm(env, "go on?", false);
  REQUIRE_FALSE(said.ok());
  CHECK(said.error().code == ErrorCode::kCancelled);
}

TEST_CASE("actor: the login name, else the number of the user") {
  const Person person("");
  const auto named = current_actor(person.env(), "tfevents prune runs");
  CHECK(named.user == "ann");
  CHECK(named.uid == ::geteuid());
  CHECK(named.pid == ::getpid());
  CHECK_FALSE(named.host.empty());
  CHECK(named.command == "tfevents prune runs");
  for (const Variables& variables : {Variables{}, Variables{{"LOGNAME", ""}}}) {
    const Env env({.variables = variables}, real_sys(), person.stop);
    CHECK(current_actor(env, "x").user == std::to_string(::geteuid()));
  }
}

TEST_CASE("waiting: a stop ends it at once") {
  StopFlag stop;
  stop.request();
  waiting(stop)(1e9);
  StopFlag never;
  waiting(never)(0);
  waiting(never)(-1);
}

TEST_CASE("trash empty: the plan comes first, then the question") {
  const Pruned world;
  const Person person("n\n");
  const Said said = person.run({"trash", "empty", world.operand});
  CHECK(said.exit == 4);
  CHECK(contains(said.out, "b/c"));
  CHECK(contains(said.err, "delete 4 files, 22 B, of 1 batch, for good? [y/N] "));
  CHECK(contains(said.err, "nothing was deleted"));
  CHECK(test::objects(world).size() == 4);
}

TEST_CASE("trash empty: a yes deletes, and says the sums alone") {
  const Pruned world;
  const Person person("yes\n");
  const Said said = person.run({"trash", "empty", world.operand});
  CHECK(said.exit == 0);
  CHECK(test::objects(world).empty());
  CHECK(said.out.ends_with("deleted 4 files, 22 B, of 1 batch\n"));
  // Each run once, in the plan.
  CHECK(said.out.find("b/c") == said.out.rfind("b/c"));
}

TEST_CASE("trash empty: who is asked sees the plan, wherever the answer goes") {
  for (const bool json : {false, true}) {
    const Pruned world;
    const Person person("y\n");
    Words words = {"trash", "empty", world.operand};
    if (json) words.emplace_back("--json");
    const Said said = person.run(words, json);
    CHECK(said.exit == 0);
    CHECK(contains(said.err, "b/c"));
    CHECK(said.err.find("b/c") < said.err.find("for good?"));
    CHECK(contains(said.out, "b/c"));
    // One document, of what was done.
    CHECK(contains(said.out, json ? "\"result\":\"deleted\"" : "deleted"));
    if (json) CHECK(std::count(said.out.begin(), said.out.end(), '\n') == 1);
  }
}

TEST_CASE("trash: --quiet is silent where all went well, and only there") {
  const Pruned world;
  const auto run = [&](Words words) {
    words.insert(words.begin(), {"trash"});
    words.insert(words.end(), {world.operand, "-q"});
    return run_program(words, {}, &real_sys());
  };
  Said said = run({"empty"});
  CHECK(said.exit == 4);
  CHECK(contains(said.out, "b/c"));
  CHECK(contains(said.err, "--yes"));

  said = run({"ls"});
  CHECK(contains(said.out, "b/c"));

  world.write("a/events", "mine");
  said = run({"restore"});
  CHECK(said.exit == 2);
  CHECK(contains(said.out, "stays in the trash: there is one again"));
  CHECK(contains(said.err, "a/events: there is one again"));

  said = run({"empty", "--yes"});
  CHECK(said.exit == 0);
  CHECK(said.out.empty());
  CHECK(said.err.empty());

  said = run({"restore"});
  CHECK(said.exit == 1);
  CHECK(contains(said.err, "nothing in the trash"));
}

TEST_CASE("trash: neither --logdir nor the environment name the operand") {
  const Pruned world;
  for (const char* action : {"ls", "restore", "empty"}) {
    const Words words = {"-C", world.operand, "trash", action};
    const Said said = run_program(words, {{"TFEVENTS_LOGDIR", world.operand}}, &real_sys());
    CHECK(said.exit == 2);
    CHECK(said.out.empty());
  }
  CHECK(test::objects(world).size() == 4);
}

TEST_CASE("trash: options that make no sense together are refused") {
  const auto exit = [](Words words) {
    words.insert(words.begin(), "trash");
    return run_program(words).exit;
  };
  const std::vector<Words> wrong = {{"ls", "x", "--yes"},
                                    {"ls", "x", "--dry-run"},
                                    {"ls", "x", "--lock-wait=1s"},
                                    {"ls", "x", "--older-than=1d"},
                                    {"restore", "x", "--yes"},
                                    {"restore", "x", "--now=@1"},
                                    {"empty", "x", "--batch=all"},
                                    {"empty", "x", "--now=@1"},
                                    {"empty", "x", "--trash-keep=1d"},
                                    {"restore", "x", "y"},
                                    {"restore", "--older-than=1d"},
                                    {"purge", "x"},
                                    {"restore", "x", "--trash-keep=1d"}};
  for (const Words& words : wrong) CHECK_MESSAGE(exit(words) == 2, words.back());
}

TEST_CASE("trash: names of strangers cannot draw on a terminal") {
  ops::TrashReport report;
  report.action = ops::TrashAction::kRestore;
  report.done = true;
  report.files = report.failures = 1;
  report.kept_files = 1;
  report.batches = 1;
  report.rows = {{.batch = "20261123-030001",
                  .run = "a\x1b[2J\nb",
                  .path = "runs/a\x1b[2J\nb",
                  .files = 1,
                  .bytes = 1,
                  .result = ops::TrashRowResult::kSkipped,
                  .error = "\x1b]0;title\x07"}};
  const std::string table = render_table(render::trash_table(report), {});
  CHECK(std::count(table.begin(), table.end(), '\n') == 2);
  CHECK_FALSE(contains(table, "\x1b"));
  CHECK_FALSE(contains(render::trash_summary(report), "\x1b"));
}

TEST_CASE("trash: a terminal shows some of many rows, and all where something is wrong") {
  ops::TrashReport report;
  for (int i = 0; i < 30; ++i) {
    report.rows.push_back({.batch = "20261123-030001",
                           .run = "r" + std::to_string(i),
                           .path = "x",
                           .files = 1,
                           .bytes = 1024});
  }
  report.rows.back().error = "was not finished";
  const std::string table = render_table(render::trash_table(report, 20), {});
  CHECK(std::count(table.begin(), table.end(), '\n') == 22);
  CHECK(contains(table, "was not finished"));
  CHECK(render::trash_more(report, 20) == "… 9 more, 9.0 KiB (--all)\n");
  CHECK(render::trash_more(report, 29).empty());
}

}  // namespace
}  // namespace tfevents::cli
