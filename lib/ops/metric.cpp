#include "ops/metric.hpp"

#include <algorithm>

#include "expr/expression.hpp"
#include "series/direction.hpp"

namespace tfevents::ops {

std::optional<Direction> metric_direction(std::string_view metric) {
  const auto parsed = Expression::parse(metric);
  if (!parsed.ok() || parsed->calls().empty()) return infer_direction(metric);
  const auto direction = infer_direction(parsed->calls().front().tag);
  const bool agreed =
      std::all_of(parsed->calls().begin(), parsed->calls().end(),
                  [&](const SeriesCall& call) { return infer_direction(call.tag) == direction; });
  return agreed ? direction : std::nullopt;
}

}  // namespace tfevents::ops
