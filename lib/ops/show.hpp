#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "event/hparams.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/ls_rows.hpp"
#include "ops/outcome.hpp"
#include "ops/show_files.hpp"
#include "ops/show_values.hpp"
#include "series/trend.hpp"

namespace tfevents::ops {

struct ShowOptions {
  Selection select;
  std::vector<std::string> texts;  ///< --text, as typed: TAG or TAG@STEP.
  std::vector<std::string> hists;  ///< --hist.
};

/// What people are told of a series besides its row.
struct SeriesDetail {
  std::string tag, kind;
  std::vector<TrendColumn> trend = {};               ///< Of scalars.
  std::optional<Trend::Gap> gap = {};                ///< Of scalars in the clean view.
  std::optional<std::int64_t> first_nonfinite = {};  ///< The step.
  std::optional<ValueSketch> last = {};              ///< Of others.
};

/// A place where steps go back.
struct StepBack {
  std::string path;            ///< The file.
  std::int64_t step = 0;       ///< The least step gone back to.
  std::uint64_t times = 0;     ///< How often; where a file begins: series.
  bool within_file = false;    ///< Else where the file begins: a job was restarted, …
  double overlap_seconds = 0;  ///< … or wrote while another one did, for so long.
};

/// One run in full.
struct ShownRun {
  LsRow row;  ///< With its series.
  /// In the order of the row's series; the first kMostDetailed scalars and as many others to
  /// appear.
  std::vector<SeriesDetail> details;
  double median_gap = 0;  ///< Of its last events, in seconds.
  Dropped dropped;
  std::vector<std::string> aliases;  ///< Paths of links that lead to it.
  std::vector<ShownFile> files;
  std::vector<std::string> copies;  ///< Paths of files that are copies of others.
  std::vector<StepBack> backs;      ///< By file; the first kMostBacks.
  HparamMap hparams;
  std::string hparams_run;  ///< Machine name of the run that gives them where it is another one.
  SideFiles side;
  std::uint64_t below = 0;         ///< Runs further below that are not shown.
  std::vector<ShownValue> values;  ///< What --text and --hist ask for, in that order.

  static constexpr std::size_t kMostBacks = 1000;
};

struct ShowReport {
  std::vector<ShownRun> runs;
  Outcome outcome;
  std::vector<std::string> operands;
  double now = 0;
};

/// Shows runs in full. An operand that is a run stands for it and for the sub-runs that share its
/// trial by name (`train`, `validation`); one that is none for the run below it, if there is only
/// one. Options that choose among runs (-r, --live, …) show all they choose.
///
/// Reads the selected runs once, those that were restarted twice, and then the values that are
/// looked at. Memory: as PRODUCT "Bounded", and what is asked to be printed. Errors: a missing
/// operand, one with several runs below it, I/O on an operand.
[[nodiscard]] Result<ShowReport> show_runs(const ShowOptions& options, const OpContext& context);

/// TAG or TAG@STEP as typed.
[[nodiscard]] ValueRequest parse_request(const std::string& typed, bool histogram);

}  // namespace tfevents::ops
