#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "rewrite/policy.hpp"
#include "unit/rewrite/population.hpp"

namespace tfevents::test {

/// Populations of up to a dozen trials whose numbers sit at the limits of the rules: the same seed
/// gives the same ones everywhere.
class PopulationDice {
 public:
  explicit PopulationDice(std::uint64_t seed) : random_(seed) {}

  /// Between `low` and `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t count) { return between(1, count) == 1; }

  Population population() {
    Population out;
    const auto count = static_cast<std::size_t>(between(0, 12));
    const bool nested = one_in(2);
    const bool strange = one_in(4);
    std::vector<std::string> names(kNames.begin(), kNames.end());
    std::shuffle(names.begin(), names.end(), random_);
    for (std::size_t i = 0; i < count; ++i) {
      out.trials.push_back(trial(strange));
      out.trials.back().name = names[i];
      if (!nested || one_in(3)) continue;
      // Often a tree; sometimes whatever a hostile caller could say.
      if (strange && one_in(3)) out.trials.back().parent = index(count + 2);
      if (!strange && i > 0) out.trials.back().parent = index(i);
    }
    for (std::int64_t left = one_in(2) ? between(1, 3) : 0; left > 0; --left)
      out.situation.trash_bytes.push_back(static_cast<std::uint64_t>(between(0, 10)));
    while (!one_in(4)) add_nomination(out);
    while (one_in(2)) add_keep_rule(out);
    out.rules.age_by_event = one_in(3);
    return out;
  }

  /// Sets one of the rules that nominate, `max_bytes` one time in five.
  void add_nomination(Population& to) {
    switch (between(0, 4)) {
      case 0: to.rules.older_than_seconds = any_of(kAges); break;
      case 1: to.rules.min_steps = between(0, 4); break;
      case 2: to.rules.empty = true; break;
      case 3: to.rules.remove_if = "remove"; break;
      default: to.rules.max_bytes = static_cast<std::uint64_t>(between(0, 60)); break;
    }
  }

  /// Adds a keep rule that was not there, and what the trials say about it.
  void add_keep_rule(Population& to) {
    PolicyRules& rules = to.rules;
    const std::int64_t kind = between(0, 4);
    if (kind == 0 && !rules.keep_last) {
      rules.keep_last = static_cast<std::uint64_t>(between(0, 5));
    } else if (kind == 1 && !rules.keep_within_seconds) {
      rules.keep_within_seconds = any_of(kAges);
    } else if (kind == 2) {
      rules.keep.push_back("pattern" + std::to_string(rules.keep.size()));
      for (auto& trial : to.trials)
        if (one_in(5)) trial.kept_by.push_back(static_cast<std::uint32_t>(rules.keep.size() - 1));
    } else if (kind == 3) {
      rules.keep_if.push_back("if" + std::to_string(rules.keep_if.size()));
      for (auto& trial : to.trials)
        if (one_in(5))
          trial.kept_if.push_back(static_cast<std::uint32_t>(rules.keep_if.size() - 1));
    } else {
      rules.keep_best.push_back({.count = static_cast<std::uint64_t>(between(0, 4)),
                                 .metric = "metric" + std::to_string(rules.keep_best.size()),
                                 .greatest = one_in(2)});
      for (auto& trial : to.trials)
        trial.metrics.push_back(one_in(4) ? std::nullopt : std::optional(any_of(kMetrics)));
    }
  }

  std::mt19937_64& engine() { return random_; }

 private:
  using PolicyRules = rewrite::PolicyRules;

  static constexpr std::array kNames = {"a",   "a/b",  "a/b/c", "v2",      "v10",      "v9/x", "v9",
                                        "w/1", "w/02", "w/2",   "w/2/val", "\xc3\xa9", "Z",    ""};
  static constexpr std::array kAges = {
      0.0,       60.0,      3599.0,        3600.0,    3601.0,        2 * kHours,
      5000.0,    86399.0,   86400.0,       86401.0,   3 * kDays,     7 * kDays - 1,
      7 * kDays, 8 * kDays, 8 * kDays + 1, 9 * kDays, 10 * kDays + 5};
  static constexpr std::array kStrangeAges = {-0.5, -1.0, -1.25, -kDays, kNow + 5,
                                              kNow, kNan, kInf,  -kInf};
  static constexpr std::array kGaps = {0.0,   0.0,    0.0,      0.5,     719.0,
                                       720.0, 1000.0, 17'280.0, 20'000.0};
  static constexpr std::array kStrangeGaps = {kNan, kInf, -kInf, -1000.0};
  static constexpr std::array kMetrics = {0.0, -0.0, 0.5, 0.5, 1.0, -3.0, kNan, kInf, -kInf};

  std::size_t index(std::size_t count) {
    return static_cast<std::size_t>(between(0, static_cast<std::int64_t>(count) - 1));
  }
  template <class T, std::size_t N>
  T any_of(const std::array<T, N>& all) {
    return all[index(N)];
  }
  std::optional<double> time(bool strange) {
    if (one_in(10)) return std::nullopt;
    return kNow - (strange && one_in(5) ? any_of(kStrangeAges) : any_of(kAges));
  }

  rewrite::PolicyTrial trial(bool strange) {
    rewrite::PolicyTrial out;
    out.group = static_cast<std::uint32_t>(between(0, 2));
    out.last_event = time(strange);
    out.mtime = one_in(2) ? out.last_event : time(strange);
    out.median_gap = strange && one_in(4) ? any_of(kStrangeGaps) : any_of(kGaps);
    out.live = one_in(25);
    if (one_in(10)) out.open_files = rewrite::OpenFiles::kNotVisible;
    if (one_in(25)) {
      out.open_files = rewrite::OpenFiles::kSeen;
      out.open_in_process = between(0, 9);
    }
    if (one_in(25)) out.trouble = "trouble";
    out.has_values = !one_in(4);
    if (!one_in(5)) out.last_step = between(-1, 5);
    out.bytes = static_cast<std::uint64_t>(between(0, 12));
    if (!one_in(3)) out.remove_if = one_in(2);
    return out;
  }

  std::mt19937_64 random_;
};

}  // namespace tfevents::test
