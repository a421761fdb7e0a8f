#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace tfevents::cli {

/// `--steps A:B`: both ends inclusive, nothing where a side is missing.
struct StepRange {
  std::optional<std::int64_t> first, last;
  friend bool operator==(const StepRange&, const StepRange&) = default;
};

/// `A:B`, `A:`, `:B`, or one step `A`. A negative number is a step below zero, never "from the
/// end". Errors: kUsage, also where A > B.
[[nodiscard]] Result<StepRange> parse_steps(std::string_view text);

/// `--wall A..B`: both ends inclusive, epoch seconds.
struct WallRange {
  std::optional<double> first, last;
  friend bool operator==(const WallRange&, const WallRange&) = default;
};

/// `A..B`, `A..`, `..B`, each side a time as base/time.hpp reads it. Errors: kUsage, also where A >
/// B.
[[nodiscard]] Result<WallRange> parse_wall(std::string_view text, double now);

}  // namespace tfevents::cli
