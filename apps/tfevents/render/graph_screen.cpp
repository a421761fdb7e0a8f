#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "format/tree.hpp"
#include "graph.hpp"
#include "lines.hpp"

namespace tfevents::render {
namespace {

// What a terminal shows of a list before the rest is summed up.
constexpr std::size_t kShownOps = 12, kShownScopes = 20, kShownLayers = 60;
constexpr std::size_t kNoLimit = SIZE_MAX;
constexpr std::string_view kHold = "\u00a0";

/// One graph for people.
class GraphScreen {
 public:
  GraphScreen(const ops::GraphRow& row, const Screen& screen, bool all, Sink& sink)
      : row_(row), screen_(screen), folds_(screen.terminal && !all), sink_(sink) {}

  Status write() {
    heading();
    if (row_.model) return model(*row_.model);
    numbers();
    operations();
    devices();
    return scopes();
  }

 private:
  [[nodiscard]] std::size_t width() const { return screen_.terminal ? screen_.width : kNoLimit; }

  // A paragraph, indented, its later lines as deep as its text.
  [[nodiscard]] std::string laid_out(std::string_view label, std::string_view text) const {
    constexpr std::size_t kLabel = 9, kLeast = 20;
    const std::size_t room =
        width() == kNoLimit ? kNoLimit : std::max(width(), kLeast) - 2 - kLabel;
    std::string before = "  " + std::string(label) + std::string(kLabel - label.size(), ' ');
    std::string out;
    for (const std::string& line : broken_into_lines(text, room)) {
      out += before + line + '\n';
      before.assign(kLabel + 2, ' ');
    }
    return out;
  }
  void paragraph(std::string_view label, std::string_view text) {
    sink_.out() += laid_out(label, text);
  }

  void heading() {
    const std::string name = row_.shown + "  " + row_.tag;
    const std::string what = fmt::format("{} at step {}, {}", to_string(row_.form),
                                         human_integer(row_.step), human_bytes(row_.bytes));
    std::string line = printable(name);
    const std::size_t used = display_width(line);
    if (width() == kNoLimit || used + 4 + what.size() <= width()) {
      sink_.out() += paint(line, Role::kStrong, screen_.color) + "    " + what + '\n';
      return;
    }
    if (used > width()) line = elide_middle(line, width());
    sink_.out() += paint(line, Role::kStrong, screen_.color) + '\n' + wrapped("  " + what, width());
  }

  void numbers() {
    const Graph& graph = row_.graph;
    std::string text = count_of(graph.nodes, "node", "nodes");
    const auto add = [&text](const std::string& more) { text += " · " + more; };
    const std::uint64_t edges = graph.edges + graph.control_edges;
    if (edges != 0) {
      add(count_of(edges, "edge", "edges") +
          (graph.control_edges != 0 ? fmt::format(" ({} of control)", graph.control_edges) : ""));
    }
    if (graph.inputs != 0) add(count_of(graph.inputs, "input", "inputs"));
    if (graph.outputs != 0) add(count_of(graph.outputs, "output", "outputs"));
    if (graph.extras.parts > 1) add(count_of(graph.extras.parts, "graph", "graphs"));
    if (graph.extras.functions != 0) {
      add(fmt::format("{} of {}", count_of(graph.extras.functions, "function", "functions"),
                      count_of(graph.extras.function_nodes, "node", "nodes")));
    }
    paragraph("graph", text);
    variables();
    if (graph.missing_inputs != 0)
      paragraph("note", count_of(graph.missing_inputs, "edge comes", "edges come") +
                            " from nodes that are not there");
    if (graph.duplicate_names != 0)
      paragraph("note", count_of(graph.duplicate_names, "node has", "nodes have") +
                            " the name of another one");
    if (graph.extras.unread_nodes != 0)
      paragraph("note", count_of(graph.extras.unread_nodes, "node", "nodes") +
                            " above 16 MiB not looked into");
  }

