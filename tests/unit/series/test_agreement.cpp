#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "series/accumulator.hpp"
#include "support/numbers.hpp"
#include "support/slow_series.hpp"

// Every function over every kind of window of random series, against the slow evaluator.

namespace tfevents {
namespace {

using namespace test;

constexpr std::array kFunctions = {
    SeriesFunction::kLast,   SeriesFunction::kFirst,     SeriesFunction::kMin,
    SeriesFunction::kMax,    SeriesFunction::kMean,      SeriesFunction::kMedian,
    SeriesFunction::kStd,    SeriesFunction::kCount,     SeriesFunction::kNan,
    SeriesFunction::kSum,    SeriesFunction::kAt,        SeriesFunction::kArgmin,
    SeriesFunction::kArgmax, SeriesFunction::kQuantile,  SeriesFunction::kSlope,
    SeriesFunction::kAuc,    SeriesFunction::kFirstStep, SeriesFunction::kRatio,
    SeriesFunction::kAtBest};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  /// Between `low` and `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t count) { return between(1, count) == 1; }
  double real() { return static_cast<double>(random_() >> 11) * 0x1p-53; }
  template <class T, std::size_t N>
  T any_of(const std::array<T, N>& all) {
    return all[static_cast<std::size_t>(between(0, N - 1))];
  }

 private:
  std::mt19937_64 random_;
};

/// A series in one of several tempers: ties, cancellation, the ends of the range, mixed types.
Samples random_series(Dice& dice) {
  Samples out;
  const std::int64_t temper = dice.between(0, 9), size = dice.between(0, 30);
  const bool raw_view = dice.one_in(4), spoilt = dice.one_in(3);
  const int scale = static_cast<int>(dice.between(-980, -400));
  std::int64_t step = dice.between(-5, 5);
  for (std::int64_t i = 0; i < size; ++i) {
    double value = dice.real();
    bool float32 = true;
    switch (temper) {
      case 0: value = static_cast<double>(dice.between(0, 3)) / 10; break;
      case 1: float32 = false; break;
      case 2: float32 = dice.one_in(2); break;
      case 3: value = 1e9 + value * 1e-3, float32 = false; break;
      case 4: value = (value - 0.5) * 3e38; break;
      case 5: value = std::ldexp(value - 0.5, 1024), float32 = false; break;
      case 6: value = std::ldexp(value, static_cast<int>(dice.between(-120, -20))); break;
      case 7: value = std::ldexp(value - 0.5, 905), float32 = false; break;
      case 8: value = std::ldexp(value - 0.5, scale), float32 = false; break;
      default: value = 0.25; break;
    }
    if (spoilt && dice.one_in(4)) value = dice.any_of(std::array{kInf, -kInf, kNan});
    if (float32) value = static_cast<double>(static_cast<float>(value));
    out.push_back({step, 1000.0 + static_cast<double>(i), value, float32});
    step += raw_view ? dice.between(-3, 5) : dice.between(1, 5);
  }
  return out;
}

std::optional<std::int64_t> random_end(Dice& dice) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (dice.one_in(4)) return std::nullopt;
  if (dice.one_in(12)) return dice.any_of(std::array{kMost, -kMost, -kMost - 1});
  return dice.between(-12, 12);
}

SeriesCall random_call(Dice& dice, const Samples& series) {
  SeriesCall call;
  call.function = dice.any_of(kFunctions);
  call.window.by = dice.any_of(
      std::array{Window::By::kAll, Window::By::kPoints, Window::By::kPoints, Window::By::kSteps});
  call.window.from = random_end(dice);
  call.window.to = random_end(dice);
  call.step = dice.between(-5, 40);
  call.quantile = static_cast<double>(dice.between(0, 100)) / 100;
  call.comparison = static_cast<Comparison>(dice.between(0, 5));
  call.threshold = dice.real();
  // At a stored number, and at one beside it that only its text tells from it.
  if (!series.empty() && dice.one_in(2)) {
    const Sample& point = series[static_cast<std::size_t>(dice.between(0, std::ssize(series) - 1))];
    call.threshold = dice.one_in(2) ? slow_printed(point) : point.value;
  }
  call.direction = dice.one_in(2) ? Direction::kMax : Direction::kMin;
  if (dice.one_in(3)) call.smooth = dice.any_of(std::array{0.6, 0.9, 0.999, 1.0, 1.5, -1.0, kNan});
  if (dice.one_in(3)) call.mean_of = static_cast<std::uint32_t>(dice.between(0, 9));
  return call;
}

/// Points of both series in any interleaving.
SeriesValue fast_series(Dice& dice, const SeriesCall& call, const Samples& points,
                        const Samples& metric) {
  SeriesAccumulator accumulator(call);
  std::size_t next = 0, next_metric = 0;
  while (next < points.size() || next_metric < metric.size()) {
    if (next < points.size() && (next_metric == metric.size() || dice.one_in(2))) {
      accumulator.add(points[next++]);
    } else {
      accumulator.add_metric(metric[next_metric++]);
    }
    if (dice.one_in(20)) (void)accumulator.result();  // Asking changes nothing.
  }
  return accumulator.result();
}

bool same(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return *a == *b || (std::isnan(*a) && std::isnan(*b));
}

bool agree(const SeriesValue& fast, const SeriesValue& slow) {
  return same(fast.value, slow.value) && same(fast.raw, slow.raw) && fast.step == slow.step &&
         same(fast.wall_time, slow.wall_time) && fast.n == slow.n &&
         fast.nonfinite == slow.nonfinite && fast.nonfinite_step == slow.nonfinite_step &&
         fast.absence == slow.absence;
}

std::string text_of(const SeriesValue& value) {
  std::ostringstream out;
  out.precision(17);
  const auto put = [&](const char* name, const auto& number) {
    out << ' ' << name << ' ';
    if (number) out << *number;
  };
  put("value", value.value);
  put("raw", value.raw);
  put("step", value.step);
  put("wall", value.wall_time);
  put("nonfinite_step", value.nonfinite_step);
  out << " n " << value.n << " nonfinite " << value.nonfinite << ' ' << to_string(value.absence);
  return out.str();
}

std::string text_of(const SeriesCall& call, const Samples& points) {
  std::ostringstream out;
  out.precision(17);
  out << to_string(call.function) << " window " << static_cast<int>(call.window.by) << ' '
      << call.window.from.value_or(-99) << ':' << call.window.to.value_or(-99) << " at "
      << call.step << " q " << call.quantile << ' ' << to_string(call.comparison) << ' '
      << call.threshold << " smooth " << call.smooth << " mean_of " << call.mean_of << "\n";
  for (const Sample& point : points)
    out << ' ' << point.step << '=' << point.value << (point.float32 ? "f" : "");
  return out.str();
}

TEST_CASE("series functions agree with the slow evaluator") {
  Dice dice(20261127);
  for (int round = 0; round < 60000; ++round) {
    const Samples points = random_series(dice), metric = random_series(dice);
    const SeriesCall call = random_call(dice, points);
    const SeriesValue slow = slow_series(call, points, metric);
    const SeriesValue fast = fast_series(dice, call, points, metric);
    if (agree(fast, slow)) continue;
    FAIL_CHECK("round " << round << ": " << text_of(call, points) << "\nfast:" << text_of(fast)
                        << "\nslow:" << text_of(slow));
  }
}

}  // namespace
}  // namespace tfevents
