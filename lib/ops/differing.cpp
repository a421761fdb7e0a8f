#include "ops/differing.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace tfevents::ops {

std::vector<std::string> differing_hparams(const std::vector<const HparamMap*>& trials) {
  std::set<std::string_view> names;
  for (const HparamMap* trial : trials) {
    for (const auto& entry : *trial) names.insert(entry.first);
  }
  std::vector<std::string> differing;
  for (const std::string_view name : names) {
    const auto key = [&](const HparamMap* trial) {
      const auto found = trial->find(name);
      return found == trial->end() ? std::string() : key_of(found->second);
    };
    const std::string first = key(trials.front());
    if (!std::all_of(trials.begin(), trials.end(),
                     [&](const HparamMap* trial) { return key(trial) == first; }))
      differing.emplace_back(name);
  }
  std::sort(differing.begin(), differing.end(),
            [](const std::string& a, const std::string& b) { return natural_compare(a, b) < 0; });
  return differing;
}

const char* missing_reason(const ItemValue& item) noexcept {
  if (std::holds_alternative<double>(item.value)) return "non-finite";
  if (!is_null(item.value)) return "type";
  if (!item.troubles.empty()) return reason_of(item.troubles.front().kind);
  const Absence absence = item.series.absence;
  return to_string(absence == Absence::kNone ? Absence::kEmptyWindow : absence);
}

}  // namespace tfevents::ops
