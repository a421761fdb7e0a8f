#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "logdir/series_selector.hpp"
#include "ops/extract.hpp"
#include "ops/extract_files.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {

/// What one run adds to an extraction.
struct ExtractedRun {
  RunOutcome outcome;
  std::uint64_t others = 0;  ///< Points that are no files.
};

/// Writes the files of one run, and gives the rows of the index as they come. Errors: the temporary
/// directory. Trouble of the target is told to the target.
Result<ExtractedRun> extract_run(const Run& run, const Selection& select,
                                 const SeriesSelector& selector, RunFiles& files,
                                 ExtractTarget& target, ExtractFormat& format,
                                 const std::function<void(std::string&&)>& on_rows,
                                 const OpContext& context);

}  // namespace tfevents::ops