  void variables() {
    const Graph& graph = row_.graph;
    if (graph.nodes == 0) return;
    if (graph.variables == 0) {
      paragraph("weights", "parameters not known: it has no variables");
      return;
    }
    const std::uint64_t sized = graph.variables - graph.slots - graph.unsized_variables;
    std::string text =
        graph.parameters
            ? fmt::format("{} in {}", count_of(*graph.parameters, "parameter", "parameters"),
                          count_of(sized, "variable", "variables"))
            : "parameters not known";
    if (graph.unsized_variables != 0)
      text += fmt::format(" · {} of unknown shape",
                          count_of(graph.unsized_variables, "variable", "variables"));
    if (graph.slots != 0)
      text += fmt::format(" · {} more kept with others, as an optimizer's are", graph.slots);
    paragraph("weights", text);
  }

  void operations() {
    const auto ops = sorted_ops(row_.graph);
    if (ops.empty()) return;
    const std::size_t shown = folds_ ? std::min(ops.size(), kShownOps) : ops.size();
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
      text += (text.empty() ? "" : " · ") + printable(ops[i].first) + std::string(kHold) +
              human_integer(static_cast<std::int64_t>(ops[i].second));
    }
    if (shown < ops.size()) text += fmt::format(" · {} more (--ops)", ops.size() - shown);
    // A number stays with its name where lines are broken; then the blank is a plain one.
    std::string out = laid_out("ops", text);
    for (std::size_t at = out.find(kHold); at != std::string::npos; at = out.find(kHold, at))
      out.replace(at, kHold.size(), " ");
    sink_.out() += out;
  }

  void devices() {
    for (const GraphExtras::Device& device : row_.graph.extras.devices) {
      paragraph("device", fmt::format("{} · {} · {:.6g} ms", printable(device.name),
                                      count_of(device.nodes, "node", "nodes"),
                                      static_cast<double>(device.micros) / 1e3));
    }
  }

  // Scopes that are shown; the first of a row of siblings that are not stands for all of them.
  struct Line {
    const ops::GraphScope* scope;
    bool last;
    std::uint64_t more = 0;  // Scopes summed up in this line, with those in `nodes`.
    std::uint64_t nodes = 0;
    std::optional<std::uint64_t> parameters = {};
  };

  [[nodiscard]] std::vector<Line> lines() const {
    std::vector<Line> out;
    std::vector<std::size_t> seen, more_line;  // By depth: siblings so far, and who sums them up.
    std::uint32_t hidden_below = UINT32_MAX;   // Scopes deeper than this are in one left out.
    for (const ops::GraphScope& scope : row_.scopes) {
      seen.resize(scope.depth + 1, 0);
      more_line.resize(scope.depth + 1, 0);
      if (scope.depth > hidden_below) continue;
      hidden_below = UINT32_MAX;
      const std::size_t number = ++seen[scope.depth];
      if (!folds_ || number <= kShownScopes) {
        out.push_back({&scope, scope.last});
        continue;
      }
      hidden_below = scope.depth;
      if (number == kShownScopes + 1) {
        more_line[scope.depth] = out.size();
        out.push_back({&scope, true});
      }
      Line& sum = out[more_line[scope.depth]];
      ++sum.more;
      sum.nodes += scope.nodes;
      if (scope.parameters) sum.parameters = sum.parameters.value_or(0) + *scope.parameters;
    }
    return out;
  }

