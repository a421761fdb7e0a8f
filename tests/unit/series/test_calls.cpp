#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "series/accumulator.hpp"
#include "support/numbers.hpp"
#include "support/resident_bytes.hpp"

// What single calls yield, as the manual says it. test_agreement.cpp tries all combinations.

namespace tfevents {
namespace {

using test::kInf;
using test::kNan;
constexpr std::int64_t kFar = 1'000'000'000'000'000'000;

SeriesCall call_of(SeriesFunction function) {
  SeriesCall call;
  call.function = function;
  return call;
}

SeriesCall call_of(SeriesFunction function, std::optional<std::int64_t> from,
                   std::optional<std::int64_t> to) {
  SeriesCall call = call_of(function);
  call.window = {Window::By::kPoints, from, to};
  return call;
}

/// A point of float32, stored at ten times its step.
Sample single(std::int64_t step, double value) {
  return {step, static_cast<double>(step) * 10, static_cast<double>(static_cast<float>(value)),
          true};
}

/// float32 points at steps 0, 1, 2, …
std::vector<Sample> singles(const std::vector<double>& values) {
  std::vector<Sample> out;
  for (const double value : values) out.push_back(single(std::ssize(out), value));
  return out;
}

/// float64 points at steps 0, 1, 2, …
std::vector<Sample> doubles(const std::vector<double>& values) {
  std::vector<Sample> out;
  for (const double value : values) out.push_back({std::ssize(out), 0, value, false});
  return out;
}

SeriesValue value_of(const SeriesCall& call, const std::vector<Sample>& points) {
  SeriesAccumulator accumulator(call);
  for (const Sample& point : points) accumulator.add(point);
  return accumulator.result();
}

SeriesValue value_of(SeriesFunction function, const std::vector<Sample>& points) {
  return value_of(call_of(function), points);
}

TEST_CASE("a picked point is the number that is printed") {
  const auto points = singles({0.1, 0.9, 0.3});
  CHECK(value_of(SeriesFunction::kMax, points).value == 0.9);
  CHECK(value_of(SeriesFunction::kFirst, points).value == 0.1);
  const SeriesValue last = value_of(SeriesFunction::kLast, points);
  CHECK(last.value == 0.3);
  CHECK(last.step == 2);
  CHECK(last.wall_time == 20);
  CHECK(last.n == 1);
  CHECK(last.absence == Absence::kNone);
}

TEST_CASE("numbers of several types are compared as they print") {
  // The stored float is the lesser one, its text the greater.
  const std::vector<Sample> points = {{0, 0, 0.89999999, false}, single(1, 0.9)};
  CHECK(static_cast<double>(0.9F) < 0.89999999);
  CHECK(value_of(SeriesFunction::kMax, points).value == 0.9);
  CHECK(value_of(SeriesFunction::kMin, points).value == 0.89999999);
}

TEST_CASE("means of float32 points are read like one, sums are exact") {
  const auto points = singles({0.9, 0.9, 0.9, 0.9, 0.9});
  CHECK(value_of(call_of(SeriesFunction::kMean, -5, {}), points).value == 0.9);
  CHECK(value_of(SeriesFunction::kMedian, points).value == 0.9);
  CHECK(value_of(SeriesFunction::kSum, points).value == 5 * static_cast<double>(0.9F));
  auto mixed = points;
  mixed.push_back({5, 0, static_cast<double>(0.9F), false});
  CHECK(value_of(SeriesFunction::kMean, mixed).value == static_cast<double>(0.9F));
}

TEST_CASE("points that are not finite") {
  const auto points = singles({kNan, 0.5, kInf, 0.25});
  const SeriesValue max = value_of(SeriesFunction::kMax, points);
  CHECK(max.value == 0.5);
  CHECK(max.step == 1);
  CHECK(max.n == 2);
  CHECK(max.nonfinite == 2);
  CHECK(max.nonfinite_step == 0);
  const SeriesValue first = value_of(SeriesFunction::kFirst, points);
  CHECK(std::isnan(first.value.value()));
  CHECK(first.nonfinite == 1);
  CHECK(value_of(SeriesFunction::kLast, points).nonfinite == 0);
  const SeriesValue nan = value_of(SeriesFunction::kNan, points);
  CHECK(nan.value == 2);
  CHECK(nan.nonfinite == 0);
  CHECK(value_of(SeriesFunction::kCount, points).value == 4);

  const SeriesValue none = value_of(SeriesFunction::kMean, singles({kNan, kNan}));
  CHECK(!none.value);
  CHECK(none.absence == Absence::kEmptyWindow);
  CHECK(none.nonfinite == 2);  // `assert` says why.
}

TEST_CASE("no points") {
  for (const auto function : {SeriesFunction::kLast, SeriesFunction::kMin, SeriesFunction::kSum,
                              SeriesFunction::kRatio, SeriesFunction::kAtBest}) {
    CAPTURE(to_string(function));
    CHECK(!value_of(function, {}).value);
    CHECK(value_of(function, {}).absence == Absence::kEmptyWindow);
  }
  CHECK(value_of(SeriesFunction::kCount, {}).value == 0);
  CHECK(value_of(SeriesFunction::kNan, {}).value == 0);
  CHECK(value_of(SeriesFunction::kFirstStep, {}).absence == Absence::kNever);
}

TEST_CASE("too few points") {
  const auto one = singles({0.5});
  CHECK(!value_of(SeriesFunction::kStd, one).value);
  CHECK(!value_of(SeriesFunction::kSlope, one).value);
  CHECK(!value_of(SeriesFunction::kAuc, one).value);
  CHECK(value_of(SeriesFunction::kMedian, one).value == 0.5);
  const std::vector<Sample> one_step = {single(7, 1), single(7, 2)};
  CHECK(!value_of(SeriesFunction::kSlope, one_step).value);
  CHECK(value_of(SeriesFunction::kAuc, one_step).value == 0);
}

TEST_CASE("of equals the earliest step, also where steps fall") {
  const auto points = singles({0.5, 0.7, 0.7, 0.1, 0.1});
  CHECK(value_of(SeriesFunction::kArgmax, points).value == 1);
  CHECK(value_of(SeriesFunction::kArgmin, points).value == 3);
  CHECK(value_of(SeriesFunction::kMax, {single(5, 1), single(2, 1), single(3, 1)}).step == 2);
}

TEST_CASE("windows far greater than the series take no room for it") {
  const auto points = singles({1, 2, 3});
  CHECK(value_of(call_of(SeriesFunction::kSum, -kFar, {}), points).value == 6);
  CHECK(value_of(call_of(SeriesFunction::kSum, {}, kFar), points).value == 6);
  CHECK(!value_of(call_of(SeriesFunction::kSum, {}, -kFar), points).value);
  CHECK(!value_of(call_of(SeriesFunction::kSum, kFar, {}), points).value);
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  CHECK(value_of(call_of(SeriesFunction::kSum, kLeast, {}), points).value == 6);
  SeriesCall mean = call_of(SeriesFunction::kMax);
  mean.mean_of = std::numeric_limits<std::uint32_t>::max();
  CHECK(!value_of(mean, points).value);
}

TEST_CASE("memory does not grow where the window does not ask for it") {
  constexpr std::int64_t kPoints = 2'000'000;
  std::vector<SeriesCall> calls = {
      call_of(SeriesFunction::kMax), call_of(SeriesFunction::kStd, 100, {}),
      call_of(SeriesFunction::kMean, -100, {}), call_of(SeriesFunction::kMean, 10, -100),
      call_of(SeriesFunction::kMean, -200, 1000)};
  calls.push_back(call_of(SeriesFunction::kMin));
  calls.back().mean_of = 100;
  for (const SeriesCall& call : calls) {
    SeriesAccumulator accumulator(call);
    const std::size_t before = test::resident_bytes();
    for (std::int64_t i = 0; i < kPoints; ++i) accumulator.add({i, 0, 1, true});
    if (test::kMemoryCounts) CHECK(test::resident_bytes() < before + (8U << 20U));
    CHECK(accumulator.result().value.has_value() == (call.window.to != 1000));
  }
}

TEST_CASE("std keeps its digits far from zero, and is exactly 0 for constants") {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(i % 2 == 0 ? 0x1p30 : 0x1p30 + 0x1p-10);
  const double expected = 0x1p-11 * std::sqrt(1000.0 / 999.0);
  CHECK(value_of(SeriesFunction::kStd, doubles(values)).value.value() ==
        doctest::Approx(expected).epsilon(1e-14));
  values.front() = 0;  // The first point is far away, so that all distances are great.
  const double far = 0x1p30 / std::sqrt(1000.0);
  CHECK(value_of(SeriesFunction::kStd, doubles(values)).value.value() ==
        doctest::Approx(far).epsilon(1e-11));
  for (const double constant : {0.1, 1e-300, 1.7e308, -3e200})
    CHECK(value_of(SeriesFunction::kStd, doubles({constant, constant, constant})).value == 0);
  // Squares of these are no doubles.
  CHECK(value_of(SeriesFunction::kStd, doubles({0x1p1000, -0x1p1000})).value.value() ==
        doctest::Approx(0x1p1000 * std::sqrt(2.0)).epsilon(1e-15));
  CHECK(value_of(SeriesFunction::kStd, doubles({0x1p-700, 0x1p-701, 0})).value.value() ==
        doctest::Approx(0x1p-701).epsilon(1e-15));
}

TEST_CASE("slope and area where steps are great") {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  const std::vector<Sample> ends = {{kLeast, 0, 0, false}, {kMost, 0, 0x1p64, false}};
  CHECK(value_of(SeriesFunction::kSlope, ends).value == 1);
  CHECK(value_of(SeriesFunction::kAuc, ends).value == 0x1p127);
  const std::vector<Sample> late = {{kFar, 0, 1, false}, {kFar + 1, 0, 3, false}};
  CHECK(value_of(SeriesFunction::kSlope, late).value == 2);
  CHECK(value_of(SeriesFunction::kAuc, late).value == 2);
}

TEST_CASE("area of a restarted run counts what it did twice once") {
  const std::vector<Sample> raw = {single(0, 1), single(10, 1), single(4, 1), single(20, 1)};
  CHECK(value_of(SeriesFunction::kAuc, raw).value == 20);
}

TEST_CASE("quantiles between points that are far apart") {
  constexpr double kMost = std::numeric_limits<double>::max();
  CHECK(value_of(SeriesFunction::kMedian, doubles({-kMost, kMost})).value == 0);
  CHECK(value_of(SeriesFunction::kMedian, doubles({kMost, kMost})).value == kMost);
  SeriesCall p95 = call_of(SeriesFunction::kQuantile);
  p95.quantile = 0.95;
  std::vector<double> values;
  for (int i = 20; i >= 0; --i) values.push_back(i);
  CHECK(value_of(p95, doubles(values)).value == 19);
}

TEST_CASE("thresholds are compared with what is printed") {
  SeriesCall ratio = call_of(SeriesFunction::kRatio);
  ratio.comparison = Comparison::kGreaterEqual;
  ratio.threshold = 0.9;  // The float is a little below.
  const auto points = singles({0.9, kNan, 0.8, kInf});
  CHECK(value_of(ratio, points).value == 0.5);
  CHECK(value_of(ratio, points).nonfinite == 2);
  ratio.comparison = Comparison::kNotEqual;
  CHECK(value_of(ratio, points).value == 0.5);  // NaN satisfies nothing here.

  SeriesCall first_step = call_of(SeriesFunction::kFirstStep);
  first_step.comparison = Comparison::kEqual;
  first_step.threshold = 0.8;
  const SeriesValue found = value_of(first_step, points);
  CHECK(found.value == 2);
  CHECK(found.step == 2);
  CHECK(found.nonfinite == 0);
  first_step.threshold = 0.7;
  CHECK(value_of(first_step, points).absence == Absence::kNever);
}

TEST_CASE("at: the exact step, of several points there the last") {
  SeriesCall at = call_of(SeriesFunction::kAt);
  at.step = 3;
  const std::vector<Sample> points = {single(1, 0.1), single(3, 0.2), single(3, 0.3)};
  CHECK(value_of(at, points).value == 0.3);
  at.step = 2;
  CHECK(value_of(at, points).absence == Absence::kEmptyWindow);
}

TEST_CASE("at_best: the last point at or before the best step, in whatever order they come") {
  const auto points = {single(0, 0.5), single(10, 0.4), single(20, 0.3)};
  const auto metric = {single(5, 0.7), single(15, 0.9), single(25, kInf)};
  SeriesCall call = call_of(SeriesFunction::kAtBest);
  const auto value = [&](bool metric_first) {
    SeriesAccumulator accumulator(call);
    for (const Sample& point : metric_first ? metric : points)
      metric_first ? accumulator.add_metric(point) : accumulator.add(point);
    for (const Sample& point : metric_first ? points : metric)
      metric_first ? accumulator.add(point) : accumulator.add_metric(point);
    return accumulator.result();
  };
  for (const bool metric_first : {false, true}) {
    call.direction = Direction::kMax;
    CHECK(value(metric_first).value == 0.4);
    CHECK(value(metric_first).step == 10);
    call.direction = Direction::kMin;
    CHECK(value(metric_first).value == 0.5);
  }
  SeriesAccumulator early(call);
  early.add_metric(single(-1, 0.5));
  early.add(single(0, 0.5));
  CHECK(early.result().absence == Absence::kEmptyWindow);
}

TEST_CASE("the best of means names the last step of its points") {
  SeriesCall call = call_of(SeriesFunction::kMax);
  call.mean_of = 2;
  const auto points = singles({0.25, 0.75, kNan, 0.5, 0.25});
  const SeriesValue best = value_of(call, points);
  CHECK(best.value == 0.625);
  CHECK(best.step == 3);
  CHECK(best.raw == 0.5);
  // A spike is forgotten as soon as it is past.
  call.function = SeriesFunction::kMin;
  CHECK(value_of(call, doubles({1e300, 0.25, 0.75, 2})).value == 0.5);
  CHECK(value_of(call, singles({0.9, 0.9, 0.9})).value == 0.9);
}

TEST_CASE("accumulators move, and are asked more than once") {
  SeriesAccumulator first(call_of(SeriesFunction::kMedian));
  for (const Sample& point : singles({3, 1, 2})) first.add(point);
  SeriesAccumulator second = std::move(first);
  CHECK(second.result().value == 2);
  second.add(single(3, 9));
  CHECK(second.result().value == 2.5);
  CHECK(second.result().n == 4);
}

}  // namespace
}  // namespace tfevents
