#include "ops/hparams_coords.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "base/text.hpp"

namespace tfevents::ops {
namespace {

// From here on equal steps are equal factors.
constexpr double kLogRatio = 100;
constexpr double kMiddle = 0.5;

struct Before {
  bool operator()(const std::string& a, const std::string& b) const {
    return natural_compare(a, b) < 0;
  }
};

std::optional<double> number_of(const Value& value) {
  const auto* number = std::get_if<double>(&value);
  return number != nullptr && std::isfinite(*number) ? std::optional(*number) : std::nullopt;
}

/// The values of all sessions on one axis.
using Values = std::vector<Value>;

void scale_numbers(CoordsAxis& axis, const Values& values) {
  bool any = false;
  for (const Value& value : values) {
    const auto number = number_of(value);
    if (!number) continue;
    axis.min = any ? std::min(axis.min, *number) : *number;
    axis.max = any ? std::max(axis.max, *number) : *number;
    any = true;
  }
  axis.log = any && axis.min > 0 && axis.max / axis.min >= kLogRatio;
}

void list_texts(CoordsAxis& axis, const Values& values) {
  std::set<std::string, Before> texts;
  for (const Value& value : values) {
    if (!is_null(value)) texts.insert(text_of_hparam(value));
  }
  axis.texts.assign(texts.begin(), texts.end());
}

std::optional<double> place(const CoordsAxis& axis, const Value& value) {
  if (!axis.texts.empty()) {
    if (is_null(value)) return std::nullopt;
    if (axis.texts.size() == 1) return kMiddle;
    const auto found =
        std::lower_bound(axis.texts.begin(), axis.texts.end(), text_of_hparam(value), Before());
    return static_cast<double>(found - axis.texts.begin()) /
           static_cast<double>(axis.texts.size() - 1);
  }
  const auto number = number_of(value);
  if (!number) return std::nullopt;
  if (axis.min == axis.max) return kMiddle;
  if (axis.log) return std::log(*number / axis.min) / std::log(axis.max / axis.min);
  // Halves: the span of two doubles may be beyond the greatest.
  return (*number / 2 - axis.min / 2) / (axis.max / 2 - axis.min / 2);
}

Values values_of(const HparamsReport& report, const SpaceEntry& entry) {
  Values values;
  for (const HparamSession& session : report.sessions) {
    const auto found = session.hparams.find(entry.name);
    values.push_back(found == session.hparams.end() ? Value() : found->second);
  }
  return values;
}

/// The hyperparameters that differ and that a drawn session has: the axis of another one would
/// break every line, and take the room of one that shows something.
std::vector<const SpaceEntry*> axis_entries(const HparamsReport& report, std::size_t metrics) {
  std::set<std::string_view> drawn;
  for (const HparamSession& session : report.sessions) {
    if (metrics != 0 && !number_of(report.value(session, metrics - 1).value)) continue;
    for (const auto& hparam : session.hparams) drawn.insert(hparam.first);
  }
  std::vector<const SpaceEntry*> entries;
  for (const SpaceEntry& entry : report.space) {
    if (entry.differs && (drawn.empty() || drawn.count(entry.name) != 0)) entries.push_back(&entry);
  }
  return entries;
}

}  // namespace

Coords hparam_coords(const HparamsReport& report, std::size_t most, bool all_metrics) {
  Coords coords;
  std::vector<Values> columns;
  const std::size_t metrics =
      std::min<std::size_t>(all_metrics ? report.metrics.size() : 1, report.metrics.size());
  for (const SpaceEntry* differing : axis_entries(report, metrics)) {
    const SpaceEntry& entry = *differing;
    if (coords.axes.size() == most) {
      ++coords.more_hparams;
      continue;
    }
    CoordsAxis axis{.name = entry.name};
    columns.push_back(values_of(report, entry));
    if (entry.type == HparamType::kFloat64) {
      scale_numbers(axis, columns.back());
    } else {
      list_texts(axis, columns.back());
    }
    coords.axes.push_back(std::move(axis));
  }
  for (std::size_t metric = 0; metric < metrics; ++metric) {
    CoordsAxis axis{.name = report.metrics[metric].label, .metric = metric};
    Values values;
    for (const HparamSession& session : report.sessions)
      values.push_back(report.value(session, metric).value);
    scale_numbers(axis, values);
    coords.axes.push_back(std::move(axis));
    columns.push_back(std::move(values));
  }
  if (coords.axes.empty()) return coords;
  const auto best = report.best();
  for (std::size_t i = 0; i < report.sessions.size(); ++i) {
    CoordsLine line{.session = i};
    for (std::size_t axis = 0; axis < columns.size(); ++axis)
      line.at.push_back(place(coords.axes[axis], columns[axis][i]));
    if (coords.axes.back().metric && !line.at.back()) {
      ++coords.not_drawn;
      continue;
    }
    if (best == i) coords.best = coords.lines.size();
    coords.lines.push_back(std::move(line));
  }
  return coords;
}

}  // namespace tfevents::ops
