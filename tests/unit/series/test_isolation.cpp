// A best point that stands apart, and the median that it is judged by.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "series/accumulator.hpp"
#include "series/isolation.hpp"

namespace tfevents::test {
namespace {

double exact_median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

TEST_CASE("the running median: exact of few, near of many") {
  std::mt19937_64 random(7);
  for (int kind = 0; kind < 3; ++kind) {
    std::vector<double> values;
    RunningMedian median;
    CHECK(median.estimate() == 0);
    for (int i = 0; i < 4000; ++i) {
      const double uniform = std::uniform_real_distribution<double>(0, 1)(random);
      values.push_back(kind == 0 ? uniform : kind == 1 ? -std::log(1 - uniform) : i);
      median.add(values.back());
      if (values.size() <= 5) CHECK(median.estimate() == exact_median(values));
    }
    CHECK(median.estimate() == doctest::Approx(exact_median(values)).epsilon(0.05));
  }
}

/// A noisy curve with one point lifted.
std::vector<double> curve(std::size_t points, std::size_t at, double by) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise(0, 0.01);
  std::vector<double> values;
  for (std::size_t i = 0; i < points; ++i) values.push_back(0.5 + noise(random));
  if (at < points) values[at] += by;
  return values;
}

std::optional<double> margin_of(const std::vector<double>& values, Direction direction) {
  Isolation isolation(direction);
  for (const double value : values) isolation.add({0, 0, value, false});
  return isolation.margin();
}

TEST_CASE("a lucky point is told, noise is not") {
  CHECK_FALSE(margin_of(curve(200, 999, 0), Direction::kMax));
  CHECK_FALSE(margin_of(curve(200, 100, 0.05), Direction::kMax));
  const auto margin = margin_of(curve(200, 100, 1), Direction::kMax);
  REQUIRE(margin);
  CHECK(*margin == doctest::Approx(1).epsilon(0.05));
  CHECK(margin_of(curve(200, 100, -1), Direction::kMin));
  CHECK_FALSE(margin_of(curve(200, 100, -1), Direction::kMax));
  CHECK_FALSE(margin_of(curve(19, 10, 1), Direction::kMax));
  CHECK(margin_of(curve(20, 10, 1), Direction::kMax));
  CHECK_FALSE(margin_of(curve(200, 0, 1), Direction::kMax));
  CHECK_FALSE(margin_of(curve(200, 199, 1), Direction::kMax));
}

TEST_CASE("points that are not finite are no neighbours") {
  auto values = curve(100, 50, 1);
  values.insert(values.begin() + 50, std::numeric_limits<double>::quiet_NaN());
  values.insert(values.begin() + 52, std::numeric_limits<double>::infinity());
  CHECK(margin_of(values, Direction::kMax));
}

TEST_CASE("a series of steps rises without a lucky point") {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(i);
  values.push_back(99);
  CHECK_FALSE(margin_of(values, Direction::kMax));
}

TEST_CASE("only a call that asks is told") {
  for (const bool asks : {false, true}) {
    SeriesAccumulator accumulator({.function = SeriesFunction::kMax, .tag = {}, .isolation = asks});
    std::int64_t step = 0;
    for (const double value : curve(100, 50, 1)) accumulator.add({step++, 0, value, false});
    CHECK(accumulator.result().isolated_by.has_value() == asks);
  }
}

}  // namespace
}  // namespace tfevents::test
