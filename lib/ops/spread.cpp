#include "ops/spread.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "series/compensated_sum.hpp"

namespace tfevents::ops {

Spread spread_of(std::span<const double> numbers) {
  std::vector<double> finite;
  CompensatedSum sum;
  for (const double number : numbers) {
    if (!std::isfinite(number)) continue;
    finite.push_back(number);
    sum.add(number);
  }
  Spread spread{.n = finite.size()};
  if (finite.empty()) return spread;
  const auto [least, greatest] = std::minmax_element(finite.begin(), finite.end());
  if (*least == *greatest) {
    spread.mean = *least;
    if (spread.n > 1) spread.std = 0;
    return spread;
  }
  const double mean = sum.mean(spread.n);
  spread.mean = mean;
  // In a unit near the farthest distance squares neither overflow nor vanish; a power of two, so
  // that nothing is rounded for it.
  const double farthest = std::max(mean - *least, *greatest - mean);
  const double unit = std::ldexp(1, std::ilogb(farthest));
  CompensatedSum squares;
  for (const double number : finite) {
    const double distance = (number - mean) / unit;
    squares.add(distance * distance);
  }
  const double deviation = unit * std::sqrt(squares.total() / static_cast<double>(spread.n - 1));
  if (std::isfinite(deviation)) spread.std = deviation;
  return spread;
}

}  // namespace tfevents::ops
