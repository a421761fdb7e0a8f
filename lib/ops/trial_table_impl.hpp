#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/run_answers.hpp"
#include "ops/trial_table.hpp"

namespace tfevents::ops {

/// The inside of a TrialTable: what was found, read and folded. Filled by TrialTableReader, then
/// only looked at.
struct TrialTable::Impl {
  Impl(TrialQuery asked, const CallPlan& calls, const OpContext& surroundings)
      : query(std::move(asked)), plan(calls), context(surroundings) {}

  TrialQuery query;
  const CallPlan& plan;
  OpContext context;             ///< Keeps standard input.
  Discovery found;               ///< All runs below the operands: -r and -x are for trials.
  std::vector<RunAnswers> runs;  ///< Of each run; of those that were not read, facts alone.
  std::vector<TrialRow> rows;
  std::vector<Trial> trials;  ///< Of each row.
  Outcome outcome;
  double now = 0;
  std::vector<std::string> all_tags, all_names;
  /// By row and call: answers to kAtBest where tag and metric are not of one run.
  std::map<std::pair<std::size_t, std::size_t>, SeriesValue> late;

  /// What a run answered about a tag of its own; missing where it does not know it.
  [[nodiscard]] const RunAnswer* answer(std::size_t call, const TagPlace& place) const;
  [[nodiscard]] TagMatch match(std::size_t row, std::string_view tag) const;
  /// True where -t keeps this tag of a trial.
  [[nodiscard]] bool keeps(std::string_view tag) const;
  /// The place of a tag among those of a run; nothing where it has none of this name.
  [[nodiscard]] std::optional<std::size_t> index_of(std::size_t run, std::string_view tag) const;
};

}  // namespace tfevents::ops
