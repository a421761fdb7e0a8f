#include "series/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "series/double_double.hpp"

namespace tfevents::folds {
namespace {

// low + (high - low) * share, rounded once, in a unit in which nothing overflows or vanishes.
double between(double low, double high, double share) noexcept {
  const double size = std::max(std::abs(low), std::abs(high));
  const double unit = size > 0x1p900 ? 0x1p-200 : size < 0x1p-700 ? 0x1p200 : 1;
  DoubleDouble value = DoubleDouble::difference(high * unit, low * unit) * DoubleDouble{share, 0};
  value += DoubleDouble{low * unit, 0};
  return value.value() / unit;
}

}  // namespace

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
    value = between(value, next, rest);
  }
  return tally_.over_window(tally_.rounded(value));
}

}  // namespace tfevents::folds
