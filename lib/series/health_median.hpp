#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tfevents::health {

/// The mean of the two in the middle where there is no middle one; 0 of none. Reorders `values`.
inline double median_of(std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto half = static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), values.begin() + half, values.end());
  const double upper = values[static_cast<std::size_t>(half)];
  if (values.size() % 2 != 0) return upper;
  return (*std::max_element(values.begin(), values.begin() + half) + upper) / 2;
}

}  // namespace tfevents::health
