#include "format/tree.hpp"

#include <utility>

namespace tfevents {
namespace {

struct Strokes {
  const char* branch;
  const char* last;
  const char* through;
  const char* blank;
};
constexpr Strokes kUnicode = {"├── ", "└── ", "│   ", "    "};
constexpr Strokes kAscii = {"|-- ", "`-- ", "|   ", "    "};

/// Adds the node and what is below it. `before` is drawn before its name, `below` before those of
/// its children.
void add_node(Table& table, const TreeNode& node, const std::string& before,
              const std::string& below, const Strokes& strokes) {
  std::vector<Cell> row;
  row.reserve(table.columns().size());
  row.push_back(Cell(node.name).after(before));
  for (const Cell& cell : node.cells) {
    if (row.size() < table.columns().size()) row.push_back(cell);
  }
  table.add(std::move(row));
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const bool last = i + 1 == node.children.size();
    add_node(table, node.children[i], below + (last ? strokes.last : strokes.branch),
             below + (last ? strokes.blank : strokes.through), strokes);
  }
}

}  // namespace

std::string render_tree(const TreeNode& root, std::vector<Column> columns, const TreeStyle& style) {
  columns.insert(columns.begin(), name_column("name", ""));
  Table table(std::move(columns));
  add_node(table, root, "", "", style.ascii ? kAscii : kUnicode);
  return render_table(table, style.table);
}

}  // namespace tfevents
