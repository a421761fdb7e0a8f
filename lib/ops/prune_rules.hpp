#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ops/call_plan.hpp"
#include "ops/prune.hpp"
#include "ops/trial_table.hpp"
#include "rewrite/policy.hpp"

namespace tfevents::ops {

/// The rules of a `prune` that look into trials: planned before the reading, checked and answered
/// after it.
class PruneRules {
 public:
  PruneRules() = default;

  /// Errors: kRefused where there is no rule at all; kUsage for what cannot be parsed.
  static Result<PruneRules> plan(const PruneOptions& options, CallPlan& into);

  /// Errors: kRefused for a keep rule about a tag or hyperparameter that no trial has; kUsage for
  /// such a --by, and for a metric without a direction. Other rules that can mean nothing are
  /// warnings.
  Status check(const TrialTable& table, std::vector<std::string>& warnings);

  /// Fills in what the rules ask of a trial, and the group it is in.
  void answer(const TrialTable& table, std::size_t row, rewrite::PolicyTrial& trial, Value& group);

  [[nodiscard]] const rewrite::PolicyRules& policy() const noexcept { return policy_; }

 private:
  Status plan_keep_best(const PruneOptions& options, CallPlan& into);
  [[nodiscard]] bool keeps_name(const TrialRow& row, std::size_t pattern) const;

  rewrite::PolicyRules policy_;
  std::optional<PlannedExpression> remove_if_;
  std::vector<PlannedExpression> keep_if_;
  std::vector<Pattern> keep_;
  std::vector<PlannedItem> metrics_;
  std::vector<std::optional<Error>> metric_troubles_;  // Of those that say no direction.
  std::vector<char> metric_is_tag_;
  std::optional<PlannedItem> by_;
  std::map<std::string, std::uint32_t> groups_;  // Their numbers, by key.
};

}  // namespace tfevents::ops
