#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "unit/expr/parsed.hpp"

using namespace tfevents;
using namespace tfevents::test;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Evaluation evaluate(std::string_view text, std::map<std::string, SeriesValue> tags = {},
                    std::map<std::string, Value> values = {}) {
  const Expression expression = parsed(text);
  TableFacts facts(expression);
  facts.tags = std::move(tags);
  facts.values = std::move(values);
  return expression.evaluate(facts);
}

std::string truth_of(const Value& value) {
  if (is_null(value)) return "null";
  return std::get<bool>(value) ? "true" : "false";
}

/// `true`, `false`, `null` where `n` is null.
std::string truth(std::string_view text) {
  return truth_of(evaluate(text, {}, {{"t", true}, {"f", false}}).value);
}

/// The kinds, places and messages of all troubles, each as `2@7 number against text`.
std::vector<std::string> troubles(const Evaluation& evaluation) {
  std::vector<std::string> out;
  for (const Trouble& trouble : evaluation.troubles) {
    out.push_back(std::to_string(static_cast<int>(trouble.kind)) + "@" +
                  std::to_string(trouble.at) + " " + trouble.message);
  }
  return out;
}
using Troubles = std::vector<std::string>;

SeriesValue absent(Absence why, std::uint64_t n = 0) {
  SeriesValue value = SeriesValue::missing(why);
  value.n = n;
  return value;
}

SeriesValue with_nonfinite(SeriesValue value, std::uint64_t count, std::int64_t step) {
  value.nonfinite = count;
  value.nonfinite_step = step;
  return value;
}

}  // namespace

TEST_CASE("three-valued logic") {
  for (const auto& [text, result] : std::vector<std::pair<const char*, const char*>>{
           {"t and t", "true"},   {"t and f", "false"}, {"f and t", "false"},
           {"f and f", "false"},  {"t and n", "null"},  {"n and t", "null"},
           {"f and n", "false"},  {"n and f", "false"}, {"n and n", "null"},
           {"t or t", "true"},    {"t or f", "true"},   {"f or t", "true"},
           {"f or f", "false"},   {"t or n", "true"},   {"n or t", "true"},
           {"f or n", "null"},    {"n or f", "null"},   {"n or n", "null"},
           {"not t", "false"},    {"not f", "true"},    {"not n", "null"},
           {"n = n", "null"},     {"n != n", "null"},   {"n < 1", "null"},
           {"1 + n = 2", "null"}, {"-n = 2", "null"},   {"abs(n) = 2", "null"},
           {"n ~ \"a\"", "null"}, {"n in (1)", "null"}, {"n not in (1)", "null"}}) {
    CAPTURE(text);
    CHECK(truth(text) == result);
  }
}

TEST_CASE("only true counts") {
  CHECK(is_true(evaluate("1 < 2").value));
  CHECK_FALSE(is_true(evaluate("1 > 2").value));
  CHECK_FALSE(is_true(evaluate("n").value));
  CHECK_FALSE(is_true(evaluate("1").value));
}

TEST_CASE("division by zero, infinity and NaN are IEEE's") {
  CHECK(std::get<double>(evaluate("1 / 0").value) == kInf);
  CHECK(std::get<double>(evaluate("-1 / 0").value) == -kInf);
  CHECK(std::isnan(std::get<double>(evaluate("0 / 0").value)));
  CHECK(std::get<double>(evaluate("1e308 * 10").value) == kInf);
  CHECK(troubles(evaluate("1 / 0")).empty());  // Not compared with anything.
  CHECK(troubles(evaluate("1 / 0 > 5")) == Troubles{"4@2 the result is inf"});
  CHECK(is_true(evaluate("1 / 0 > 5").value));
  CHECK(troubles(evaluate("5 < abs(0/0)")) == Troubles{"4@4 the result is nan"});
  CHECK(truth("0/0 = 0/0") == "false");
  CHECK(truth("0/0 != 0/0") == "true");
  CHECK(troubles(evaluate("-(1/0) in (1)")) == Troubles{"4@0 the result is -inf"});
  // A point that is not finite has its own.
  const auto diverged = with_nonfinite(number(kNan), 1, 990);
  CHECK(troubles(evaluate("last(x) > 0", {{"x", diverged}})) == Troubles{"4@0 nan at step 990"});
  CHECK_FALSE(is_true(evaluate("last(x) > 0", {{"x", diverged}}).value));
  // So has what great finite points sum up to.
  CHECK(troubles(evaluate("sum(x) > 0", {{"x", number(kInf)}})) ==
        Troubles{"4@0 the result is inf"});
}

