// What lint says of runs: curves, restarts, files; selection, limits, threads.
#include <cmath>

#include "ops/lint_points.hpp"
#include "ops/lint_rules.hpp"
#include "unit/ops/lint_world.hpp"

namespace tfevents::test {
namespace {

// A loss that falls, with a little noise.
float falling(std::int64_t i) {
  return 2.0F / (1.0F + static_cast<float>(i) / 10) + 0.01F * static_cast<float>(i * 7 % 5);
}

TEST_CASE("a healthy run: nothing") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) { r.scalars("train/loss", 200, falling, 10); });
  const ops::LintReport report = w.lint();
  CHECK(report.rows.empty());
  CHECK(report.runs == 1);
  CHECK(report.series == 1);
  CHECK(report.points == 200);
}

TEST_CASE("nonfinite: counted in the clean view, an error where the last point is one") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("x", {{0, 1}, {1, kNanF}, {2, kInfF}, {3, 1}});
    r.scalar("y", {{0, 1}, {5, -kInfF}});
    r.scalar("z", {{0, kNanF}, {0, 1}});  // The second one is shown.
  });
  CHECK(w.lines() == Lines{"warn nonfinite x@1", "error nonfinite y@5", "warn all-one-step z@0"});
  CHECK(w.lint().rows[0].message ==
        "1 NaN and 1 infinite of 4 points, from step 1 on; the last point is finite");
}

TEST_CASE("shapes: each fault is found, with its step") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalars(
        "misc/value", 100, [](std::int64_t i) { return i == 60 ? 1e6F : float(i % 9); }, 5);
    r.scalars(
        "train/loss", 200, [](std::int64_t i) { return i == 150 ? 1.9F : falling(i); }, 10);
    r.scalars("val/acc", 100,
              [](std::int64_t i) { return i < 60 ? 0.01F * static_cast<float>(i) : 0.05F; });
    r.scalars("val/loss", 100, [](std::int64_t i) { return i < 50 ? falling(i) : falling(50); });
  });
  CHECK(w.lines() == Lines{"warn spike misc/value@300", "warn loss-spike train/loss@1500",
                           "error collapse val/acc@57", "warn stuck val/loss@50"});
}

TEST_CASE("the clean view is what is judged: a spike that a restart replaced is none") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalars("loss", 100, [](std::int64_t i) { return i == 90 ? 1e6F : falling(i); });
    r.next_file();
    for (std::int64_t i = 80; i < 150; ++i) r.scalar("loss", {{i, falling(i)}});
  });
  CHECK(w.lines() == Lines{"note step-back loss@80"});
  const ops::LintReport report = w.lint();
  CHECK(report.points == 170);
  CHECK(report.restart == 20);
  CHECK(report.duplicates == 0);
}

TEST_CASE("points left out of the clean view: the counts of the other commands") {
  // Every series of a few steps, against the view that ls shows.
  for (std::uint32_t code = 0; code < 4 * 4 * 4 * 4 * 4; ++code) {
    LintWorld w;
    w.run("a", [&](RunBuilder& r) {
      for (std::uint32_t rest = code, i = 0; i < 5; ++i, rest /= 4) r.scalar("x", {{rest % 4, 1}});
    });
    const ops::SeriesRow row = w.series("a", "x");
    const ops::LintReport report = w.lint();
    CAPTURE(code);
    CHECK(report.points - report.duplicates - report.restart == row.points);
    CHECK(report.duplicates == row.duplicates);
  }
}

