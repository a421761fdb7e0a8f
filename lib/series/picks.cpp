#include "series/picks.hpp"

#include <cmath>

namespace tfevents::folds {

SeriesValue picked(const Sample& sample) {
  SeriesValue out = SeriesValue::missing(Absence::kNone);
  out.value = out.raw = as_printed(sample);
  out.step = sample.step;
  out.wall_time = sample.wall_time;
  out.n = 1;
  if (!std::isfinite(sample.value)) {
    out.nonfinite = 1;
    out.nonfinite_step = sample.step;
  }
  return out;
}

SeriesValue Pick::result() const {
  const bool asks_step = function_ == SeriesFunction::kFirstStep;
  if (!found_) return SeriesValue::missing(asks_step ? Absence::kNever : Absence::kEmptyWindow);
  SeriesValue out = picked(sample_);
  if (!asks_step) return out;
  out.value = out.raw = static_cast<double>(sample_.step);
  out.nonfinite = 0;
  out.nonfinite_step.reset();
  return out;
}

SeriesValue Counter::result() const {
  const auto points = static_cast<double>(tally_.points());
  SeriesValue out;
  if (function_ == SeriesFunction::kRatio) {
    if (tally_.points() == 0) return tally_.absent(Absence::kEmptyWindow);
    out = tally_.over_window(static_cast<double>(held_) / points);
  } else {
    const bool all = function_ == SeriesFunction::kCount;
    out = tally_.over_window(all ? points : static_cast<double>(tally_.nonfinite()));
    out.nonfinite = 0;
    out.nonfinite_step.reset();
  }
  out.n = tally_.points();
  return out;
}

}  // namespace tfevents::folds
