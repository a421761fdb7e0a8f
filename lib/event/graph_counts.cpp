#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <utility>

#include "event/graph.hpp"

namespace tfevents {
namespace {

// Names of different parts are different names.
std::uint64_t hash_of(std::string_view name, std::uint32_t part) noexcept {
  return std::hash<std::string_view>{}(name) + part * std::uint64_t{0x9E3779B97F4A7C15};
}

bool any_of(std::string_view op, std::span<const std::string_view> known) noexcept {
  return std::find(known.begin(), known.end(), op) != known.end();
}

// What torch and tensorboardX call both ends of a model.
constexpr std::string_view kIoNode = "IO Node";

bool is_input(const GraphNode& node) noexcept {
  constexpr std::array<std::string_view, 6> kOps{
      "Placeholder", "PlaceholderV2", "PlaceholderWithDefault",
      "_Arg",        "_DeviceArg",    "prim::Param"};
  return any_of(node.op, kOps) || (node.op == kIoNode && node.inputs.empty());
}

bool is_output(const GraphNode& node) noexcept {
  constexpr std::array<std::string_view, 3> kOps{"_Retval", "_DeviceRetval", "prim::Return"};
  return any_of(node.op, kOps) || (node.op == kIoNode && !node.inputs.empty());
}

}  // namespace

void GraphCounter::add(const GraphNode& node) {
  Graph& graph = graph_;
  ++graph.nodes;
  const auto known = graph.ops.find(node.op);
  if (known != graph.ops.end()) {
    ++known->second;
  } else {
    graph.ops.emplace(node.op, 1);
  }
  graph.inputs += is_input(node) ? 1U : 0U;
  graph.outputs += is_output(node) ? 1U : 0U;
  names_.push_back(hash_of(node.name, node.part));
  for (const std::string_view input : node.inputs) {
    const GraphInput from = parse_input(input);
    ++(from.control ? graph.control_edges : graph.edges);
    const std::string_view whole = input.substr(from.control ? 1 : 0);
    references_.push_back({hash_of(whole, node.part), hash_of(from.node, node.part)});
  }
  if (!node.variable) return;
  ++graph.variables;
  if (node.slot) {
    ++graph.slots;
  } else if (!node.elements || *node.elements > std::numeric_limits<std::uint64_t>::max() / 2 -
                                                    graph.parameters.value_or(0)) {
    ++graph.unsized_variables;
  } else {
    graph.parameters = graph.parameters.value_or(0) + *node.elements;
  }
}

Graph GraphCounter::finish(GraphExtras extras) {
  std::sort(names_.begin(), names_.end());
  for (std::size_t i = 1; i < names_.size(); ++i)
    graph_.duplicate_names += names_[i] == names_[i - 1] ? 1U : 0U;
  const auto there = [this](std::uint64_t hash) {
    return std::binary_search(names_.begin(), names_.end(), hash);
  };
  for (const Reference& reference : references_) {
    if (!there(reference.whole) && !there(reference.stripped)) ++graph_.missing_inputs;
  }
  graph_.extras = std::move(extras);
  return std::move(graph_);
}

Result<Graph> parse_graph(Bytes serialized, GraphForm form) {
  GraphCounter counter;
  TFEVENTS_TRY(GraphExtras extras,
               walk_graph(serialized, form, [&](const GraphNode& node) { counter.add(node); }));
  return counter.finish(std::move(extras));
}

}  // namespace tfevents
