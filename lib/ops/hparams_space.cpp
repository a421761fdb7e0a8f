#include "ops/hparams_space.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string_view>

#include "base/number.hpp"
#include "base/text.hpp"
#include "ops/compare_groups.hpp"
#include "ops/trial_table.hpp"

namespace tfevents::ops {
namespace {

HparamType type_of(const HparamValue& value) {
  if (std::holds_alternative<double>(value)) return HparamType::kFloat64;
  if (std::holds_alternative<bool>(value)) return HparamType::kBool;
  return HparamType::kString;
}

/// What is known of one name so far.
struct Gathered {
  SpaceEntry entry;
  std::set<HparamType> types;
  std::map<std::string, SpaceValue> values;  // By key_of: NaN is like NaN.
  std::set<std::string> choices;             // Likewise, of what is announced.
  std::uint64_t given = 0;                   // Sessions that name it, null or not.
};

void add_choices(Gathered& gathered, const HparamInfo& info) {
  for (const HparamValue& choice : info.choices) {
    if (gathered.choices.insert(key_of(choice)).second) gathered.entry.choices.push_back(choice);
  }
}

// Several experiments may announce the same: domains grow, and the first kind of domain stays.
void declare(Gathered& gathered, const HparamInfo& info) {
  SpaceEntry& entry = gathered.entry;
  entry.declared = true;
  if (info.type != HparamType::kUnset) gathered.types.insert(info.type);
  if (info.interval && entry.choices.empty()) {
    if (!entry.interval) entry.interval = info.interval;
    entry.interval->first = std::min(entry.interval->first, info.interval->first);
    entry.interval->second = std::max(entry.interval->second, info.interval->second);
  } else if (!entry.interval) {
    add_choices(gathered, info);
  }
  entry.domain_declared = entry.interval || !entry.choices.empty();
}

void see(Gathered& gathered, const HparamValue& value) {
  ++gathered.given;
  const bool null = std::holds_alternative<std::monostate>(value);
  SpaceValue& seen = gathered.values[key_of(value)];
  if (++seen.sessions == 1) seen.value = value;
  if (null) return;
  ++gathered.entry.sessions;
  gathered.types.insert(type_of(value));
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr || !std::isfinite(*number)) return;
  auto& range = gathered.entry.seen;
  if (!range) range.emplace(*number, *number);
  range->first = std::min(range->first, *number);
  range->second = std::max(range->second, *number);
}

// As TensorBoard infers it: an interval of numbers, a list of texts and truths. NaN and infinities
// are in no domain.
void infer_domain(SpaceEntry& entry, const std::vector<SpaceValue>& values) {
  if (entry.type == HparamType::kFloat64) {
    entry.interval = entry.seen;
    return;
  }
  std::set<std::string> met;  // The number 1 and the text 1 are one text.
  for (const SpaceValue& seen : values) {
    const auto* number = std::get_if<double>(&seen.value);
    if (number != nullptr && !std::isfinite(*number)) continue;
    const bool as_text = entry.type == HparamType::kString;
    HparamValue choice = as_text ? HparamValue(text_of_hparam(seen.value)) : seen.value;
    if (met.insert(key_of(choice)).second) entry.choices.push_back(std::move(choice));
  }
}

SpaceEntry finish(Gathered gathered, std::size_t sessions) {
  SpaceEntry entry = std::move(gathered.entry);
  if (gathered.types.size() == 1) entry.type = *gathered.types.begin();
  if (gathered.types.size() > 1) entry.type = HparamType::kString;
  const bool null = gathered.values.contains("");
  // Not given is unlike any value, but like null.
  const bool lacking = gathered.given < sessions || null;
  gathered.values.erase("");
  entry.distinct = gathered.values.size();
  entry.differs = entry.distinct > 1 || (entry.distinct == 1 && lacking);
  std::vector<SpaceValue> values;
  values.reserve(gathered.values.size());
  for (auto& [key, value] : gathered.values) values.push_back(std::move(value));
  std::stable_sort(values.begin(), values.end(), [](const SpaceValue& a, const SpaceValue& b) {
    return compare_values(a.value, b.value) < 0;
  });
  if (!entry.domain_declared) infer_domain(entry, values);
  if (values.size() > kMaxSpaceValues) values.resize(kMaxSpaceValues);
  entry.values = std::move(values);
  return entry;
}

}  // namespace

std::vector<SpaceEntry> space_of(
    const std::vector<const HparamMap*>& sessions,
    const std::vector<std::shared_ptr<const HparamsExperiment>>& experiments) {
  std::map<std::string, Gathered, std::less<>> names;
  const auto at = [&](const std::string& name) -> Gathered& {
    const auto found = names.find(name);
    return found != names.end() ? found->second : names[name];
  };
  for (const auto& experiment : experiments) {
    for (const HparamInfo& info : experiment->hparams) declare(at(info.name), info);
  }
  for (const HparamMap* session : sessions) {
    for (const auto& [name, value] : *session) see(at(name), value);
  }
  std::vector<SpaceEntry> space;
  space.reserve(names.size());
  for (auto& [name, gathered] : names) {
    gathered.entry.name = name;
    space.push_back(finish(std::move(gathered), sessions.size()));
  }
  std::stable_sort(space.begin(), space.end(), [](const SpaceEntry& a, const SpaceEntry& b) {
    if (a.differs != b.differs) return a.differs;
    return natural_compare(a.name, b.name) < 0;
  });
  return space;
}

const SpaceEntry* find_hparam(const std::vector<SpaceEntry>& space, std::string_view typed) {
  const auto named = [&](std::string_view name) -> const SpaceEntry* {
    for (const SpaceEntry& entry : space) {
      if (entry.name == name || printable(entry.name) == name) return &entry;
    }
    return nullptr;
  };
  constexpr std::string_view kPrefix = "hp.";
  const SpaceEntry* const entry = named(typed);
  if (entry != nullptr || !typed.starts_with(kPrefix)) return entry;
  typed.remove_prefix(kPrefix.size());
  if (typed.size() > 1 && typed.front() == '"' && typed.back() == '"')
    typed = typed.substr(1, typed.size() - 2);
  return named(typed);
}

std::string text_of_hparam(const HparamValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<double>(&value)) return to_text(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  return {};
}

}  // namespace tfevents::ops
