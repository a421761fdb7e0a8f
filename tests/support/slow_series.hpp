#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "series/accumulator.hpp"
#include "series/call.hpp"
#include "series/sample.hpp"
#include "support/exact.hpp"

namespace tfevents::test {

// Series functions the slow way: the whole series in a vector, every definition of the manual
// written down as it reads, in numbers that are exact and rounded once. Shares no code with
// lib/series.

using Samples = std::vector<Sample>;

/// The shortest digits that bring the float back, read as a double.
inline double slow_printed(const Sample& sample) {
  if (!sample.float32 || !std::isfinite(sample.value)) return sample.value;
  char text[64];
  for (int digits = 1; digits < 10; ++digits) {
    std::snprintf(text, sizeof text, "%.*e", digits - 1, sample.value);
    if (static_cast<double>(std::strtof(text, nullptr)) == sample.value) break;
  }
  return std::strtod(text, nullptr);
}

/// The points of a window, as Python would slice a list.
inline Samples slow_window(const Window& window, std::span<const Sample> points) {
  Samples out;
  const auto size = static_cast<std::int64_t>(points.size());
  const auto place = [&](std::int64_t at) {
    if (at >= 0) return std::min(at, size);
    return at < -size ? 0 : at + size;
  };
  const std::int64_t from = window.by == Window::By::kPoints ? place(window.from.value_or(0)) : 0;
  const std::int64_t to = window.by == Window::By::kPoints && window.to ? place(*window.to) : size;
  for (std::int64_t i = from; i < to; ++i) {
    const Sample& point = points[static_cast<std::size_t>(i)];
    if (window.by == Window::By::kSteps && window.from && point.step < *window.from) continue;
    if (window.by == Window::By::kSteps && window.to && point.step > *window.to) continue;
    out.push_back(point);
  }
  return out;
}

inline Samples only_finite(std::span<const Sample> points) {
  Samples out;
  for (const Sample& point : points) {
    if (std::isfinite(point.value)) out.push_back(point);
  }
  return out;
}

inline bool all_float32(std::span<const Sample> points) {
  return std::all_of(points.begin(), points.end(), [](const Sample& s) { return s.float32; });
}

inline Exact exact_sum(std::span<const Sample> points) {
  Exact sum;
  for (const Sample& point : points) sum = sum + Exact(point.value);
  return sum;
}

inline Exact exact_count(std::span<const Sample> points) {
  return Exact(static_cast<std::int64_t>(points.size()));
}

/// A mean, or what is between two points, as it is printed.
inline double slow_rounded(double value, std::span<const Sample> points) {
  if (!all_float32(points)) return value;
  return slow_printed({0, 0, static_cast<double>(static_cast<float>(value)), true});
}

inline double slow_mean(std::span<const Sample> points) {
  return slow_rounded(rounded_quotient(exact_sum(points), exact_count(points)), points);
}

inline double slow_quantile(const Samples& points, double share) {
  Samples sorted = points;
  std::sort(sorted.begin(), sorted.end(),
            [](const Sample& a, const Sample& b) { return a.value < b.value; });
  // The place itself is a double: share * (n - 1).
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const Exact low(sorted[below].value), high(sorted[above].value);
  return slow_rounded(rounded(low + (high - low) * Exact(place - std::floor(place))), points);
}

inline Exact step_of(const Sample& sample) {
  return Exact(sample.step);
}
inline Exact value_of(const Sample& sample) {
  return Exact(sample.value);
}

/// Sums over (x - mean x)(y - mean y), times the number of points.
template <class X, class Y>
Exact exact_product(const Samples& points, X of_x, Y of_y) {
  Exact products, x, y;
  for (const Sample& point : points) {
    products = products + of_x(point) * of_y(point);
    x = x + of_x(point);
    y = y + of_y(point);
  }
  return products * exact_count(points) - x * y;
}

/// Null where the call has no value for want of points.
inline std::optional<double> slow_moment(const SeriesCall& call, const Samples& points) {
  if (points.size() < 2) return std::nullopt;
  const Exact count = exact_count(points);
  if (call.function == SeriesFunction::kStd)
    return rounded_root(exact_product(points, value_of, value_of),
                        count * (count - Exact(std::int64_t{1})));
  if (call.function == SeriesFunction::kSlope) {
    const Exact spread = exact_product(points, step_of, step_of);
    if (spread.zero()) return std::nullopt;  // One step alone.
    return rounded_quotient(exact_product(points, step_of, value_of), spread);
  }
  Exact area;
  for (std::size_t i = 1; i < points.size(); ++i) {
    area = area + (step_of(points[i]) - step_of(points[i - 1])) *
                      (value_of(points[i]) + value_of(points[i - 1]));
  }
  return rounded(area.shifted(-1));
}

/// A curve and the points it was drawn from, place by place.
struct SlowCurve {
  Samples drawn, raw;
};

inline SlowCurve slow_means(const Samples& window, std::size_t width) {
  SlowCurve out;
  const Samples points = only_finite(window);
  for (std::size_t end = width; end <= points.size(); ++end) {
    const std::span<const Sample> some = std::span(points).subspan(end - width, width);
    Sample mean = some.back();
    mean.value = slow_mean(some);
    mean.float32 = false;  // Printed already.
    out.drawn.push_back(mean);
    out.raw.push_back(some.back());
  }
  return out;
}

inline SlowCurve slow_curve(const SeriesCall& call, const Samples& window) {
  if (call.mean_of > 1) return slow_means(window, call.mean_of);
  SlowCurve out{window, window};
  const double weight = std::isfinite(call.smooth) ? std::clamp(call.smooth, 0.0, 1.0) : 0;
  const bool same = std::all_of(window.begin(), window.end(), [&](const Sample& point) {
    return point.value == window.front().value;
  });
  if (same || weight == 0) return out;
  double last = 0;
  int count = 0;
  for (Sample& point : out.drawn) {
    if (!std::isfinite(point.value)) continue;
    last = last * weight + (1 - weight) * point.value;
    point.value = last / (weight == 1 ? 1 : 1 - std::pow(weight, ++count));
    point.float32 = false;
  }
  return out;
}

/// The place of the best point of a curve.
inline std::optional<std::size_t> slow_best(const Samples& curve, Direction direction) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (!std::isfinite(curve[i].value)) continue;
    const double value = slow_printed(curve[i]);
    const double against = best ? slow_printed(curve[*best]) : 0;
    const bool beats = direction == Direction::kMax ? value > against : value < against;
    if (!best || beats || (value == against && curve[i].step < curve[*best].step)) best = i;
  }
  return best;
}

