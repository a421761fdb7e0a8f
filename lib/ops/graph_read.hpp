#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "logdir/series_selector.hpp"
#include "ops/graph.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {

/// What one run adds.
struct RunGraphs {
  RunOutcome outcome;
  std::vector<GraphRow> rows;                  ///< By series, in the order they were met.
  std::map<std::string, std::uint64_t> kinds;  ///< Series by kind, of all.
  std::set<std::string> tags;                  ///< Of graphs, selected or not; the first 1,000.
};

/// Reads the graphs of one run. Errors: the temporary directory, standard input.
Result<RunGraphs> read_run_graphs(const Run& run, const GraphOptions& options,
                                  const SeriesSelector& selector, const OpContext& context);

/// How much a graph tells when one must be chosen; 0: nothing to draw.
[[nodiscard]] int worth(const GraphRow& row, bool keras) noexcept;

}  // namespace tfevents::ops
