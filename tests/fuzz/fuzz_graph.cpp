#include <cstdlib>
#include <string_view>

#include "event/graph.hpp"
#include "event/keras_model.hpp"
#include "ops/graph_scopes.hpp"

// Any bytes: a graph is read or refused, by every reader alike; counts and scopes agree, and a
// model's JSON never brings anything down.

using namespace tfevents;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{reinterpret_cast<const std::byte*>(data), size};
  for (const GraphForm form : {GraphForm::kGraph, GraphForm::kMetaGraph, GraphForm::kRunMetadata}) {
    const auto graph = parse_graph(bytes, form);
    const auto text = to_pbtxt(bytes, form);
    if (text.ok() && !graph.ok()) std::abort();
    ops::ScopeCounter scopes(3);
    std::uint64_t nodes = 0, in_ops = 0;
    const auto walked = walk_graph(bytes, form, [&](const GraphNode& node) {
      ++nodes;
      scopes.add(node);
    });
    if (walked.ok() != graph.ok()) std::abort();
    if (!graph.ok()) continue;
    for (const auto& [op, count] : graph->ops) in_ops += count;
    if (graph->nodes != nodes || in_ops != nodes) std::abort();
    for (const ops::GraphScope& scope : scopes.finish()) {
      if (scope.nodes > nodes || scope.folded_nodes > scope.nodes) std::abort();
    }
  }
  const auto model = parse_keras_model(bytes);
  if (model.ok() && model->unknown_layers > model->layers.size()) std::abort();
  if (model.ok() && !keras_json(bytes).ok()) std::abort();
  return 0;
}
