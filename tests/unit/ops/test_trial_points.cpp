// Points that the functions of a TrialTable see: views, restarts, windows, at_best, damage, changes
// while it reads, standard input, limits.
#include <cerrno>

#include <unistd.h>

#include "support/fault_sys.hpp"
#include "unit/ops/trial_world.hpp"

namespace tfevents::test {
namespace {

void restarted(RunBuilder& r) {
  r.scalar("acc", {{0, 1}, {10, 2}, {20, 99}}).scalar("calm", {{0, 1}, {30, 5}});
  r.next_file().scalar("acc", {{10, 3}, {20, 4}});
}

TEST_CASE(
    "a restart takes points back, for which everything is read again; last needs no second pass") {
  TrialWorld w;
  w.run("a", restarted);
  CHECK(w.ask_one("max(acc)") == "4@20");
  CHECK(w.ask_one("count(acc)") == "3@20");
  CHECK(w.ask_one("last(acc)") == "4@20");
  CHECK(w.ask_one("first(acc)") == "1@0");
  CHECK(w.passes("last(acc)") == 2);
  CHECK(w.passes("max(acc)") == 2);
  CHECK(w.passes("max(calm)") == 1);  // This series went on.
  w.select.view = View::kRaw;
  CHECK(w.ask_one("max(acc)") == "99@20");
  CHECK(w.ask_one("count(acc)") == "5@20");
  CHECK(w.passes("max(acc)") == 1);
}

TEST_CASE("points that were dropped are told of trials that are selected") {
  TrialWorld w;
  w.run("a", restarted);
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 1}, {0, 2}, {1, 3}}); });
  (void)w.plan.add({.function = SeriesFunction::kMax, .tag = "acc"});
  ops::TrialTable table = w.read();
  REQUIRE(table.outcome().dropped.size() == 2);
  CHECK(table.outcome().dropped[0].restart == 2);
  CHECK(table.outcome().dropped[0].duplicates == 0);
  CHECK(table.outcome().dropped[1].run == "b");
  CHECK(table.outcome().dropped[1].restart == 0);
  CHECK(table.outcome().dropped[1].duplicates == 1);
  w.only("b");
  (void)w.plan.add({.function = SeriesFunction::kMax, .tag = "acc"});
  table = w.read();
  REQUIRE(table.outcome().dropped.size() == 1);
  CHECK(table.outcome().dropped[0].run == "b");
  w.select.view = View::kRaw;
  (void)w.plan.add({.function = SeriesFunction::kMax, .tag = "acc"});
  CHECK(w.read().outcome().dropped.empty());
}

TEST_CASE("of equal steps the last point counts, in the raw view each") {
  TrialWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}, {1, 9}, {1, 2}, {2, 3}}); });
  CHECK(w.ask_one("max(x)") == "3@2");
  CHECK(w.ask_one("count(x)") == "3@2");
  CHECK(w.ask_one("at(x, 1)") == "2@1");
  w.select.view = View::kRaw;
  CHECK(w.ask_one("max(x)") == "9@1");
  CHECK(w.ask_one("count(x)") == "4@2");
}

TEST_CASE("windows and quantiles") {
  TrialWorld w;
  w.run("a", [](RunBuilder& r) { r.scalars("x", 101, kStep, 10); });
  CHECK(w.ask_one("mean(x, -3:)") == "99@1000");
  CHECK(w.ask_one("max(x, :5)") == "4@40");
  CHECK(w.ask_one("sum(x, step=20:40)") == "9@40");
  CHECK(w.ask_one("p95(x)") == "95@1000");
  CHECK(w.ask_one("p99.9(x)") == "99.9@1000");
  CHECK(w.ask_one("median(x, 10:20)") == "14.5@190");
  CHECK(w.ask_one("max(x, 200:)") == "empty-window");
  CHECK(w.ask_one("slope(x)") == "0.1@1000");
}

