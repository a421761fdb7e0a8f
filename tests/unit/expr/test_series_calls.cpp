#include <cstdint>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "unit/expr/parsed.hpp"

using namespace tfevents;
using namespace tfevents::test;

namespace {

SeriesCall call_of(std::string_view text) {
  const Expression expression = parsed(text);
  CAPTURE(text);
  REQUIRE(expression.single_call() == 0);
  REQUIRE(expression.calls().size() == 1);
  CHECK(expression.type() == ValueType::kNumber);
  return expression.calls()[0];
}

std::string tag_of(std::string_view text) {
  return call_of(text).tag;
}

Window points(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  return {.by = Window::By::kPoints, .from = from, .to = to};
}
Window steps(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  return {.by = Window::By::kSteps, .from = from, .to = to};
}

}  // namespace

TEST_CASE("every function") {
  const auto function = [](const char* name) {
    return call_of(std::string(name) + "(x)").function;
  };
  CHECK(function("last") == SeriesFunction::kLast);
  CHECK(function("first") == SeriesFunction::kFirst);
  CHECK(function("min") == SeriesFunction::kMin);
  CHECK(function("max") == SeriesFunction::kMax);
  CHECK(function("mean") == SeriesFunction::kMean);
  CHECK(function("median") == SeriesFunction::kMedian);
  CHECK(function("std") == SeriesFunction::kStd);
  CHECK(function("count") == SeriesFunction::kCount);
  CHECK(function("nan") == SeriesFunction::kNan);
  CHECK(function("sum") == SeriesFunction::kSum);
  CHECK(function("argmin") == SeriesFunction::kArgmin);
  CHECK(function("argmax") == SeriesFunction::kArgmax);
  CHECK(function("slope") == SeriesFunction::kSlope);
  CHECK(function("auc") == SeriesFunction::kAuc);
  CHECK(function("p95") == SeriesFunction::kQuantile);
  CHECK(call_of("p95(x)").quantile == 0.95);
  CHECK(call_of("p0(x)").quantile == 0);
  CHECK(call_of("p100(x)").quantile == 1);
  CHECK(call_of("p99.9(x)").quantile == 0.999);
  CHECK(call_of("p2.5 ( x , -5: )").window == points(-5, {}));
}

TEST_CASE("steps, thresholds and metrics") {
  CHECK(call_of("at(x, 1000)").step == 1000);
  CHECK(call_of("at(x,-5)").step == -5);
  CHECK(call_of("at(x, -9223372036854775808)").step == std::numeric_limits<std::int64_t>::min());
  const SeriesCall reached = call_of("first_step( val/loss<-1e-3, step=5: )");
  CHECK(reached.function == SeriesFunction::kFirstStep);
  CHECK(reached.tag == "val/loss");
  CHECK(reached.comparison == Comparison::kLess);
  CHECK(reached.threshold == -1e-3);
  CHECK(reached.window == steps(5, {}));
  CHECK(call_of("ratio(x > 1.05)").function == SeriesFunction::kRatio);
  CHECK(call_of("ratio(x != 0)").comparison == Comparison::kNotEqual);
  CHECK(call_of("ratio(\"a<b\" >= .5)").tag == "a<b");
  CHECK(call_of("ratio(x <= +5)").threshold == 5);

  SeriesCall best = call_of("at_best(train/lr, val/loss)");
  CHECK(best.function == SeriesFunction::kAtBest);
  CHECK(best.metric == "val/loss");
  CHECK(best.direction == Direction::kMin);
  CHECK(call_of("at_best(a, metrics/mAP50-95(B))").direction == Direction::kMax);
  best = call_of("at_best(a, max( time/fps ) )");
  CHECK(best.metric == "time/fps");
  CHECK(best.direction == Direction::kMax);
  best = call_of("at_best(a, min(\"fps)\"))");
  CHECK(best.metric == "fps)");
  CHECK(best.direction == Direction::kMin);
  CHECK(call_of("at_best(a, max(val/loss))").direction == Direction::kMax);
  CHECK(call_of("at_best(a, \"max(acc)\")").metric == "max(acc)");
  CHECK(call_of("at_best(a, maximum/acc)").metric == "maximum/acc");
}

TEST_CASE("windows") {
  CHECK(call_of("mean(x, 1:5)").window == points(1, 5));
  CHECK(call_of("mean(x,-5:)").window == points(-5, {}));
  CHECK(call_of("mean(x, :-5)").window == points({}, -5));
  CHECK(call_of("mean(x, -9 : -5 )").window == points(-9, -5));
  CHECK(call_of("mean(x,step=1000:2000)").window == steps(1000, 2000));
  CHECK(call_of("mean(x, step = -5 : )").window == steps(-5, {}));
  CHECK(call_of("mean(x, step=:+7)").window == steps({}, 7));
  CHECK(call_of("mean(x, :)").window == Window{});
  CHECK(call_of("mean(x, step=:)").window == Window{});
  CHECK(call_of("mean(x, :9223372036854775807)").window ==
        points({}, std::numeric_limits<std::int64_t>::max()));
}

TEST_CASE("names of series as they are") {
  CHECK(tag_of("last(val/acc)") == "val/acc");
  CHECK(tag_of("last(  val/acc\t)") == "val/acc");
  CHECK(tag_of("last(a b  c)") == "a b  c");
  CHECK(tag_of("last(metrics/mAP50-95(B))") == "metrics/mAP50-95(B)");
  CHECK(tag_of("last(f(a,b)[1,2]{c=d}, 5:)") == "f(a,b)[1,2]{c=d}");
  CHECK(tag_of("last(a(b<c))") == "a(b<c)");
  CHECK(tag_of("last(a]b})") == "a]b}");  // Nothing is open there.
  CHECK(tag_of("last(a\\b)") == "a\\b");
  CHECK(tag_of("last(a\"b)") == "a\"b");
  CHECK(tag_of("last(it's)") == "it's");
  CHECK(tag_of("last(a && b || 5% ~ ^ :0)") == "a && b || 5% ~ ^ :0");
  CHECK(tag_of("last(größe/日本)") == "größe/日本");
  CHECK(tag_of("last(and)") == "and");
  CHECK(tag_of("last(5)") == "5");
}

TEST_CASE("names of series in double quotes") {
  CHECK(tag_of("last(\"val/acc\")") == "val/acc");
  CHECK(tag_of("last( \" a \" )") == " a ");
  CHECK(tag_of("last(\"a)b\", 5:)") == "a)b");
  CHECK(tag_of("last(\"loss = 0.3, or so\")") == "loss = 0.3, or so");
  CHECK(tag_of(R"(last("a\"b\\c\n"))") == R"(a"b\c\n)");
  CHECK(tag_of("last(\"\")").empty());
  CHECK(tag_of("last(\"(\")") == "(");
}

TEST_CASE("equal calls are one") {
  const Expression expression =
      parsed("last(b) - last( \"b\" ) > mean(b) or mean(b, :) < last(a) and last(b, -5:) > 0");
  REQUIRE(expression.calls().size() == 4);
  CHECK(expression.calls()[0].tag == "b");
  CHECK(expression.calls()[1].function == SeriesFunction::kMean);
  CHECK(expression.calls()[2].tag == "a");
  CHECK(expression.calls()[3].window == points(-5, {}));
}
