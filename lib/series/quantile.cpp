#include "series/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace tfevents::folds {

SeriesValue Quantile::result() const {
  if (values_.empty()) return tally_.absent(Absence::kEmptyWindow);
  const std::size_t last = values_.size() - 1;
  const double place = std::clamp(share_, 0.0, 1.0) * static_cast<double>(last);
  const auto below = static_cast<std::size_t>(place);
  const double rest = place - static_cast<double>(below);
  const auto at = values_.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values_.begin(), at, values_.end());
  double value = *at;
  if (rest > 0) {
    const double next = *std::min_element(at + 1, values_.end());
    value = rest == 0.5 ? std::midpoint(value, next) : std::lerp(value, next, rest);
  }
  return tally_.over_window(tally_.rounded(value));
}

}  // namespace tfevents::folds
