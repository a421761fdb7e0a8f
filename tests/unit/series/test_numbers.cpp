#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>

#include <doctest/doctest.h>

#include "series/accumulator.hpp"
#include "series/compensated_sum.hpp"
#include "series/double_double.hpp"
#include "series/picks.hpp"
#include "support/slow_series.hpp"

namespace tfevents {
namespace {

float random_float(std::mt19937& random) {
  const auto bits = static_cast<std::uint32_t>(random());
  float out = 0;
  std::memcpy(&out, &bits, sizeof out);
  return out;
}

TEST_CASE("as_printed: the shortest text of the float") {
  CHECK(as_printed(0.9F) == 0.9);
  CHECK(as_printed(-1e-7F) == -1e-7);
  CHECK(as_printed(1e38F) == 1e38);
  CHECK(as_printed(123456789.0F) == 123456790);  // Stored is 123456792.
  CHECK(as_printed(16777216.0F) == 16777216);
  CHECK(as_printed(std::numeric_limits<float>::denorm_min()) == 1e-45);
  CHECK(as_printed(std::numeric_limits<float>::infinity()) == HUGE_VAL);
  CHECK(std::isnan(as_printed(std::numeric_limits<float>::quiet_NaN())));
  CHECK(as_printed(Sample{0, 0, static_cast<double>(0.9F), false}) != 0.9);
}

TEST_CASE("as_printed keeps floats, and their order") {
  std::mt19937 random(1);
  for (int i = 0; i < 200000; ++i) {
    const float value = random_float(random);
    if (!std::isfinite(value)) continue;
    const double printed = as_printed(value);
    const float next = std::nextafter(value, HUGE_VALF);
    const bool right = static_cast<float>(printed) == value &&
                       (!std::isfinite(next) || printed < as_printed(next)) &&
                       printed == test::slow_printed({0, 0, static_cast<double>(value), true});
    if (!right) FAIL_CHECK("float " << value << " printed " << printed);
  }
}

TEST_CASE("thresholds at, and right beside, a float and its text") {
  std::mt19937 random(2);
  for (int i = 0; i < 20000; ++i) {
    const float value = random_float(random);
    const Sample sample = {0, 0, static_cast<double>(value), true};
    for (const double base : {as_printed(value), static_cast<double>(value), 0.5}) {
      for (const double threshold :
           {base, std::nextafter(base, HUGE_VAL), std::nextafter(base, -HUGE_VAL)}) {
        for (const auto comparison :
             {Comparison::kLess, Comparison::kGreaterEqual, Comparison::kEqual}) {
          const bool expected = holds(as_printed(value), comparison, threshold);
          if (folds::ThresholdTest(comparison, threshold)(sample) != expected)
            FAIL_CHECK("float " << value << to_string(comparison) << threshold);
        }
      }
    }
  }
}

TEST_CASE("comparisons") {
  const double nan = std::nan("");
  CHECK(holds(1, Comparison::kLess, 2));
  CHECK(!holds(2, Comparison::kLess, 2));
  CHECK(holds(2, Comparison::kLessEqual, 2));
  CHECK(holds(3, Comparison::kGreater, 2));
  CHECK(holds(2, Comparison::kGreaterEqual, 2));
  CHECK(holds(2, Comparison::kEqual, 2));
  CHECK(!holds(nan, Comparison::kEqual, nan));
  CHECK(holds(nan, Comparison::kNotEqual, 2));
  CHECK(!holds(nan, Comparison::kGreaterEqual, 2));
}

TEST_CASE("sums lose nothing that cancels, nor to overflow") {
  CompensatedSum sum;
  for (const double number : {1.0, 1e100, 1.0, -1e100}) sum.add(number);
  CHECK(sum.total() == 2);
  CHECK(sum.mean(4) == 0.5);

  CompensatedSum tenths;
  for (int i = 0; i < 1000000; ++i) tenths.add(0.1);
  CHECK(tenths.total() == 100000);

  constexpr double kMost = std::numeric_limits<double>::max();
  CompensatedSum huge;
  for (int i = 0; i < 3; ++i) huge.add(kMost);
  CHECK(huge.total() == HUGE_VAL);
  CHECK(huge.mean(3) == kMost);
  huge.add(-kMost);
  huge.add(-kMost);
  CHECK(huge.total() == kMost);

  CompensatedSum both;
  both.add(sum);
  both.add(huge);
  CHECK(both.total() == kMost);
}

TEST_CASE("double-doubles hold twice the digits") {
  const DoubleDouble third = DoubleDouble{1, 0} / DoubleDouble{3, 0};
  const DoubleDouble one = third * DoubleDouble{3, 0};
  CHECK(std::abs((one - DoubleDouble{1, 0}).value()) < 1e-31);
  const DoubleDouble square = DoubleDouble::product(1 + 0x1p-52, 1 + 0x1p-52);
  CHECK(square.high == 1 + 0x1p-51);
  CHECK(square.low == 0x1p-104);
  CHECK((DoubleDouble::sum(1e16, 1) - DoubleDouble{1e16, 0}).value() == 1);
  const DoubleDouble root = DoubleDouble::root({2, 0});
  CHECK(std::abs((root * root - DoubleDouble{2, 0}).value()) < 1e-31);
  CHECK(DoubleDouble::root({0, 0}).value() == 0);
}

TEST_CASE("deviations of the smallest numbers keep all digits") {
  SeriesAccumulator accumulator({.function = SeriesFunction::kStd, .tag = "x"});
  for (std::int64_t i = 0; i < 4; ++i)
    accumulator.add({i, 0, std::ldexp(static_cast<double>(i), -1060), false});
  CHECK(accumulator.result().value == std::ldexp(std::sqrt(5.0 / 3), -1060));
}

TEST_CASE("reasons for no value") {
  CHECK(std::string(to_string(Absence::kMissingTag)) == "missing-tag");
  CHECK(std::string(to_string(Absence::kAmbiguousTag)) == "ambiguous-tag");
  CHECK(std::string(to_string(Absence::kEmptyWindow)) == "empty-window");
  CHECK(std::string(to_string(Absence::kNever)) == "never");
}

}  // namespace
}  // namespace tfevents