  Status scopes() {
    if (row_.scopes.empty()) return ok_status();
    const std::vector<Line> shown = lines();
    const std::size_t shown_cells = row_.graph.parameters ? 3 : 2;
    const TreeWalk walk = [&](const TreeVisit& visit) -> Status {
      const Cell root[] = {Cell::text(row_.tag).role(Role::kStrong), Cell::count(row_.graph.nodes),
                           Cell::count(row_.graph.parameters)};
      TFEVENTS_CHECK(
          visit({.depth = 0, .last = true, .cells = std::span(root).first(shown_cells)}));
      for (const Line& line : shown) {
        const std::string_view name = line.scope->name;
        const std::size_t slash = name.rfind('/');
        const bool sum = line.more != 0;
        std::string label(slash == std::string_view::npos ? name : name.substr(slash + 1));
        if (sum) label = fmt::format("… {} more (--all)", line.more);
        if (label.empty()) label = "\"\"";
        const Cell cells[] = {Cell::text(label).role(sum ? Role::kDim : Role::kPlain),
                              Cell::count(sum ? line.nodes : line.scope->nodes),
                              Cell::count(sum ? line.parameters : line.scope->parameters)};
        TFEVENTS_CHECK(visit({.depth = line.scope->depth,
                              .last = line.last,
                              .cells = std::span(cells).first(shown_cells)}));
      }
      return ok_status();
    };
    TableStyle style = screen_.table_style();
    style.indent = "  ";
    std::vector<Column> columns = {{.key = "nodes", .header = "NODES"}};
    // A column of nothing says nothing: the line about weights has said why.
    if (row_.graph.parameters) columns.push_back({.key = "parameters", .header = "PARAMETERS"});
    return render_tree(walk, std::move(columns), {.table = style}, sink_);
  }

  Status model(const KerasModel& model) {
    std::string text = model.class_name.empty() ? "model" : printable(model.class_name);
    if (!model.name.empty()) text += " " + printable(model.name);
    if (!model.keras_version.empty()) text += " · Keras " + printable(model.keras_version);
    if (!model.backend.empty()) text += " · " + printable(model.backend);
    paragraph("model", text);
    if (model.layers.empty()) {
      paragraph("layers", "none: the model does not say what it is made of");
      return ok_status();
    }
    text = count_of(model.parameters, "parameter", "parameters");
    if (model.unknown_layers != 0) {
      text = (model.parameters == 0 ? std::string("parameters not known") : "at least " + text) +
             fmt::format(" · not known of {}", count_of(model.unknown_layers, "layer", "layers"));
    }
    paragraph("weights", text);
    Table table({name_column({}, "LAYER"),
                 {.header = "CLASS", .elide = Elide::kEnd, .min_width = 8},
                 {.header = "OUTPUT SHAPE", .elide = Elide::kEnd, .minor = true},
                 {.header = "PARAMETERS", .align = Align::kRight, .keep = true}});
    const std::size_t shown =
        folds_ ? std::min(model.layers.size(), kShownLayers) : model.layers.size();
    for (const KerasLayer& layer : std::span(model.layers).first(shown)) {
      Cell parameters = layer.parameters ? Cell::count(layer.parameters)
                                         : (layer.model ? Cell() : Cell::text("?"));
      // As deep as models lie in models; a stranger's are no deeper than 200.
      table.add({Cell::text(layer.name)
                     .after(std::string(std::size_t{2} * std::min(layer.depth, 8U), ' ')),
                 Cell::text(layer.class_name + (layer.trainable ? "" : " (frozen)")),
                 Cell::text(shape_text(layer.output)), std::move(parameters)});
    }
    TableStyle style = screen_.table_style();
    style.indent = "  ";
    TFEVENTS_TRY(const std::size_t dropped, render_table(table, style, sink_));
    if (shown < model.layers.size())
      sink_.out() += fmt::format("  … {} more layers (--all)\n", model.layers.size() - shown);
    sink_.out() += more_columns(dropped, false);
    return ok_status();
  }

  const ops::GraphRow& row_;
  const Screen& screen_;
  bool folds_;
  Sink& sink_;
};

}  // namespace

Status graph_screen(const ops::GraphReport& report, const Screen& screen, bool all, Sink& sink) {
  bool first = true;
  for (const ops::GraphRow& row : report.rows) {
    if (!first) sink.out() += '\n';
    first = false;
    TFEVENTS_CHECK(GraphScreen(row, screen, all, sink).write());
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
