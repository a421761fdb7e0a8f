#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>

#include "ops/hparams.hpp"
#include "series/direction.hpp"

namespace tfevents::ops {

const char* to_string(MetricBy by) noexcept {
  switch (by) {
    case MetricBy::kLast: return "last";
    case MetricBy::kBest: return "best";
    case MetricBy::kFirst: return "first";
    case MetricBy::kMin: return "min";
    case MetricBy::kMax: return "max";
    case MetricBy::kMean: return "mean";
    case MetricBy::kMedian: return "median";
  }
  return "last";
}

ItemValue HparamsReport::value(const HparamSession& session, std::size_t metric) const {
  if (const auto item = metrics[metric].item) return session.items[*item];
  ItemValue value;
  const auto point =
      std::lower_bound(session.points.begin(), session.points.end(), metric,
                       [](const HparamPoint& a, std::size_t wanted) { return a.metric < wanted; });
  if (point == session.points.end() || point->metric != metric) {
    value.series = SeriesValue::missing(Absence::kMissingTag);
    return value;
  }
  value.series.value = point->value;
  value.series.step = point->step;
  value.series.wall_time = point->wall_time;
  value.series.n = point->n;
  value.series.absence = point->absence;
  if (point->value) value.value = *point->value;
  return value;
}

std::optional<double> HparamsReport::number(const HparamSession& session,
                                            std::size_t metric) const {
  const ItemValue item = value(session, metric);
  const auto* number = std::get_if<double>(&item.value);
  return number != nullptr && std::isfinite(*number) ? std::optional(*number) : std::nullopt;
}

std::optional<std::size_t> HparamsReport::best() const {
  std::optional<std::size_t> best;
  if (metrics.empty() || !metrics.front().direction) return best;
  double least = 0;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const auto own = number(sessions[i], 0);
    if (!own || (best && !better(*own, least, *metrics.front().direction))) continue;
    best = i;
    least = *own;
  }
  return best;
}

}  // namespace tfevents::ops
