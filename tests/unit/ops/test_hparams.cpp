// The table of sessions: which there are, what their metrics are, and what order they have. The
// space is in test_hparams_space.cpp, bars and coordinates are in test_hparams_shapes.cpp.
#include <cmath>

#include "unit/ops/hparams_world.hpp"

namespace tfevents::test {
namespace {

const std::string kSessionStart(kHparamsSessionStartTag);
const std::string kSessionEnd(kHparamsSessionEndTag);

TEST_CASE("a row a session: group, status, times, hparams, last values") {
  HparamsWorld w;
  w.run("run_10", [](RunBuilder& r) {
    r.hparams(kSessionStart, full_start({{"lr", 0.1}}, "trial-a", 1767607200.5));
    r.scalar("acc", {{0, 0.1F}, {7, 0.9F}});
    r.hparams(kSessionEnd, session_end(HparamsStatus::kSuccess, 1767607999));
  });
  w.session("run_2", {{"lr", 0.2}, {"opt", std::string("sgd")}}, 0.5F);
  const ops::HparamsReport& report = w.list();
  CHECK(w.sessions() == Lines{"run_2", "run_10"});
  CHECK(w.labels() == Lines{"acc"});
  CHECK(w.cells("run_10") == Lines{"0.9"});
  CHECK(report.value(w.of("run_10"), 0).series.step == 7);
  CHECK(w.of("run_10").group == "trial-a");
  CHECK(w.of("run_10").status == HparamsStatus::kSuccess);
  CHECK(w.of("run_10").start_time == 1767607200.5);
  CHECK(w.of("run_10").end_time == 1767607999);
  // Without a name a session is a group of its own; without an end nobody knows how it ended.
  CHECK(w.of("run_2").group == "run_2");
  CHECK(w.of("run_2").status == HparamsStatus::kUnknown);
  CHECK_FALSE(w.of("run_2").start_time);
  CHECK_FALSE(w.of("run_2").end_time);
  CHECK(w.of("run_2").hparams.size() == 2);
  CHECK(report.best() == 1);
  CHECK(report.all_sessions == 2);
}

TEST_CASE(
    "Keras: metrics of train and validation, of those that the experiment at the root names") {
  HparamsWorld w;
  w.run(".", [](RunBuilder& r) {
    r.hparams(kExperiment, experiment({{"lr"}}, {{"validation", "epoch_loss"}, {"", "acc"}}));
  });
  for (const char* name : {"run-0", "run-1"}) {
    w.run(name, [](RunBuilder& r) { with_hparams(r, {{"lr", 0.1}}).scalar("acc", {{0, 0.5F}}); });
    w.run(std::string(name) + "/train", [](RunBuilder& r) { r.scalar("epoch_loss", {{0, 1}}); });
    w.run(std::string(name) + "/validation", [](RunBuilder& r) {
      r.scalar("epoch_loss", {{0, 2}, {1, 3}});
    });
  }
  w.list();
  CHECK(w.last->declared);
  CHECK(w.sessions() == Lines{"run-0", "run-1"});
  CHECK(w.labels() == Lines{"validation/epoch_loss", "acc"});
  CHECK(w.cells("run-1") == Lines{"3", "0.5"});
  w.options.columns = "+train/epoch_loss,max(acc)*2";
  w.list();
  CHECK(w.labels() == Lines{"validation/epoch_loss", "acc", "train/epoch_loss", "max(acc)*2"});
  CHECK(w.cells("run-0") == Lines{"3", "0.5", "1", "1"});
}

TEST_CASE("a metric that is announced, but that nobody has, leaves the choice to what there is") {
  HparamsWorld w;
  w.run(".", [](RunBuilder& r) { r.hparams(kExperiment, experiment({}, {{"", "accuracy"}})); });
  w.session("a", {{"lr", 1.0}}, 0.5F);
  w.list();
  CHECK_FALSE(w.last->declared);
  CHECK(w.labels() == Lines{"acc"});
}

TEST_CASE("12 #69: torch: columns are those of all experiments, not of the first") {
  HparamsWorld w;
  const auto sub_run = [&](const std::string& name, const char* metric, float value) {
    w.run(name, [&](RunBuilder& r) {
      r.hparams(kExperiment, experiment({{"lr", HparamType::kFloat64}}, {{"", metric}}));
      with_hparams(r, {{"lr", static_cast<double>(value)}}).scalar(metric, {{0, value}});
    });
  };
  sub_run("1767607251.5", "hparam/acc", 0.5F);
  sub_run("1767607253.75", "hparam/loss", 2);
  w.list();
  CHECK(w.labels() == Lines{"hparam/acc", "hparam/loss"});
  CHECK(w.cells("1767607251.5") == Lines{"0.5", "missing-tag"});
  CHECK(w.cells("1767607253.75") == Lines{"missing-tag", "2"});
}

TEST_CASE("the curves of the run above a sub-run of add_hparams are metrics of its session") {
  HparamsWorld w;
  w.run("job", [](RunBuilder& r) { r.scalar("loss", {{0, 2}, {1, 1}, {2, 1.5F}}); });
  w.run("job/1767", [](RunBuilder& r) {
    r.hparams(kExperiment, experiment({}, {{"", "hparam/acc"}}));
    with_hparams(r, {{"lr", 0.1}}).scalar("hparam/acc", {{0, 0.75F}});
  });
  w.options.columns = "+loss,min(loss)";
  w.list();
  CHECK(w.sessions() == Lines{"job/1767"});
  CHECK(w.of("job/1767").run == "job");
  CHECK(w.of("job/1767").path == "/logs/job");
  CHECK(w.labels() == Lines{"hparam/acc", "loss", "min(loss)"});
  CHECK(w.cells("job/1767") == Lines{"0.75", "1.5", "1"});
  // Every run for itself: then the curves are nobody's.
  w.options.fold = false;
  w.list();
  CHECK(w.of("job/1767").run == "job/1767");
  CHECK(w.cells("job/1767").front() == "0.75");
}

TEST_CASE("several add_hparams of one run without metrics are as many sessions") {
  HparamsWorld w;
  w.run("job", [](RunBuilder& r) { r.scalar("acc", {{0, 0.5F}}); });
  for (const char* name : {"job/a", "job/b"}) {
    w.run(name, [&](RunBuilder& r) {
      r.hparams(kExperiment, "");
      with_hparams(r, {{"lr", name[4] == 'a' ? 1.0 : 2.0}});
    });
  }
  w.list();
  CHECK(w.sessions() == Lines{"job/a", "job/b"});
  CHECK(w.of("job/a").hparams.at("lr") == HparamValue(1.0));
  CHECK(w.of("job/b").hparams.at("lr") == HparamValue(2.0));
  CHECK(w.of("job/b").run == "job");
  CHECK(w.cells("job/a") == w.cells("job/b"));
}

TEST_CASE("12 #67, #68: hparams at the root of a log tree find their metrics") {
  HparamsWorld w;
  w.run(".", [](RunBuilder& r) { with_hparams(r, {{"lr", 0.1}}).scalar("acc", {{0, 0.5F}}); });
  w.run("validation", [](RunBuilder& r) { r.scalar("loss", {{0, 2}}); });
  w.run("other/deep", [](RunBuilder& r) { r.scalar("loss", {{0, 3}}); });
  w.list();
  CHECK(w.sessions() == Lines{"."});
  CHECK(w.labels() == Lines{"validation/loss", "acc", "other/deep/loss"});
  CHECK(w.cells(".") == Lines{"2", "0.5", "3"});
}

TEST_CASE("an experiment at the root names the same, group and all") {
  HparamsWorld w;
  w.run(".", [](RunBuilder& r) {
    with_hparams(r, {{"lr", 0.1}}).scalar("acc", {{0, 0.5F}});
    r.hparams(kExperiment, experiment({}, {{"validation", "loss"}, {"./other/deep/", "loss"}}));
  });
  w.run("validation", [](RunBuilder& r) { r.scalar("loss", {{0, 2}}); });
  w.run("other/deep", [](RunBuilder& r) { r.scalar("loss", {{0, 3}}); });
  w.list();
  CHECK(w.last->declared);
  CHECK(w.labels() == Lines{"validation/loss", "other/deep/loss"});
  CHECK(w.cells(".") == Lines{"2", "3"});
}

TEST_CASE("other runs below a session are its metrics, those of the nearest one") {
  HparamsWorld w;
  w.session("s", {{"lr", 1.0}}, 0.5F);
  w.run("s/probe", [](RunBuilder& r) { r.scalar("acc", {{0, 0.25F}}); });
  w.session("s/inner", {{"lr", 2.0}}, 0.75F);
  w.run("s/inner/probe", [](RunBuilder& r) { r.scalar("acc", {{0, 0.125F}}); });
  w.run("elsewhere", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.list();
  CHECK(w.sessions() == Lines{"s", "s/inner"});
  CHECK(w.labels() == Lines{"acc", "probe/acc"});
  CHECK(w.cells("s") == Lines{"0.5", "0.25"});
  CHECK(w.cells("s/inner") == Lines{"0.75", "0.125"});
  // A condition is for sessions: what lies below one has no hyperparameters, and stays.
  w.options.where = Expression::parse("lr = 2").value();
  w.list();
  CHECK(w.sessions() == Lines{"s/inner"});
  CHECK(w.cells("s/inner") == Lines{"0.75", "0.125"});
}

TEST_CASE("12 #70: of two session starts in one run the first counts, and a note says so") {
  HparamsWorld w;
  w.run("a", [](RunBuilder& r) {
    with_hparams(r, {{"lr", 1.0}}).scalar("acc", {{0, 0.5F}});
    with_hparams(r, {{"lr", 2.0}, {"more", 1.0}});
  });
  const ops::HparamsReport& report = w.list();
  CHECK(w.of("a").hparams == HparamMap{{"lr", 1.0}});
  REQUIRE(report.outcome.problems.size() == 1);
  CHECK(report.outcome.problems[0].severity == Severity::kNote);
  CHECK(report.outcome.problems[0].rule == "repeated-session");
  CHECK(report.outcome.complete);
}

TEST_CASE("12 #73: of several ends the last counts; unknown words of the format are unknown") {
  HparamsWorld w;
  w.run("a", [](RunBuilder& r) {
    with_hparams(r, {{"lr", 1.0}});
    r.hparams(kSessionEnd, session_end(HparamsStatus::kRunning))
        .hparams(kSessionEnd, session_end(HparamsStatus::kFailure, 7));
  });
  w.run("b", [](RunBuilder& r) {
    with_hparams(r, {{"lr", 1.0}});
    r.hparams(kSessionEnd, session_end(static_cast<HparamsStatus>(99)));
  });
  w.list();
  CHECK(w.of("a").status == HparamsStatus::kFailure);
  CHECK(w.of("a").end_time == 7);
  CHECK(w.of("b").status == HparamsStatus::kUnknown);
}

TEST_CASE("--metric-by takes another point, best as the name says") {
  HparamsWorld w;
  w.run("a", [](RunBuilder& r) {
    with_hparams(r, {{"lr", 1.0}}).scalar("acc", {{0, 0.25F}, {1, 1}, {2, 0.75F}, {3, 0.5F}});
    r.scalar("loss", {{0, 4}, {1, 1}, {2, 3}}).scalar("fps", {{0, 10}, {1, 30}});
  });
  const auto cells = [&](ops::MetricBy by) {
    w.options.by = by;
    w.list();
    return w.cells("a");
  };
  CHECK(cells(ops::MetricBy::kLast) == Lines{"0.5", "3", "30"});
  CHECK(w.labels() == Lines{"acc", "loss", "fps"});
  CHECK(cells(ops::MetricBy::kFirst) == Lines{"0.25", "4", "10"});
  CHECK(cells(ops::MetricBy::kMin) == Lines{"0.25", "1", "10"});
  CHECK(cells(ops::MetricBy::kMax) == Lines{"1", "4", "30"});
  CHECK(cells(ops::MetricBy::kMedian) == Lines{"0.625", "3", "20"});
  // Nobody knows what is good of the third.
  CHECK(cells(ops::MetricBy::kBest) == Lines{"1", "1"});
  CHECK(w.last->undirected == 1);
  CHECK(w.last->value(w.of("a"), 0).series.step == 1);
  w.options.direction = Direction::kMin;
  CHECK(cells(ops::MetricBy::kBest) == Lines{"0.25", "10", "1"});
  w.options.direction.reset();
  w.options.columns = "fps";
  const auto refused = w.try_list();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kUsage);
  // An expression says itself what it takes.
  w.options.columns = "first(fps),acc";
  w.list();
  CHECK(w.cells("a") == Lines{"10", "1"});
}

TEST_CASE("--metric-by goes for runs below a session, too") {
  HparamsWorld w;
  w.run("s", [](RunBuilder& r) { with_hparams(r, {{"lr", 1.0}}); });
  w.run("s/probe", [](RunBuilder& r) { r.scalar("acc", {{0, 1}, {1, 0.5F}}); });
  w.options.by = ops::MetricBy::kBest;
  w.list();
  CHECK(w.labels() == Lines{"probe/acc"});
  CHECK(w.cells("s") == Lines{"1"});
  w.options.columns = "probe/acc";
  w.list();
  CHECK(w.cells("s") == Lines{"1"});
}

TEST_CASE("the order: names, hyperparameters, metrics, what is missing last either way") {
  HparamsWorld w;
  w.session("a", {{"lr", 2.0}}, 0.5F);
  w.session("b", {{"lr", 10.0}}, 0.25F);
  w.session("c", {{"other", 1.0}}, 0.75F);
  w.run("d", [](RunBuilder& r) {
    r.hparams(kSessionStart, full_start({{"lr", 3.0}}, "x", 5)).scalar("loss", {{0, 1}});
  });
  const auto sorted = [&](const std::string& key) {
    w.options.sort = key;
    w.list();
    return w.sessions();
  };
  CHECK(sorted("run") == Lines{"a", "b", "c", "d"});
  CHECK(sorted("-run") == Lines{"d", "c", "b", "a"});
  CHECK(sorted("lr") == Lines{"a", "d", "b", "c"});
  CHECK(sorted("-hp.lr") == Lines{"b", "d", "a", "c"});
  CHECK(sorted("-acc") == Lines{"c", "a", "b", "d"});
  CHECK(sorted("min(acc)").back() == "d");
  CHECK(sorted("group") == Lines{"a", "b", "c", "d"});
  CHECK(sorted("start") == Lines{"d", "a", "b", "c"});
  w.options.sort = "-acc";
  w.options.limit = 2;
  w.list();
  CHECK(w.sessions() == Lines{"c", "a"});
  CHECK(w.last->all_sessions == 4);
  for (const char* key : {"", "-", "nothing-like-it"}) {
    w.options.sort = key;
    CHECK_FALSE(w.try_list().ok());
  }
}

TEST_CASE("at most 8 metrics are for people, programs get all") {
  HparamsWorld w;
  w.run("a", [](RunBuilder& r) {
    with_hparams(r, {{"lr", 1.0}});
    for (int i = 0; i < 30; ++i) r.scalar("loss_" + std::to_string(i), {{0, 1}});
    r.scalar("val_loss", {{0, 1}}).scalar("train_loss", {{0, 1}});
  });
  const ops::HparamsReport& report = w.list();
  CHECK(report.metrics.size() == 32);
  CHECK(report.metrics.front().label == "val_loss");
  CHECK(report.metrics.back().label == "train_loss");
  CHECK(std::count_if(report.metrics.begin(), report.metrics.end(),
                      [](const ops::HparamMetric& one) { return one.shown; }) == 8);
  w.options.columns = "+loss_29";
  CHECK(w.list().metrics.back().label == "loss_29");
  CHECK(w.last->metrics.back().shown);
  CHECK(w.last->metrics.size() == 32);
}

TEST_CASE("12 #37: sessions without a metric, NaN, steps beyond 32 bits") {
  HparamsWorld w;
  w.run("none", [](RunBuilder& r) { with_hparams(r, {{"lr", 1.0}}); });
  w.run("nan", [](RunBuilder& r) {
    with_hparams(r, {{"lr", 1.0}}).scalar("acc", {{std::int64_t{1} << 40, kNanF}});
  });
  w.list();
  CHECK(w.cells("none") == Lines{"missing-tag"});
  CHECK(w.cells("nan") == Lines{"nan"});
  CHECK(w.last->value(w.of("nan"), 0).series.step == std::int64_t{1} << 40);
  CHECK_FALSE(w.last->best());
}

TEST_CASE("no hparams at all: says what was looked for, and how many runs there were") {
  HparamsWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  w.run("b", [](RunBuilder& r) { r.scalar("acc", {{0, 1}}); });
  const ops::HparamsReport& report = w.list();
  CHECK(report.sessions.empty());
  CHECK(report.outcome.matched_nothing);
  CHECK(report.outcome.nothing ==
        "no hparams in 2 runs: none of them holds _hparams_/session_start_info");
  CHECK_FALSE(report.outcome.hint.empty());
}

TEST_CASE("an experiment without a session has a space") {
  HparamsWorld w;
  w.run(".", [](RunBuilder& r) {
    r.hparams(kExperiment, experiment({{"opt", HparamType::kString, {"adam", "sgd"}}}, {}));
  });
  const ops::HparamsReport& report = w.list();
  CHECK(report.sessions.empty());
  CHECK(report.outcome.matched_nothing);
  CHECK(w.space("opt") == "string adam|sgd");
}

TEST_CASE("a condition that no session satisfies; a name that none has") {
  HparamsWorld w;
  w.session("a", {{"lr", 1.0}}, 0.5F);
  w.options.where = Expression::parse("lr > 5").value();
  CHECK(w.list().outcome.nothing == "no session satisfies lr > 5");
  w.options.where = Expression::parse("hp.lrr > 5").value();
  CHECK(w.list().outcome.matched_nothing);
  CHECK(w.last->outcome.hint == "did you mean lr?");
}

TEST_CASE("what is no hparams message is left out and told, its session stays") {
  HparamsWorld w;
  w.run("bad", [](RunBuilder& r) {
    r.hparams(kSessionStart, "\xFF\xFF\xFF").scalar("acc", {{0, 1}});
  });
  w.run("late", [](RunBuilder& r) {
    // An end under the tag of a start; the first start that can be read counts.
    r.hparams(kSessionStart, session_end(HparamsStatus::kSuccess));
    with_hparams(r, {{"lr", 2.0}});
  });
  std::string version;  // Of a version that nobody knows.
  wire::Encoder(version).varint(1, std::uint64_t{7});
  w.run("new", [&](RunBuilder& r) { r.hparams(kSessionStart, version); });
  const ops::HparamsReport& report = w.list();
  CHECK(w.sessions() == Lines{"bad", "late", "new"});
  CHECK(w.of("bad").hparams.empty());
  CHECK(w.of("late").hparams == HparamMap{{"lr", 2.0}});
  CHECK_FALSE(report.outcome.complete);
  CHECK(std::count_if(report.outcome.problems.begin(), report.outcome.problems.end(),
                      [](const Problem& one) { return one.rule == "undecodable"; }) == 3);
}

TEST_CASE("hparams above the limits are a problem of the run, and no memory") {
  HparamsWorld w;
  HparamList many;
  for (std::size_t i = 0; i <= kMaxHparamsEntries; ++i)
    many.emplace_back("h" + std::to_string(i), 1.0);
  w.run("many", [&](RunBuilder& r) { with_hparams(r, many).scalar("acc", {{0, 1}}); });
  w.run("wide", [&](RunBuilder& r) {
    with_hparams(r, {{"text", std::string(kMaxHparamsBytes, 'x')}}).scalar("acc", {{0, 1}});
  });
  w.session("good", {{"lr", 1.0}}, 0.5F);
  const ops::HparamsReport& report = w.list();
  CHECK(w.sessions() == Lines{"good", "many", "wide"});
  CHECK(w.of("many").hparams.empty());
  CHECK(w.of("wide").hparams.empty());
  CHECK(w.of("good").hparams.size() == 1);
  CHECK_FALSE(report.outcome.complete);
}

TEST_CASE("a message of more than a window, between other values of one event") {
  HparamsWorld w;
  const std::string text(300'000, 'y');
  w.run("a", [&](RunBuilder& r) {
    r.scalar("acc", {{0, 1}});
    with_hparams(r, {{"text", text}, {"lr", 1.0}});
    r.scalar("acc", {{1, 0.5F}});
  });
  w.list();
  CHECK(w.of("a").hparams.at("text") == HparamValue(text));
  CHECK(w.cells("a") == Lines{"0.5"});
}

TEST_CASE("damage before and behind a session does not hide it") {
  for (const std::size_t at : {std::size_t{50}, std::size_t{100}, std::size_t{160}}) {
    HparamsWorld w;
    w.run("a", [&](RunBuilder& r) {
      r.scalar("acc", {{0, 1}, {1, 1}, {2, 1}});
      r.damage([&](std::string file) { return flip_byte(std::move(file), at); });
      with_hparams(r, {{"lr", 1.0}}).scalar("acc", {{3, 0.5F}}).truncate_last(5);
    });
    const ops::HparamsReport& report = w.list();
    CHECK(w.sessions() == Lines{"a"});
    CHECK(w.of("a").hparams.size() == 1);
    CHECK_FALSE(report.outcome.complete);
  }
}

TEST_CASE("a session whose record is damaged is gone, and the answer says it is incomplete") {
  HparamsWorld w;
  w.session("good", {{"lr", 1.0}}, 0.5F);
  w.run("a", [&](RunBuilder& r) {
    with_hparams(r, {{"lr", 2.0}});
    r.damage([](std::string file) {
      const std::size_t at = file.size() - 10;
      return flip_byte(std::move(file), at);
    });
    r.scalar("acc", {{0, 1}});
  });
  const ops::HparamsReport& report = w.list();
  CHECK(w.sessions() == Lines{"good"});
  CHECK_FALSE(report.outcome.complete);
}

TEST_CASE("the answer is the same for any number of threads") {
  HparamsWorld w;
  w.run(".", [](RunBuilder& r) { r.hparams(kExperiment, experiment({{"lr"}}, {{"", "acc"}})); });
  for (int i = 0; i < 40; ++i) {
    w.run("s" + std::to_string(i), [&](RunBuilder& r) {
      r.hparams(kExperiment,
                experiment({{"h" + std::to_string(i % 3)}}, {{"", "m" + std::to_string(i % 5)}}));
      with_hparams(r, {{"lr", static_cast<double>(i)}})
          .scalar("m" + std::to_string(i % 5), {{0, 1}});
    });
  }
  const auto answer = [&](unsigned jobs) {
    w.jobs = jobs;
    w.list();
    Lines lines = w.labels();
    for (const ops::SpaceEntry& entry : w.last->space) lines.push_back(entry.name);
    for (const ops::HparamSession& one : w.last->sessions) {
      lines.push_back(one.session);
      for (const std::string& cell : w.cells(one.session)) lines.push_back(cell);
    }
    return lines;
  };
  CHECK(answer(1) == answer(8));
}

}  // namespace
}  // namespace tfevents::test
