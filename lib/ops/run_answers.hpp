#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "event/hparams.hpp"
#include "logdir/run.hpp"
#include "logdir/trials.hpp"
#include "ops/call_plan.hpp"
#include "ops/context.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {

/// The scalar tags of a run as printed, in byte order. Runs of a tree mostly log the same tags, so
/// equal lists are kept once. Thread-safe.
using TagList = std::vector<std::string>;
class TagPool {
 public:
  [[nodiscard]] std::shared_ptr<const TagList> share(TagList tags);

 private:
  using Shared = std::shared_ptr<const TagList>;
  /// By contents, with which a list is looked up before it is anybody's.
  struct Before {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name.
    bool operator()(const Shared& a, const Shared& b) const { return *a < *b; }
    bool operator()(const Shared& a, const TagList& b) const { return *a < b; }
    bool operator()(const TagList& a, const Shared& b) const { return a < *b; }
  };

  std::mutex mutex_;
  std::set<Shared, Before> lists_;
};

/// What one run answers to one call of a plan.
struct RunAnswer {
  std::uint32_t call = 0;    ///< Plan index.
  std::uint32_t tag = 0;     ///< Index into the tags.
  std::uint32_t metric = 0;  ///< kAtBest: likewise, of the metric.
  SeriesValue value;
};

/// All that a run adds to the answers about the trials it may belong to.
struct RunAnswers {
  RunFacts facts;
  RunOutcome outcome;
  std::shared_ptr<const TagList> tags;
  std::vector<RunAnswer> answers;
  /// With `want_last_of_all`: the last point of each tag, where there is one.
  std::vector<std::optional<SeriesValue>> lasts;
  std::optional<HparamsSessionStart> session;
  std::optional<std::int64_t> last_step;
  std::optional<double> first_time, last_time;
  std::uint64_t damage = 0;
};

/// Reads a run for the calls of a plan: once; again where a series that a call looks into has gone
/// back in steps; twice more for --last, which has to count points first. Memory: as PRODUCT
/// "Bounded", and what SeriesAccumulator says. Errors: the temporary directory, standard input.
/// What changed three times while it was read is a problem of the run.
Result<RunAnswers> read_answers(const Run& run, const CallPlan& plan, const Selection& select,
                                TagPool& tags, const OpContext& context);

}  // namespace tfevents::ops
