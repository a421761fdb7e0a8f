#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "event/graph.hpp"
#include "event/keras_model.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/graph_scopes.hpp"
#include "ops/outcome.hpp"

namespace tfevents::ops {

struct GraphOptions {
  Selection select;
  std::uint32_t depth = 2;  ///< --depth: scopes that are told apart.
  /// Keep the bytes of the one graph that is worth drawing: see GraphReport::exported.
  bool keep_bytes = false;
  bool keras = true;  ///< A Keras model may be that one.
};

/// One graph of a run. Names are raw bytes.
struct GraphRow {
  std::string run;    ///< Machine name.
  std::string shown;  ///< What people read.
  std::string path;   ///< Of the run.
  std::string tag, kind;
  GraphForm form = GraphForm::kGraph;
  std::int64_t step = 0;
  double wall_time = 0;
  std::string file;          ///< The event file it lies in.
  std::uint64_t offset = 0;  ///< Of its record there.
  std::uint64_t bytes = 0;   ///< Serialized.
  Graph graph;               ///< Of a Keras model empty.
  std::vector<GraphScope> scopes;
  std::optional<KerasModel> model;    ///< Of a Keras model.
  std::vector<std::byte> serialized;  ///< Only where it is the exported one.
};

struct GraphReport {
  std::vector<GraphRow> rows;
  /// With keep_bytes: the row that tells most: a graph rather than a meta graph, that rather than a
  /// traced function, that rather than a Keras model; of equals the last. Nothing where there is
  /// none, or several runs have some.
  std::optional<std::size_t> exported;
  std::uint64_t exportable_runs = 0;  ///< Runs with a graph that could be exported.
  Outcome outcome;
  std::vector<std::string> operands;  ///< As read: the log directory where none was given.
  double now = 0;
};

/// Reads the graphs of the selected runs: of each tag the last one, or, where steps, times or
/// --last are chosen, all that the view and these leave. What does not decode is a problem with its
/// file and offset. Where there is no graph, the outcome says what there is instead.
///
/// Memory: as PRODUCT "Bounded", the largest graph's bytes (at most kMaxGraphBytes), 8 bytes for
/// each of its nodes and 16 for each edge, and the report. Errors: a missing operand, I/O on an
/// operand.
Result<GraphReport> read_graphs(const GraphOptions& options, const OpContext& context);

}  // namespace tfevents::ops
