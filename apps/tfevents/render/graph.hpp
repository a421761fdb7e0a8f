#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/table.hpp"
#include "ops/graph.hpp"
#include "people.hpp"

namespace tfevents::render {

/// Operations of a graph by number of nodes, the most first, equals in order of their names. Names
/// are valid UTF-8: invalid bytes are written `\xHH`.
[[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> sorted_ops(const Graph& graph);

/// `(null, 28, 28, 3)`; `?` where it is not known.
[[nodiscard]] std::string shape_text(const std::optional<LayerShape>& shape);

/// A line a graph. The report must outlive the table.
[[nodiscard]] LazyTable graph_table(const ops::GraphReport& report);
/// A line an operation of a graph.
[[nodiscard]] LazyTable graph_ops_table(const ops::GraphReport& report);

/// For people: every graph with its numbers, operations and scopes, or its layers. On a terminal
/// long lists are cut, with what is left out summed up, unless `all`.
Status graph_screen(const ops::GraphReport& report, const Screen& screen, bool all, Sink& sink);

/// The whole envelope.
Status graph_json(const ops::GraphReport& report, View view, std::string_view version, Sink& sink);
/// The rows alone, one a line.
Status graph_jsonl(const ops::GraphReport& report, Sink& sink);

}  // namespace tfevents::render
