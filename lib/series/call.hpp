#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tfevents {

/// `<`, `<=`, `>`, `>=`, `=`, `!=`.
enum class Comparison : std::uint8_t {
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual
};

/// The operator as it is written: `>=`; equality as `==`.
[[nodiscard]] const char* to_string(Comparison comparison) noexcept;
/// False where either side is NaN, but for `!=`.
[[nodiscard]] bool holds(double left, Comparison comparison, double right) noexcept;

/// Which way a metric is better.
enum class Direction : std::uint8_t { kMax, kMin };

enum class SeriesFunction : std::uint8_t {
  kLast,
  kFirst,
  kMin,
  kMax,
  kMean,
  kMedian,
  kStd,
  kCount,
  kNan,
  kSum,
  kAt,
  kArgmin,
  kArgmax,
  kQuantile,
  kSlope,
  kAuc,
  kFirstStep,
  kRatio,
  kAtBest,
};

/// `last`, `p95` as `quantile`, `first_step`, …
[[nodiscard]] const char* to_string(SeriesFunction function) noexcept;

/// The points of a series that a function looks at.
struct Window {
  enum class By : std::uint8_t { kAll, kPoints, kSteps };
  By by = By::kAll;
  /// kPoints: `I:J` as a Python slice, J exclusive, negative ones counted from the end. kSteps:
  /// both ends inclusive, a negative step is a step. A missing end is open.
  std::optional<std::int64_t> from = {};
  std::optional<std::int64_t> to = {};

  bool operator==(const Window&) const = default;
};

/// One call of a series function: what is asked of one series. See PRODUCT "Series functions" and
/// "Numbers".
struct SeriesCall {
  SeriesFunction function = SeriesFunction::kLast;
  std::string tag;  ///< As typed: the name as it is printed.
  Window window = {};
  std::int64_t step = 0;                      ///< kAt.
  double quantile = 0;                        ///< kQuantile: 0.95 for `p95`.
  Comparison comparison = Comparison::kLess;  ///< kFirstStep, kRatio: against `threshold`.
  double threshold = 0;
  std::string metric = {};  ///< kAtBest: the tag whose best step counts.
  /// kAtBest: which way `metric` is better.
  Direction direction = Direction::kMax;
  /// kMin, kMax, kArgmin, kArgmax, and kAtBest for `metric`: of the curve smoothed as TensorBoard
  /// does with this weight (STATISTICS 6); 0: raw.
  double smooth = 0;
  /// The same functions: of the means of this many consecutive finite points, not smoothed; 0 or 1:
  /// of single points. Means of float32 points are rounded like other means.
  std::uint32_t mean_of = 0;
  /// kMin, kMax of single points: whether the best one stands apart is wanted, too.
  bool isolation = false;

  bool operator==(const SeriesCall&) const = default;
};

}  // namespace tfevents
