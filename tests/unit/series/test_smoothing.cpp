#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "series/accumulator.hpp"
#include "series/smoothing.hpp"
#include "support/numbers.hpp"
#include "unit/series/smoothing_curves.hpp"

namespace tfevents {
namespace {

using test::kInf;
using test::kNan;

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

SeriesValue best_of(SeriesFunction function, const std::vector<double>& values, double weight) {
  SeriesCall call;
  call.function = function;
  call.smooth = weight;
  SeriesAccumulator accumulator(call);
  for (std::size_t i = 0; i < values.size(); ++i)
    accumulator.add({static_cast<std::int64_t>(i), 0, values[i], false});
  return accumulator.result();
}

TEST_CASE("smoothed: what TensorBoard draws, to the last bit") {
  for (const auto& curve : test::smoothed_curves()) {
    CAPTURE(curve.name);
    CAPTURE(curve.weight);
    CHECK(same(smoothed(curve.values, curve.weight), curve.drawn));
  }
}

TEST_CASE("the best of a smoothed curve is one of its points") {
  for (const auto& curve : test::smoothed_curves()) {
    CAPTURE(curve.name);
    CAPTURE(curve.weight);
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < curve.drawn.size(); ++i) {
      if (std::isfinite(curve.drawn[i]) && (!best || curve.drawn[i] < curve.drawn[*best])) best = i;
    }
    const SeriesValue found = best_of(SeriesFunction::kMin, curve.values, curve.weight);
    REQUIRE(found.value.has_value() == best.has_value());
    if (!best) continue;
    CHECK(found.value == curve.drawn[*best]);
    CHECK(found.raw == curve.values[*best]);
    CHECK(found.step == static_cast<std::int64_t>(*best));
  }
}

TEST_CASE("a long curve: nothing changes once the bias is gone") {
  Smoother smoother(0.5);
  double last = 0;
  for (int k = 1; k <= 200; ++k) {
    const double y = std::sin(k);
    last = last * 0.5 + 0.5 * y;
    const double expected = last / (1 - std::pow(0.5, k));
    const double found = smoother.next(y);
    if (found != expected) FAIL_CHECK(k << ": " << found << " is not " << expected);
  }
}

TEST_CASE("a smoother of one value at a time does not know of constants") {
  Smoother smoother(1);
  CHECK(smoother.next(2) == 0);
  CHECK(std::isnan(smoother.next(kNan)));
  CHECK(smoother.next(kInf) == kInf);
  CHECK(Smoother(0).next(0.3) == 0.3);
}

TEST_CASE("a constant is drawn as it is until another value comes") {
  CHECK(best_of(SeriesFunction::kMax, {0.3, 0.3, 0.3}, 0.9).value == 0.3);
  CHECK(best_of(SeriesFunction::kMax, {0.3, 0.3, 0.3}, 1).value == 0.3);
  CHECK(best_of(SeriesFunction::kMax, {0.3, 0.3, -1}, 1).value == 0);
  CHECK(!best_of(SeriesFunction::kMax, {kInf, kInf}, 0.5).value);
  CHECK(!best_of(SeriesFunction::kMax, {kNan}, 0.5).value);
  SeriesCall call;
  call.function = SeriesFunction::kMax;
  call.smooth = 0.9;
  SeriesAccumulator floats(call);
  floats.add({0, 0, static_cast<double>(0.9F), true});
  CHECK(floats.result().value == 0.9);
}

TEST_CASE("an infinite point never is the best") {
  const SeriesValue best = best_of(SeriesFunction::kMax, {1, kInf, 3, 2}, 0.6);
  CHECK(best.step == 2);
  CHECK(best.raw == 3);
  CHECK(best.nonfinite == 1);
  CHECK(best.nonfinite_step == 1);
}

}  // namespace
}  // namespace tfevents
