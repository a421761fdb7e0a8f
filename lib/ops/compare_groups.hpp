#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ops/compare.hpp"
#include "ops/trial_table.hpp"

namespace tfevents::ops {

/// A row of `compare` to be: one trial, or those with equal values of `--by`.
struct CompareGroup {
  std::vector<std::size_t> trials;  ///< Rows of the table; at least one.
  std::vector<Value> values = {};   ///< Of each `by`.
};

/// Trials with equal values together: groups in order of these (numbers by size), trials in that of
/// the table. Without `by` every trial is a group.
[[nodiscard]] std::vector<CompareGroup> group_trials(const TrialTable& table,
                                                     const std::vector<PlannedItem>& by);

/// Order of values: null first, then false, true, numbers, texts in natural order. -1, 0, 1.
[[nodiscard]] int compare_values(const Value& a, const Value& b);

/// `adam` or `adam,0.001`: how a group is typed, and how messages call it.
[[nodiscard]] std::string group_name(const CompareGroup& group);

/// The group that `--vs` means. Errors: kUsage, with the nearest name, or with the names of which
/// several could be meant.
Result<std::size_t> find_baseline(const std::string& typed, bool grouped, const TrialTable& table,
                                  const std::vector<CompareGroup>& groups);

/// Of two operands with a trial each, that of the first.
[[nodiscard]] std::optional<std::size_t> implied_baseline(const TrialTable& table);

/// Fills folded_by, mixed_hparams and mixed: in what the trials of a group differ besides `by`.
void describe_folding(const TrialTable& table, const std::vector<CompareGroup>& groups,
                      CompareReport& report);

/// `seed`, `data_seed`, `manual_seed`, `rng`: what is no setting, but chance.
[[nodiscard]] bool is_seed(std::string_view name);

}  // namespace tfevents::ops