TEST_CASE("step-back: a finding for each file that begins so, and one for what is within") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("x", {{1, 1}, {5, 1}, {3, 1}, {9, 1}, {8, 1}}).scalar("y", {{7, 1}, {9, 1}});
    r.next_file().scalar("x", {{4, 1}}).scalar("y", {{2, 1}});
    r.next_file().scalar("x", {{5, 1}}).scalar("y", {{3, 1}});
    r.next_file().scalar("y", {{3, 1}, {1, 1}});
  });
  const ops::LintReport report = w.lint();
  CHECK(LintWorld::lines_of(report.rows) == Lines{"note step-back x@3", "note step-back@2",
                                                  "note step-back y@1", "note repeated-steps y@3"});
  CHECK(report.rows[0].message.find("2 times, from 5 to 3 at most") != std::string::npos);
  CHECK(report.rows[1].message ==
        "a restart: steps of 2 tags go back where this file begins, from "
        "9 to 2 at most");
}

TEST_CASE("steps: all the same, repeated, missing, far apart") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("gap", {});
    for (std::int64_t i = 0; i < 40; ++i) r.scalar("gap", {{i < 20 ? i : i + 500, 1}});
    r.scalar("none", {{0, 1}, {0, 2}, {0, 3}});
    r.scalar("twice", {{0, 1}, {1, 1}, {1, 2}, {2, 1}});
  });
  CHECK(w.lines() == Lines{"warn missing-steps gap@19", "warn all-one-step none@0",
                           "note repeated-steps twice@1"});
  w.only = {ops::LintRule::kRepeatedSteps};
  CHECK(w.lines() == Lines{"note repeated-steps none@0", "note repeated-steps twice@1"});
}

TEST_CASE("pause: once a run, from the curve of most points") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    for (std::int64_t i = 0; i < 60; ++i) {
      if (i == 30) r.at(RunBuilder::kStart + 10'000);
      r.scalar("x", {{i, 1}});
      if (i % 2 == 0) r.scalar("y", {{i, 1}});
    }
  });
  const ops::LintReport report = w.lint();
  CHECK(LintWorld::lines_of(report.rows) == Lines{"note pause@29"});
  CHECK(report.rows[0].message.find("x is written every") != std::string::npos);
}

TEST_CASE("silent-tag: another one goes on; in a live run it takes 20 points") {
  const auto build = [](RunBuilder& r) {
    for (std::int64_t i = 0; i < 200; ++i) {
      r.scalar("loss", {{i, 1}});
      if (i < 60 && i % 4 == 0) r.scalar("val", {{i, 1}});
    }
  };
  LintWorld w;
  w.run("a", build);
  CHECK(w.lines() == Lines{"warn silent-tag val@56"});
  w.now = RunBuilder::kStart + 250;
  CHECK(w.row("a").state == ops::RunState::kLive);
  CHECK(w.lines() == Lines{});
  // Who selects one tag learns of it even so.
  w.now += 1e6;
  w.select.tags = {Pattern::parse("val", Pattern::Scope::kName).value()};
  CHECK(w.lines() == Lines{"warn silent-tag val@56"});
}

TEST_CASE("a live run: a jump in the last points may be anything") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalars("loss", 100, [](std::int64_t i) { return i == 98 ? 1.9F : falling(i); });
  });
  CHECK(w.lines() == Lines{"warn loss-spike loss@98"});
  w.now = RunBuilder::kStart + 110;
  CHECK(w.lines() == Lines{});
}

TEST_CASE("rules are chosen, and left out, all or by tag") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("gan/x", {{0, kNanF}}).scalar("x", {{0, kNanF}}).scalar("y", {{0, 1}, {0, 2}});
  });
  CHECK(w.lines().size() == 3);
  w.ignore = {ops::parse_lint_ignore("nonfinite:gan/*").value()};
  CHECK(w.lines() == Lines{"error nonfinite x@0", "warn all-one-step y@0"});
  w.ignore = {ops::parse_lint_ignore("nonfinite").value()};
  CHECK(w.lines() == Lines{"warn all-one-step y@0"});
  w.ignore.clear();
  w.only = {ops::LintRule::kNonfinite};
  CHECK(w.lines() == Lines{"error nonfinite gan/x@0", "error nonfinite x@0"});
}

