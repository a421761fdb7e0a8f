#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "logdir/run.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"

namespace tfevents::ops {

/// The selected series of one run, in natural order of their tags.
struct SurveyedRun {
  std::string run;                ///< As people see it.
  std::vector<std::string> tags;  ///< The first few; none where all were asked for.
  std::uint64_t series = 0;
};

/// Which series the selection chooses: for formats that must know before the first point.
struct Survey {
  std::vector<SurveyedRun> runs;  ///< In run order, without runs that hold none.
  std::uint64_t series = 0;
  std::vector<std::string> tags;  ///< All, each once, in natural order; only where asked for.
};

/// Reads all runs once. `all_tags`: keep every name, not the first few of a run. What cannot be
/// read has no series: whoever reads the runs afterwards says so.
///
/// Memory: the text of the names. Errors: kCancelled; the temporary directory.
Result<Survey> survey_series(const Discovery& found, const Selection& select, bool all_tags,
                             const OpContext& context);

}  // namespace tfevents::ops
