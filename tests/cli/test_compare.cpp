// How `compare` shows numbers and lays out its tables.
#include <limits>
#include <utility>

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "render/compare.hpp"

namespace tfevents::render {
namespace {

ops::CompareValue value_of(double number) {
  ops::CompareValue value;
  value.item.value = number;
  value.item.series.value = number;
  value.item.series.n = 1;
  value.item.series.step = 10;
  return value;
}

ops::CompareValue changed(double number, double delta, double ratio, ops::Verdict verdict) {
  ops::CompareValue value = value_of(number);
  value.delta = delta;
  value.delta_ratio = ratio;
  value.verdict = verdict;
  return value;
}

ops::CompareRow trial(std::string name, std::vector<ops::CompareValue> metrics, double lr) {
  ops::CompareRow row;
  row.trial.path = "runs/" + name;
  row.trial.name = std::move(name);
  row.trial.hparams = {{"lr", lr}, {"opt", std::string("adam")}};
  row.metrics = std::move(metrics);
  return row;
}

ops::CompareRow group(double lr, std::vector<ops::CompareValue> metrics) {
  ops::CompareRow row;
  row.group = {Value(lr)};
  row.runs = {"a", "b", "c"};
  row.metrics = std::move(metrics);
  return row;
}

/// Two trials, one of them the baseline.
ops::CompareReport pair() {
  ops::CompareReport report;
  report.columns = {{"val/acc", Direction::kMax}, {"loss", Direction::kMin}, {"fps", {}}};
  report.rows = {trial("v/base", {value_of(0.75), value_of(2), value_of(100)}, 0.1),
                 trial("v/new",
                       {changed(0.5, -0.25, -1.0 / 3, ops::Verdict::kWorse),
                        changed(1, -1, -0.5, ops::Verdict::kBetter), value_of(90)},
                       0.01)};
  report.rows[0].baseline = true;
  report.baseline = report.baseline_shown = "v/base";
  report.differing_hparams = {"lr"};
  report.trials = 2;
  return report;
}

/// The same three times over, so that it is a table.
ops::CompareReport many() {
  ops::CompareReport report = pair();
  report.rows.push_back(report.rows[1]);
  report.rows.push_back(report.rows[1]);
  return report;
}

std::string table(const ops::CompareReport& report, std::optional<std::size_t> width = {}) {
  TableStyle style{.width = width};
  return reads_upright(report) ? render_table(compare_upright(report), style)
                               : render_table(compare_table(report), style);
}

TEST_CASE("compare: a few trials stand side by side, a line a metric") {
  CHECK(table(pair()) ==
        "METRIC     v/base (baseline)  v/new  DELTA\n"
        "val/acc ▲               0.75   0.5   -0.25  -33.3%   worse\n"
        "loss ▼                  2      1        -1  -50.0%   better\n"
        "fps                   100     90\n"
        "hp.lr                   0.1    0.01\n");
}

TEST_CASE("compare: more trials are a line each, with hyperparameters that differ") {
  const std::string text = table(many());
  CHECK(text.starts_with("RUN     val/acc ▲  DELTA                    loss ▼  DELTA"));
  CHECK(text.find("lr\n") != std::string::npos);
  CHECK(text.find("opt") == std::string::npos);
  CHECK(text.find("baseline") != std::string::npos);
  CHECK(text.find("-33.3%  worse") != std::string::npos);
}

TEST_CASE("compare: narrow terminals lose the absolute change first, and never the names") {
  for (const std::size_t width : {40U, 60U, 80U, 120U}) {
    for (const ops::CompareReport& report : {pair(), many()}) {
      const std::string text = table(report, width);
      CHECK(text.find("new") != std::string::npos);
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        CHECK(display_width(text.substr(at, end - at)) <= width);
        at = end + 1;
      }
    }
  }
  CHECK(table(pair(), 50).find("DELTA") == std::string::npos);
  for (const std::size_t width : {50U, 40U, 30U}) {
    CAPTURE(width);
    CHECK(table(pair(), width).find("-33.3%") != std::string::npos);
    CHECK(table(many(), width).find("-33.3%") != std::string::npos);
  }
}

TEST_CASE("compare: of a baseline of 0 there is the absolute change, once, and on every terminal") {
  ops::CompareReport report = pair();
  for (ops::CompareRow& row : report.rows) row.metrics.resize(1);
  report.columns.resize(1);
  report.rows[0].metrics[0] = value_of(0);
  report.rows[1].metrics[0] = changed(5, 5, 0, ops::Verdict::kBetter);
  report.rows[1].metrics[0].delta_ratio.reset();
  const std::string text = table(report);
  CHECK(text.find("+5") == text.rfind("+5"));
  CHECK(text.find("better") != std::string::npos);
  CHECK(table(report, 50).find("+5") != std::string::npos);
}

TEST_CASE("compare: what diverged is worse, what is missing has no value") {
  ops::CompareReport report = pair();
  ops::CompareValue& diverged = report.rows[1].metrics[0];
  diverged = value_of(std::numeric_limits<double>::quiet_NaN());
  diverged.verdict = ops::Verdict::kWorse;
  diverged.reason = "non-finite";
  ops::CompareValue& missing = report.rows[1].metrics[1];
  missing = {};
  missing.verdict = ops::Verdict::kUndecided;
  missing.reason = "missing-tag";
  const std::string text = table(report);
  CHECK(text.find("nan          worse\n") != std::string::npos);
  CHECK(text.find("no value\n") != std::string::npos);
  const std::string json = text_of([&](Sink& sink) { return compare_jsonl(report, sink); });
  CHECK(json.find(R"("reason":"non-finite","direction":"max","delta":null)") != std::string::npos);
  CHECK(json.find(R"("delta_ratio":null,"verdict":"worse")") != std::string::npos);
  CHECK(json.find(R"("verdict":"undecided")") != std::string::npos);
}

TEST_CASE("compare: a hyperparameter that was asked for is shown once, a tag of its name besides") {
  for (const char* label : {"lr", "hp.lr"}) {
    ops::CompareReport report = pair();
    report.columns[2] = {label, {}, false};
    CHECK(table(report).find("\nhp.lr  ") ==
          (*label == 'h' ? table(report).rfind("\nhp.lr  ") : std::string::npos));
    report.rows.push_back(report.rows[1]);
    report.rows.push_back(report.rows[1]);
    const std::string text = table(report);
    CHECK(text.substr(0, text.find('\n')).ends_with("DELTA"));
    report.columns[2].tag = true;
    CHECK(table(report).find("  lr\n") != std::string::npos);
  }
}

TEST_CASE("compare: colour repeats what words say") {
  const std::string text = render_table(compare_upright(pair()), {.color = true});
  CHECK(text.find("\x1b[31mworse\x1b[0m") != std::string::npos);
  CHECK(text.find("\x1b[32mbetter\x1b[0m") != std::string::npos);
}

TEST_CASE("compare: long names lose the directories that all have") {
  ops::CompareReport report = pair();
  report.rows[0].trial.name = "experiments/vision/resnet/seed0";
  report.rows[1].trial.name = "experiments/vision/vit/seed0";
  const std::string text = table(report);
  CHECK(text.starts_with("METRIC     resnet/seed0 (baseline)"));
  CHECK(text.find("  vit/seed0  DELTA") != std::string::npos);
  report.rows[1].trial.name = "experiments/vision";
  CHECK(table(report).find("  vision  DELTA") != std::string::npos);
  report.rows[1].trial.name = "experiments";
  CHECK(table(report).find("experiments/vision/resnet/seed0 (baseline)") != std::string::npos);
}

TEST_CASE("compare: names are safe for a terminal") {
  ops::CompareReport report = pair();
  report.rows[1].trial.name = "a\x1b[2J\n";
  report.columns[0].label = "tag\x1b]0;x\a";
  report.differing_hparams = {"lr\x9b"};
  for (const std::string& text : {table(report), render_table(compare_table(report), {})}) {
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\x9b') == std::string::npos);
  }
}

TEST_CASE("compare: groups have mean, deviation, and what is missing") {
  ops::CompareReport report;
  report.by = {"lr"};
  report.columns = {{"acc", Direction::kMax}};
  ops::CompareValue whole, part, none;
  whole.spread = {.n = 3, .mean = 0.91904, .std = 0.00312};
  part.spread = {.n = 1, .mean = 0.5, .std = {}};
  part.missing = 2;
  none.missing = 3;
  report.rows = {group(0.1, {whole}), group(0.01, {part}), group(1, {none})};
  CHECK(table(report) ==
        "  lr  TRIALS   acc ▲     STD\n"
        "0.1        3  0.9190  0.0031\n"
        "0.01       3  0.5              n=1/3\n"
        "1          3                   n=0/3\n");
  CHECK(render_csv(compare_table(report)) ==
        "by.lr,acc,acc.std,acc.n,acc.missing\n"
        "0.1,0.91904,0.00312,3,0\n"
        "0.01,0.5,,1,2\n"
        "1,,,0,3\n");
}

TEST_CASE("compare: CSV has every hyperparameter, and names that are given once") {
  ops::CompareReport report = pair();
  report.columns = {{"run", {}}, {"run.step", {}}, {"hp.lr", {}}};
  report.baseline.reset();
  const std::string text = render_csv(compare_table(report));
  CHECK(text.substr(0, text.find('\n')) ==
        "run,path,tag:run,tag:run.step,run.step,run.step.step,hp.lr,hp.lr.step,tag:hp.lr,hp.opt");
}

TEST_CASE("compare: changes in numbers for people") {
  CHECK(percent_text(0.02214) == "+2.2%");
  CHECK(percent_text(-0.004) == "-0.4%");
  CHECK(percent_text(-0.00004) == "-0.004%");
  CHECK(percent_text(0) == "0%");
  CHECK(percent_text(1.25) == "+125%");
  CHECK(percent_text(-1) == "-100%");
  CHECK(percent_text(123456) == "+1.2e+07%");
  CHECK(signed_text(0.02014) == "+0.0201");
  CHECK(signed_text(-3) == "-3");
  CHECK(signed_text(0) == "0");
}

TEST_CASE("compare: a deviation has two digits, its mean the same decimals") {
  const auto text = [](double mean, std::optional<double> deviation) {
    const SpreadText both = spread_text({.n = 3, .mean = mean, .std = deviation});
    return both.mean + " " + both.std;
  };
  CHECK(text(0.919, 0.0031) == "0.9190 0.0031");
  CHECK(text(0.919, 0.0998) == "0.92 0.10");
  CHECK(text(1234.567, 9.96) == "1235 10");
  CHECK(text(1234.567, 250) == "1235 250");
  CHECK(text(-0.5, 0) == "-0.5 0");
  CHECK(text(0.1, {}) == "0.1 ");
  CHECK(text(2.0 / 3, {}) == "0.666667 ");
  CHECK(text(1e-9, 2.34e-10) == "1e-09 2.3e-10");
  CHECK(text(1e20, 3) == "1e+20 3.0");
  CHECK(spread_text({}).mean.empty());
}

TEST_CASE("compare: notes say what is left out and what groups mix") {
  ops::CompareReport report = pair();
  CHECK(compare_notes(report).empty());
  report.left_out = 4;
  report.unchanged = 1;
  report.mixed = {{"adam", {{"lr", 3}, {"wd", 2}}}};
  CHECK(compare_notes(report) ==
        std::vector<std::string>{"1 metric is the same everywhere and left out",
                                 "3 of 7 metrics are compared; -c chooses others",
                                 "adam folds runs that differ in lr (3 values), wd (2 values)"});
  report.mixed = {{"adam", {{"lr", 3}}}, {"", {{"lr", 3}}}, {"sgd", {{"wd\x1b", 2}}}};
  const std::vector<std::string> notes = compare_notes(report);
  REQUIRE(notes.size() == 4);
  CHECK(notes[2] == "adam and 1 more group fold runs that differ in lr (3 values)");
  CHECK(notes[3].find('\x1b') == std::string::npos);
}

}  // namespace
}  // namespace tfevents::render
