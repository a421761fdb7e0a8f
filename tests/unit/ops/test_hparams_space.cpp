// The space of a search: types, domains and values, announced and seen.
#include <limits>

#include "unit/ops/hparams_world.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("what nobody announces is inferred from the values") {
  HparamsWorld w;
  w.session("a", {{"lr", 0.1}, {"opt", std::string("sgd")}, {"bn", true}, {"same", 3.0}}, 0.1F);
  w.session("b", {{"lr", 0.01}, {"opt", std::string("adam")}, {"bn", false}, {"same", 3.0}}, 0.2F);
  w.session("c", {{"lr", 0.1}, {"opt", std::string("adam")}, {"bn", true}, {"same", 3.0}}, 0.3F);
  w.list();
  CHECK(w.space("lr") == "float64 0.01..0.1 differs");
  CHECK(w.space("opt") == "string adam|sgd differs");
  CHECK(w.space("bn") == "bool false|true differs");
  CHECK(w.space("same") == "float64 3..3");
  Lines names;
  for (const ops::SpaceEntry& entry : w.last->space) names.push_back(entry.name);
  CHECK(names == Lines{"bn", "lr", "opt", "same"});  // What differs first.
  REQUIRE(w.entry("lr").values.size() == 2);
  CHECK(w.entry("lr").values[1].value == HparamValue(0.1));
  CHECK(w.entry("lr").values[1].sessions == 2);
}

TEST_CASE("12 #72: mixed types are texts, as which the number and the text 1 are one") {
  HparamsWorld w;
  w.session("a", {{"x", 1.0}}, 0.1F);
  w.session("b", {{"x", std::string("two")}}, 0.2F);
  w.session("c", {{"x", true}}, 0.3F);
  w.session("d", {{"x", std::string("1")}}, 0.4F);
  w.list();
  CHECK(w.entry("x").type == HparamType::kString);
  CHECK(w.entry("x").choices.size() == 3);
  CHECK(w.entry("x").differs);
}

TEST_CASE("12 #71: NaN and infinities are values, but in no domain") {
  HparamsWorld w;
  w.session("a", {{"lr", std::numeric_limits<double>::quiet_NaN()}}, 0.1F);
  w.session("b", {{"lr", 0.5}}, 0.2F);
  w.session("c", {{"lr", std::numeric_limits<double>::infinity()}}, 0.3F);
  w.list();
  CHECK(w.space("lr") == "float64 0.5..0.5 differs");
  CHECK(w.entry("lr").sessions == 3);
  CHECK(w.entry("lr").distinct == 3);
  CHECK(w.of("a").hparams.contains("lr"));
}

TEST_CASE("nothing but NaN has no domain, and does not differ from itself") {
  HparamsWorld w;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  w.session("a", {{"lr", nan}}, 0.1F);
  w.session("b", {{"lr", nan}}, 0.2F);
  w.list();
  CHECK(w.space("lr") == "float64 -");
}

TEST_CASE("what one session lacks differs; null is like lacking") {
  HparamsWorld w;
  w.session("a", {{"only", 7.0}, {"null", HparamValue()}, {"sometimes", HparamValue()}}, 0.1F);
  w.session("b", {{"null", HparamValue()}, {"sometimes", 1.0}}, 0.2F);
  w.list();
  CHECK(w.space("only") == "float64 7..7 differs");
  CHECK(w.space("sometimes") == "float64 1..1 differs");
  CHECK(w.space("null") == "- -");
  CHECK(w.entry("null").sessions == 0);
}

TEST_CASE("what experiments announce comes before what is seen, and grows with each") {
  HparamsWorld w;
  w.run(".", [](RunBuilder& r) {
    r.hparams(kExperiment, experiment({{"lr", HparamType::kFloat64, {}, {{0.1, 0.5}}},
                                       {"opt", HparamType::kString, {"adam", "sgd"}},
                                       {"never", HparamType::kBool},
                                       {"unset"}},
                                      {}));
  });
  w.run("a", [](RunBuilder& r) {
    r.hparams(kExperiment, experiment({{"lr", HparamType::kFloat64, {}, {{0.01, 0.2}}},
                                       {"opt", HparamType::kString, {"sgd", "lion"}}},
                                      {}));
    with_hparams(r, {{"lr", 0.3}, {"opt", std::string("sgd")}}).scalar("acc", {{0, 1}});
  });
  w.list();
  CHECK(w.space("lr") == "float64 0.01..0.5");
  CHECK(w.entry("lr").domain_declared);
  CHECK(w.entry("lr").seen == std::pair(0.3, 0.3));
  CHECK(w.space("opt") == "string adam|sgd|lion");
  CHECK(w.space("never") == "bool -");
  CHECK(w.entry("never").declared);
  CHECK_FALSE(w.entry("never").domain_declared);
  CHECK(w.space("unset") == "- -");
}

TEST_CASE("a type that values contradict is string") {
  HparamsWorld w;
  w.run(".", [](RunBuilder& r) {
    r.hparams(kExperiment, experiment({{"x", HparamType::kFloat64}}, {}));
  });
  w.session("a", {{"x", std::string("auto")}}, 0.5F);
  w.list();
  CHECK(w.space("x") == "string auto");
}

TEST_CASE("a thousand values are listed, the others counted") {
  HparamList none;
  std::vector<HparamMap> maps;
  for (int i = 0; i < 1500; ++i) maps.push_back({{"seed", static_cast<double>(i)}});
  std::vector<const HparamMap*> sessions;
  for (const HparamMap& map : maps) sessions.push_back(&map);
  const auto space = ops::space_of(sessions, {});
  REQUIRE(space.size() == 1);
  CHECK(space[0].values.size() == ops::kMaxSpaceValues);
  CHECK(space[0].distinct == 1500);
  CHECK(space[0].values[999].value == HparamValue(999.0));
}

TEST_CASE("a hyperparameter is found as it is printed, with hp. or in quotes") {
  std::vector<ops::SpaceEntry> space(3);
  space[0].name = "weight-decay";
  space[1].name = "odd\nname";
  space[2].name = "hp.own";
  CHECK(ops::find_hparam(space, "weight-decay") == &space[0]);
  CHECK(ops::find_hparam(space, "hp.weight-decay") == &space[0]);
  CHECK(ops::find_hparam(space, "hp.\"weight-decay\"") == &space[0]);
  CHECK(ops::find_hparam(space, "odd\\nname") == &space[1]);
  CHECK(ops::find_hparam(space, "hp.own") == &space[2]);
  CHECK(ops::find_hparam(space, "own") == nullptr);
  CHECK(ops::find_hparam(space, "") == nullptr);
}

}  // namespace
}  // namespace tfevents::test
