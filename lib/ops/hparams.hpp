#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "event/hparams.hpp"
#include "expr/expression.hpp"
#include "ops/context.hpp"
#include "ops/hparams_space.hpp"
#include "ops/trial_table.hpp"
#include "series/accumulator.hpp"
#include "series/call.hpp"

namespace tfevents::ops {

/// What a metric of a session is: this of the points of its series.
enum class MetricBy : std::uint8_t { kLast, kBest, kFirst, kMin, kMax, kMean, kMedian };
/// `last`, `best`, …
[[nodiscard]] const char* to_string(MetricBy by) noexcept;

struct HparamsOptions {
  Selection select;
  bool fold = true;
  std::optional<Layout> layout = {};
  std::optional<Expression> where = {};
  /// -c: metrics and expressions; behind a `+` besides the default ones.
  std::string columns = {};
  MetricBy by = MetricBy::kLast;
  /// --max, --min, for every metric; nothing: as the names say.
  std::optional<Direction> direction = {};
  /// `run session group status start`, a hyperparameter or an item as in `columns`; `-` reverses.
  std::string sort = "run";
  std::optional<std::uint64_t> limit = {};  ///< Sessions.
};

/// So many metrics of the default choice are for people; programs get all.
inline constexpr std::size_t kShownMetrics = 8;

struct HparamMetric {
  std::string label;  ///< `validation/epoch_loss`: the metric's group and tag; or as typed.
  std::optional<Direction> direction = {};
  bool shown = true;                     ///< To people.
  std::optional<std::size_t> item = {};  ///< An expression: the place among a session's items.
};

/// A metric that a session has. Points are few where trees are mixed: each session has its own.
struct HparamPoint {
  std::uint32_t metric = 0;
  Absence absence = Absence::kNone;
  std::optional<double> value = {};
  std::optional<std::int64_t> step = {};
  std::optional<double> wall_time = {};
  std::uint64_t n = 0;
};

/// A run with `_hparams_/session_start_info`, and what its trial logged.
struct HparamSession {
  std::string session;  ///< Machine name of that run, raw bytes.
  std::string group;    ///< As the session says, else its name.
  std::string run;      ///< Machine name of the trial.
  std::string shown;    ///< What people read.
  std::string path;     ///< Of the trial.
  HparamsStatus status = HparamsStatus::kUnknown;
  std::optional<double> start_time = {}, end_time = {};  ///< Where the session gives them.
  HparamMap hparams;
  std::vector<HparamPoint> points = {};  ///< In order of their metrics.
  std::vector<ItemValue> items = {};
};

struct HparamsReport {
  std::vector<HparamMetric> metrics;
  std::vector<HparamSession> sessions;
  std::vector<SpaceEntry> space;  ///< Those that differ first, then by name.
  MetricBy by = MetricBy::kLast;
  bool declared = false;           ///< The metrics are those that experiments announce.
  std::uint64_t all_sessions = 0;  ///< Before the limit.
  std::uint64_t undirected = 0;    ///< Metrics that kBest had to leave out.
  std::vector<std::string> warnings;
  Outcome outcome;
  std::vector<std::string> operands;
  double now = 0;

  /// The value of a metric in a session, or why there is none.
  [[nodiscard]] ItemValue value(const HparamSession& session, std::size_t metric) const;
  /// The finite number of it.
  [[nodiscard]] std::optional<double> number(const HparamSession& session,
                                             std::size_t metric) const;
  /// The session whose first metric is best; nothing where its name does not say what is better.
  [[nodiscard]] std::optional<std::size_t> best() const;
};

/// The sessions of the selected trials. Without -c the metrics are those that experiments announce,
/// or else all scalars of the sessions' trials, and of other runs below a session that have no
/// session of their own.
///
/// Reads runs as read_answers does, those with sessions once more, and all of them again for `by`
/// other than kLast. Errors: kUsage, I/O.
Result<HparamsReport> list_hparams(const HparamsOptions& options, const OpContext& context);

}  // namespace tfevents::ops
