// The ranking of trials: values, ties, directions, columns at the best step, checkpoints, and what
// stays unranked.
#include <limits>

#include "base/glob.hpp"
#include "base/number.hpp"
#include "ops/best.hpp"
#include "support/hparams_content.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

struct BestWorld : World {
  ops::BestOptions options;

  Result<ops::BestReport> try_best(const std::string& metric) {
    options.metric = metric;
    options.select = selection();
    return with_context([&](const ops::OpContext& c) { return ops::best_trials(options, c); });
  }
  ops::BestReport best(const std::string& metric) {
    auto report = try_best(metric);
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
  /// `run=value@step` of each row.
  std::vector<std::string> ranking(const std::string& metric) {
    std::vector<std::string> lines;
    for (const ops::BestRow& row : best(metric).rows) {
      lines.push_back(row.trial.name + "=" + to_text(*row.best.value) +
                      (row.best.step ? "@" + to_text(*row.best.step) : ""));
    }
    return lines;
  }
};

using Lines = std::vector<std::string>;

TEST_CASE("trials are ranked by their best value, with its step") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("val/acc", {{0, 0.1F}, {10, 0.9F}, {20, 0.8F}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("val/acc", {{0, 0.95F}, {10, 0.2F}}); });
  w.run("c", [](RunBuilder& r) { r.scalar("val/loss", {{0, 1}}); });
  CHECK(w.ranking("val/acc") == Lines{"b=0.95@0", "a=0.9@10"});
  const ops::BestReport report = w.best("val/acc");
  CHECK(report.direction == Direction::kMax);
  CHECK(report.inferred);
  CHECK(report.trials == 3);
  REQUIRE(report.unranked.size() == 1);
  CHECK(report.unranked[0].run == "c");
  CHECK(report.unranked[0].reason == "missing-tag");
  CHECK(report.outcome.complete);
}

TEST_CASE("of a loss the least is the best, and --max and --min overrule the name") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("loss", {{0, 3}, {1, 1}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("loss", {{0, 2}, {1, 5}}); });
  CHECK(w.ranking("loss") == Lines{"a=1@1", "b=2@0"});
  w.options.direction = Direction::kMax;
  CHECK(w.ranking("loss") == Lines{"b=5@1", "a=3@0"});
}

TEST_CASE("a name that says nothing is refused, and one that is spelt wrong gets the nearest") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("time/fps", {{0, 3}}).scalar("val/accuracy", {{0, 1}});
  });
  auto report = w.try_best("time/fps");
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == ErrorCode::kUsage);
  CHECK(report.error().hint == "add --max or --min");
  const ops::BestReport misspelt = w.best("val/acuracy");
  CHECK(misspelt.outcome.matched_nothing);
  CHECK(misspelt.outcome.hint == "did you mean val/accuracy?");
  report = w.try_best("val/accuracyy loss");
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == ErrorCode::kUsage);
  const ops::BestReport none = w.best("val/loss");
  CHECK(none.outcome.matched_nothing);
  CHECK(none.outcome.nothing == "no trial has val/loss");
}

TEST_CASE("equal values: the earliest step, and trials in the order of their names") {
  BestWorld w;
  for (const char* name : {"run_10", "run_2"}) {
    w.run(name, [](RunBuilder& r) { r.scalar("acc", {{5, 0.5F}, {6, 0.5F}, {7, 0.1F}}); });
  }
  CHECK(w.ranking("acc") == Lines{"run_2=0.5@5", "run_10=0.5@5"});
}

TEST_CASE("NaN and infinity are never the best") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}, {1, kNanF}, {2, kInfF}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, kNanF}, {1, -kInfF}}); });
  CHECK(w.ranking("acc") == Lines{"a=0.5@0"});
  const ops::BestReport report = w.best("acc");
  REQUIRE(report.unranked.size() == 1);
  CHECK(report.unranked[0].reason == "non-finite");
}

