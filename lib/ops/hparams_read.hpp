#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "event/hparams.hpp"
#include "logdir/run.hpp"
#include "ops/context.hpp"

namespace tfevents::ops {

/// The hparams messages of one run: of experiments and session starts the first that can be read
/// counts, of session ends the last, as logdir/hparams_found.hpp has it.
struct RunHparams {
  std::shared_ptr<const HparamsExperiment> experiment;  ///< Equal ones are kept once. May be null.
  std::optional<HparamsSessionStart> start;
  std::optional<HparamsSessionEnd> end;
  std::uint64_t starts = 0;      ///< Session starts that can be read.
  std::uint64_t unreadable = 0;  ///< Messages that cannot: no such message, or of a later version.
};

/// Reads the messages of these runs, in their order, and nothing else: records in which none can be
/// are passed over. What is damaged or above a limit is left out without a word: whoever has read
/// the points of the run has reported it. Memory: the messages. Errors: kCancelled.
Result<std::vector<RunHparams>> read_hparams(std::span<const Run* const> runs,
                                             const OpContext& context);

}  // namespace tfevents::ops
