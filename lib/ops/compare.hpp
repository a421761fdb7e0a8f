#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "expr/expression.hpp"
#include "ops/context.hpp"
#include "ops/spread.hpp"
#include "ops/trial_table.hpp"
#include "series/call.hpp"

namespace tfevents::ops {

struct CompareOptions {
  Selection select;
  bool fold = true;
  std::optional<Layout> layout = {};
  std::optional<Expression> where = {};
  /// -c: tags (their last values) and expressions; behind a `+` besides the default ones.
  std::string columns = {};
  std::vector<std::string> by = {};        ///< Trials with equal values of these are one row.
  std::optional<std::string> versus = {};  ///< --vs: a trial, or a group of `by`.
  /// --max, --min, for every column; nothing: as the names say.
  std::optional<Direction> direction = {};
  bool changed = false;                     ///< Leave out what does not differ.
  bool find_differences = false;            ///< `differs` counts metrics that are left out too.
  std::string sort = "run";                 ///< `run` or an item as in `columns`, `-` reverses.
  std::optional<std::uint64_t> limit = {};  ///< Rows; the baseline is not counted.
};

/// Columns that compare chooses by itself, and how many where few trials are laid out upright.
inline constexpr std::size_t kDefaultColumns = 8;
inline constexpr std::size_t kDefaultLines = 32;
/// So many trials are few.
inline constexpr std::size_t kFewTrials = 3;

enum class Verdict : std::uint8_t { kBetter, kWorse, kEqual, kUndecided };
/// `better`, `worse`, `equal`, `undecided`.
[[nodiscard]] const char* to_string(Verdict verdict) noexcept;

struct CompareColumn {
  std::string label;  ///< As typed, or the tag.
  std::optional<Direction> direction = {};
  bool tag = true;  ///< Else an expression, which may be the name of a hyperparameter.
};

/// One metric of a row.
struct CompareValue {
  ItemValue item;             ///< Of a trial.
  Spread spread;              ///< Of a group.
  std::uint64_t missing = 0;  ///< Trials of the group without a finite value.
  /// Why there is no mean of a group; why the verdict does not follow from the difference.
  const char* reason = nullptr;

  // Against the baseline; null for the baseline itself.
  std::optional<double> delta = {};  ///< Null where either is not finite.
  std::optional<double> delta_ratio =
      {};  ///< To the magnitude of the baseline; null where it is 0.
  /// Of one trial against one, by the sign: null without a direction. Of groups null as long as
  /// nobody tests, but kEqual where every trial of both has the same value. What the baseline has
  /// and this one lacks is kUndecided, and kWorse where it diverged; `reason` says which.
  std::optional<Verdict> verdict = {};
};

/// A trial or, with `by`, a group of them.
struct CompareRow {
  TrialRow trial;                 ///< Else empty.
  std::vector<Value> group = {};  ///< Of each `by`.
  std::vector<std::string> runs;  ///< Machine names of the group's trials.
  std::vector<CompareValue> metrics = {};
  bool baseline = false;
};

/// A group whose trials differ in more than their seed.
struct MixedGroup {
  std::string group;  ///< As it is typed in `--vs`.
  /// Hyperparameters, or upper levels of the layout, with the number of their values.
  std::vector<std::pair<std::string, std::uint64_t>> names;
};

struct CompareReport {
  std::vector<CompareColumn> columns;
  std::vector<std::string> by;
  std::vector<CompareRow> rows;                ///< The baseline first.
  std::optional<std::string> baseline;         ///< Machine name of the trial, or the group.
  std::string baseline_shown;                  ///< For people.
  std::vector<std::string> differing_hparams;  ///< Between the trials of the rows; raw bytes.
  std::vector<std::string> folded_by;          ///< Seeds: names in which trials of a group differ.
  std::vector<std::string> mixed_hparams;      ///< Others.
  std::vector<MixedGroup> mixed;
  std::uint64_t trials = 0;     ///< Selected ones.
  std::uint64_t unchanged = 0;  ///< Metrics left out by `changed`.
  std::uint64_t left_out = 0;   ///< Metrics that the default choice had no room for.
  bool differs = false;  ///< From the baseline that was asked for in a metric, else between trials
                         ///< (groups) in any metric or (trials) hyperparameter.
  /// What could not be compared, and why: `differs` says nothing of that.
  std::vector<std::string> uncompared;
  std::vector<std::string> warnings;
  Outcome outcome;
  std::vector<std::string> operands;
  double now = 0;
};

/// Compares the selected trials. Reads runs as read_answers does. Of exactly two operands with a
/// trial each the first is the baseline, unless `versus` names another. Errors: kUsage for a
/// baseline or `by` that nobody has (with the nearest name), I/O.
Result<CompareReport> compare_trials(const CompareOptions& options, const OpContext& context);

/// A value as it is typed: `adam`, `0.001`, `true`; empty for null.
[[nodiscard]] std::string text_of(const Value& value);

}  // namespace tfevents::ops