TEST_CASE("rules that do not exist: the nearest one is named") {
  const auto none = ops::parse_lint_rule("divergance", "--rule");
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == ErrorCode::kUsage);
  CHECK(none.error().hint == "did you mean divergence?");
  CHECK_FALSE(ops::parse_lint_ignore("").ok());
  CHECK_FALSE(ops::parse_lint_ignore("spike:re:(").ok());
  CHECK(ops::parse_lint_ignore("spike:re:^a:b").value().tag->matches("a:b"));
  for (std::size_t i = 0; i < ops::kLintRules; ++i) {
    const std::string name(ops::lint_rule_names()[i]);
    CHECK(ops::parse_lint_rule(name, "--rule").value() == static_cast<ops::LintRule>(i));
  }
}

TEST_CASE("a run too big to be held says the same") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalars(
        "train/loss", 200, [](std::int64_t i) { return i == 150 ? 1.9F : falling(i); }, 10);
    r.scalars("val/loss", 100, [](std::int64_t i) { return i < 50 ? falling(i) : falling(50); });
    r.histogram("h", 3).histogram("h", 3).text("t", 1, "x");
    r.next_file();
    for (std::int64_t i = 1; i < 400; ++i) r.scalar("train/loss", {{i * 10, falling(i)}});
    for (std::int64_t i = 0; i < 9; ++i) r.scalar("x", {{i, i == 8 ? kNanF : 1}});
  });
  w.run("b", [](RunBuilder& r) {
    for (std::int64_t i = 0; i < 200; ++i) {
      r.scalar("loss", {{i, 1}});
      if (i < 60 && i % 4 == 0) r.scalar("val", {{i, 1}});
    }
  });
  const Selection select = w.selection();
  const SeriesSelector selector(select);
  const ops::LintFilter filter({}, {});
  w.with_context([&](const ops::OpContext& c) {
    const Discovery found = discover(select, c.sys, 1, c.stop).value();
    for (const Run& run : found.runs) {
      const auto held = ops::lint_run(run, select, selector, filter, c, 1'000'000);
      REQUIRE(held.ok());
      CHECK_FALSE(held->rows.empty());
      for (const std::uint64_t room : {1U, 5U, 60U, 300U, 500U, 1000U}) {
        CAPTURE(room);
        const auto again = ops::lint_run(run, select, selector, filter, c, room);
        REQUIRE(again.ok());
        CHECK(LintWorld::lines_of(again->rows) == LintWorld::lines_of(held->rows));
        CHECK(again->points == held->points);
        CHECK(again->duplicates == held->duplicates);
        CHECK(again->restart == held->restart);
      }
    }
    return 0;
  });
}

TEST_CASE("the same for any number of jobs; damage is skipped, and said apart") {
  LintWorld w;
  for (int i = 0; i < 20; ++i) {
    w.run("r" + std::to_string(i), [i](RunBuilder& r) {
      r.scalars("x", 30, [](std::int64_t) { return kNanF; });
      if (i == 7) r.damage([](std::string f) { return flip_byte(std::move(f), 60); });
    });
  }
  const ops::LintReport one = w.lint();
  w.jobs = 8;
  const ops::LintReport eight = w.lint();
  CHECK(LintWorld::lines_of(one.rows) == LintWorld::lines_of(eight.rows));
  CHECK(one.rows.size() == 20);
  CHECK(one.errors == 20);
  CHECK_FALSE(one.outcome.complete);
  REQUIRE(one.outcome.problems.size() == 1);
  CHECK(one.outcome.problems[0].run == "r7");
}

TEST_CASE("findings past the cap are counted, and cost no memory") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    for (int i = 0; i < 12'000; ++i) r.scalar("t" + std::to_string(i), {{0, kNanF}});
  });
  const ops::LintReport report = w.lint();
  CHECK(report.errors == 12'000);
  CHECK(report.rows.size() == 10'000);
  CHECK(report.rows_left_out == 2'000);
}

}  // namespace
}  // namespace tfevents::test
