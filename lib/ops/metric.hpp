#pragma once

#include <optional>
#include <string_view>

#include "series/call.hpp"

namespace tfevents::ops {

/// Which way is better of a metric, a tag or an expression, as the names in it say and agree;
/// nothing where they do not. See PRODUCT "Direction".
[[nodiscard]] std::optional<Direction> metric_direction(std::string_view metric);

}  // namespace tfevents::ops
