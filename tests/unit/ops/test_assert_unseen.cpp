// What `assert` says where there was nothing to look at: no trial, input that is damaged or cannot
// be read. No warning hides it, and what cannot belong to the selection does not matter.
#include <cerrno>
#include <cmath>

#include "ops/unseen.hpp"
#include "support/fault_sys.hpp"
#include "support/hparams_content.hpp"
#include "unit/ops/gate.hpp"

namespace tfevents::test {
namespace {

using ops::CheckStatus;

std::vector<Pattern> patterns(std::initializer_list<const char*> texts) {
  std::vector<Pattern> all;
  for (const char* text : texts) all.push_back(Pattern::parse_or_name(text, Pattern::Scope::kTree));
  return all;
}

/// Wounds the last record.
std::string wounded(const std::string& file) {
  return flip_byte(file, file.size() - 6, 1);
}

TEST_CASE("warnings never change the verdict") {
  Gate w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}); });
  w.check("last(acc) > 0.4").check("last(acc) > 0.9", Severity::kWarn);
  w.check("last(nothing) > 0", Severity::kWarn);
  CHECK(w.verdicts() == Verdicts{"pass", "fail", "error missing-tag"});
  CHECK(w.report().ok());
  CHECK(w.report().warnings == 2);
  CHECK(w.report().failed + w.report().errors == 0);
}

TEST_CASE("no trial at all is a row for each check, with any as well") {
  Gate w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}); });
  w.check("last(acc) > 0.4").check("count(acc) > 0");
  w.select.runs = {Pattern::parse_or_name("b*", Pattern::Scope::kTree)};
  for (const bool any : {false, true}) {
    w.options.any = any;
    CHECK(w.verdicts() == Verdicts{"error empty-selection", "error empty-selection"});
    CHECK_FALSE(w.report().rows[0].run.has_value());
    CHECK(has(w.report().rows[0].message, "no trial matches 'b*'"));
    CHECK_FALSE(w.report().ok());
  }
  w.select.runs.clear();
  w.options.where = *Expression::parse("last(acc) > 0.9");
  CHECK(w.verdicts() == Verdicts{"error empty-selection", "error empty-selection"});
  w.options.where.reset();
  w.memory.file("/other/notes.txt", "");
  w.select.operands = {"/other"};
  CHECK(w.verdicts() == Verdicts{"error empty-selection", "error empty-selection"});
}

TEST_CASE("warnings count where nothing was looked at") {
  Gate w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}).damage(wounded); });
  w.check("last(acc) > 0.4", Severity::kWarn);
  for (const bool any : {false, true}) {
    CAPTURE(any);
    w.options.any = any;
    SUBCASE("no trial") {
      w.select.runs = patterns({"nosuch"});
      CHECK(w.verdicts() == Verdicts{"error empty-selection"});
    }
    SUBCASE("no event files") {
      w.memory.file("/empty/notes.txt", "");
      w.select.operands = {"/empty"};
      CHECK(w.verdicts() == Verdicts{"error empty-selection"});
    }
    SUBCASE("damage") {
      w.select.runs = patterns({"b"});
      CHECK(w.verdicts() == Verdicts{"error damaged"});
    }
    CHECK(w.row().severity == Severity::kError);
    CHECK(w.report().errors == 1);
    CHECK(w.report().warnings == 0);
    CHECK_FALSE(w.report().ok());
  }
}

TEST_CASE("any: damage comes before what a warning may hide") {
  Gate w;
  w.options.any = true;
  w.run("a", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}).damage(wounded); });
  w.check("last(acc) > 0.4", Severity::kWarn);
  CHECK(w.verdicts() == Verdicts{"error damaged"});
  CHECK(w.row().run == "b");
  CHECK_FALSE(w.report().ok());
  w.run("c", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}); });
  CHECK(w.verdicts() == Verdicts{"pass"});
}

TEST_CASE("hyperparameters that are not finite are no condition that holds") {
  Gate w;
  w.run("a", [](RunBuilder& r) {
    with_hparams(r, {{"nan", std::nan("")}, {"lr", 0.1}}).scalar("acc", {{0, 1}});
  });
  for (const char* text : {"hp.nan != 0", "not (hp.nan > 0)", "hp.nan + 1 != 1", "nan not in (1)",
                           "0 < last(acc) or hp.nan > 0"}) {
    CAPTURE(text);
    CHECK(w.only(text).verdicts() == Verdicts{"error non-finite"});
  }
  CHECK(w.only("hp.nan != 0").row().message == "hyperparameter nan is nan");
  CHECK(w.only("hp.lr != 0").verdicts() == Verdicts{"pass"});
  w.options.allow_nonfinite = true;
  CHECK(w.only("hp.nan != 0").verdicts() == Verdicts{"pass"});
}

TEST_CASE("what cannot be read may hold the trial that fails") {
  Gate w;
  FaultSys faulty(w.memory);
  w.sys = &faulty;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.check("last(acc) = 1");
  CHECK(w.verdicts() == Verdicts{"pass", "pass"});
  SUBCASE("a directory") {
    faulty.fail_path("/logs/b", EACCES);
    const ops::AssertReport report = w.report();
    REQUIRE(report.rows.size() == 2);
    CHECK(report.rows[0].status == CheckStatus::kPass);
    CHECK(report.rows[1].reason == "damaged");
    CHECK_FALSE(report.rows[1].run.has_value());
    CHECK(has(report.rows[1].message, "/logs/b: "));
    w.options.any = true;
    CHECK(w.verdicts() == Verdicts{"pass"});
    CHECK(w.only("last(acc) = 2").verdicts() == Verdicts{"error damaged"});
  }
  SUBCASE("a file") {
    const auto listing = w.memory.list("/logs/b");
    faulty.fail_path("/logs/b/" + listing.value().entries.front().name, EACCES);
    CHECK(w.verdicts() == Verdicts{"pass", "error damaged"});
    w.select.exclude = patterns({"b"});
    CHECK(w.verdicts() == Verdicts{"pass"});
  }
  SUBCASE("the operand itself") {
    faulty.fail_path("/logs", EACCES);
    REQUIRE_FALSE(w.try_report().ok());
    CHECK(w.try_report().error().code == ErrorCode::kIo);
  }
}