TEST_CASE("a hyperparameter that is not finite is one of the troubles of a comparison") {
  const std::map<std::string, Value> nan{{"hp.x", kNan}, {"x", kNan}, {"run.age", kNan}};
  CHECK(troubles(evaluate("hp.x != 0", {}, nan)) == Troubles{"4@0 hyperparameter x is nan"});
  CHECK(troubles(evaluate("not (hp.x > 0)", {}, nan)) == Troubles{"4@5 hyperparameter x is nan"});
  CHECK(troubles(evaluate("0 != x", {}, nan)) == Troubles{"4@5 hyperparameter x is nan"});
  CHECK(troubles(evaluate("run.age < 5", {}, nan)) == Troubles{"4@0 run.age is nan"});
  CHECK(troubles(evaluate("hp.x not in (1, 2)", {}, nan)) ==
        Troubles{"4@0 hyperparameter x is nan"});
  // Once, however often it is compared; the two ways to write it are two names.
  CHECK(troubles(evaluate("hp.x != hp.x or hp.x > 1", {}, nan)).size() == 1);
  CHECK(troubles(evaluate("hp.x != x", {}, nan)).size() == 2);
  CHECK(troubles(evaluate("hp.x + 1 != 1", {}, nan)) == Troubles{"4@5 the result is nan"});
  // The value is there all the same, and nothing is wrong with one that is not compared.
  CHECK(truth_of(evaluate("hp.x != 0", {}, nan).value) == "true");
  CHECK(troubles(evaluate("hp.x", {}, nan)).empty());
  CHECK(troubles(evaluate("hp.x > 0", {}, {{"hp.x", kInf}})) ==
        Troubles{"4@0 hyperparameter x is inf"});
  CHECK(troubles(evaluate("hp.x > 0", {}, {{"hp.x", 1e300}})).empty());
  CHECK(troubles(evaluate("hp.x = \"nan\"", {}, {{"hp.x", std::string("nan")}})).empty());
}

TEST_CASE("troubles of series") {
  CHECK(troubles(evaluate("1 < last(x)")) == Troubles{"0@4 no tag x"});
  CHECK(troubles(evaluate("at_best(x, acc) > 1")) == Troubles{"0@0 no tag x or acc"});
  SeriesValue several = absent(Absence::kAmbiguousTag);
  several.candidates = {"train/loss", "val/loss"};
  CHECK(troubles(evaluate("last(loss) > 0", {{"loss", several}})) ==
        Troubles{"1@0 several series loss: train/loss, val/loss"});
  several.candidates = {"a", "b", "c", "d", "e", "f", "g"};
  CHECK(troubles(evaluate("last(loss)", {{"loss", several}})) ==
        Troubles{"1@0 several series loss: a, b, c, d, e and 2 more"});

  const SeriesValue empty = absent(Absence::kEmptyWindow);
  CHECK(troubles(evaluate("last(x)", {{"x", empty}})) == Troubles{"3@0 no point"});
  CHECK(troubles(evaluate("mean(x,5:)", {{"x", empty}})) == Troubles{"3@0 no point in the window"});
  CHECK(troubles(evaluate("at(x, 50)", {{"x", empty}})) == Troubles{"3@0 no point at step 50"});
  CHECK(troubles(evaluate("std(x)", {{"x", absent(Absence::kEmptyWindow, 1)}})) ==
        Troubles{"3@0 too few points"});
  CHECK(troubles(evaluate("max(x)", {{"x", with_nonfinite(empty, 3, 7)}})) ==
        Troubles{"4@0 3 non-finite points, the first at step 7", "3@0 no finite point"});

  CHECK(troubles(evaluate("max(x) > 1", {{"x", with_nonfinite(number(2), 1, 990)}})) ==
        Troubles{"4@0 1 non-finite point, at step 990"});
  CHECK(is_true(evaluate("max(x) > 1", {{"x", with_nonfinite(number(2), 1, 990)}}).value));
  CHECK(troubles(evaluate("nan(x) > 1", {{"x", with_nonfinite(number(2), 2, 990)}})).empty());

  const Evaluation never = evaluate("first_step(x < 1) < 5", {{"x", absent(Absence::kNever)}});
  CHECK(is_null(never.value));
  CHECK(never.troubles.empty());
}