TEST_CASE("--steps, --wall and --last choose the points that functions see") {
  TrialWorld w;
  w.run("a", [](RunBuilder& r) { r.scalars("x", 10, kStep, 10).scalar("y", {{5, 1}}); });
  SUBCASE("--steps") {
    w.select.first_step = 15;
    w.select.last_step = 55;
    CHECK(w.ask_one("last(x)") == "5@50");
    CHECK(w.ask_one("count(x)") == "4@50");
    CHECK(w.ask_one("last(y)") == "empty-window");
    w.plan.want_last_of_all();
    const ops::TrialTable table = w.read();
    CHECK(table.last(0, "x").value == 5);
    CHECK(table.last(0, "y").absence == Absence::kEmptyWindow);
    CHECK(table.last(0, "z").absence == Absence::kMissingTag);
  }
  SUBCASE("--wall") {
    w.select.last_wall = RunBuilder::kStart + 3;
    CHECK(w.ask_one("last(x)") == "2@20");
  }
  SUBCASE("--last") {
    w.select.last = 3;
    CHECK(w.ask_one("min(x)") == "7@70");
    CHECK(w.ask_one("first(x, :2)") == "7@70");
    CHECK(w.ask_one("count(y)") == "1@5");
  }
  SUBCASE("of a restarted run") {
    w.run("a", [](RunBuilder& r) {
      r.scalars("x", 10, kStep, 10).next_file().scalar("x", {{40, 0.5F}});
    });
    w.select.last_step = 85;
    CHECK(w.ask_one("last(x)") == "0.5@40");
    w.select.last_step = 35;
    CHECK(w.ask_one("last(x)") == "3@30");
    w.select.last_step.reset();
    w.select.last = 2;
    CHECK(w.ask_one("max(x)") == "3@30");
    w.plan.want_last_of_all();
    CHECK(w.read().last(0, "x").value == 0.5);
  }
}

TEST_CASE("at_best: in one run, and of two members, which are read again") {
  TrialWorld w;
  w.run("job/train", [](RunBuilder& r) {
    r.scalar("loss", {{0, 4}, {10, 3}, {20, 2}}).scalar("lr", {{0, 0.5F}, {15, 0.25F}});
  });
  w.run("job/validation", [](RunBuilder& r) {
    r.scalar("acc", {{0, 0.1F}, {12, 0.9F}, {20, 0.5F}}).scalar("loss", {{20, 7}});
  });
  CHECK(w.ask_one("at_best(lr, min(train/loss))") == "0.25@15");
  CHECK(w.ask_one("at_best(train/loss, max(acc))") == "3@10");
  CHECK(w.ask_one("at_best(validation/loss, max(acc))") == "empty-window");
  CHECK(w.ask_one("at_best(loss, max(acc))") == "ambiguous-tag");
  CHECK(w.ask_one("at_best(lr, max(loss))") == "ambiguous-tag");
  CHECK(w.ask_one("at_best(lr, max(gone))") == "missing-tag");
  CHECK(w.ask_one("at_best(gone, max(acc))") == "missing-tag");
  CHECK(w.passes("at_best(train/loss, max(acc))") > w.passes("at_best(lr, min(train/loss))") + 0.3);
}

TEST_CASE("points looked up at steps") {
  TrialWorld w;
  keras_job(w, "job", 4, 6);
  w.run("one", [](RunBuilder& r) { r.scalars("loss", 10, kStep, 10); });
  const ops::TrialTable table = w.read();
  const std::vector<ops::StepQuestion> questions = {{1, "loss", 35}, {0, "train/epoch_loss", 1},
                                                    {1, "loss", -1}, {0, "epoch_loss", 1},
                                                    {0, "gone", 1},  {1, "loss", 90},
                                                    {0, "lr", 7}};
  const auto values = table.at_steps(questions);
  REQUIRE(values.ok());
  CHECK((*values)[0].value == 3);
  CHECK((*values)[0].step == 30);
  CHECK((*values)[1].value == 2);
  CHECK((*values)[2].absence == Absence::kEmptyWindow);
  CHECK((*values)[3].absence == Absence::kAmbiguousTag);
  CHECK((*values)[3].candidates == Lines{"train/epoch_loss", "validation/epoch_loss"});
  CHECK((*values)[4].absence == Absence::kMissingTag);
  CHECK((*values)[5].value == 9);
  CHECK((*values)[6].value == 0.5);
}

