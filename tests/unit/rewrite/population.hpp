#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "rewrite/policy.hpp"
#include "support/numbers.hpp"

namespace tfevents::test {

inline constexpr double kNow = 1'700'000'000;
inline constexpr double kHours = 3600;
inline constexpr double kDays = 24 * kHours;

using Lines = std::vector<std::string>;

/// A reason in one word: `rule`, then what is not 0 or empty of `:SECONDS`, `#COUNT`, `=TEXT`.
inline std::string word(const rewrite::Reason& reason) {
  std::ostringstream out;
  out.precision(12);
  out << to_string(reason.rule);
  if (reason.seconds != 0) out << ':' << reason.seconds;
  if (reason.count != 0) out << '#' << reason.count;
  if (!reason.text.empty()) out << '=' << reason.text;
  return out.str();
}

/// `action: reason reason`.
inline std::string line(const rewrite::Decision& decision) {
  std::string out = std::string(to_string(decision.action)) + ":";
  for (const rewrite::Reason& reason : decision.reasons) out += " " + word(reason);
  return out;
}

/// Trials written down one after the other; what is set belongs to the latest.
class Population {
 public:
  rewrite::PolicyRules rules;
  rewrite::PolicySituation situation{.now = kNow, .trash_bytes = {}};
  std::vector<rewrite::PolicyTrial> trials;

  /// Last event and files of the same age in seconds.
  Population& trial(std::string name, double age) { return trial(std::move(name), age, age); }
  Population& trial(std::string name, double event_age, double file_age) {
    trials.push_back({});
    latest().name = std::move(name);
    latest().last_event = kNow - event_age;
    latest().mtime = kNow - file_age;
    return *this;
  }
  Population& below(std::size_t parent) {
    return with([&](auto& t) { t.parent = parent; });
  }
  Population& group(std::uint32_t number) {
    return with([&](auto& t) { t.group = number; });
  }
  Population& bytes(std::uint64_t count) {
    return with([&](auto& t) { t.bytes = count; });
  }
  Population& metric(double value) {
    return with([&](auto& t) { t.metrics.push_back(value); });
  }
  Population& live() {
    return with([](auto& t) { t.live = true; });
  }
  template <class Change>
  Population& with(Change change) {
    change(latest());
    return *this;
  }

  [[nodiscard]] rewrite::PolicyPlan plan() const { return decide(rules, situation, trials); }
  /// A decision a line.
  [[nodiscard]] Lines lines() const {
    Lines lines;
    for (const rewrite::Decision& decision : plan().decisions) lines.push_back(line(decision));
    return lines;
  }
  /// Only what happens: `k`, `r` or `s` a trial.
  [[nodiscard]] std::string actions() const {
    std::string out;
    for (const rewrite::Decision& decision : plan().decisions) out += to_string(decision.action)[0];
    return out;
  }

 private:
  rewrite::PolicyTrial& latest() { return trials.back(); }
};

}  // namespace tfevents::test
