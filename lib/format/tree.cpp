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

/// The lines before names, by the steps of a walk.
class Branches {
 public:
  explicit Branches(const Strokes& strokes) : strokes_(&strokes) {}

  /// What is drawn before the name of this node.
  std::string before(const TreeStep& step) {
    lasts_.resize(step.depth + 1);
    lasts_.back() = step.last;
    std::string lines;
    for (std::size_t depth = 1; depth < step.depth; ++depth) {
      lines += lasts_[depth] ? strokes_->blank : strokes_->through;
    }
    if (step.depth > 0) lines += step.last ? strokes_->last : strokes_->branch;
    return lines;
  }

 private:
  const Strokes* strokes_;
  std::vector<bool> lasts_;  ///< Of the nodes above, by depth.
};

Status visit_nodes(const TreeNode& node, std::size_t depth, bool last, const TreeVisit& visit) {
  std::vector<Cell> cells = {node.name};
  cells.insert(cells.end(), node.cells.begin(), node.cells.end());
  TFEVENTS_CHECK(visit({.depth = depth, .last = last, .cells = cells}));
  for (const TreeNode& child : node.children) {
    TFEVENTS_CHECK(visit_nodes(child, depth + 1, &child == &node.children.back(), visit));
  }
  return ok_status();
}

}  // namespace

Status render_tree(const TreeWalk& walk, std::vector<Column> columns, const TreeStyle& style,
                   Sink& sink) {
  columns.insert(columns.begin(), name_column("name", ""));
  const std::size_t most = columns.size();
  const auto pass = [&](const RowSource::Visit& visit) {
    Branches branches(style.ascii ? kAscii : kUnicode);
    return walk([&](const TreeStep& step) {
      std::vector<Cell> row(step.cells.begin(), step.cells.end());
      row.resize(most);
      row.front() = std::move(row.front()).after(branches.before(step));
      return visit(row);
    });
  };
  TFEVENTS_CHECK(render_table(LazyTable(std::move(columns), pass), style.table, sink));
  return ok_status();
}

std::string render_tree(const TreeNode& root, std::vector<Column> columns, const TreeStyle& style) {
  return text_of([&](Sink& sink) {
    const TreeWalk walk = [&](const TreeVisit& visit) { return visit_nodes(root, 0, true, visit); };
    return render_tree(walk, columns, style, sink);
  });
}

}  // namespace tfevents
