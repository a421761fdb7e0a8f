#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ops/columns.hpp"
#include "ops/context.hpp"
#include "ops/ls.hpp"
#include "ops/trial_table.hpp"

namespace tfevents::ops {

/// What `-c` and `--sort` of `ls` ask of series, hyperparameters and attributes. A plain tag means
/// its last value.
class LsMetrics {
 public:
  /// Reads the selected runs for it, each as a trial of its own. Errors: kUsage for items that are
  /// nothing, as TrialTable::read.
  static Result<LsMetrics> read(const LsOptions& options, const OpContext& context);

  /// Labels of the columns.
  [[nodiscard]] std::vector<std::string> labels() const;
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// The values of a run; empty for one that is not known.
  [[nodiscard]] std::vector<ItemValue> values(const std::string& run) const;
  /// What a run is sorted by; null where there is nothing.
  [[nodiscard]] Value key(const std::string& run) const;

 private:
  explicit LsMetrics(std::unique_ptr<CallPlan> plan, TrialTable table)
      : plan_(std::move(plan)), table_(std::move(table)) {}
  void take_attributes();

  std::unique_ptr<CallPlan> plan_;  // The table refers to it.
  TrialTable table_;
  Columns columns_;
  std::optional<PlannedItem> sort_;
  bool sort_is_tag_ = false;
  std::map<std::string, std::size_t, std::less<>> rows_;
};

/// Sorts numbers of rows by keys: numbers before text, rows without a key last; equal keys keep
/// their order.
void sort_by_value(std::vector<std::size_t>& order, const std::vector<Value>& keys, bool reverse);

}  // namespace tfevents::ops
