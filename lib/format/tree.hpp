#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "format/table.hpp"

namespace tfevents {

/// A directory, a name scope, or whatever else nests.
struct TreeNode {
  Cell name;
  std::vector<Cell> cells = {};         ///< One for each column of the tree; missing ones are null.
  std::vector<TreeNode> children = {};  ///< In the order they are shown.
};

struct TreeStyle {
  TableStyle table = {};
  bool ascii = false;  ///< `|--` instead of `├──`, for terminals without Unicode.
};

/// A node as it is visited on a walk through a tree.
struct TreeStep {
  std::size_t depth = 0;  ///< 0: the root.
  bool last = false;      ///< Of the nodes below its parent.
  std::span<const Cell>
      cells;  ///< Its name, then one cell for each column; they live during the call.
};

/// Walks through a tree: calls `visit` for each node before the nodes below it, in the order they
/// are shown; alike each time it is called. Errors: the first of `visit`, which ends the walk.
using TreeVisit = std::function<Status(const TreeStep&)>;
using TreeWalk = std::function<Status(const TreeVisit& visit)>;

/// Draws the tree, a line a node, with the cells of all nodes in aligned columns behind the names.
/// `columns` describes the cells, not the names; headers are shown when one of them has any. Width
/// as render_table: names are elided, the lines before them are not. Two walks.
Status render_tree(const TreeWalk& walk, std::vector<Column> columns, const TreeStyle& style,
                   Sink& sink);

/// The same of a tree that is kept, as one string.
[[nodiscard]] std::string render_tree(const TreeNode& root, std::vector<Column> columns,
                                      const TreeStyle& style);

}  // namespace tfevents
