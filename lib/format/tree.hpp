#pragma once

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

/// Draws the tree, a line a node, with the cells of all nodes in aligned columns behind the names.
/// `columns` describes the cells, not the names; headers are shown when one of them has any. Width
/// as render_table: names are elided, the lines before them are not.
[[nodiscard]] std::string render_tree(const TreeNode& root, std::vector<Column> columns,
                                      const TreeStyle& style);

}  // namespace tfevents
