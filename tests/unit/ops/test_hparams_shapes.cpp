// What is drawn of a search: bars by the value of a hyperparameter, and parallel coordinates.
#include <limits>

#include "unit/ops/hparams_world.hpp"

namespace tfevents::test {
namespace {

/// `value n missing mean min max`, a `*` behind the best.
Lines bars_of(const HparamsWorld& w, const std::string& hparam, bool all = false) {
  const auto bars = ops::hparam_bars(*w.last, hparam, all);
  REQUIRE_MESSAGE(bars.ok(), bars.error().message);
  const auto text = [](const std::optional<double>& number) {
    return number ? to_text(*number) : std::string("-");
  };
  Lines lines;
  for (const ops::HparamBar& bar : bars->bars) {
    std::string value = ops::text_of_hparam(bar.value);
    if (is_null(bar.value)) value = "(none)";
    lines.push_back(value + ' ' + to_text(bar.spread.n) + ' ' + to_text(bar.missing) + ' ' +
                    text(bar.spread.mean) + ' ' + text(bar.min) + ' ' + text(bar.max) +
                    (bar.best ? "*" : ""));
  }
  return lines;
}

TEST_CASE("bars: sessions by value, numbers by size, those without last") {
  HparamsWorld w;
  w.session("a", {{"units", 16.0}}, 0.5F);
  w.session("b", {{"units", 8.0}}, 0.25F);
  w.session("c", {{"units", 16.0}}, 0.75F);
  w.session("d", {{"units", 128.0}}, 0.5F);
  w.session("e", {{"other", 1.0}}, 1);
  w.run("f", [](RunBuilder& r) { with_hparams(r, {{"units", 16.0}}).scalar("acc", {{0, kNanF}}); });
  w.list();
  CHECK(bars_of(w, "units") == Lines{"8 1 0 0.25 0.25 0.25", "16 2 1 0.625 0.5 0.75",
                                     "128 1 0 0.5 0.5 0.5", "(none) 1 0 1 1 1*"});
  const auto unknown = ops::hparam_bars(*w.last, "unit", false);
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().code == ErrorCode::kUsage);
  CHECK(unknown.error().hint == "did you mean units?");
}

TEST_CASE("bars of several metrics each have a best, none where nobody knows what is good") {
  HparamsWorld w;
  const auto job = [&](const char* name, const char* opt, float acc, float loss) {
    w.run(name, [&](RunBuilder& r) {
      with_hparams(r, {{"opt", std::string(opt)}});
      r.scalar("acc", {{0, acc}}).scalar("loss", {{0, loss}}).scalar("fps", {{0, 1}});
    });
  };
  job("a", "adam", 0.5F, 3);
  job("b", "sgd", 0.25F, 2);
  w.list();
  CHECK(bars_of(w, "opt", true) == Lines{"adam 1 0 0.5 0.5 0.5*", "sgd 1 0 0.25 0.25 0.25",
                                         "adam 1 0 3 3 3", "sgd 1 0 2 2 2*", "adam 1 0 1 1 1",
                                         "sgd 1 0 1 1 1"});
  CHECK(bars_of(w, "opt").size() == 2);
}

TEST_CASE("bars of mixed types: the number and the text 1 are one value") {
  HparamsWorld w;
  w.session("a", {{"x", 1.0}}, 0.5F);
  w.session("b", {{"x", std::string("1")}}, 0.25F);
  w.session("c", {{"x", std::string("")}}, 1);
  w.list();
  CHECK(bars_of(w, "x") == Lines{" 1 0 1 1 1*", "1 2 0 0.375 0.25 0.5"});
}

TEST_CASE("coordinates: an axis for what differs, then the metric; from 0 to 1") {
  HparamsWorld w;
  w.session("a", {{"units", 10.0}, {"lr", 1e-5}, {"opt", std::string("sgd")}, {"same", 1.0}}, 0.5F);
  w.session("b", {{"units", 20.0}, {"lr", 1e-3}, {"opt", std::string("adam")}, {"same", 1.0}}, 1);
  w.session("c", {{"units", 15.0}, {"lr", 1e-4}, {"same", 1.0}}, 0.75F);
  w.run("d", [](RunBuilder& r) { with_hparams(r, {{"units", 12.0}, {"same", 1.0}}); });
  w.list();
  const ops::Coords coords = ops::hparam_coords(*w.last, 32, false);
  REQUIRE(coords.axes.size() == 4);
  CHECK(coords.axes[0].name == "lr");
  CHECK(coords.axes[0].log);
  CHECK(coords.axes[1].texts == std::vector<std::string>{"adam", "sgd"});
  CHECK(coords.axes[2].name == "units");
  CHECK_FALSE(coords.axes[2].log);
  CHECK(coords.axes[3].metric == 0);
  CHECK(coords.not_drawn == 1);
  REQUIRE(coords.lines.size() == 3);
  CHECK(coords.best == 1);
  CHECK(coords.lines[0].at[0] == doctest::Approx(0));
  CHECK(coords.lines[2].at[0].value() == doctest::Approx(0.5));
  CHECK(coords.lines[0].at[1] == 1);
  CHECK_FALSE(coords.lines[2].at[1]);
  CHECK(coords.lines[2].at[2] == 0.5);
  CHECK(coords.lines[1].at[3] == 1);
  const ops::Coords few = ops::hparam_coords(*w.last, 1, false);
  CHECK(few.axes.size() == 2);
  CHECK(few.more_hparams == 2);
}

TEST_CASE("coordinates: what no drawn session has takes no axis, unless none is drawn") {
  HparamsWorld w;
  w.session("a", {{"units", 10.0}}, 0.5F);
  w.session("b", {{"units", 20.0}}, 1);
  w.run("c", [](RunBuilder& r) { with_hparams(r, {{"algorithm", std::string("ppo")}}); });
  w.run("d", [](RunBuilder& r) { with_hparams(r, {{"algorithm", std::string("sac")}}); });
  w.list();
  const ops::Coords coords = ops::hparam_coords(*w.last, 32, false);
  REQUIRE(coords.axes.size() == 2);
  CHECK(coords.axes[0].name == "units");
  CHECK(coords.axes[1].metric == 0);
  CHECK(coords.lines.size() == 2);
  CHECK(coords.not_drawn == 2);
  HparamsWorld none;
  none.run("c", [](RunBuilder& r) { with_hparams(r, {{"algorithm", std::string("ppo")}}); });
  none.run("d", [](RunBuilder& r) { with_hparams(r, {{"algorithm", std::string("sac")}}); });
  none.list();
  CHECK(ops::hparam_coords(*none.last, 32, false).axes.size() == 1);
}

TEST_CASE("coordinates of one session, of equal numbers, of the greatest doubles") {
  HparamsWorld w;
  const double most = std::numeric_limits<double>::max();
  w.session("a", {{"x", -most}}, 0.5F);
  w.session("b", {{"x", most}}, 0.5F);
  w.session("c", {{"x", 0.0}}, 0.5F);
  w.list();
  const ops::Coords coords = ops::hparam_coords(*w.last, 32, false);
  REQUIRE(coords.lines.size() == 3);
  CHECK(coords.lines[0].at[0] == 0);
  CHECK(coords.lines[1].at[0] == 1);
  CHECK(coords.lines[2].at[0] == 0.5);
  CHECK(coords.lines[0].at[1] == 0.5);

  HparamsWorld one;
  one.session("a", {{"x", 1.0}}, 0.5F);
  one.list();
  CHECK(ops::hparam_coords(*one.last, 32, false).axes.size() == 1);
}

TEST_CASE("nothing to draw") {
  HparamsWorld w;
  w.run("a", [](RunBuilder& r) { with_hparams(r, {{"x", 1.0}}); });
  w.list();
  CHECK(ops::hparam_coords(*w.last, 32, true).axes.empty());
  const auto bars = ops::hparam_bars(*w.last, "x", true);
  REQUIRE(bars.ok());
  CHECK(bars->bars.empty());
}

}  // namespace
}  // namespace tfevents::test