TEST_CASE("damage counts where a trial that has it is selected") {
  TrialWorld w;
  w.run("good", [](RunBuilder& r) { r.scalars("x", 10, kStep); });
  w.run("bad", [](RunBuilder& r) {
    r.scalars("x", 10, kStep).damage([](const std::string& f) {
      return flip_byte(f, record_offsets(f)[4] + 20, 1);
    });
  });
  ops::TrialTable table = w.read();
  CHECK_FALSE(table.outcome().complete);
  CHECK(table.outcome().problems.size() == 1);
  CHECK(table.rows()[0].damage == 1);
  CHECK(table.rows()[0].lost_data);
  CHECK_FALSE(table.rows()[1].lost_data);
  CHECK(w.ask("count(x)") == Lines{"bad=9@9", "good=10@9"});
  for (const bool only : {true, false}) {
    w.select.runs.clear();
    w.select.exclude.clear();
    only ? w.only("good") : w.without("bad");
    table = w.read();
    CHECK(table.outcome().complete);
    CHECK(table.outcome().problems.empty());
  }
}

/// A restarted run, in short reads, one of which is disturbed.
struct ChangingTrial : TrialWorld {
  FaultSys small{memory};
  ChangingTrial() {
    run("a", [](RunBuilder& r) { r.scalars("x", 40, kStep).next_file().scalars("x", 30, kStep); });
    small.limit_reads(100);
    sys = &small;
  }
  std::string answer() {
    const ops::PlannedExpression planned = plan.add(Expression::parse("sum(x)").value());
    ops::TrialTable table = read();
    std::string text = table.outcome().complete && table.outcome().problems.empty() ? "" : "told ";
    for (std::size_t row = 0; row < table.rows().size(); ++row)
      text += ops::text_of(table.evaluate(row, planned).value);
    return text;
  }
};

TEST_CASE("files that are shortened, replaced or go away between the passes: right, or told") {
  std::uint64_t reads = 0;
  ChangingTrial still;
  still.memory.on_read([&](const std::string&, std::uint64_t) { ++reads; });
  const std::string before = still.answer();
  CHECK(before == "435");  // The second file begins anew.
  REQUIRE(reads > 20);
  for (int how = 0; how < 3; ++how) {
    for (std::uint64_t at = 0; at < reads; ++at) {
      CAPTURE(how);
      CAPTURE(at);
      ChangingTrial w;
      std::uint64_t n = 0;
      w.memory.on_read([&](const std::string& path, std::uint64_t) {
        if (n++ != at) return;
        if (how == 0) w.memory.truncate(path, 500);
        if (how == 1) {
          w.memory.file(path, event_file([](RunBuilder& r) { r.scalars("x", 5, kStep); }));
        }
        if (how == 2) w.memory.remove(path);
      });
      const std::string disturbed = w.answer();
      w.memory.on_read({});
      const std::string after = w.answer();
      const bool fine = disturbed == before || disturbed == after || disturbed.starts_with("told ");
      CHECK_MESSAGE(fine, disturbed << " is neither " << before << " nor " << after);
    }
  }
}

TEST_CASE("a run that changes at every look is given up, and said so") {
  ChangingTrial w;
  std::vector<std::string> paths;
  for (const auto& file : w.with_context(
           [](const ops::OpContext& c) { return c.sys.list("/logs/a").value().entries; }))
    paths.push_back("/logs/a/" + file.name);
  std::sort(paths.begin(), paths.end());
  const std::string bytes = event_file([](RunBuilder& r) { r.scalars("x", 40, kStep); });
  w.memory.on_read([&](const std::string& path, std::uint64_t) {
    if (path != paths[0]) w.memory.file(paths[0], bytes);
  });
  (void)w.plan.add({.function = SeriesFunction::kSum, .tag = "x"});
  ops::TrialTable table = w.read();
  CHECK(has_rule(table.outcome().problems, "changed-while-reading"));
  CHECK_FALSE(table.outcome().complete);
}

