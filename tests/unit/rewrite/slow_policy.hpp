#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "rewrite/policy.hpp"

namespace tfevents::test {

/// The policy of prune once more, as its definitions read: every question is asked anew of all
/// trials, nothing is sorted, nothing remembered. For a dozen trials. Expects sizes that add up
/// without overflow, a finite `now`, and names that differ.
class SlowPolicy {
 public:
  SlowPolicy(const rewrite::PolicyRules& rules, const rewrite::PolicySituation& situation,
             const std::vector<rewrite::PolicyTrial>& trials)
      : rules_(rules), now_(situation.now), trash_(situation.trash_bytes), trials_(trials) {}

  rewrite::PolicyPlan decide() {
    using namespace rewrite;
    PolicyPlan plan;
    std::vector<bool> passed_over(trials_.size());
    if (rules_.max_bytes) {
      while (bytes_with(plan.batches_to_empty) > *rules_.max_bytes &&
             plan.batches_to_empty < trash_.size())
        ++plan.batches_to_empty;
      while (bytes_with(plan.batches_to_empty) > *rules_.max_bytes) {
        const std::optional<std::size_t> oldest = oldest_that_may_go();
        const std::vector<bool> gone = removed();
        for (std::size_t i = 0; i < trials_.size(); ++i) {
          if (free(i) && !gone[i] && (!oldest || is_older(i, *oldest))) passed_over[i] = true;
        }
        if (!oldest) break;
        for_size_.push_back(*oldest);
      }
    }
    const std::vector<bool> gone = removed();
    for (std::size_t i = 0; i < trials_.size(); ++i)
      plan.decisions.push_back(decision(i, gone, passed_over[i]));
    return plan;
  }

 private:
  using Index = std::size_t;
  using Reasons = std::vector<rewrite::Reason>;
  using Rule = rewrite::Rule;

  static std::optional<double> usable(std::optional<double> time) {
    return time && *time > 0 ? time : std::nullopt;
  }
  static std::optional<double> newest(const rewrite::PolicyTrial& trial) {
    const auto event = usable(trial.last_event), file = usable(trial.mtime);
    if (!event || !file) return event ? event : file;
    return std::max(*event, *file);
  }
  std::optional<double> activity(const rewrite::PolicyTrial& trial) const {
    return rules_.age_by_event && usable(trial.last_event) ? usable(trial.last_event)
                                                           : newest(trial);
  }
  double since(double time) const { return time > now_ ? 0 : now_ - time; }
  double age(const rewrite::PolicyTrial& trial) const { return since(*activity(trial)); }

  Reasons unknown(Index i) const {
    Reasons reasons;
    const auto time = newest(trials_[i]);
    if (!trials_[i].trouble.empty())
      reasons.push_back({.rule = Rule::kTrouble, .text = trials_[i].trouble});
    if (!time) reasons.push_back({.rule = Rule::kNoTime});
    if (time && *time > now_ + 1)
      reasons.push_back({.rule = Rule::kFuture, .seconds = *time - now_});
    return reasons;
  }
  bool known(Index i) const { return unknown(i).empty(); }

  // True when a comes before b in natural order.
  bool is_first(Index a, Index b) const {
    return natural_compare(trials_[a].name, trials_[b].name) < 0;
  }
  bool is_older(Index a, Index b) const {
    const double one = *activity(trials_[a]), other = *activity(trials_[b]);
    return one < other || (one == other && is_first(a, b));
  }
  std::optional<double> metric(Index i, std::size_t rule) const {
    const auto value = trials_[i].metrics.at(rule);
    return value && std::isfinite(*value) ? value : std::nullopt;
  }
  bool is_better(Index a, Index b, std::size_t rule) const {
    const double one = *metric(a, rule), other = *metric(b, rule);
    if (one == other) return is_first(a, b);
    return rules_.keep_best[rule].greatest ? one > other : one < other;
  }

