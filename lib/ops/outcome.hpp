#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"

namespace tfevents::ops {

/// Points that the clean view left out of one run, for the one line on standard error.
struct Dropped {
  std::string run;               ///< As people see it.
  std::uint64_t duplicates = 0;  ///< The next point of the series has the same step.
  std::uint64_t restart = 0;     ///< A later point has a smaller step.
};

/// What every report carries beside its rows.
struct Outcome {
  std::vector<Problem> problems;  ///< In order of run, path, offset; capped a run, the rest counted
                                  ///< in `more_problems`.
  std::uint64_t more_problems = 0;
  std::vector<Dropped> dropped;  ///< In run order; empty in the raw view.
  bool complete =
      true;  ///< False exactly when readable data inside the selection was skipped: exit status 3.
  bool matched_nothing = false;  ///< The selection chose no run, or no tag: exit status 1,
                                 ///< `nothing` says what was sought.
  std::string nothing;           ///< "no tag matches 'trian/*' among 18 tags of 3 runs"
  std::string hint;              ///< "did you mean train/loss?"; may be empty.
};

}  // namespace tfevents::ops
