#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "series/trend.hpp"

namespace tfevents {
namespace {

constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
constexpr auto kGreatest = std::numeric_limits<std::int64_t>::max();

Trend trend_of(const std::vector<std::pair<std::int64_t, double>>& points) {
  Trend trend;
  for (const auto& [step, value] : points) trend.add(step, value);
  return trend;
}

// A letter a column: `v`, `x`, or `.` where there is nothing.
std::string shape(const Trend& trend) {
  std::string text;
  for (const TrendColumn& column : trend.columns()) {
    text += column.kind == TrendColumn::Kind::kValue ? 'v'
            : column.kind == TrendColumn::Kind::kGap ? '.'
                                                     : 'x';
  }
  return text;
}

TEST_CASE("trend: few points have a column each, wherever their steps lie") {
  CHECK(Trend().columns().empty());
  CHECK(shape(trend_of({{5, 1}})) == "v");
  CHECK(shape(trend_of({{0, 1}, {1000, 2}, {2000, 3}})) == "vvv");
  const auto columns = trend_of({{0, 1}, {10, 3}, {20, 2}}).columns();
  REQUIRE(columns.size() == 3);
  CHECK(columns[1].value == 3);
}

TEST_CASE("trend: any number of points is 16 columns, and extremes are kept") {
  for (const std::int64_t count : {17, 31, 32, 33, 100, 1000, 12345, 100000}) {
    CAPTURE(count);
    Trend trend;
    double least = 1e9, greatest = -1e9;
    for (std::int64_t i = 0; i < count; ++i) {
      const double value = std::sin(static_cast<double>(i) / 40) + (i == count / 2 ? 100 : 0);
      trend.add(i * 3, value);
      least = std::min(least, value);
      greatest = std::max(greatest, value);
    }
    CHECK(shape(trend) == std::string(16, 'v'));
    const auto columns = trend.columns();
    const auto highest = std::max_element(
        columns.begin(), columns.end(),
        [](const TrendColumn& a, const TrendColumn& b) { return a.value < b.value; });
    CHECK(highest->value == greatest);
    CHECK(highest - columns.begin() >= 7);
    CHECK(highest - columns.begin() <= 8);
  }
}

TEST_CASE("trend: what is not finite is a column of its own, and its first step is known") {
  Trend trend;
  for (std::int64_t i = 0; i < 32; ++i) trend.add(i, i < 16 ? 1.0 : std::nan(""));
  CHECK(shape(trend) == "vvvvvvvvxxxxxxxx");
  CHECK(trend.first_nonfinite() == 16);
  CHECK_FALSE(trend_of({{0, 1}}).first_nonfinite());
  CHECK(shape(trend_of({{0, std::numeric_limits<double>::infinity()}})) == "x");
}

TEST_CASE("trend: steps without points are blanks") {
  Trend trend;
  for (std::int64_t i = 0; i < 40; ++i) trend.add(i, 1);
  for (std::int64_t i = 120; i < 160; ++i) trend.add(i, 2);
  const std::string text = shape(trend);
  REQUIRE(text.size() == 16);
  CHECK(text.find("....") != std::string::npos);
  CHECK(text.front() == 'v');
  CHECK(text.back() == 'v');
}

TEST_CASE("trend: any steps end") {
  Trend trend;
  trend.add(kLeast, 1);
  trend.add(-1, 2);
  trend.add(kGreatest, 3);
  CHECK(shape(trend) == "vvv");
  // The raw view gives steps that are smaller than the first.
  Trend back;
  for (std::int64_t i = 0; i < 40; ++i) back.add(100 - i, static_cast<double>(i));
  CHECK(shape(back) == "v");
}

TEST_CASE("trend: the widest of steps far apart") {
  Trend even;
  for (std::int64_t i = 0; i < 30; ++i) even.add(i * 10, 1);
  CHECK_FALSE(even.gap());
  Trend one;
  for (std::int64_t i = 0; i < 30; ++i) one.add(i < 15 ? i : i + 600, 1);
  REQUIRE(one.gap());
  CHECK(one.gap()->from == 14);
  CHECK(one.gap()->to == 615);
  CHECK(one.gap()->count == 1);
  // Exactly five times is none.
  Trend five;
  for (std::int64_t i = 0; i < 30; ++i) five.add(i < 15 ? i : i + 4, 1);
  CHECK_FALSE(five.gap());
  Trend six;
  for (std::int64_t i = 0; i < 30; ++i) six.add(i < 15 ? i : i + 5, 1);
  CHECK(six.gap());
  // Few points say nothing, and from a tenth of all on gaps are how the series is.
  CHECK_FALSE(trend_of({{0, 1}, {1, 1}, {1000, 1}}).gap());
  Trend many;
  for (std::int64_t i = 0; i < 40; ++i) many.add(i + i / 8 * 100, 1);
  CHECK_FALSE(many.gap());
}

}  // namespace
}  // namespace tfevents