TEST_CASE("what a restart took back is not the best") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("acc", {{0, 0.1F}, {10, 0.2F}, {20, 0.99F}});
    r.next_file().scalar("acc", {{10, 0.3F}, {20, 0.4F}});
  });
  CHECK(w.ranking("acc") == Lines{"a=0.4@20"});
  const ops::BestReport report = w.best("acc");
  REQUIRE(report.outcome.dropped.size() == 1);
  CHECK(report.outcome.dropped[0].restart == 2);
  w.select.view = View::kRaw;
  CHECK(w.ranking("acc") == Lines{"a=0.99@20"});
}

TEST_CASE("of equal steps the last point stays") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.1F}, {1, 0.9F}, {1, 0.2F}}); });
  CHECK(w.ranking("acc") == Lines{"a=0.2@1"});
}

TEST_CASE("a damaged trial is ranked by what is left, and said to be incomplete") {
  BestWorld w;
  std::string file = event_file([](RunBuilder& r) {
    r.scalar("acc", {{0, 0.1F}, {1, 0.9F}, {2, 0.2F}});
  });
  file = flip_byte(file, record_offsets(file)[2] + 20, 1);
  w.memory.file("/logs/a/events.out.tfevents.1.h", file);
  CHECK(w.ranking("acc") == Lines{"a=0.2@2"});
  CHECK_FALSE(w.best("acc").outcome.complete);
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 0.1F}}).truncate_last(5); });
  w.run("c", [](RunBuilder& r) { r.scalar("acc", {{0, 0.1F}}); });
  w.select.runs = {Pattern::parse("c", Pattern::Scope::kTree).value()};
  CHECK(w.best("acc").outcome.complete);
}

TEST_CASE("columns: a tag at or before the best step, its own step beside") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("val/acc", {{0, 0.1F}, {15, 0.9F}, {20, 0.8F}});
    r.scalar("val/loss", {{0, 5}, {10, 4}, {20, 3}});
    r.scalar("late", {{16, 1}});
  });
  w.options.columns = "val/loss, late, last(val/loss), max(val/acc) * 2";
  const ops::BestReport report = w.best("val/acc");
  REQUIRE(report.rows.size() == 1);
  const auto& columns = report.rows[0].columns;
  REQUIRE(columns.size() == 4);
  CHECK(columns[0].series.value == 4);
  CHECK(columns[0].series.step == 10);
  CHECK(is_null(columns[1].value));
  CHECK(columns[1].series.absence == Absence::kEmptyWindow);
  CHECK(columns[2].series.value == 3);
  CHECK(std::get<double>(columns[3].value) == 1.8);
}

TEST_CASE("columns at the best step are those of the view") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("acc", {{0, 0.1F}, {10, 0.9F}}).scalar("loss", {{5, 1}, {8, 2}});
    r.next_file().scalar("loss", {{6, 7}});
  });
  w.options.columns = "loss";
  CHECK(w.best("acc").rows[0].columns[0].series.value == 7);
}

TEST_CASE("members of a trial: full tags, bare ones where they are unique, else unranked") {
  BestWorld w;
  for (const char* child : {"train", "validation"}) {
    w.run(std::string("job/") + child, [&](RunBuilder& r) {
      r.scalar("epoch_loss", {{0, child[0] == 't' ? 1.0F : 2.0F}});
      if (child[0] == 't') r.scalar("only_loss", {{3, 4}});
    });
  }
  CHECK(w.ranking("validation/epoch_loss") == Lines{"job=2@0"});
  CHECK(w.ranking("only_loss") == Lines{"job=4@3"});
  const ops::BestReport report = w.best("epoch_loss");
  CHECK(report.rows.empty());
  CHECK(report.outcome.matched_nothing);
  CHECK(report.unranked.at(0).reason == "ambiguous-tag");
  CHECK(report.outcome.hint.find("train/epoch_loss or validation/epoch_loss") != std::string::npos);
  w.options.fold = false;
  CHECK(w.ranking("epoch_loss") == Lines{"job/train=1@0", "job/validation=2@0"});
}

