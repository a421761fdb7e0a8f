// Columns, order and conditions of `ls`.
#include <limits>

#include "ops/ls_metrics.hpp"
#include "unit/ops/trial_world.hpp"

namespace tfevents::test {
namespace {

struct LsWorld : World {
  ops::LsOptions options;

  Result<ops::LsReport> try_list() {
    options.select = selection();
    return with_context([&](const ops::OpContext& c) { return ops::list_runs(options, c); });
  }
  ops::LsReport list() {
    auto report = try_list();
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
  /// `run value value` a row; `-` for null.
  Lines rows() {
    const ops::LsReport report = list();
    Lines lines;
    for (std::size_t i = 0; i < report.rows.size(); ++i) {
      std::string line = report.rows[i].run;
      for (std::size_t k = 0; k < report.columns.size(); ++k) {
        const Value& value = report.metrics.at(i).at(k).value;
        line += " " + (is_null(value) ? "-" : ops::text_of(value));
      }
      lines.push_back(line);
    }
    return lines;
  }
  void condition(const std::string& text) {
    options.where = ops::Where{Expression::parse(text).value()};
  }
};

struct ThreeRuns : LsWorld {
  ThreeRuns() {
    const auto add = [&](const std::string& name, float acc, const char* optimizer) {
      run(name, [&](RunBuilder& r) {
        if (*optimizer != '\0') with_hparams(r, {{"optimizer", std::string(optimizer)}});
        r.scalar("acc", {{0, acc}, {1, acc / 2}});
      });
    };
    add("a", 0.5F, "sgd");
    add("b", 0.25F, "");
    add("c", 1, "adam");
    run("d", [](RunBuilder& r) { r.scalar("loss", {{7, 1}}); });
  }
};

TEST_CASE("keys: numbers, then text, then nothing, whichever way; equal ones keep their order") {
  const std::vector<Value> keys = {
      Value(),     Value(2.0),  Value(std::string("run_10")),
      Value(kNan), Value(-1.0), Value(std::string("run_9")),
      Value(2.0),  Value(true), Value(std::numeric_limits<double>::infinity()),
      Value()};
  const auto sorted = [&](bool reverse) {
    std::vector<std::size_t> order(keys.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    ops::sort_by_value(order, keys, reverse);
    return order;
  };
  CHECK(sorted(false) == std::vector<std::size_t>{4, 7, 1, 6, 8, 5, 2, 0, 3, 9});
  CHECK(sorted(true) == std::vector<std::size_t>{8, 1, 6, 7, 4, 2, 5, 0, 3, 9});
}

TEST_CASE("columns: the last value of a tag, expressions, attributes, hyperparameters") {
  ThreeRuns w;
  w.options.columns = "acc, max(acc) * 2, optimizer, last_step";
  CHECK(w.rows() == Lines{"a 0.25 1 sgd 1", "b 0.125 0.5 - 1", "c 0.5 2 adam 1", "d - - - 7"});
  const ops::LsReport report = w.list();
  CHECK(report.columns == Lines{"acc", "max(acc) * 2", "optimizer", "last_step"});
  CHECK(report.columns_alone);
  CHECK(report.warnings.empty());
  w.options.columns = "+acc";
  CHECK_FALSE(w.list().columns_alone);
}

TEST_CASE("a column that no run has is a warning, one that is nothing an error") {
  ThreeRuns w;
  w.options.columns = "optimiser, min(los)";
  const ops::LsReport report = w.list();
  REQUIRE(report.warnings.size() == 2);
  CHECK(report.warnings[0].find("did you mean optimizer?") != std::string::npos);
  CHECK(report.warnings[1].find("did you mean loss?") != std::string::npos);
  w.options.columns = "max(acc";
  CHECK_FALSE(w.try_list().ok());
  w.options.columns = "max(acc) +";
  const auto refused = w.try_list();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kUsage);
}

TEST_CASE("sorted by a tag, an expression, a hyperparameter, both ways; what has none comes last") {
  ThreeRuns w;
  w.options.sort = "acc";
  CHECK(w.rows() == Lines{"b", "a", "c", "d"});
  w.options.sort = "-max(acc)";
  CHECK(w.rows() == Lines{"c", "a", "b", "d"});
  w.options.sort = "optimizer";
  CHECK(w.rows() == Lines{"c", "a", "b", "d"});
  w.options.sort = "-optimizer";
  CHECK(w.rows() == Lines{"a", "c", "b", "d"});
  w.options.limit = 1;
  CHECK(w.rows() == Lines{"a"});
  CHECK(w.list().runs_total == 4);
  w.options.sort = "optimiser";
  const auto refused = w.try_list();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kUsage);
  CHECK(refused.error().hint == "did you mean optimizer?");
}

TEST_CASE("NaN is no key to sort by") {
  LsWorld w;
  int i = 0;
  for (const float value : {3.0F, std::numeric_limits<float>::quiet_NaN(), 1.0F, 2.0F}) {
    w.run("r" + std::to_string(i++), [&](RunBuilder& r) { r.scalar("x", {{0, value}}); });
  }
  w.options.sort = "x";
  CHECK(w.rows() == Lines{"r2", "r3", "r0", "r1"});
  w.options.sort = "-x";
  CHECK(w.rows() == Lines{"r0", "r3", "r2", "r1"});
}

TEST_CASE("what is listed and what the columns are about are two things") {
  ThreeRuns w;
  w.select.tags.push_back(Pattern::parse_or_name("loss", Pattern::Scope::kName));
  w.options.columns = "loss";
  CHECK(w.rows() == Lines{"d 1"});
  w.options.columns = "acc";
  CHECK(w.rows() == Lines{"d -"});
}

TEST_CASE("where: runs for which it is true; hyperparameters are those of the trial") {
  ThreeRuns w;
  w.condition("max(acc) >= 0.5");
  CHECK(w.rows() == Lines{"a", "c"});
  w.condition("optimizer ~ \"^a\" or last(loss) = 1");
  CHECK(w.rows() == Lines{"c", "d"});
  w.condition("not (max(acc) >= 0.5)");
  CHECK(w.rows() == Lines{"b"});  // Of `d` nobody knows.
  w.run("job/train", [](RunBuilder& r) {
    with_hparams(r, {{"optimizer", std::string("adagrad")}});
    r.scalar("loss", {{0, 3}});
  });
  w.run("job/validation", [](RunBuilder& r) { r.scalar("loss", {{0, 3}}); });
  w.condition("optimizer = \"adagrad\"");
  CHECK(w.rows() == Lines{"job/train", "job/validation"});
}

TEST_CASE("where: the condition is about whole runs, whatever points are listed") {
  ThreeRuns w;
  w.condition("max(acc) >= 0.5");
  w.select.first_step = 1;
  CHECK(w.rows() == Lines{"a", "c"});
  w.select.runs.push_back(Pattern::parse_or_name("c", Pattern::Scope::kTree));
  CHECK(w.rows() == Lines{"c"});
}

TEST_CASE("where: nothing is left, and why") {
  ThreeRuns w;
  w.condition("max(acc) > 7");
  ops::LsReport report = w.list();
  CHECK(report.rows.size() == 0);
  CHECK(report.outcome.matched_nothing);
  CHECK(report.outcome.nothing == "no run satisfies max(acc) > 7");
  CHECK(report.outcome.hint.empty());
  w.condition("max(los) < 7");
  report = w.list();
  CHECK(report.outcome.nothing == "no run satisfies max(los) < 7: no tag los");
  CHECK(report.outcome.hint == "did you mean loss?");
  w.condition("optimiser = \"adam\"");
  CHECK(w.list().outcome.hint == "did you mean optimizer?");
}

TEST_CASE("where: what damage may have kept from being true is told") {
  LsWorld w;
  std::string file = event_file([](RunBuilder& r) {
    r.scalar("acc", {{0, 0.1F}, {1, 0.9F}, {2, 0.2F}});
  });
  file = flip_byte(file, record_offsets(file)[2] + 20, 1);
  w.memory.file("/logs/bad/events.out.tfevents.1.h", file);
  w.run("good", [](RunBuilder& r) { r.scalar("acc", {{0, 0.8F}}); });
  w.condition("max(acc) > 0.5");
  CHECK(w.rows() == Lines{"good"});
  CHECK_FALSE(w.list().outcome.complete);
  CHECK(w.list().outcome.problems.size() == 1);
  w.condition("max(acc) > 0.05");
  CHECK(w.rows() == Lines{"bad", "good"});
  CHECK(w.list().outcome.problems.size() == 1);
  w.select.runs.push_back(Pattern::parse_or_name("good", Pattern::Scope::kTree));
  CHECK(w.list().outcome.complete);
}

}  // namespace
}  // namespace tfevents::test