inline SeriesValue slow_pick(const std::optional<Sample>& point, Absence why) {
  if (!point) return SeriesValue::missing(why);
  SeriesValue out = SeriesValue::missing(Absence::kNone);
  out.value = out.raw = slow_printed(*point);
  out.step = point->step;
  out.wall_time = point->wall_time;
  out.n = 1;
  out.nonfinite = std::isfinite(point->value) ? 0 : 1;
  if (out.nonfinite != 0) out.nonfinite_step = point->step;
  return out;
}

inline bool slow_holds(const SeriesCall& call, const Sample& point) {
  const double value = slow_printed(point), threshold = call.threshold;
  if (std::isnan(value)) return false;
  switch (call.comparison) {
    case Comparison::kLess: return value < threshold;
    case Comparison::kLessEqual: return value <= threshold;
    case Comparison::kGreater: return value > threshold;
    case Comparison::kGreaterEqual: return value >= threshold;
    case Comparison::kEqual: return value == threshold;
    case Comparison::kNotEqual: return value != threshold;
  }
  return false;
}

/// `last first at first_step at_best`; null for all others.
inline std::optional<SeriesValue> slow_pick_of(const SeriesCall& call, const Samples& window,
                                               std::span<const Sample> metric) {
  std::optional<Sample> found;
  if (call.function == SeriesFunction::kLast) {
    if (!window.empty()) found = window.back();
  } else if (call.function == SeriesFunction::kFirst) {
    if (!window.empty()) found = window.front();
  } else if (call.function == SeriesFunction::kAt) {
    for (const Sample& point : window) {
      if (point.step == call.step) found = point;
    }
  } else if (call.function == SeriesFunction::kFirstStep) {
    for (const Sample& point : window) {
      if (!found && slow_holds(call, point)) found = point;
    }
    if (found) *found = {found->step, found->wall_time, static_cast<double>(found->step), false};
    return slow_pick(found, Absence::kNever);
  } else if (call.function == SeriesFunction::kAtBest) {
    const Samples curve = slow_curve(call, {metric.begin(), metric.end()}).drawn;
    const auto best = slow_best(curve, call.direction);
    for (const Sample& point : window) {
      if (best && point.step <= curve[*best].step) found = point;
    }
  } else {
    return std::nullopt;
  }
  return slow_pick(found, Absence::kEmptyWindow);
}

