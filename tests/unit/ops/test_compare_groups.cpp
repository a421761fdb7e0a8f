// Seeds folded into groups: mean and deviation, what is missing, what the groups mix, verdicts.
#include <cmath>

#include "ops/compare_groups.hpp"
#include "ops/spread.hpp"
#include "unit/ops/compare_world.hpp"

namespace tfevents::test {
namespace {

/// Trials `OPT/sSEED` with hyperparameters, and the accuracies of their seeds.
void add_seeds(CompareWorld& w, const std::string& opt, const std::vector<float>& accuracies) {
  for (std::size_t seed = 0; seed < accuracies.size(); ++seed) {
    w.run(opt + "/s" + std::to_string(seed), [&](RunBuilder& r) {
      with_hparams(r, {{"opt", opt}, {"seed", static_cast<double>(seed)}, {"lr", 0.1}});
      r.scalar("acc", {{0, accuracies[seed]}});
    });
  }
}

TEST_CASE("a group has mean, deviation with n - 1, and its runs") {
  CompareWorld w;
  add_seeds(w, "sgd", {1, 2, 3, 6});
  add_seeds(w, "adam", {4});
  w.options.by = {"opt"};
  const ops::CompareReport report = w.compare();
  CHECK(w.names() == Lines{"adam", "sgd"});
  CHECK(w.spread("adam", "acc") == "4 - 1 0");
  CHECK(w.spread("sgd", "acc") == "3 2.160246899469287 4 0");
  CHECK(report.rows[1].runs == Lines{"sgd/s0", "sgd/s1", "sgd/s2", "sgd/s3"});
  CHECK(report.folded_by == Lines{"seed"});
  CHECK(report.mixed_hparams.empty());
  CHECK(report.differing_hparams.empty());
}

TEST_CASE("a mean is not rounded to float32, and equal values are their own mean") {
  CompareWorld w;
  add_seeds(w, "a", {0.1F, 0.2F});
  add_seeds(w, "b", {0.1F, 0.1F, 0.1F});
  w.options.by = {"opt"};
  w.compare();
  CHECK(w.metric("a", "acc").spread.mean == (0.1 + 0.2) / 2);
  CHECK(w.spread("b", "acc") == "0.1 0 3 0");
}

TEST_CASE("seeds without a finite value are counted, not averaged") {
  CompareWorld w;
  add_seeds(w, "a", {1, kNanF, 3, kInfF});
  add_seeds(w, "b", {kNanF});
  w.run("a/none", [](RunBuilder& r) {
    with_hparams(r, {{"opt", std::string("a")}}).scalar("loss", {{0, 1}});
  });
  w.options.by = {"opt"};
  w.compare();
  CHECK(w.spread("a", "acc") == "2 1.4142135623730951 2 3");
  CHECK(w.metric("a", "acc").reason == nullptr);
  CHECK(w.spread("b", "acc") == "- - 0 1");
  CHECK(std::string(w.metric("b", "acc").reason) == "non-finite");
  CHECK(std::string(w.metric("b", "loss").reason) == "missing-tag");
}

TEST_CASE("texts have no mean, and that is said") {
  CompareWorld w;
  add_seeds(w, "a", {1, 2});
  w.options.by = {"lr"};
  w.options.columns = "acc,opt";
  const ops::CompareReport report = w.compare();
  CHECK(w.spread("0.1", "opt") == "- - 0 2");
  CHECK(std::string(w.metric("0.1", "opt").reason) == "type");
  CHECK(report.warnings == Lines{"opt is no number, so groups have no mean"});
  CHECK(report.uncompared == Lines{"opt could not be compared: no group has a mean of it",
                                   "nothing was compared: there is one group only"});
}

TEST_CASE("groups are in order of their values; what has none is a group too") {
  CompareWorld w;
  for (const double lr : {0.1, 0.01, 1.0}) {
    w.run("lr" + to_text(lr), [&](RunBuilder& r) {
      with_hparams(r, {{"lr", lr}}).scalar("acc", {{0, 1}});
    });
  }
  w.run("plain", [](RunBuilder& r) { r.scalar("acc", {{0, 2}}); });
  w.options.by = {"lr"};
  w.compare();
  CHECK(w.names() == Lines{"", "0.01", "0.1", "1"});
  w.options.sort = "-acc";
  w.compare();
  CHECK(w.names().front().empty());
  w.options.by = {"lr > 0.05"};
  w.options.sort = "run";
  w.compare();
  CHECK(w.names() == Lines{"", "false", "true"});
  w.options.by = {"lrr"};
  const auto report = w.try_compare();
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == ErrorCode::kUsage);
  CHECK(report.error().hint == "did you mean lr?");
}

TEST_CASE("groups of several names, and their baseline") {
  CompareWorld w;
  add_seeds(w, "sgd", {1, 2});
  add_seeds(w, "adam", {4, 6});
  w.options.by = {"opt", "lr"};
  for (const char* typed : {"sgd,0.1", "sgd"}) {
    w.options.versus = typed;
    const ops::CompareReport report = w.compare();
    CHECK(report.baseline == "sgd,0.1");
    CHECK(w.names() == Lines{"sgd,0.1", "adam,0.1"});
    CHECK(w.change("adam,0.1", "acc") == "3.5 2.3333333333333335 -");
  }
  CHECK(w.refused("0.1").message == "--vs: 0.1 could be one of 2 groups");
  CHECK(w.refused("sdg,0.1").hint == "did you mean sgd,0.1?");
}

TEST_CASE("verdicts without a test: one against one, and values that are all the same") {
  CompareWorld w;
  add_seeds(w, "base", {1});
  add_seeds(w, "one", {2});
  add_seeds(w, "many", {2, 3});
  add_seeds(w, "same", {1, 1, 1});
  add_seeds(w, "mean", {0.5F, 1.5F});
  w.options.by = {"opt"};
  w.options.versus = "base";
  w.compare();
  CHECK(w.change("one", "acc") == "1 1 better");
  CHECK(w.change("many", "acc") == "1.5 1.5 -");
  CHECK(w.change("same", "acc") == "0 0 equal");
  CHECK(w.change("mean", "acc") == "0 0 -");
}

TEST_CASE("seeds that diverged are no win, but stay a loss") {
  CompareWorld w;
  add_seeds(w, "base", {1});
  add_seeds(w, "up", {2, kNanF});
  add_seeds(w, "down", {0.5F, kNanF});
  add_seeds(w, "lost", {kNanF, kInfF});
  w.run("none/s0", [](RunBuilder& r) { with_hparams(r, {{"opt", std::string("none")}}); });
  w.options.by = {"opt"};
  w.options.versus = "base";
  w.compare();
  CHECK(w.change("up", "acc") == "1 1 undecided");
  CHECK(std::string(w.metric("up", "acc").reason) == "missing-seeds");
  CHECK(w.change("down", "acc") == "-0.5 -0.5 worse");
  CHECK(w.change("lost", "acc") == "- - worse");
  CHECK(std::string(w.metric("lost", "acc").reason) == "non-finite");
  CHECK(w.change("none", "acc") == "- - undecided");
  CHECK(std::string(w.metric("none", "acc").reason) == "missing-tag");
}

TEST_CASE("what a group mixes besides its seeds is said") {
  CompareWorld w;
  const auto add = [&](const char* name, const char* opt, double lr, const char* seed_key) {
    w.run(name, [&](RunBuilder& r) {
      with_hparams(r, {{"opt", std::string(opt)}, {"lr", lr}, {seed_key, lr * 7}, {"wd", 1.0}});
      r.scalar("acc", {{0, 1}});
    });
  };
  add("a", "adam", 0.1, "data_seed");
  add("b", "adam", 0.2, "data_seed");
  add("c", "adam", 0.3, "rng");
  add("d", "sgd", 0.3, "rng");
  w.options.by = {"opt"};
  const ops::CompareReport report = w.compare();
  CHECK(report.folded_by == Lines{"data_seed", "rng"});
  CHECK(report.mixed_hparams == Lines{"lr"});
  REQUIRE(report.mixed.size() == 1);
  CHECK(report.mixed[0].group == "adam");
  CHECK(report.mixed[0].names == std::vector<std::pair<std::string, std::uint64_t>>{{"lr", 3}});
}

TEST_CASE("levels of a layout are groups; the levels between are mixed, the last is the seed") {
  CompareWorld w;
  for (const char* name : {"nlp/vit/s0", "nlp/vit/s1", "cv/vit/s0", "cv/cnn/s0"})
    w.run(name, [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.options.layout = Layout::parse("{task}/{model}/{run}").value();
  w.options.by = {"model"};
  ops::CompareReport report = w.compare();
  CHECK(w.names() == Lines{"cnn", "vit"});
  CHECK(report.mixed_hparams == Lines{"task"});
  w.options.by = {"model", "task"};
  report = w.compare();
  CHECK(w.names() == Lines{"cnn,cv", "vit,cv", "vit,nlp"});
  CHECK(report.mixed_hparams.empty());
}

TEST_CASE("groups differ by their means and deviations, not by hyperparameters") {
  CompareWorld w;
  add_seeds(w, "a", {1, 2});
  add_seeds(w, "b", {2, 1});
  w.options.by = {"opt"};
  CHECK_FALSE(w.compare().differs);
  w.options.changed = true;
  const ops::CompareReport report = w.compare();
  CHECK(report.columns.empty());
  CHECK(report.unchanged == 1);
  add_seeds(w, "c", {0, 3});
  CHECK(w.compare().differs);
}

TEST_CASE("the deviation of numbers of any size") {
  const auto spread = [](std::vector<double> numbers) { return ops::spread_of(numbers); };
  CHECK(spread({}).n == 0);
  CHECK_FALSE(spread({}).mean);
  CHECK_FALSE(spread({5}).std);
  CHECK(spread({0.1, 0.1, 0.1}).mean == 0.1);
  CHECK(spread({0.1, 0.1, 0.1}).std == 0.0);
  // A distance of 1 beside 1e15: the naive sum of squares would lose it.
  CHECK(*spread({1e15, 1e15 + 1, 1e15 + 2}).std == doctest::Approx(1));
  CHECK(*spread({-1e200, 1e200}).std == doctest::Approx(std::sqrt(2) * 1e200));
  CHECK(*spread({1e-200, 3e-200}).std == doctest::Approx(std::sqrt(2) * 1e-200));
  const double greatest = std::numeric_limits<double>::max();
  CHECK(spread({greatest, greatest, -greatest, -greatest}).mean == 0.0);
  CHECK(spread({std::nan(""), 2, std::nan("")}).n == 1);
}

TEST_CASE("names of seeds") {
  for (const char* name : {"seed", "Seed", "data_seed", "manual_seed", "rng", "RNG"})
    CHECK(ops::is_seed(name));
  for (const char* name : {"seeds", "lr", "_seeded", "reseed", ""}) CHECK_FALSE(ops::is_seed(name));
}

}  // namespace
}  // namespace tfevents::test
