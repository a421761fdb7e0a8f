#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/parallel.hpp"
#include "base/result.hpp"
#include "logdir/point_reader.hpp"
#include "logdir/run.hpp"
#include "ops/context.hpp"
#include "ops/ls_rows.hpp"
#include "ops/outcome.hpp"

namespace tfevents::ops {

/// State, age and size of a run that was read. See PRODUCT "State".
struct RunLife {
  RunState state = RunState::kEmpty;
  std::optional<double> active_time;  ///< Last finite event time, else the newest mtime.
  std::optional<double> age_seconds;
  double median_gap = 0;    ///< Of its last events, in seconds; 0 below two of them.
  std::uint64_t bytes = 0;  ///< Of standard input what was read, decompressed.
};
[[nodiscard]] RunLife judge_life(const Run& run, const RunReading& reading, double now);

/// Tries to read a run until its files hold still, three times at most: `attempt()` gives a Result,
/// `give_up(error)` what to say of a run that changed under every one.
template <class Attempt, class GiveUp>
auto try_three_times(Attempt&& attempt, GiveUp&& give_up) -> decltype(attempt()) {
  for (int tries = 1;; ++tries) {
    auto result = attempt();
    if (result.ok() || result.error().code != ErrorCode::kChanged) return result;
    if (tries == 3) return give_up(result.error());
  }
}

/// Lets the newest change of an event file count as activity, where it is later than the last
/// event.
void count_changes(const Run& run, double now, RunLife& life) noexcept;

/// Fills in what `ls` and `show` say of a run without looking at its series: state, damage, times,
/// files and bytes.
void fill_life(LsRow& row, const Run& run, const RunReading& reading, const RunLife& life);

/// True when the run passes --newer-than, --older-than, --since, --until, --live and --finished.
[[nodiscard]] bool passes_activity(const Selection& select, const RunLife& life) noexcept;

/// The context for an operation that reads its runs in several goes: standard input, where it is
/// among them, is kept in between.
[[nodiscard]] OpContext keep_input(const OpContext& context, const Discovery& found);
/// How a run's bytes are opened. `reread`: standard input is needed twice.
[[nodiscard]] RunInput::Options input_options(const OpContext& context, bool reread);
/// Reports bytes read to the context's progress; empty where there is none.
[[nodiscard]] std::function<void(std::uint64_t)> progress_of(const OpContext& context);

/// What is named after a run has this name: that of the run, or of its directory where it is an
/// operand itself, which is called `.`.
[[nodiscard]] std::string name_for_files(const Run& run);

/// Tells the progress how much there is to do.
void expect(const OpContext& context, const Discovery& found);

/// What one run adds to the outcome.
struct RunOutcome {
  RunLife life;
  std::vector<Problem> problems;
  std::uint64_t more_problems = 0;
  bool lost_data = false;
  Dropped dropped;
  std::uint64_t series = 0;       ///< Series of the run.
  std::uint64_t selected = 0;     ///< Of these, those that -t and --kind chose.
  std::vector<std::string> tags;  ///< Printed tag names, for suggestions, where none was chosen.

  /// Takes over what the reading found; counts series.
  void take(const Run& run, RunReading& reading);
  /// True when adding it says nothing but that there is one more run.
  [[nodiscard]] bool plain(const Selection& select) const noexcept;
};

/// Adds up run outcomes into one Outcome, in run order.
class OutcomeBuilder {
 public:
  OutcomeBuilder(const Selection& select, Discovery& found);

  /// True when the run counts: it passes the activity filters, and holds a selected series where
  /// series were asked for.
  bool add(RunOutcome&& run);
  /// Adds a run that is `plain`. Always true.
  bool add_plain() noexcept {
    ++runs_;
    return true;
  }
  /// Sets `matched_nothing` and its words. `points`: whether any selected point was met. Errors:
  /// kUsage for a `-t` that is neither a pattern nor the name of a tag.
  Result<Outcome> finish(bool points);

 private:
  void explain_nothing();

  const Selection& select_;
  const Discovery& found_;
  Outcome outcome_;
  std::uint64_t runs_ = 0;  // That count.
  std::uint64_t inactive_ = 0;
  std::uint64_t without_series_ = 0;
  std::vector<std::string> tags_;
  static constexpr std::size_t kMaxProblems = 1000;
};

}  // namespace tfevents::ops