  Reasons kept(Index i) const {
    Reasons reasons;
    const auto same_group = [&](Index j) { return trials_[j].group == trials_[i].group; };
    if (rules_.keep_last && known(i)) {
      std::int64_t rank = 1;
      for (Index j = 0; j < trials_.size(); ++j) {
        if (!same_group(j) || !known(j)) continue;
        const double one = *activity(trials_[j]), other = *activity(trials_[i]);
        if (one > other || (one == other && is_first(j, i))) ++rank;
      }
      if (rank <= static_cast<std::int64_t>(*rules_.keep_last))
        reasons.push_back({.rule = Rule::kKeepLast, .count = rank});
    }
    if (rules_.keep_within_seconds && known(i)) {
      bool within = true;
      for (Index j = 0; j < trials_.size(); ++j) {
        if (!same_group(j) || !known(j)) continue;
        const double measure = std::min(now_, *activity(trials_[j]));
        if (measure - *activity(trials_[i]) > *rules_.keep_within_seconds) within = false;
      }
      if (within) reasons.push_back({.rule = Rule::kKeepWithin, .seconds = age(trials_[i])});
    }
    for (std::size_t rule = 0; rule < rules_.keep_best.size(); ++rule) {
      if (!metric(i, rule)) continue;
      std::int64_t rank = 1;
      for (Index j = 0; j < trials_.size(); ++j)
        if (same_group(j) && metric(j, rule) && is_better(j, i, rule)) ++rank;
      if (rank <= static_cast<std::int64_t>(rules_.keep_best[rule].count))
        reasons.push_back(
            {.rule = Rule::kKeepBest, .count = rank, .text = rules_.keep_best[rule].metric});
    }
    for (const auto index : trials_[i].kept_by)
      reasons.push_back({.rule = Rule::kKeep, .text = rules_.keep[index]});
    for (const auto index : trials_[i].kept_if)
      reasons.push_back({.rule = Rule::kKeepIf, .text = rules_.keep_if[index]});
    return reasons;
  }

  // What other rules than the size ask for, if the times of trial i were those of `as`.
  Reasons nominated(Index i, const rewrite::PolicyTrial& as) const {
    Reasons reasons;
    if (!known(i)) return reasons;
    if (rules_.older_than_seconds && age(as) > *rules_.older_than_seconds)
      reasons.push_back({.rule = Rule::kOlderThan, .seconds = age(as)});
    if (rules_.min_steps && as.last_step && *as.last_step < *rules_.min_steps)
      reasons.push_back({.rule = Rule::kMinSteps, .count = *as.last_step});
    if (rules_.empty && !as.has_values && age(as) > 24 * 3600)
      reasons.push_back({.rule = Rule::kEmpty, .seconds = age(as)});
    if (rules_.remove_if && as.remove_if == true)
      reasons.push_back({.rule = Rule::kRemoveIf, .text = *rules_.remove_if});
    const bool other_rules = rules_.older_than_seconds || rules_.min_steps || rules_.empty ||
                             rules_.max_bytes || rules_.remove_if;
    const bool keep_rules = rules_.keep_last || rules_.keep_within_seconds ||
                            !rules_.keep_best.empty() || !rules_.keep.empty() ||
                            !rules_.keep_if.empty();
    if (!other_rules && keep_rules && kept(i).empty()) reasons.push_back({.rule = Rule::kNotKept});
    return reasons;
  }
  Reasons nominated(Index i) const { return nominated(i, trials_[i]); }

  bool recent(const rewrite::PolicyTrial& as, bool visible) const {
    const double gap = as.median_gap > 0 ? as.median_gap : 0;
    const double limit = std::max(visible ? 3600.0 : 24 * 3600.0, 5 * gap);
    return now_ - *newest(as) < limit;
  }
  bool recent(Index i) const {
    return recent(trials_[i], trials_[i].open_files != rewrite::OpenFiles::kNotVisible);
  }
  // Without its files it would be neither recent nor without nomination.
  bool would_go_by_event(Index i, bool size_counts) const {
    rewrite::PolicyTrial as = trials_[i];
    as.mtime.reset();
    if (!usable(as.last_event)) return false;
    return !recent(as, as.open_files != rewrite::OpenFiles::kNotVisible) &&
           (!nominated(i, as).empty() || (size_counts && rules_.max_bytes));
  }

  Reasons life(Index i) const {
    const rewrite::PolicyTrial& of = trials_[i];
    Reasons reasons;
    if (of.live)
      reasons.push_back({.rule = Rule::kLive, .seconds = of.median_gap > 0 ? of.median_gap : 0});
    if (of.open_files == rewrite::OpenFiles::kSeen)
      reasons.push_back({.rule = Rule::kOpen, .count = of.open_in_process});
    if (!reasons.empty() || !known(i) || !recent(i)) return reasons;
    const bool by_file = would_go_by_event(i, true);
    const bool unseen = !recent(of, true);
    if (by_file) reasons.push_back({.rule = Rule::kFileChanged, .seconds = since(*of.mtime)});
    if (unseen) reasons.push_back({.rule = Rule::kNotVisible, .seconds = since(*newest(of))});
    if (!by_file && !unseen)
      reasons.push_back({.rule = Rule::kRecent, .seconds = since(*newest(of))});
    return reasons;
  }