TEST_CASE("troubles of names") {
  CHECK(troubles(evaluate("hp.lr > 1 or layout.p = \"a\" or x = 1")) ==
        Troubles{"2@0 no hyperparameter lr", "2@13 no layout level p",
                 "2@31 no hyperparameter or layout level x"});
  const Evaluation age = evaluate("run.age > 1d");
  CHECK(is_null(age.value));
  CHECK(age.troubles.empty());
}

TEST_CASE("types that are known only then") {
  const std::map<std::string, Value> values = {{"b", true}, {"x", 1.0}, {"s", std::string("a")}};
  const auto told = [&](const char* text) {
    const Evaluation evaluation = evaluate(text, {}, values);
    CHECK(is_null(evaluation.value));
    REQUIRE(evaluation.troubles.size() == 1);
    CHECK(evaluation.troubles[0].kind == Trouble::Kind::kType);
    return std::to_string(evaluation.troubles[0].at) + " " + evaluation.troubles[0].message;
  };
  CHECK(told("s > 1") == "2 text against number");
  CHECK(told("b = 1") == "2 true or false against number");
  CHECK(told("x = \"1\"") == "2 number against text");
  CHECK(told("b < b") == "2 true and false have no order");
  CHECK(told("x ~ \"1\"") == "2 number against a regular expression");
  CHECK(told("1 + s") == "2 text where a number is needed");
  CHECK(told("-b") == "0 true or false where a number is needed");
  CHECK(told("abs(s)") == "0 text where a number is needed");
  CHECK(told("not x") == "0 number where true or false is needed");
  CHECK(told("x and b") == "2 number where true or false is needed");
  CHECK(told("x in (\"a\", true)") == "2 number against text");
  // One item of the type is enough.
  CHECK(evaluate("x in (\"a\", 1)", {}, values).value == Value(true));
  CHECK(evaluate("x in (\"a\", 2)", {}, values).value == Value(false));
  CHECK(evaluate("x in (\"a\", 2)", {}, values).troubles.empty());
}

TEST_CASE("every part is looked at, in order") {
  // Nothing stops at the side that decides.
  const Evaluation evaluation =
      evaluate("1 = 1 or hp.a > 0 or last(x) > 0 or s + 1 > 2", {}, {{"s", std::string("a")}});
  CHECK(is_true(evaluation.value));
  CHECK(troubles(evaluation) ==
        Troubles{"2@9 no hyperparameter a", "0@21 no tag x", "5@38 text where a number is needed"});
  CHECK(evaluation.troubles[1].index == 0);
  // What is used twice is told once, where it stands first.
  CHECK(troubles(evaluate("last(x) > last(x) + hp.a * hp.a")) ==
        Troubles{"0@0 no tag x", "2@20 no hyperparameter a"});
}

TEST_CASE("the sides of a comparison") {
  const Evaluation compared = evaluate("last(x) * 2 >= \"a\"", {{"x", number(3)}});
  CHECK(compared.left == Value(6.0));
  CHECK(compared.right == Value(std::string("a")));
  CHECK(is_null(compared.value));
  CHECK(is_null(evaluate("hp.x > 1").left));
  CHECK(evaluate("hp.x > 1").right == Value(1.0));
  CHECK(is_null(evaluate("1 > 0 and 2 > 1").left));
}

TEST_CASE("an expression is a value: copies agree and outlive it") {
  std::optional<Expression> first = parsed("hp.x + 1 = 2");
  const Expression copy = *first;
  first.reset();
  TableFacts facts(copy);
  facts.values = {{"hp.x", 1.0}};
  CHECK(is_true(copy.evaluate(facts).value));
}
