#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "ops/hparams.hpp"

namespace tfevents::ops {

/// Where the metrics of one session are: rows of the table, each with what its tags are called
/// below the session (`` for those of its trial, `other/` of a run `SESSION/other`).
using MetricSources = std::vector<std::pair<std::size_t, std::string>>;

/// Reads the trials of a table once more, for another plan: rows as there.
using Again = std::function<Result<TrialTable>(const CallPlan& plan)>;

/// The metrics of a list of sessions: those of -c, and those chosen without it.
class HparamMetrics {
 public:
  /// Before reading. Errors: kUsage for a list that cannot be split.
  static Result<HparamMetrics> plan(const HparamsOptions& options, CallPlan& into);

  /// Which metrics there are, and their values: fills `metrics`, `declared`, `undirected`,
  /// `warnings`, and of each session `points` and `items`. `sources` are those of each session,
  /// `announced` the labels of experiments, in their order. `again` reads the same trials for
  /// another plan. Errors: kUsage for an item of -c that is nothing at all, and for one whose
  /// direction kBest would have to know; those of `again`.
  Status fill(const TrialTable& table, const std::vector<MetricSources>& sources,
              const std::vector<std::string>& announced, const Again& again, HparamsReport& report);

 private:
  void find_labels(const TrialTable& table, const std::vector<MetricSources>& sources);
  void choose_default(const std::vector<std::string>& announced, HparamsReport& report) const;
  Status choose_listed(const TrialTable& table, HparamsReport& report);
  Status fill_points(const TrialTable& table, const std::vector<MetricSources>& sources,
                     const Again& again, HparamsReport& report) const;
  [[nodiscard]] std::optional<Direction> direction_of(const std::string& label) const;

  const HparamsOptions* options_ = nullptr;
  bool chooses_ = false;
  std::vector<PlannedItem> listed_;
  std::vector<std::pair<const PlannedItem*, bool>> items_;    ///< That are no label; true: a tag.
  std::map<std::string, std::uint64_t, std::less<>> labels_;  ///< With the sessions that have them.
};

}  // namespace tfevents::ops