  bool free(Index i) const { return known(i) && kept(i).empty() && life(i).empty(); }

  std::optional<Index> named_parent(Index i) const {
    const auto parent = trials_[i].parent;
    return parent && *parent < trials_.size() ? parent : std::nullopt;
  }
  // Itself among those it lies below: a circle.
  std::optional<Index> parent(Index i) const {
    std::optional<Index> above = named_parent(i);
    for (std::size_t steps = 0; above && steps < trials_.size(); ++steps) {
      if (*above == i) return std::nullopt;
      above = named_parent(*above);
    }
    return named_parent(i);
  }
  bool is_below(Index i, Index above) const {
    for (std::optional<Index> at = parent(i); at; at = parent(*at))
      if (*at == above) return true;
    return false;
  }

  std::vector<bool> removed() const {
    std::vector<bool> gone(trials_.size());
    // Each round removes at least one more, or is the last.
    for (std::size_t round = 0; round <= trials_.size(); ++round) {
      for (Index i = 0; i < trials_.size(); ++i)
        gone[i] = free(i) && (!nominated(i).empty() || is_for_size(i)) && !holds_any(i, gone);
    }
    return gone;
  }
  bool holds_any(Index i, const std::vector<bool>& gone) const {
    for (Index j = 0; j < trials_.size(); ++j)
      if (!gone[j] && is_below(j, i)) return true;
    return false;
  }
  bool is_for_size(Index i) const {
    return std::find(for_size_.begin(), for_size_.end(), i) != for_size_.end();
  }
  std::uint64_t bytes_with(std::size_t emptied) const {
    std::uint64_t bytes = 0;
    const std::vector<bool> gone = removed();
    for (std::size_t batch = emptied; batch < trash_.size(); ++batch) bytes += trash_[batch];
    for (Index i = 0; i < trials_.size(); ++i) bytes += gone[i] ? 0 : trials_[i].bytes;
    return bytes;
  }
  std::optional<Index> oldest_that_may_go() const {
    std::optional<Index> oldest;
    const std::vector<bool> gone = removed();
    for (Index i = 0; i < trials_.size(); ++i) {
      if (!free(i) || gone[i] || holds_any(i, gone)) continue;
      if (!oldest || is_older(i, *oldest)) oldest = i;
    }
    return oldest;
  }

  rewrite::Decision decision(Index i, const std::vector<bool>& gone, bool passed_over) const {
    using rewrite::Action;
    Reasons reasons;
    if (gone[i]) {
      reasons = nominated(i);
      if (is_for_size(i)) {
        std::int64_t place = 1;
        for (Index j = 0; j < trials_.size(); ++j) place += known(j) && is_older(j, i);
        reasons.push_back({.rule = Rule::kMaxSize, .count = place});
      }
      return {Action::kRemove, reasons};
    }
    for (const Reasons& part : {unknown(i), kept(i), life(i)})
      reasons.insert(reasons.end(), part.begin(), part.end());
    if (!known(i)) return {Action::kSkip, reasons};
    if (!reasons.empty()) return {Action::kKeep, reasons};
    if (holds_any(i, gone) && (!nominated(i).empty() || passed_over)) {
      std::optional<Index> first;
      for (Index j = 0; j < trials_.size(); ++j)
        if (!gone[j] && is_below(j, i) && (!first || is_first(j, *first))) first = j;
      reasons.push_back({.rule = Rule::kBelow, .text = trials_[*first].name});
    } else if (nominated(i).empty() && would_go_by_event(i, false)) {
      reasons.push_back({.rule = Rule::kFileChanged, .seconds = since(*trials_[i].mtime)});
    } else {
      reasons.push_back({.rule = Rule::kNotNominated, .seconds = age(trials_[i])});
    }
    return {Action::kKeep, reasons};
  }

  const rewrite::PolicyRules& rules_;
  const double now_;
  const std::vector<std::uint64_t> trash_;
  const std::vector<rewrite::PolicyTrial>& trials_;
  std::vector<Index> for_size_;
};

}  // namespace tfevents::test
