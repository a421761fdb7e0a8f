#include "ops/hparams_metrics.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "base/text.hpp"
#include "logdir/trial_names.hpp"
#include "ops/columns.hpp"
#include "ops/compare_columns.hpp"
#include "series/direction.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kMostWarnings = 5;

Error without_direction(const std::string& label) {
  return usage("the name of " + printable(label) + " does not say whether high or low is better",
               "add --max or --min, or take another --metric-by");
}

SeriesFunction function_of(MetricBy by, std::optional<Direction> direction) {
  switch (by) {
    case MetricBy::kLast: return SeriesFunction::kLast;
    case MetricBy::kFirst: return SeriesFunction::kFirst;
    case MetricBy::kMin: return SeriesFunction::kMin;
    case MetricBy::kMax: return SeriesFunction::kMax;
    case MetricBy::kMean: return SeriesFunction::kMean;
    case MetricBy::kMedian: return SeriesFunction::kMedian;
    case MetricBy::kBest: break;
  }
  return direction == Direction::kMin ? SeriesFunction::kMin : SeriesFunction::kMax;
}

/// 0 for what is measured on validation or test data, 2 on training data, 1 where no part of the
/// name says.
int role_rank(std::string_view label) {
  int rank = 1;
  for (std::size_t at = 0; at <= label.size();) {
    const std::size_t end = std::min(label.find_first_of("/_", at), label.size());
    if (const auto role = trial_names::role_of(label.substr(at, end - at))) {
      if (*role != trial_names::RoleClass::kTraining) return 0;
      rank = 2;
    }
    at = end + 1;
  }
  return rank;
}

struct MetricCandidate {
  std::string label;
  std::optional<Direction> direction;
  std::uint64_t sessions = 0;
  int part = 1;
};

bool metric_comes_before(const MetricCandidate& a, const MetricCandidate& b) {
  if (a.direction.has_value() != b.direction.has_value()) return a.direction.has_value();
  if (a.sessions != b.sessions) return a.sessions > b.sessions;
  if (a.part != b.part) return a.part < b.part;
  return natural_compare(a.label, b.label) < 0;
}

HparamPoint point_of(std::size_t metric, const SeriesValue& value) {
  return {.metric = static_cast<std::uint32_t>(metric),
          .absence = value.absence,
          .value = value.value,
          .step = value.step,
          .wall_time = value.wall_time,
          .n = value.n};
}

}  // namespace

Result<HparamMetrics> HparamMetrics::plan(const HparamsOptions& options, CallPlan& into) {
  HparamMetrics metrics;
  metrics.options_ = &options;
  std::string_view list = options.columns;
  metrics.chooses_ = list.empty() || list.front() == '+';
  if (!list.empty() && metrics.chooses_) list.remove_prefix(1);
  into.want_last_of_all();
  if (list.empty()) return metrics;
  TFEVENTS_TRY(const std::vector<std::string> items, split_items(list));
  std::set<std::string> labels;
  for (const std::string& item : items) {
    const SeriesCall call{.function = function_of(options.by, metrics.direction_of(item)),
                          .tag = {}};
    PlannedItem planned = into.add_item(item, call);
    if (labels.insert(planned.text).second) metrics.listed_.push_back(std::move(planned));
  }
  return metrics;
}

std::optional<Direction> HparamMetrics::direction_of(const std::string& label) const {
  return options_->direction ? options_->direction : infer_direction(label);
}

Status HparamMetrics::fill(const TrialTable& table, const std::vector<MetricSources>& sources,
                           const std::vector<std::string>& announced, const Again& again,
                           HparamsReport& report) {
  find_labels(table, sources);
  if (chooses_) choose_default(announced, report);
  TFEVENTS_CHECK(choose_listed(table, report));
  TFEVENTS_CHECK(fill_points(table, sources, again, report));
  for (std::size_t i = 0; i < report.sessions.size() && !items_.empty(); ++i) {
    for (const auto& [item, tag] : items_)
      report.sessions[i].items.push_back(table.value(sources[i].front().first, *item, tag));
  }
  return ok_status();
}

void HparamMetrics::find_labels(const TrialTable& table,
                                const std::vector<MetricSources>& sources) {
  for (const MetricSources& session : sources) {
    std::set<std::string, std::less<>> met;
    for (const auto& [row, prefix] : session) {
      for (const std::string& tag : table.tags(row)) {
        std::string label = prefix + tag;
        if (session.size() > 1 && !met.insert(label).second) continue;
        ++labels_[std::move(label)];
      }
    }
  }
}

