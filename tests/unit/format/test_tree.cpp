#include <doctest/doctest.h>

#include "base/text.hpp"
#include "format/tree.hpp"

using tfevents::Cell;
using tfevents::render_tree;
using tfevents::TreeNode;

namespace {

TreeNode runs_tree() {
  TreeNode text{.name = Cell::text("text"), .cells = {Cell::text("7 runs")}};
  text.children.push_back(
      {.name = Cell::text("lstm"),
       .cells = {Cell::text("4 runs"), Cell::text("last 3d"), Cell::bytes(102400)}});
  text.children.push_back(
      {.name = Cell::text("transformer"),
       .cells = {Cell::text("3 runs"), Cell::text("last 3d"), Cell::bytes(98304)}});
  TreeNode vision{.name = Cell::text("vision"), .cells = {Cell::text("8 runs"), Cell(), Cell()}};
  return {.name = Cell::text("runs"), .children = {text, vision}};
}

}  // namespace

TEST_CASE("a tree with aligned columns") {
  CHECK(render_tree(runs_tree(), {{}, {}, {}}, {}) ==
        "runs\n"
        "├── text             7 runs\n"
        "│   ├── lstm         4 runs  last 3d  100 KiB\n"
        "│   └── transformer  3 runs  last 3d   96 KiB\n"
        "└── vision           8 runs\n");
}

TEST_CASE("names are elided, the lines before them are not") {
  CHECK(render_tree(runs_tree(), {{}, {}, {}}, {.table = {.width = 26}, .ascii = true}) ==
        "runs\n"
        "|-- text            7 runs\n"
        "|   |-- lstm        4 runs\n"
        "|   `-- tran…ormer  3 runs\n"
        "`-- vision          8 runs\n");
}

TEST_CASE("headers, and nodes alone") {
  CHECK(render_tree({.name = Cell::text("a\nb")}, {}, {}) == "a\\nb\n");
  CHECK(render_tree({.name = Cell::text("a"), .cells = {Cell::integer(1)}}, {{.header = "RUNS"}},
                    {}) ==
        "   RUNS\n"
        "a     1\n");
}

TEST_CASE("a deep tree stays within the terminal") {
  TreeNode root{.name = Cell::text("leaf"), .cells = {Cell::text("x")}};
  for (int depth = 0; depth < 500; ++depth) root = {.name = Cell::text("日本"), .children = {root}};
  for (const std::size_t width : {10U, 40U, 80U}) {
    const std::string out = render_tree(root, {{}}, {.table = {.width = width}});
    for (std::size_t at = 0; at < out.size(); at = out.find('\n', at) + 1) {
      CHECK(tfevents::display_width(out.substr(at, out.find('\n', at) - at)) <= width);
    }
  }
}
