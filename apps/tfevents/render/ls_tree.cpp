#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "format/tree.hpp"
#include "ls.hpp"

namespace tfevents::render {
namespace {

struct NaturalLess {
  bool operator()(const std::string& a, const std::string& b) const {
    return natural_compare(a, b) < 0;
  }
};

// A directory on the way to runs, or a run.
struct Node {
  std::map<std::string, Node, NaturalLess> children;
  bool is_run = false;
  // Of the runs at and below the node.
  std::uint64_t runs = 0, live = 0, bytes = 0, damaged = 0;
  std::optional<double> age;  ///< Of the youngest.

  [[nodiscard]] bool leaf() const { return is_run && children.empty(); }
  void count(const ops::LsRow& row) {
    ++runs;
    live += row.state == ops::RunState::kLive ? 1U : 0U;
    bytes += row.bytes;
    damaged += row.damage > 0 ? 1U : 0U;
    if (row.age_seconds) age = age ? std::min(*age, *row.age_seconds) : *row.age_seconds;
  }
};

void insert(Node& root, const ops::LsRow& row) {
  Node* node = &root;
  node->count(row);
  std::string_view rest = row.run == "." ? std::string_view{} : std::string_view(row.run);
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    if (part.empty()) continue;
    node = &node->children[std::string(part)];
    node->count(row);
  }
  node->is_run = true;
}

// The node's name, then its cells.
std::array<Cell, 5> cells(std::string_view name, const Node& node) {
  std::string notes;
  if (node.live > 0) notes = node.leaf() ? "live" : fmt::format("{} live", node.live);
  if (node.damaged > 0) {
    notes += notes.empty() ? "" : ", ";
    notes += node.leaf() ? "damaged" : fmt::format("{} damaged", node.damaged);
  }
  const Role role = node.damaged > 0 ? Role::kBad : Role::kGood;
  return {Cell::text(name).role(node.leaf() ? Role::kPlain : Role::kStrong),
          node.leaf() ? Cell() : Cell::count(node.runs), Cell::duration(node.age),
          Cell::bytes(node.bytes), notes.empty() ? Cell() : Cell::text(notes).role(role)};
}

// Where a walk stands: the node `name` that lies `depth` below the top.
struct Place {
  const std::string& name;
  std::size_t depth;
  bool last;
};

// Visits the node and what is shown below it.
Status walk(const Place& place, const Node* node, bool unfold, const TreeVisit& visit) {
  std::string name = place.name;
  // A directory with nothing but one directory in it adds a name and no news.
  while (!node->is_run && node->children.size() == 1 && !node->children.begin()->second.leaf()) {
    name += '/' + node->children.begin()->first;
    node = &node->children.begin()->second;
  }
  TFEVENTS_CHECK(visit({.depth = place.depth, .last = place.last, .cells = cells(name, *node)}));
  const auto shown = [&](const auto& child) { return unfold || !child.second.leaf(); };
  const auto end = node->children.end();
  auto next = std::find_if(node->children.begin(), end, shown);
  while (next != end) {
    const auto& [part, child] = *next;
    next = std::find_if(std::next(next), end, shown);
    TFEVENTS_CHECK(walk({part, place.depth + 1, next == end}, &child, unfold, visit));
  }
  return ok_status();
}

}  // namespace

Status ls_tree(const ops::LsReport& report, const Screen& screen, bool all, Sink& sink) {
  Node root;
  for (const ops::LsRow& row : report.rows) insert(root, row);
  // Where every run lies directly in the operand there is no directory to sum up.
  const bool flat = std::all_of(root.children.begin(), root.children.end(),
                                [](const auto& child) { return child.second.leaf(); });
  const std::string name = report.operands.size() == 1 ? report.operands.front() : ".";
  const std::vector<Column> columns = {{.key = "runs", .header = "RUNS"},
                                       {.key = "age_seconds", .header = "AGE"},
                                       {.key = "bytes", .header = "SIZE", .minor = true},
                                       notes_column()};
  const TreeWalk steps = [&](const TreeVisit& visit) {
    return walk({name, 0, true}, &root, all || flat, visit);
  };
  return render_tree(steps, columns, {.table = screen.table_style()}, sink);
}

}  // namespace tfevents::render
