#pragma once

#include <cstdint>
#include <optional>

#include "ops/graph.hpp"

namespace tfevents::ops {

/// Writes a row's graph (its `serialized` bytes) in the language of Graphviz: a box for every node,
/// an arrow for every edge, dashed where one node only waits for the other. With a `depth`
/// of 1 or more, all nodes in a scope of that depth are one box, those in the scopes below it
/// among them, and edges between the same boxes one arrow with their number.
/// Names are made safe to print and to quote. Source: graphviz.org/doc/info/lang.html.
///
/// Memory: about 150 bytes a box and its name. Errors: as walk_graph; those of `write`.
Status write_dot(const GraphRow& row, std::optional<std::uint32_t> depth, const TextVisit& write);

}  // namespace tfevents::ops
