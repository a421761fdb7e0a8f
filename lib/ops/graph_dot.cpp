#include "ops/graph_dot.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/number.hpp"
#include "base/text.hpp"

namespace tfevents::ops {
namespace {

// Text within a quoted string of DOT. printable() has taken line ends and control characters out.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

class DotWriter {
 public:
  DotWriter(const GraphRow& row, std::optional<std::uint32_t> depth, const TextVisit& write)
      : row_(row), depth_(depth), write_(write) {}

  Status write() {
    text_ = "digraph \"" + escaped(row_.tag) + "\" {\n  node [shape=box];\n";
    if (row_.model) {
      layers();
    } else {
      TFEVENTS_CHECK(walk([this](const GraphNode& node) { add_box(node); }));
      boxes();
      TFEVENTS_CHECK(walk([this](const GraphNode& node) { add_edges(node); }));
      folded_edges();
    }
    text_ += "}\n";
    return flush(0);
  }

 private:
  struct Box {
    std::string label;        // Of a single node; empty where it is a scope.
    std::uint64_t nodes = 0;  // In it.
  };

  [[nodiscard]] bool folds() const noexcept { return depth_.value_or(0) != 0; }

  Status walk(const NodeVisit& visit) {
    const auto walked = walk_graph(row_.serialized, row_.form, visit);
    if (!walked.ok()) return walked.error();
    return failed_;
  }

  // The box that a name of a node falls into.
  [[nodiscard]] std::string box_of(std::string_view name, std::uint32_t part) const {
    std::string box = row_.graph.extras.parts > 1
                          ? "graph_" + to_text(std::uint64_t{part} + 1) + '/'
                          : std::string();
    if (!folds()) return box.append(name);
    std::size_t end = 0;
    for (std::uint32_t level = 0; level < *depth_; ++level) {
      const std::size_t slash = name.find('/', end);
      if (slash == std::string_view::npos) return box.append(name);
      end = slash + 1;
    }
    return box.append(name.substr(0, end - 1));
  }

  std::size_t number_of(const std::string& box) {
    const auto [known, added] = numbers_.try_emplace(box, boxes_.size());
    if (added) {
      boxes_.emplace_back();
      names_.push_back(&known->first);
    }
    return known->second;
  }

  void add_box(const GraphNode& node) {
    Box& box = boxes_[number_of(box_of(node.name, node.part))];
    if (++box.nodes == 1) box.label = escaped(node.name) + "\\n" + escaped(node.op);
  }

  void boxes() {
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      const Box& box = boxes_[i];
      text_ += "  n" + to_text(std::uint64_t{i}) + " [label=\"";
      if (box.nodes == 1 || !folds()) {
        text_ += box.label + "\"];\n";
      } else {
        text_ += escaped(*names_[i]) + "\\n" + to_text(box.nodes) + " nodes\", peripheries=2];\n";
      }
      pass_on();
    }
  }

  void add_edges(const GraphNode& node) {
    const std::size_t to = number_of(box_of(node.name, node.part));
    for (const std::string_view input : node.inputs) {
      const GraphInput from = parse_input(input);
      const std::string_view whole = input.substr(from.control ? 1 : 0);
      auto known = numbers_.find(box_of(whole, node.part));
      if (known == numbers_.end()) known = numbers_.find(box_of(from.node, node.part));
      const std::size_t begin = known != numbers_.end() ? known->second : missing(from.node, node);
      if (!folds()) {
        edge(begin, to, from.control, 1);
      } else if (begin != to) {
        ++edges_[{begin, to, from.control}];
      }
    }
    pass_on();
  }

  // A node that is named and not there.
  std::size_t missing(std::string_view name, const GraphNode& node) {
    const std::size_t number = number_of(box_of(name, node.part));
    text_ += "  n" + to_text(std::uint64_t{number}) + " [label=\"" + escaped(name) +
             "\\n(missing)\", style=dotted];\n";
    return number;
  }

  void edge(std::size_t from, std::size_t to, bool control, std::uint64_t count) {
    text_ += "  n" + to_text(std::uint64_t{from}) + " -> n" + to_text(std::uint64_t{to});
    std::string how = control ? "style=dashed" : "";
    if (count > 1) how += (how.empty() ? "label=" : ", label=") + to_text(count);
    text_ += how.empty() ? ";\n" : " [" + how + "];\n";
  }

  void folded_edges() {
    for (const auto& [edge_of, count] : edges_) {
      edge(edge_of.from, edge_of.to, edge_of.control, count);
      pass_on();
    }
  }

  void layers() {
    for (const KerasLayer& layer : row_.model->layers) {
      const std::size_t number = number_of(layer.name);
      text_ += "  n" + to_text(std::uint64_t{number}) + " [label=\"" + escaped(layer.name) + "\\n" +
               escaped(layer.class_name) + "\"];\n";
    }
    for (const KerasLayer& layer : row_.model->layers) {
      const std::size_t to = number_of(layer.name);
      for (const std::string& from : layer.inputs) {
        if (const auto known = numbers_.find(from); known != numbers_.end())
          edge(known->second, to, false, 1);
      }
    }
  }

  void pass_on() {
    if (failed_.ok()) failed_ = flush(std::size_t{64} * 1024);
  }
  Status flush(std::size_t above) {
    if (text_.size() <= above) return ok_status();
    Status written = write_(text_);
    text_.clear();
    return written;
  }

  struct Edge {
    std::size_t from, to;
    bool control;
    friend auto operator<=>(const Edge&, const Edge&) = default;
  };

  const GraphRow& row_;
  std::optional<std::uint32_t> depth_;
  const TextVisit& write_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<const std::string*> names_;
  std::vector<Box> boxes_;
  std::map<Edge, std::uint64_t> edges_;
  Status failed_ = ok_status();
  std::string text_;
};

}  // namespace

Status write_dot(const GraphRow& row, std::optional<std::uint32_t> depth, const TextVisit& write) {
  return DotWriter(row, depth, write).write();
}

}  // namespace tfevents::ops
