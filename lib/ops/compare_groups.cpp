#include "ops/compare_groups.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace tfevents::ops {
namespace {

bool ends_with_parts(const std::string& name, const std::string& parts) {
  return name.size() > parts.size() && name.ends_with(parts) &&
         name[name.size() - parts.size() - 1] == '/';
}

/// How well a text names a group: 0 not at all, then a part of its name, then all of it.
int match_of(const std::string& typed, bool grouped, const TrialTable& table,
             const CompareGroup& group) {
  if (grouped) {
    if (group_name(group) == typed) return 2;
    const bool any = std::any_of(group.values.begin(), group.values.end(),
                                 [&](const Value& value) { return text_of(value) == typed; });
    return any ? 1 : 0;
  }
  const TrialRow& trial = table.rows()[group.trials.front()];
  const std::string name = without_trailing_slashes(typed);
  if (name == trial.name || name == trial.people_name() || name == printable(trial.name) ||
      name == without_trailing_slashes(trial.path))
    return 2;
  return ends_with_parts(trial.people_name(), name) || ends_with_parts(trial.path, name) ? 1 : 0;
}

}  // namespace

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<double>(&value)) return to_text(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  return {};
}

int compare_values(const Value& a, const Value& b) {
  if (a.index() != b.index()) return a.index() < b.index() ? -1 : 1;
  if (const auto* text = std::get_if<std::string>(&a))
    return natural_compare(*text, std::get<std::string>(b));
  if (const auto* number = std::get_if<double>(&a)) {
    const double other = std::get<double>(b);
    // NaN behind all numbers.
    if (std::isnan(*number) || std::isnan(other))
      return int{std::isnan(*number)} - int{std::isnan(other)};
    return int{*number > other} - int{*number < other};
  }
  if (const auto* truth = std::get_if<bool>(&a)) return int{*truth} - int{std::get<bool>(b)};
  return 0;
}

std::vector<CompareGroup> group_trials(const TrialTable& table,
                                       const std::vector<PlannedItem>& by) {
  std::vector<CompareGroup> groups;
  if (by.empty()) {
    for (std::size_t row = 0; row < table.rows().size(); ++row) groups.push_back({{row}});
    return groups;
  }
  std::map<std::vector<std::string>, std::size_t> known;
  for (std::size_t row = 0; row < table.rows().size(); ++row) {
    std::vector<Value> values;
    std::vector<std::string> key;
    for (const PlannedItem& item : by) {
      values.push_back(table.value(row, item, false).value);
      key.push_back(key_of(values.back()));
    }
    const auto [place, is_new] = known.emplace(std::move(key), groups.size());
    if (is_new) groups.push_back({{}, std::move(values)});
    groups[place->second].trials.push_back(row);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const CompareGroup& a, const CompareGroup& b) {
    for (std::size_t i = 0; i < a.values.size(); ++i) {
      const int order = compare_values(a.values[i], b.values[i]);
      if (order != 0) return order < 0;
    }
    return false;
  });
  return groups;
}

std::string group_name(const CompareGroup& group) {
  std::string name;
  for (const Value& value : group.values)
    name += (&value == group.values.data() ? "" : ",") + text_of(value);
  return name;
}

Result<std::size_t> find_baseline(const std::string& typed, bool grouped, const TrialTable& table,
                                  const std::vector<CompareGroup>& groups) {
  std::vector<std::size_t> whole, part;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const int match = match_of(typed, grouped, table, groups[i]);
    if (match == 2) whole.push_back(i);
    if (match == 1) part.push_back(i);
    names.push_back(grouped ? group_name(groups[i])
                            : table.rows()[groups[i].trials.front()].people_name());
  }
  const std::vector<std::size_t>& found = whole.empty() ? part : whole;
  if (found.size() == 1) return found.front();
  const char* what = grouped ? "group" : "trial";
  const std::string name = printable(typed);
  if (found.empty()) {
    for (std::size_t i = 0, count = grouped ? 0 : names.size(); i < count; ++i) {
      const std::string whole_name = names[i];
      for (std::size_t at = whole_name.find('/'); at != std::string::npos;
           at = whole_name.find('/', at + 1))
        names.push_back(whole_name.substr(at + 1));
    }
    const auto near = nearest(typed, names);
    return usage(std::string("--vs: no selected ") + what + " is named " + name,
                 near ? "did you mean " + printable(*near) + "?" : "");
  }
  std::string choices;
  for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 4); ++i)
    choices += (i == 0 ? "" : " or ") + printable(names[found[i]]);
  return usage(
      "--vs: " + name + " could be one of " + std::to_string(found.size()) + ' ' + what + "s",
      "say " + choices);
}

std::optional<std::size_t> implied_baseline(const TrialTable& table) {
  const auto& operands = table.operands();
  if (table.rows().size() != 2 || operands.size() != 2) return std::nullopt;
  const auto is_of = [](const TrialRow& trial, const std::string& operand) {
    const std::string start = without_trailing_slashes(operand);
    return trial.path == start || trial.path.starts_with(start + '/') || trial.name == start ||
           trial.name.starts_with(start + '/');
  };
  for (std::size_t row = 0; row < 2; ++row) {
    if (is_of(table.rows()[row], operands[0]) && is_of(table.rows()[1 - row], operands[1]))
      return row;
  }
  return std::nullopt;
}

bool is_seed(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower == "seed" || lower == "rng" || lower.ends_with("_seed");
}

void describe_folding(const TrialTable& table, const std::vector<CompareGroup>& groups,
                      CompareReport& report) {
  std::set<std::string> seeds, mixed;
  for (const CompareGroup& group : groups) {
    if (group.trials.size() < 2) continue;
    // Hyperparameters, and levels of the layout but for the last: that one tells trials apart.
    std::map<std::string, std::set<std::string>> values;
    std::map<std::string, std::size_t> given;
    const auto note = [&](const std::string& name, std::string key) {
      values[name].insert(std::move(key));
      ++given[name];
    };
    for (const std::size_t row : group.trials) {
      const TrialRow& trial = table.rows()[row];
      for (const auto& [name, value] : trial.hparams) note(name, key_of(value));
      for (std::size_t i = 0; i < trial.layout.size(); ++i) {
        const auto& [name, text] = trial.layout[i];
        if (trial.hparams.contains(name)) continue;
        if (is_seed(name) || i + 1 < trial.layout.size()) note(name, "s:" + text);
      }
    }
    MixedGroup note_of_group{group_name(group), {}};
    for (auto& [name, keys] : values) {
      if (given[name] < group.trials.size()) keys.insert("");
      if (keys.size() < 2) continue;
      if (is_seed(name)) {
        seeds.insert(name);
      } else {
        mixed.insert(name);
        note_of_group.names.emplace_back(name, keys.size());
      }
    }
    if (!note_of_group.names.empty()) report.mixed.push_back(std::move(note_of_group));
  }
  report.folded_by.assign(seeds.begin(), seeds.end());
  report.mixed_hparams.assign(mixed.begin(), mixed.end());
}

}  // namespace tfevents::ops
