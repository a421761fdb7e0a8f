#include "ops/graph_scopes.hpp"

#include <algorithm>
#include <utility>

namespace tfevents::ops {

std::optional<std::size_t> ScopeCounter::child(std::size_t parent, std::string_view part) {
  const auto known = nodes_[parent].children.find(part);
  if (known != nodes_[parent].children.end()) return known->second;
  if (nodes_.size() >= kMaxScopes) return std::nullopt;
  const std::size_t made = nodes_.size();
  nodes_.emplace_back();
  const auto entry = nodes_[parent].children.emplace(part, made).first;
  nodes_[made].part = entry->first;  // Keys of a map stay where they are.
  nodes_[parent].order.push_back(made);
  return made;
}

void ScopeCounter::add(const GraphNode& node) {
  // No message holds graphs by the thousand: later ones are counted with the last.
  constexpr std::size_t kMaxParts = 1024;
  while (roots_.size() <= node.part && roots_.size() < kMaxParts) {
    roots_.push_back(nodes_.size());
    nodes_.emplace_back();
  }
  const auto count = [&](std::size_t at, bool folded) {
    GraphScope& scope = nodes_[at].scope;
    ++scope.nodes;
    scope.folded_nodes += folded ? 1U : 0U;
    if (node.variable && !node.slot && node.elements) {
      // Above 2^63 the sum says nothing, and must not begin anew.
      const std::uint64_t before = scope.parameters.value_or(0);
      if (*node.elements < (std::uint64_t{1} << 63) - before)
        scope.parameters = before + *node.elements;
    }
  };
  std::vector<std::size_t> path{roots_[std::min<std::size_t>(node.part, roots_.size() - 1)]};
  std::string_view rest = node.name;
  bool folded = false;
  for (std::size_t slash = rest.find('/'); slash != std::string_view::npos;
       slash = rest.find('/')) {
    const auto next =
        path.size() <= depth_ ? child(path.back(), rest.substr(0, slash)) : std::nullopt;
    folded = !next;
    if (folded) break;
    path.push_back(*next);
    rest.remove_prefix(slash + 1);
  }
  for (const std::size_t at : path) count(at, folded);
}

void ScopeCounter::list(std::size_t at, const std::string& prefix, std::uint32_t depth,
                        std::vector<GraphScope>& out) {
  // A tree of at most kMaxScopes scopes, and no deeper than --depth: walked with a stack of its
  // own.
  struct Step {
    std::size_t node;
    std::string prefix;
    std::uint32_t depth;
    bool last;
  };
  std::vector<Step> steps;
  const auto push_children = [&](const Node& node, const std::string& name, std::uint32_t below) {
    for (std::size_t i = node.order.size(); i-- > 0;)
      steps.push_back({node.order[i], name, below, i + 1 == node.order.size()});
  };
  push_children(nodes_[at], prefix, depth);
  while (!steps.empty()) {
    const Step step = std::move(steps.back());
    steps.pop_back();
    Node& node = nodes_[step.node];
    GraphScope scope = std::move(node.scope);
    scope.name = step.prefix + std::string(node.part);
    scope.depth = step.depth;
    scope.last = step.last;
    push_children(node, scope.name + '/', step.depth + 1);
    out.push_back(std::move(scope));
  }
}

std::vector<GraphScope> ScopeCounter::finish() {
  std::vector<GraphScope> scopes;
  if (depth_ == 0) return scopes;
  if (roots_.size() == 1) {
    list(roots_.front(), "", 1, scopes);
    return scopes;
  }
  for (std::size_t i = 0; i < roots_.size(); ++i) {
    GraphScope scope = nodes_[roots_[i]].scope;
    scope.name = "graph_" + std::to_string(i + 1);
    scope.last = i + 1 == roots_.size();
    scopes.push_back(scope);
    list(roots_[i], scope.name + '/', 2, scopes);
  }
  return scopes;
}

}  // namespace tfevents::ops
