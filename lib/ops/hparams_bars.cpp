#include "ops/hparams_bars.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "ops/compare_groups.hpp"
#include "series/direction.hpp"

namespace tfevents::ops {
namespace {

Error unknown(const HparamsReport& report, std::string_view typed) {
  std::vector<std::string> names;
  for (const SpaceEntry& entry : report.space) names.push_back(printable(entry.name));
  const auto near = nearest(typed, names);
  return {.code = ErrorCode::kUsage,
          .message = "--bars: no session has the hyperparameter " + printable(typed),
          .hint = near ? "did you mean " + printable(*near) + "?" : ""};
}

HparamBar bar_of(const HparamsReport& report, std::size_t metric, const HparamValue& value,
                 const std::vector<std::size_t>& sessions) {
  HparamBar bar{.value = value, .metric = metric};
  std::vector<double> numbers;
  for (const std::size_t i : sessions) {
    bar.sessions.push_back(report.sessions[i].session);
    if (const auto number = report.number(report.sessions[i], metric)) numbers.push_back(*number);
  }
  bar.missing = sessions.size() - numbers.size();
  bar.spread = spread_of(numbers);
  if (numbers.empty()) return bar;
  const auto [least, greatest] = std::minmax_element(numbers.begin(), numbers.end());
  bar.min = *least;
  bar.max = *greatest;
  return bar;
}

void mark_best(const HparamsReport& report, std::vector<HparamBar>& bars, std::size_t from) {
  if (bars.size() - from < 2) return;
  const auto direction = report.metrics[bars[from].metric].direction;
  HparamBar* best = nullptr;
  for (std::size_t i = from; i < bars.size() && direction; ++i) {
    if (!bars[i].spread.mean) continue;
    if (best == nullptr || better(*bars[i].spread.mean, *best->spread.mean, *direction))
      best = &bars[i];
  }
  if (best != nullptr) best->best = true;
}

}  // namespace

Result<HparamBars> hparam_bars(const HparamsReport& report, std::string_view typed,
                               bool all_metrics) {
  const SpaceEntry* const entry = find_hparam(report.space, typed);
  if (entry == nullptr || entry->sessions == 0) return unknown(report, typed);
  // Where types are mixed the number 1 and the text 1 are one value.
  const bool as_text = entry->type == HparamType::kString;
  std::map<std::string, std::pair<HparamValue, std::vector<std::size_t>>> groups;
  for (std::size_t i = 0; i < report.sessions.size(); ++i) {
    const auto found = report.sessions[i].hparams.find(entry->name);
    HparamValue value;
    if (found != report.sessions[i].hparams.end()) value = found->second;
    if (as_text && !is_null(value)) value = text_of_hparam(value);
    auto& group = groups[key_of(value)];
    group.first = std::move(value);
    group.second.push_back(i);
  }
  std::vector<const std::pair<HparamValue, std::vector<std::size_t>>*> sorted;
  for (const auto& [key, group] : groups) sorted.push_back(&group);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    if (is_null(a->first) != is_null(b->first)) return is_null(b->first);
    return compare_values(a->first, b->first) < 0;
  });
  HparamBars result{.hparam = entry->name, .bars = {}};
  const std::size_t metrics = all_metrics ? report.metrics.size() : 1;
  for (std::size_t metric = 0; metric < std::min(metrics, report.metrics.size()); ++metric) {
    const std::size_t from = result.bars.size();
    for (const auto* group : sorted)
      result.bars.push_back(bar_of(report, metric, group->first, group->second));
    mark_best(report, result.bars, from);
  }
  return result;
}

}  // namespace tfevents::ops
