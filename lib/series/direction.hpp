#pragma once

#include <optional>
#include <string_view>

#include "series/call.hpp"

namespace tfevents {

/// Which way a metric is better, from its name alone; nothing where it does not say or where it is
/// a deviation or variance. See PRODUCT "Direction".
[[nodiscard]] std::optional<Direction> infer_direction(std::string_view tag);

/// `max`, `min`.
[[nodiscard]] const char* to_string(Direction direction) noexcept;
/// True when `a` is better than `b`; NaN is never better.
[[nodiscard]] bool better(double a, double b, Direction direction) noexcept;

}  // namespace tfevents
