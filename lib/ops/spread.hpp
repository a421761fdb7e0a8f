#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace tfevents::ops {

/// What a group of numbers amounts to. See STATISTICS 2.
struct Spread {
  std::uint64_t n = 0;              ///< Finite ones.
  std::optional<double> mean = {};  ///< Of those; null without any. Never rounded to float32.
  std::optional<double> std = {};   ///< With n - 1; null below two, exactly 0 where all are equal.
};

/// In two passes of compensated sums: numbers that are not finite are left out.
[[nodiscard]] Spread spread_of(std::span<const double> numbers);

}  // namespace tfevents::ops