/// `min max argmin argmax`, into what is known of the window.
inline SeriesValue slow_extreme(const SeriesCall& call, const Samples& window, SeriesValue out) {
  const SlowCurve curve = slow_curve(call, window);
  const bool least =
      call.function == SeriesFunction::kMin || call.function == SeriesFunction::kArgmin;
  const auto best = slow_best(curve.drawn, least ? Direction::kMin : Direction::kMax);
  if (!best) return out;
  const Sample& point = curve.drawn[*best];
  const bool steps =
      call.function == SeriesFunction::kArgmin || call.function == SeriesFunction::kArgmax;
  out.value = steps ? static_cast<double>(point.step) : slow_printed(point);
  out.raw = steps ? out.value : slow_printed(curve.raw[*best]);
  out.step = point.step;
  out.wall_time = point.wall_time;
  out.absence = Absence::kNone;
  return out;
}

/// A function of the whole window; null where it has too few points.
inline std::optional<double> slow_number(const SeriesCall& call, const Samples& window) {
  const Samples points = only_finite(window);
  const auto size = static_cast<double>(window.size());
  switch (call.function) {
    case SeriesFunction::kCount: return size;
    case SeriesFunction::kNan: return size - static_cast<double>(points.size());
    case SeriesFunction::kRatio: {
      if (window.empty()) return std::nullopt;
      const auto held = std::count_if(window.begin(), window.end(),
                                      [&](const Sample& point) { return slow_holds(call, point); });
      return static_cast<double>(held) / size;
    }
    case SeriesFunction::kStd:
    case SeriesFunction::kSlope:
    case SeriesFunction::kAuc: return slow_moment(call, points);
    default: break;
  }
  if (points.empty()) return std::nullopt;
  switch (call.function) {
    case SeriesFunction::kSum: return rounded(exact_sum(points));
    case SeriesFunction::kMean: return slow_mean(points);
    case SeriesFunction::kMedian: return slow_quantile(points, 0.5);
    default: return slow_quantile(points, call.quantile);
  }
}

/// What SeriesAccumulator yields after all of `points`, and of `metric` for kAtBest.
inline SeriesValue slow_series(const SeriesCall& call, std::span<const Sample> points,
                               std::span<const Sample> metric = {}) {
  const Samples window = slow_window(call.window, points);
  if (const auto picked = slow_pick_of(call, window, metric)) return *picked;
  const bool counts =
      call.function == SeriesFunction::kCount || call.function == SeriesFunction::kNan;
  SeriesValue out = SeriesValue::missing(Absence::kEmptyWindow);
  out.n = only_finite(window).size();
  for (auto point = window.rbegin(); !counts && point != window.rend(); ++point) {
    if (std::isfinite(point->value)) continue;
    ++out.nonfinite;
    out.nonfinite_step = point->step;
  }
  switch (call.function) {
    case SeriesFunction::kMin:
    case SeriesFunction::kMax:
    case SeriesFunction::kArgmin:
    case SeriesFunction::kArgmax: return slow_extreme(call, window, out);
    default: break;
  }
  if (counts || call.function == SeriesFunction::kRatio) out.n = window.size();
  out.value = out.raw = slow_number(call, window);
  if (!out.value) return out;
  out.absence = Absence::kNone;
  if (window.empty()) return out;
  out.step = window.back().step;
  out.wall_time = window.back().wall_time;
  return out;
}

}  // namespace tfevents::test