TEST_CASE("every call fails in turn: an error, or the answer is right or said to be incomplete") {
  TrialWorld w;
  w.run("a", restarted);
  keras_job(w, "job", 4, 6);
  const Lines right = w.ask("sum(acc)");
  for (std::uint64_t n = 0;; ++n) {
    CAPTURE(n);
    FaultSys faulty(w.memory);
    faulty.fail_at(n, EIO);
    w.sys = &faulty;
    const ops::PlannedExpression planned = w.plan.add(Expression::parse("sum(acc)").value());
    auto table = w.try_read();
    w.sys = &w.memory;
    CHECK(faulty.open_files() == 0);
    if (!table.ok()) continue;
    Lines lines;
    for (std::size_t row = 0; row < table->rows().size(); ++row) {
      const Evaluation got = table->evaluate(row, planned);
      lines.push_back(table->rows()[row].name + "=" + ops::text_of(got.value));
    }
    if (!faulty.fired()) {
      CHECK(table->outcome().complete);
      break;
    }
    const bool fine = !table->outcome().complete || lines.at(0) == "a=8";
    CHECK_MESSAGE(fine, lines.at(0));
  }
  CHECK(right.at(0) == "a=8@20");
}

TEST_CASE("a file that cannot be read is a problem of its trial, the others go on") {
  TrialWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("x", {{0, 2}}); });
  ReadingSys refusing(w.memory);
  refusing.refuse("/logs/b/");
  w.sys = &refusing;
  CHECK(w.ask("last(x)").at(0) == "a=1@0");
  ops::TrialTable table = w.read();
  CHECK_FALSE(table.outcome().complete);
  CHECK_FALSE(table.outcome().problems.empty());
  w.only("a");
  table = w.read();
  CHECK(table.outcome().complete);
}

TEST_CASE("standard input is read for the table, and again for points at steps") {
  const std::string bytes = event_file([](RunBuilder& r) {
    r.scalars("x", 40, kStep).scalar("x", {{20, 7}});
  });
  int ends[2] = {};
  REQUIRE(pipe(ends) == 0);
  REQUIRE(write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  close(ends[1]);
  TrialWorld w;
  w.standard_input = ends[0];
  w.select.operands = {"-"};
  const ops::PlannedExpression planned = w.plan.add(Expression::parse("max(x)").value());
  const ops::TrialTable table = w.read();
  REQUIRE(table.rows().size() == 1);
  CHECK(table.rows()[0].bytes == bytes.size());
  CHECK(ops::text_of(table.evaluate(0, planned).value) == "19");
  for (int times = 0; times < 2; ++times) {
    const auto values = table.at_steps(std::vector<ops::StepQuestion>{{0, "x", 100}, {0, "x", 5}});
    REQUIRE(values.ok());
    CHECK((*values)[0].value == 7);
    CHECK((*values)[1].value == 5);
  }
  close(ends[0]);
}

TEST_CASE("more series than --max-series allows: told, and no more are kept") {
  TrialWorld w;
  w.run("a", [](RunBuilder& r) {
    for (int i = 0; i < 20; ++i) r.scalar("x" + std::to_string(i), {{0, static_cast<float>(i)}});
  });
  w.select.max_series = 5;
  const auto limited = w.try_read();
  const auto listed = w.try_ls();
  CHECK(limited.ok() == listed.ok());
  if (limited.ok()) CHECK(limited->tags(0).size() == 5);
}

TEST_CASE("the answers are the same for any number of threads") {
  TrialWorld w;
  for (int i = 0; i < 30; ++i) {
    w.run("r" + std::to_string(i), [&](RunBuilder& r) {
      r.scalars("x", i % 5 == 0 ? 3000 : 5 + i, kStep);
      if (i % 3 == 0) r.next_file().scalars("x", 4, kStep);
      if (i % 4 == 0) {
        r.damage([](const std::string& f) { return flip_byte(f, f.size() / 2); });
      }
    });
    keras_job(w, "job" + std::to_string(i), 4, static_cast<float>(i));
  }
  const auto all = [&] {
    Lines lines = w.ask("sum(x)");
    for (const std::string& line : w.ask("at_best(lr, min(validation/epoch_loss))"))
      lines.push_back(line);
    ops::TrialTable table = w.read();
    for (const Problem& problem : table.outcome().problems)
      lines.push_back(problem.path.value_or("") + " " + problem.message);
    for (const ops::Dropped& dropped : table.outcome().dropped)
      lines.push_back(dropped.run + std::to_string(dropped.restart));
    return lines;
  };
  const Lines one = all();
  CHECK(one.size() > 120);
  w.jobs = 8;
  CHECK(all() == one);
}

}  // namespace
}  // namespace tfevents::test
