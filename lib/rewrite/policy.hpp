#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tfevents::rewrite {

/// The rules of one `prune`. What asks for the content of a trial (patterns, metrics, expressions)
/// is answered by the caller beforehand and stands in PolicyTrial, in the order of these lists.
struct PolicyRules {
  // These nominate for removal. None of them, but a keep rule: all trials are nominated.
  std::optional<double> older_than_seconds;  ///< Nominates trials of a greater age.
  std::optional<std::int64_t> min_steps;     ///< Nominates trials whose last step is smaller.
  bool empty = false;                        ///< Nominates trials without a value, older than 24 h.
  /// Nominates the oldest trials until the others and the trash take no more.
  std::optional<std::uint64_t> max_bytes;
  std::optional<std::string> remove_if;  ///< As typed, for reasons.

  // These keep, ranked within a trial's group.
  std::optional<std::uint64_t> keep_last;  ///< So many, the newest activity first.
  /// Those at most so much older than the newest trial of their group: where nothing was written
  /// for a month, a month's worth still stays.
  std::optional<double> keep_within_seconds;
  struct KeepBest {
    std::uint64_t count = 0;
    std::string metric;  ///< As typed, for reasons.
    bool greatest = false;
  };
  std::vector<KeepBest> keep_best;
  std::vector<std::string> keep;     ///< Patterns as typed.
  std::vector<std::string> keep_if;  ///< Expressions as typed.

  /// --age event: a trial's age is that of its last event, where it has one. Otherwise that of the
  /// newest of both times.
  bool age_by_event = false;

  [[nodiscard]] bool nominates() const noexcept;  ///< True with one of the first five rules.
  [[nodiscard]] bool keeps() const noexcept;      ///< True with a keep rule.
};

/// What /proc told about descriptors open on a trial's files.
enum class OpenFiles : std::uint8_t { kNone, kSeen, kNotVisible };

/// Everything the policy knows of a trial. Times are epoch seconds, durations seconds. Times that
/// are NaN or not above 0 count as none.
struct PolicyTrial {
  std::string name;  ///< No other trial has it: it decides where two are equally old or good.
  /// Index of the nearest trial it lies below. One that does not exist counts as none, and so does
  /// one that by its own parents lies below this trial.
  std::optional<std::size_t> parent;
  std::uint32_t group = 0;  ///< Trials of one number are ranked together.

  std::optional<double> last_event;  ///< Greatest finite event time above 0.
  std::optional<double> mtime;       ///< Newest of the files that count.
  double median_gap = 0;             ///< Of the events of its busiest run; 0: unknown.
  bool live = false;                 ///< By its events: some member's state is live.
  OpenFiles open_files = OpenFiles::kNone;
  std::int64_t open_in_process = 0;  ///< With kSeen: one of those that have a file open.
  /// A run below it of which the policy knows nothing else, and which stays; empty: none.
  std::string stays_below;
  std::string trouble;  ///< Why nothing certain is known of it; empty: all is well.

  bool has_values = true;
  std::optional<std::int64_t> last_step;  ///< Null: no rule over steps nominates it.
  std::uint64_t bytes = 0;                ///< What removing it would move.

  std::optional<bool> remove_if;               ///< Null where the expression is.
  std::vector<std::optional<double>> metrics;  ///< One a PolicyRules::keep_best.
  std::vector<std::uint32_t> kept_by;          ///< Indices into PolicyRules::keep.
  std::vector<std::uint32_t> kept_if;          ///< Indices into keep_if that are true for it.
};

enum class Action : std::uint8_t { kKeep, kRemove, kSkip };

/// Why. What the numbers mean depends on the rule.
enum class Rule : std::uint8_t {
  // nominations
  kOlderThan,  ///< seconds: age.
  kMinSteps,   ///< count: last step.
  kEmpty,      ///< seconds: age.
  kMaxSize,    ///< count: place by age among all trials of known age, 1 the oldest.
  kRemoveIf,   ///< text: the expression.
  kNotKept,    ///< There are only keep rules, and none keeps it.
  // keep rules
  kKeepLast,    ///< count: rank, 1 the newest.
  kKeepWithin,  ///< seconds: age.
  kKeepBest,    ///< count: rank; text: the metric.
  kKeep,        ///< text: the pattern.
  kKeepIf,      ///< text: the expression.
  // life
  kLive,  ///< seconds: median gap.
  kOpen,  ///< count: process.
  // What recent means is told only of trials that are neither live nor open.
  kRecent,       ///< seconds: age of the newest of both times.
  kNotVisible,   ///< Recent only because open files are not visible. seconds: as kRecent.
  kFileChanged,  ///< By its events alone it would go. seconds: age of the newest file.
  kBelow,        ///< A trial below it stays; text: the first such name in natural order.
  // unknown
  kFuture,   ///< seconds: how far ahead.
  kNoTime,   ///< No usable time.
  kTrouble,  ///< text: what.
  // neither
  kNotNominated,  ///< No rule asks for its removal. seconds: age.
};

struct Reason {
  Rule rule;
  double seconds = 0;
  std::int64_t count = 0;
  std::string text = {};
  friend bool operator==(const Reason&, const Reason&) = default;
};

struct Decision {
  Action action = Action::kKeep;
  /// Never empty; the decisive one first: unknown, keep rules, life. Of a trial that stays,
  /// nominations are not told.
  std::vector<Reason> reasons;
  friend bool operator==(const Decision&, const Decision&) = default;
};

/// What else the policy has to know: trials come from one look at one tree.
struct PolicySituation {
  double now = 0;  ///< Epoch seconds. If it is not finite, nothing is removed.
  /// Bytes in the trash, a batch, oldest first. They count for `max_bytes`, and are given up before
  /// any trial is.
  std::vector<std::uint64_t> trash_bytes;
};

struct PolicyPlan {
  std::vector<Decision> decisions;  ///< One a trial, in their order.
  /// So many of the oldest batches have to be emptied before their time for `max_bytes`.
  std::size_t batches_to_empty = 0;
};

/// Decides what stays: a pure function (PRODUCT.md "Destructive commands"). Removed is what is
/// nominated and not kept, not live, open or recent, and not unknown; a trial stays where one below
/// it stays. Permuting the trials permutes the decisions and changes nothing else. Takes
/// O(n log n) time: 0.1 s for 100,000 trials that come in natural order of their names, however
/// deep they are nested; 0.3 s in any other order.
///
/// Recent is what is younger than 1 h or 5 median gaps, 24 h where open files are not visible. A
/// time more than 1 s after `now` lies in the future, and nothing certain is known of its trial.
[[nodiscard]] PolicyPlan decide(const PolicyRules& rules, const PolicySituation& situation,
                                const std::vector<PolicyTrial>& trials);

/// The name in machine output: `older-than`, `keep-best`, `live`, …
[[nodiscard]] const char* to_string(Rule rule) noexcept;
[[nodiscard]] const char* to_string(Action action) noexcept;         // keep, remove, skip
[[nodiscard]] const char* to_string(OpenFiles open_files) noexcept;  // none, seen, not-visible

}  // namespace tfevents::rewrite
