#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "logdir/run.hpp"
#include "logdir/series_selector.hpp"
#include "ops/context.hpp"
#include "ops/runs.hpp"
#include "ops/show.hpp"

namespace tfevents::ops {

/// A run that was read, and what it adds to the outcome.
struct ReadShow {
  ShownRun shown;
  RunOutcome outcome;
  // Of each request: whether there is an answer, and else the kind that its tag has, and whether
  // such a kind is never an answer.
  std::vector<bool> answered, wrong_kind;
  std::vector<std::string> other_kinds;
  std::vector<std::string> tags;  ///< That a request could mean, for suggestions.
};

/// Reads one run in full, but for what lies beside it. Errors: kChanged after three times, the
/// temporary directory, standard input.
[[nodiscard]] Result<ReadShow> read_shown_run(const Run& run, const Selection& select,
                                              const std::vector<ValueRequest>& requests,
                                              const SeriesSelector& selector,
                                              const OpContext& context);

}  // namespace tfevents::ops
