#pragma once

#include <cstdint>
#include <limits>

#include "series/accumulator.hpp"
#include "series/call.hpp"
#include "series/sample.hpp"
#include "series/tally.hpp"

namespace tfevents::folds {

static_assert(std::numeric_limits<float>::is_iec559 && std::numeric_limits<double>::is_iec559);

/// The value of one point that was picked, finite or not.
[[nodiscard]] SeriesValue picked(const Sample& sample);

/// Whether a point's printed number compares with a threshold as asked; NaN never does. Prints no
/// number: all floats but the threshold's own stand on the same side of it, printed or not.
class ThresholdTest {
 public:
  ThresholdTest(Comparison comparison, double threshold) noexcept
      : threshold_(threshold),
        nearest_(static_cast<double>(static_cast<float>(threshold))),
        printed_(as_printed(static_cast<float>(threshold))),
        comparison_(comparison) {}

  [[nodiscard]] bool operator()(const Sample& sample) const noexcept {
    if (sample.value != sample.value) return false;
    const bool near = sample.float32 && sample.value == nearest_;
    return holds(near ? printed_ : sample.value, comparison_, threshold_);
  }

 private:
  double threshold_, nearest_, printed_;
  Comparison comparison_;
};

/// `last first at first_step`.
class Pick {
 public:
  explicit Pick(const SeriesCall& call) noexcept
      : test_(call.comparison, call.threshold), step_(call.step), function_(call.function) {}

  void add(const Sample& sample) noexcept {
    if (!wanted(sample)) return;
    sample_ = sample;
    found_ = true;
  }
  [[nodiscard]] SeriesValue result() const;

 private:
  [[nodiscard]] bool wanted(const Sample& sample) const noexcept {
    switch (function_) {
      case SeriesFunction::kFirst: return !found_;
      case SeriesFunction::kAt: return sample.step == step_;
      case SeriesFunction::kFirstStep: return !found_ && test_(sample);
      default: return true;
    }
  }

  Sample sample_;
  ThresholdTest test_;
  std::int64_t step_;
  SeriesFunction function_;
  bool found_ = false;
};

/// `count nan ratio`.
class Counter {
 public:
  explicit Counter(const SeriesCall& call) noexcept
      : test_(call.comparison, call.threshold), function_(call.function) {}

  void add(const Sample& sample) noexcept {
    tally_.add(sample);
    if (function_ == SeriesFunction::kRatio && test_(sample)) ++held_;
  }
  [[nodiscard]] SeriesValue result() const;

 private:
  Tally tally_;
  ThresholdTest test_;
  std::uint64_t held_ = 0;
  SeriesFunction function_;
};

}  // namespace tfevents::folds