void HparamMetrics::choose_default(const std::vector<std::string>& announced,
                                   HparamsReport& report) const {
  std::vector<MetricCandidate> candidates;
  for (const std::string& label : announced) {
    const auto found = labels_.find(label);
    const std::uint64_t sessions = found == labels_.end() ? 0 : found->second;
    report.declared = report.declared || sessions != 0;
    candidates.push_back({label, direction_of(label), sessions, 1});
  }
  // The first metric is the one that bars are of, and the best session is best in.
  std::stable_partition(candidates.begin(), candidates.end(),
                        [](const MetricCandidate& one) { return one.direction.has_value(); });
  if (!report.declared) {
    candidates.clear();
    for (const auto& [label, sessions] : labels_)
      candidates.push_back({label, direction_of(label), sessions, role_rank(label)});
    std::sort(candidates.begin(), candidates.end(), metric_comes_before);
  }
  for (MetricCandidate& one : candidates) {
    if (options_->by == MetricBy::kBest && !one.direction) {
      ++report.undirected;
      continue;
    }
    report.metrics.push_back({.label = std::move(one.label),
                              .direction = one.direction,
                              .shown = report.metrics.size() < kShownMetrics});
  }
}

Status HparamMetrics::choose_listed(const TrialTable& table, HparamsReport& report) {
  for (const PlannedItem& item : listed_) {
    const bool label = labels_.contains(item.text);
    bool tag = label;
    if (!label) {
      TFEVENTS_TRY(tag, settle_item(item, table));
      if (auto unknown = unknown_to_all(item, tag, table);
          unknown && report.warnings.size() < kMostWarnings) {
        report.warnings.push_back(unknown->message +
                                  (unknown->hint.empty() ? "" : ": " + unknown->hint));
      }
    }
    // An expression says itself what it takes of a series.
    auto direction = options_->direction;
    if (!direction) direction = direction_of_item(item.text, tag);
    if (tag && options_->by == MetricBy::kBest && !direction) return without_direction(item.text);
    std::erase_if(report.metrics,
                  [&](const HparamMetric& one) { return one.label == item.text && label; });
    HparamMetric metric{.label = item.text, .direction = direction};
    if (!label) {
      metric.item = items_.size();
      items_.emplace_back(&item, tag);
    }
    report.metrics.push_back(std::move(metric));
  }
  return ok_status();
}

Status HparamMetrics::fill_points(const TrialTable& table,
                                  const std::vector<MetricSources>& sources, const Again& again,
                                  HparamsReport& report) const {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < report.metrics.size(); ++i) {
    if (!report.metrics[i].item) places.emplace(report.metrics[i].label, i);
  }
  if (places.empty()) return ok_status();
  // What is wanted of a tag is known only now, unless it is the last point.
  CallPlan plan;
  std::map<std::string, std::size_t, std::less<>> calls;
  std::optional<TrialTable> other;
  const auto visit = [&](auto&& use) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      for (const auto& [row, prefix] : sources[i]) {
        for (const std::string& tag : table.tags(row)) {
          const auto place = places.find(prefix.empty() ? tag : prefix + tag);
          if (place != places.end()) use(i, row, tag, place->second);
        }
      }
    }
  };
  if (options_->by != MetricBy::kLast) {
    visit([&](std::size_t, std::size_t, const std::string& tag, std::size_t metric) {
      if (calls.contains(tag)) return;
      calls.emplace(
          tag, plan.add({.function = function_of(options_->by, report.metrics[metric].direction),
                         .tag = tag}));
    });
    TFEVENTS_TRY(other, again(plan));
  }
  std::unordered_map<std::string_view, std::size_t> rows;
  if (other) {
    for (std::size_t row = 0; row < other->rows().size(); ++row)
      rows.emplace(other->rows()[row].name, row);
  }
  visit([&](std::size_t i, std::size_t row, const std::string& tag, std::size_t metric) {
    std::vector<HparamPoint>& points = report.sessions[i].points;
    if (!other) {
      points.push_back(point_of(metric, table.last(row, tag)));
      return;
    }
    const auto same = rows.find(table.rows()[row].name);
    if (same != rows.end())
      points.push_back(point_of(metric, other->value(same->second, calls.find(tag)->second)));
  });
  for (HparamSession& session : report.sessions) {
    auto& points = session.points;
    const auto by_metric = [](const HparamPoint& a, const HparamPoint& b) {
      return a.metric < b.metric;
    };
    std::stable_sort(points.begin(), points.end(), by_metric);
    // The trial's own comes first and hides others.
    points.erase(std::unique(points.begin(), points.end(),
                             [](const HparamPoint& a, const HparamPoint& b) {
                               return a.metric == b.metric;
                             }),
                 points.end());
    points.shrink_to_fit();
  }
  return ok_status();
}

}  // namespace tfevents::ops
