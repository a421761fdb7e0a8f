#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/graph.hpp"

namespace tfevents::ops {

/// A name scope: what stands before a slash in the names of nodes. Names are raw bytes.
struct GraphScope {
  std::string name;                ///< Whole: `layer1/weights`.
  std::uint32_t depth = 1;         ///< Slashes in it, and one.
  bool last = false;               ///< Of the scopes right below its parent.
  std::uint64_t nodes = 0;         ///< Directly in it and in all scopes below.
  std::uint64_t folded_nodes = 0;  ///< Of these, in scopes that are not listed.
  /// Elements of the variables among them that are no slots; nothing where none has a known shape.
  std::optional<std::uint64_t> parameters;
};

/// Sums nodes up by scope. Memory: the names of the scopes and about 200 bytes each; beyond
/// kMaxScopes nodes count where they would be folded.
class ScopeCounter {
 public:
  static constexpr std::size_t kMaxScopes = 65536;

  /// `depth`: scopes deeper than that are not told apart.
  explicit ScopeCounter(std::uint32_t depth) : depth_(depth) {}

  void add(const GraphNode& node);

  /// A scope before those in it, each in the order in which their first nodes came. Nodes of
  /// several graphs are in scopes `graph_1`, `graph_2`, … as TensorBoard has it.
  [[nodiscard]] std::vector<GraphScope> finish();

 private:
  struct Node {
    std::string_view part;  // Of the name; the key in its parent's map.
    GraphScope scope;
    std::map<std::string, std::size_t, std::less<>> children;
    std::vector<std::size_t> order;
  };

  // The scope of one part of a name below another scope; none where there are too many.
  std::optional<std::size_t> child(std::size_t parent, std::string_view part);
  void list(std::size_t at, const std::string& prefix, std::uint32_t depth,
            std::vector<GraphScope>& out);

  std::uint32_t depth_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> roots_;  // One a graph.
};

}  // namespace tfevents::ops