TEST_CASE("hyperparameters: shown, grouped by, and filtered by") {
  BestWorld w;
  const auto add = [&](const std::string& name, const char* optimizer, double lr, float acc) {
    w.run(name, [&](RunBuilder& r) {
      with_hparams(r, {{"optimizer", std::string(optimizer)}, {"lr", lr}});
      r.scalar("acc", {{1, acc}});
    });
  };
  add("a", "adam", 0.1, 0.7F);
  add("b", "adam", 0.01, 0.8F);
  add("c", "sgd", 0.1, 0.6F);
  add("d", "sgd", 0.01, 0.5F);
  CHECK(w.ranking("acc") == Lines{"b=0.8@1", "a=0.7@1", "c=0.6@1", "d=0.5@1"});
  CHECK(std::get<std::string>(w.best("acc").rows[0].trial.hparams.at("optimizer")) == "adam");
  w.options.by = {"optimizer"};
  CHECK(w.ranking("acc") == Lines{"b=0.8@1", "c=0.6@1"});
  w.options.limit = 1;
  CHECK(w.ranking("acc") == Lines{"b=0.8@1"});
  w.options.limit.reset();
  w.options.by.clear();
  w.options.where = Expression::parse("lr > 0.05 and max(acc) > 0.65").value();
  CHECK(w.ranking("acc") == Lines{"a=0.7@1"});
  w.options.where = Expression::parse("lrr > 0.05").value();
  const ops::BestReport none = w.best("acc");
  CHECK(none.outcome.matched_nothing);
  CHECK(none.outcome.hint == "did you mean lr?");
  w.options.where.reset();
  w.options.by = {"optimiser"};
  const auto refused = w.try_best("acc");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().hint == "did you mean optimizer?");
}

TEST_CASE("smoothed, over windows, and as an expression") {
  BestWorld w;
  w.run("spike", [](RunBuilder& r) { r.scalar("acc", {{0, 0}, {1, 1}, {2, 0}, {3, 0}}); });
  w.run("steady", [](RunBuilder& r) { r.scalar("acc", {{0, 0.6F}, {1, 0.6F}, {2, 0.7F}}); });
  CHECK(w.ranking("acc") == Lines{"spike=1@1", "steady=0.7@2"});
  w.options.window = 2;
  CHECK(w.ranking("acc") == Lines{"steady=0.65@2", "spike=0.5@1"});
  CHECK(w.best("acc").rows[1].best.raw == 1);
  w.options.window = 9;
  CHECK(w.best("acc").unranked.at(0).reason == "empty-window");
  w.options.window = 0;
  w.options.smooth = 0.6;
  // (0 * 0.6 + 0.4 * 1) / (1 - 0.36)
  CHECK(w.best("acc").rows[1].trial.name == "spike");
  CHECK(*w.best("acc").rows[1].best.value == doctest::Approx(0.625).epsilon(1e-12));
  w.options.smooth = 0;
  CHECK(w.ranking("mean(acc,-2:)") == Lines{"steady=0.65@2", "spike=0@3"});
  w.options.smooth = 0.5;
  CHECK_FALSE(w.try_best("mean(acc,-2:)").ok());
}

TEST_CASE("only the points that are selected count") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 0.9F}, {10, 0.5F}, {20, 0.6F}}); });
  w.select.first_step = 5;
  CHECK(w.ranking("acc") == Lines{"a=0.6@20"});
  w.select.last_step = 15;
  CHECK(w.ranking("acc") == Lines{"a=0.5@10"});
  w.select.first_step = w.select.last_step = std::nullopt;
  w.select.last = 2;
  CHECK(w.ranking("acc") == Lines{"a=0.6@20"});
}

TEST_CASE("the answer is the same for any number of threads") {
  BestWorld w;
  for (int i = 0; i < 40; ++i) {
    w.run("r" + std::to_string(i), [&](RunBuilder& r) {
      r.scalars("acc", 30, [&](std::int64_t k) {
        return static_cast<float>((k * 7919 + i * 104729) % 1000) / 1000;
      });
    });
  }
  const Lines one = w.ranking("acc");
  w.jobs = 4;
  CHECK(w.ranking("acc") == one);
}

