#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "event/hparams.hpp"
#include "expr/expression.hpp"
#include "logdir/layout.hpp"
#include "logdir/run.hpp"
#include "logdir/selection.hpp"
#include "logdir/trials.hpp"
#include "ops/call_plan.hpp"
#include "ops/context.hpp"
#include "ops/ls_rows.hpp"
#include "ops/outcome.hpp"

namespace tfevents::ops {

/// Which trials, and what about them.
struct TrialQuery {
  /// -r and -x match trials' names, activity is that of the newest member, -t keeps tags by their
  /// name in the trial, --steps, --wall and --last choose the points that functions see.
  Selection select;
  bool fold = true;  ///< False: every run is a trial.
  /// Runs that are no trial and of none are rows too: for commands that must not forget them.
  bool with_left_out = false;
  std::optional<Layout> layout = {};
  std::optional<PlannedExpression> where = {};
};

/// One trial, as far as it does not depend on calls.
struct TrialRow {
  std::string name;               ///< Machine name, raw bytes.
  std::string shown;              ///< What people read where that is another name, else empty.
  std::string path;               ///< Of its own run, else of the directory.
  std::vector<std::string> runs;  ///< Machine names of its members.
  RunState state = RunState::kEmpty;
  std::optional<double> active_time, age_seconds;
  std::optional<double> first_time, last_time;  ///< Of events.
  std::optional<std::int64_t> last_step;        ///< Greatest of its series.
  std::uint64_t bytes = 0;
  std::uint64_t damage = 0;
  bool lost_data = false;    ///< Readable input of a member was skipped.
  std::uint64_t series = 0;  ///< Of all kinds.
  double median_gap = 0;     ///< Of events, in seconds: the greatest of its members'.
  bool is_trial = true;      ///< False: a run of no trial, only `with_left_out`.
  HparamMap hparams;
  std::vector<std::pair<std::string, std::string>> layout;  ///< Levels, in the order of the layout.

  [[nodiscard]] const std::string& people_name() const noexcept {
    return shown.empty() ? name : shown;
  }
};

/// `missing-tag`, `non-finite`, …: a `reason` of OUTPUT.md.
[[nodiscard]] const char* reason_of(Trouble::Kind kind) noexcept;

/// A text that is the same for equal values only: `s:adam`, `n:0.001`, empty for null.
[[nodiscard]] std::string key_of(const Value& value);

/// The value of an item for a trial; `value` is a number, text, bool or null.
struct ItemValue {
  Value value = {};
  SeriesValue series = {};  ///< Where the item is a tag or a single call; else empty.
  std::vector<Trouble> troubles = {};
};

/// A point looked up: the last of a tag of a trial at or before a step, in the view.
struct StepQuestion {
  std::size_t row = 0;
  std::string tag;
  std::int64_t step = 0;
};

/// The selected trials of a log tree with the answers to the calls of a plan.
///
/// Memory: the answers, the tags (equal lists of runs once) and hyperparameters of all trials.
class TrialTable {
 public:
  /// Reads the runs of the selected trials. `plan` and `context` must outlive the table.
  /// Errors: a missing operand, a pattern that is neither one nor a name, the temporary directory.
  static Result<TrialTable> read(TrialQuery query, const CallPlan& plan, const OpContext& context);
  TrialTable(TrialTable&&) noexcept;
  TrialTable& operator=(TrialTable&&) noexcept;
  ~TrialTable();

  /// In natural order of their names.
  [[nodiscard]] std::span<const TrialRow> rows() const noexcept;
  /// What the reading adds to every report; `matched_nothing` where there is no row.
  [[nodiscard]] Outcome& outcome() noexcept;
  [[nodiscard]] const Outcome& outcome() const noexcept;
  [[nodiscard]] const std::vector<std::string>& operands() const noexcept;
  [[nodiscard]] double now() const noexcept;
  /// All runs below the operands, those of other trials too; and which of them a row is made of.
  [[nodiscard]] const Discovery& found() const noexcept;
  [[nodiscard]] const Trial& trial(std::size_t row) const noexcept;
  /// What a row is to people: `trial`, or `run` where nothing is folded.
  [[nodiscard]] const char* noun() const noexcept;

  /// The answer of a trial to a call of the plan.
  [[nodiscard]] SeriesValue value(std::size_t row, std::size_t call) const;
  /// The answers to the calls of an expression, in their order; what it says of them.
  [[nodiscard]] std::vector<SeriesValue> values(std::size_t row,
                                                const PlannedExpression& planned) const;
  [[nodiscard]] Evaluation evaluate(std::size_t row, const PlannedExpression& planned,
                                    std::span<const SeriesValue> values) const;
  [[nodiscard]] Evaluation evaluate(std::size_t row, const PlannedExpression& planned) const;
  /// The value of an item; `as_tag` as `is_tag` says.
  [[nodiscard]] ItemValue value(std::size_t row, const PlannedItem& item, bool as_tag) const;
  /// The last point of a trial's tag, of a plan that wants all.
  [[nodiscard]] SeriesValue last(std::size_t row, std::string_view tag) const;

  /// Reads some runs once more. Answers in the order of the questions.
  [[nodiscard]] Result<std::vector<SeriesValue>> at_steps(
      std::span<const StepQuestion> questions) const;

  /// Scalar tags of a trial, as printed, in natural order.
  [[nodiscard]] std::vector<std::string> tags(std::size_t row) const;
  /// True when some selected trial has a tag of this name, or the name alone means one.
  [[nodiscard]] bool is_tag(std::string_view name) const;
  /// Tags, hyperparameters and layout levels of all selected trials, for suggestions (up to 4,096
  /// each).
  [[nodiscard]] const std::vector<std::string>& all_tags() const noexcept;
  [[nodiscard]] const std::vector<std::string>& all_names() const noexcept;
  /// What to say about a trouble: its message, with what exists nearby: `no tag val/acuracy`,
  /// `did you mean val/accuracy?`. The second may be empty.
  [[nodiscard]] std::pair<std::string, std::string> explain(std::size_t row,
                                                            const PlannedExpression& planned,
                                                            const Trouble& trouble) const;

 private:
  struct Impl;
  friend class TrialTableReader;
  void report_hidden();
  Status finish_at_best();
  Status apply_where();
  explicit TrialTable(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfevents::ops