TEST_CASE("a directory that cannot be read matters only where the selection may reach into it") {
  Gate w;
  FaultSys faulty(w.memory);
  w.sys = &faulty;
  w.run("drop", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.run("locked/a", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  faulty.fail_path("/logs/locked", EACCES);
  w.check("last(acc) = 1");
  CHECK(w.verdicts() == Verdicts{"pass", "error damaged"});
  CHECK_FALSE(w.report().outcome.complete);
  SUBCASE("a sibling of what -r names") {
    w.select.runs = patterns({"drop"});
    CHECK(w.verdicts() == Verdicts{"pass"});
    CHECK(w.report().outcome.complete);
    CHECK(w.report().outcome.problems.empty());
  }
  SUBCASE("excluded") {
    w.select.exclude = patterns({"locked"});
    CHECK(w.verdicts() == Verdicts{"pass"});
  }
  SUBCASE("above what -r names") {
    w.select.runs = patterns({"drop", "locked/b"});
    CHECK(w.verdicts() == Verdicts{"pass", "error damaged"});
  }
  SUBCASE("nothing else is selected: both are told") {
    w.select.runs = patterns({"**/b"});
    CHECK(w.verdicts() == Verdicts{"error empty-selection", "error damaged"});
  }
}

TEST_CASE("whether lost input may be selected is judged by its name") {
  struct Case {
    const char *run, *exclude, *path;
    bool may;
  };
  const Case cases[] = {
      {"drop", "", "/logs/keepout", false},
      {"drop", "", "/logs/drop", true},
      {"drop", "", "/logs/drop/inner/deep", true},
      {"drop/a", "", "/logs/drop", true},
      {"drop/a", "", "/logs/drop/b", false},
      {"drop/a", "", "/logs", true},
      {"*/a", "", "/logs/x", true},
      {"*/a", "", "/logs/x/y", false},
      {"x?/a/*", "", "/logs/xy/a", true},
      {"x?/a/*", "", "/logs/xy/b", false},
      {"**/a", "", "/logs/x/y", true},
      {"vis/**/a", "", "/logs/x", false},
      {"vis/**/a", "", "/logs/vis/x/y", true},
      {"vis**", "", "/logs/vision", true},
      {"re:^drop$", "", "/logs/other", true},
      {"[ab/x", "", "/logs/other", true},
      {"drop/", "", "/logs/keepout", false},
      {"", "keep*", "/logs/keepout", false},
      {"", "keepout", "/logs/keepout/inner", false},
      {"", "job/train", "/logs/job/train", true},  // A member of the trial job.
      {"", "job", "/logs/job/train", false},
      {"", "train", "/logs/train", true},
      {"drop", "", "/elsewhere", true},
  };
  for (const Case& one : cases) {
    CAPTURE(one.run);
    CAPTURE(one.exclude);
    CAPTURE(one.path);
    Selection select;
    if (*one.run != 0) select.runs = patterns({one.run});
    if (*one.exclude != 0) select.exclude = patterns({one.exclude});
    for (const char* operand : {"/logs", "/logs/"}) {
      select.operands = {operand};
      CHECK(ops::may_be_selected({.rule = "unreadable", .path = one.path, .message = ""}, select) ==
            one.may);
    }
  }
  Selection select;
  select.runs = patterns({"drop"});
  select.operands = {"."};
  CHECK_FALSE(
      ops::may_be_selected({.rule = "unreadable", .path = "./keepout", .message = ""}, select));
  CHECK_FALSE(
      ops::may_be_selected({.rule = "unreadable", .path = "keepout", .message = ""}, select));
  // A name below the log directory is a part of the names of its runs.
  select.logdir = "/logs";
  select.operands = {"team"};
  CHECK_FALSE(ops::may_be_selected({.rule = "unreadable", .path = "/logs/team/drop", .message = ""},
                                   select));
  select.runs = patterns({"team/drop"});
  CHECK(ops::may_be_selected({.rule = "unreadable", .path = "/logs/team/drop", .message = ""},
                             select));
  // Files of a run belong to it, and to nothing below.
  CHECK(ops::may_be_selected({.rule = "unreadable", .run = "team/drop", .message = ""}, select));
  CHECK_FALSE(ops::may_be_selected({.rule = "unreadable", .run = "team", .message = ""}, select));
}

TEST_CASE("why -w chose nothing is told beside the damage that it met") {
  Gate w;
  w.run("a", [](RunBuilder& r) { with_hparams(r, {{"lr", 0.1}}).scalar("acc", {{0, 1}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}).damage(wounded); });
  w.options.where = *Expression::parse("hp.lrr > 5");
  CHECK(w.check("last(acc) = 1").verdicts()[0] == "error empty-selection");
  CHECK(has(w.report().rows[0].message, "hp.lrr > 5: no hyperparameter lrr"));
  CHECK(w.report().rows[0].advice == "did you mean lr?");
}

}  // namespace
}  // namespace tfevents::test