TEST_CASE("a tag that the trial's own hides is told once") {
  BestWorld w;
  w.run("job", [](RunBuilder& r) { r.scalar("train/loss", {{0, 9}}); });
  w.run("job/train", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}); });
  CHECK(w.ranking("train/loss") == Lines{"job=9@0"});
  const auto problems = w.best("train/loss").outcome.problems;
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].rule == "hidden-tag");
  CHECK(problems[0].message == "its own train/loss hides that of job/train");
  CHECK(w.best("train/loss").outcome.complete);
}

TEST_CASE("a trial whose files are lost is unranked as damaged, not as one without the tag") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  std::string file = event_file([](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.memory.file("/logs/b/events.out.tfevents.1.h",
                flip_byte(file, record_offsets(file)[1] + 14, 1));
  const ops::BestReport report = w.best("acc");
  REQUIRE(report.unranked.size() == 1);
  CHECK(report.unranked[0].reason == "damaged");
  CHECK_FALSE(report.outcome.complete);
}

TEST_CASE("a layout that fits no name is told") {
  BestWorld w;
  w.run("a/b/c", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.options.layout = Layout::parse("{x}/{y}").value();
  CHECK(has_rule(w.best("acc").outcome.problems, "layout"));
  w.options.layout = Layout::parse("{x}/{y}/{z}").value();
  CHECK_FALSE(has_rule(w.best("acc").outcome.problems, "layout"));
}

TEST_CASE("a name with raw control characters is asked for as it is, or as it is printed") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc\n1", {{0, 1}}); });
  w.options.direction = Direction::kMax;
  CHECK(w.ranking("acc\n1") == Lines{"a=1@0"});
  CHECK(w.ranking("acc\\n1") == Lines{"a=1@0"});
  CHECK(w.ranking("last(\"acc\n1\")") == Lines{"a=1@0"});
}

TEST_CASE("METRIC comes first: swapped operands are noticed") {
  BestWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.select.operands = {"val/acc"};
  const auto report = w.try_best("/logs");
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().hint == "METRIC comes first: tfevents best val/acc /logs");
}

TEST_CASE("the file of a step: nearest, the lower of two, in directories too") {
  MemorySys sys;
  for (const char* name :
       {"/r/ckpt-10.pt", "/r/ckpt-20.pt", "/r/ckpt-x.pt", "/r/other-11.pt", "/r/deep/step=7-a.ckpt",
        "/r/checkpoint-500/model.bin", "/r/checkpoint-600/other.bin", "/r/v1-epoch3-step40.pt"})
    sys.file(name, "x");
  const auto find = [&](const char* pattern, std::int64_t step) {
    auto found = ops::nearest_checkpoint(sys, "/r", pattern, step);
    REQUIRE(found.ok());
    return found->value_or("none");
  };
  CHECK(find("ckpt-{step}.pt", 11) == "/r/ckpt-10.pt");
  CHECK(find("ckpt-{step}.pt", 15) == "/r/ckpt-10.pt");
  CHECK(find("ckpt-{step}.pt", 16) == "/r/ckpt-20.pt");
  CHECK(find("ckpt-{step}.pt", std::numeric_limits<std::int64_t>::max()) == "/r/ckpt-20.pt");
  CHECK(find("deep/step={step}-*.ckpt", 0) == "/r/deep/step=7-a.ckpt");
  CHECK(find("*/step={step}-*.ckpt", 0) == "/r/deep/step=7-a.ckpt");
  CHECK(find("checkpoint-{step}/model.bin", 600) == "/r/checkpoint-500/model.bin");
  CHECK(find("*step{step}.pt", 0) == "/r/v1-epoch3-step40.pt");
  CHECK(find("nothing-{step}", 0) == "none");
  CHECK(find("/r/ckpt-{step}.pt", 20) == "/r/ckpt-20.pt");
  CHECK_FALSE(ops::nearest_checkpoint(sys, "/r", "ckpt.pt", 0).ok());
  CHECK_FALSE(ops::nearest_checkpoint(sys, "/r", "{step}-{step}", 0).ok());
}

}  // namespace
}  // namespace tfevents::test
