// graph: which graphs of a run are shown, what is said where there is none, and how they are drawn.
#include <cerrno>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "ops/graph.hpp"
#include "ops/graph_dot.hpp"
#include "support/damage.hpp"
#include "support/fault_sys.hpp"
#include "support/graph_content.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

constexpr const char* kModel =
    R"({"class_name":"Sequential","config":{"name":"m","layers":[{"class_name":"Dense","config":)"
    R"({"name":"d","units":2,"batch_input_shape":[null,3]}}]}})";

// A tensor of one string under a plugin, as TensorFlow 2 writes graphs.
void text_value(RunBuilder& run, std::string_view tag, std::string_view plugin, std::int64_t step,
                std::string_view content) {
  std::string metadata, tensor, value, event;
  wire::Encoder(metadata).message(1,
                                  [&] { wire::Encoder(metadata).bytes(1, plugin).bytes(2, "1"); });
  wire::Encoder(tensor).varint(1, std::uint64_t{7}).bytes(2, "").bytes(8, content);
  wire::Encoder(value).bytes(1, tag).bytes(9, metadata).bytes(8, tensor);
  wire::Encoder(event).fixed(1, RunBuilder::kStart).varint(2, step);
  wire::Encoder(event).bytes(5, inside(1, value));
  run.raw(event);
}

class Graphs : public World {
 public:
  ops::GraphOptions options;

  [[nodiscard]] Result<ops::GraphReport> try_graphs() {
    options.select = selection();
    options.select.kinds = {"graphs", "run_metadata"};
    return with_context([&](const ops::OpContext& c) { return ops::read_graphs(options, c); });
  }
  [[nodiscard]] ops::GraphReport graphs() {
    auto report = try_graphs();
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
};

// A byte flipped, with checksums that are right again.
std::string rewritten(std::string file, std::size_t at) {
  std::size_t record = 0;
  for (std::size_t end = 0;; record = end) {
    end = record + 16 + static_cast<std::size_t>(load_le<std::uint64_t>(file.data() + record));
    if (at < end) break;
  }
  file = flip_byte(file, at);
  return at >= record + 12 ? fix_crc(file, record) : file;
}

std::string dot(const ops::GraphRow& row, std::optional<std::uint32_t> depth = {}) {
  std::string text;
  const Status written = ops::write_dot(row, depth, [&](std::string_view part) {
    text += part;
    return ok_status();
  });
  REQUIRE(written.ok());
  return text;
}

TEST_CASE("graph: each form of a graph is a row") {
  Graphs w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("loss", {{0, 1}}).graph(small_graph());
    r.with([](EventWriter& out, double at) {
      out.run_metadata({5, at}, "step5", inside(4, inside(2, small_graph())));
    });
    text_value(r, "keras", "graph_keras_model", 0, kModel);
    text_value(r, "traced", "graph_run_metadata_graph", 7, inside(3, small_graph()));
    text_value(r, "empty", "graph_run_metadata", 7, "");
  });
  const ops::GraphReport report = w.graphs();
  REQUIRE(report.rows.size() == 5);
  CHECK(report.outcome.complete);
  CHECK(report.rows[0].tag == "__run_graph__");
  CHECK(report.rows[0].form == GraphForm::kGraph);
  CHECK(report.rows[0].bytes == small_graph().size());
  CHECK(report.rows[0].graph.nodes == 5);
  CHECK(report.rows[0].run == "a");
  CHECK(report.rows[1].tag == "step5");
  CHECK(report.rows[1].form == GraphForm::kRunMetadata);
  CHECK(report.rows[1].graph.nodes == 5);
  CHECK(report.rows[2].model->parameters == 8);
  CHECK(report.rows[2].kind == "graphs");
  CHECK(report.rows[3].step == 7);
  CHECK(report.rows[3].graph.nodes == 5);
  CHECK(report.rows[4].graph.nodes == 0);
  CHECK(report.rows[4].kind == "run_metadata");
}

TEST_CASE("graph: the last of a tag counts, unless others are chosen") {
  Graphs w;
  w.run(".", [](RunBuilder& r) {
    r.graph(small_graph()).graph(graph_of({{"only", "NoOp"}}));
    for (const std::int64_t step : {0, 10, 20, 5})
      text_value(r, "t", "graph_run_metadata", step, inside(3, graph_of({{"a", "A"}})));
  });
  const ops::GraphReport last = w.graphs();
  REQUIRE(last.rows.size() == 2);
  CHECK(last.rows[0].graph.nodes == 1);
  CHECK(last.rows[1].step == 5);
  w.select.first_step = 0;
  const ops::GraphReport clean = w.graphs();  // 10 and 20 were before a restart at 5.
  REQUIRE(clean.rows.size() == 3);
  CHECK(clean.rows[0].graph.nodes == 1);
  CHECK(clean.rows[2].step == 5);
  w.select.view = View::kRaw;
  CHECK(w.graphs().rows.size() == 6);
  w.select.last = 1;
  CHECK(w.graphs().rows.size() == 2);
}

TEST_CASE("graph: big graphs come in pieces, and files in both directions alike") {
  std::vector<NodeBuilder> nodes;
  for (int i = 0; i < 20'000; ++i) nodes.emplace_back("scope/n" + std::to_string(i), "Const");
  const std::string big = graph_of(nodes);
  REQUIRE(big.size() > 300'000);
  for (const bool chosen : {false, true}) {
    Graphs w;
    w.run("a", [&](RunBuilder& r) {
      r.graph(big);
      text_value(r, "t", "graph_run_metadata", 0, inside(3, big));
      text_value(r, "t", "graph_run_metadata", 0, inside(3, big));
    });
    if (chosen) w.select.first_step = 0;
    const ops::GraphReport report = w.graphs();
    REQUIRE(report.rows.size() == 2);
    CHECK(report.rows[0].graph.nodes == 20'000);
    CHECK(report.rows[1].graph.nodes == 20'000);
    CHECK(report.rows[1].scopes.at(0).nodes == 20'000);
  }
}

TEST_CASE("graph: any number of threads gives the same") {
  const auto rows = [](unsigned jobs) {
    Graphs w;
    for (int i = 0; i < 9; ++i) {
      w.run("r" + std::to_string(i), [&](RunBuilder& r) {
        r.graph(i == 4
                    ? inside(1, "\xff")
                    : graph_of(std::vector<NodeBuilder>(static_cast<std::size_t>(i), {"n", "N"})));
      });
    }
    w.jobs = jobs;
    std::string text;
    for (const ops::GraphRow& row : w.graphs().rows)
      text += row.run + " " + std::to_string(row.graph.nodes) + "\n";
    return text;
  };
  CHECK(rows(1) == rows(8));
  CHECK(rows(1).find("r8 8\n") != std::string::npos);
}

TEST_CASE("graph: what does not decode is a problem with its record's place, the rest goes on") {
  Graphs w;
  std::uint64_t before = 0;
  w.run("a", [&](RunBuilder& r) {
    r.scalar("loss", {{0, 1}});
    before = r.bytes().size();
    r.graph(inside(1, deep_node(10'000)));
    text_value(r, "keras", "graph_keras_model", 0, kModel);
    text_value(r, "other", "graph_keras_model", 3, "{");
    r.event(4, [](SummaryBuilder& s) { s.text("x", "y"); });
  });
  const ops::GraphReport report = w.graphs();
  REQUIRE(report.rows.size() == 1);
  CHECK(report.rows[0].tag == "keras");
  CHECK_FALSE(report.outcome.complete);
  CHECK_FALSE(report.outcome.matched_nothing);
  REQUIRE(report.outcome.problems.size() == 2);
  const Problem& problem = report.outcome.problems[0];
  CHECK(problem.rule == "undecodable-value");
  CHECK(problem.offset == before);
  CHECK(problem.tag == "__run_graph__");
  CHECK(problem.path->starts_with("/logs/a/events"));
  CHECK(report.outcome.problems[1].tag == "other");
  CHECK(report.outcome.problems[1].step == 3);
}

TEST_CASE("graph: a run whose only graph is broken is damaged, and not without a graph") {
  Graphs w;
  w.run("a", [](RunBuilder& r) { r.graph("\xff\xff"); });
  const ops::GraphReport report = w.graphs();
  CHECK(report.rows.empty());
  CHECK_FALSE(report.outcome.complete);
  CHECK_FALSE(report.outcome.matched_nothing);
}

TEST_CASE("graph: where no graph is, it says what there is instead") {
  Graphs w;
  w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}}).scalar("y", {{0, 1}}).image("i", 0); });
  ops::GraphReport report = w.graphs();
  CHECK(report.outcome.matched_nothing);
  CHECK(report.outcome.nothing == "no graph in the run, but series of scalars (2), images (1)");
  w.run("b", [](RunBuilder& r) { r.graph(small_graph()); });
  CHECK_FALSE(w.graphs().outcome.matched_nothing);
  w.select.tags = {Pattern::parse_or_name("__run_grap*", Pattern::Scope::kName)};
  CHECK_FALSE(w.graphs().outcome.matched_nothing);
  w.select.tags = {Pattern::parse_or_name("__ran_graph__*", Pattern::Scope::kName)};
  report = w.graphs();
  CHECK(report.outcome.nothing ==
        "no graph of such a tag in 2 runs; there are graphs __run_graph__");
  w.select.tags.clear();
  w.select.first_step = 99;
  CHECK(w.graphs().outcome.nothing ==
        "no graph at the steps or times asked for in 2 runs; there are graphs __run_graph__");
}

TEST_CASE("graph: a file of any damage gives graphs or problems, and never something else") {
  const std::string file = event_file([](RunBuilder& r) {
    r.graph(small_graph());
    text_value(r, "keras", "graph_keras_model", 0, kModel);
    text_value(r, "t", "graph_run_metadata", 1, inside(4, inside(2, small_graph())));
  });
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const bool cut : {true, false}) {
      Graphs w;
      w.memory.file("/logs/events.out.tfevents.1.a",
                    cut ? truncate_to(file, at) : rewritten(file, at));
      w.options.keep_bytes = true;
      const ops::GraphReport report = w.graphs();
      CHECK(report.rows.size() <= 3);
      for (const ops::GraphRow& row : report.rows) {
        if (row.serialized.empty()) continue;
        static_cast<void>(ops::write_dot(row, 1, [](std::string_view) { return ok_status(); }));
        if (!row.model) CHECK(to_pbtxt(row.serialized, row.form).ok());
      }
    }
  }
}

TEST_CASE("graph: reading fails at any call and never brings anything down") {
  for (std::uint64_t n = 0;; ++n) {
    Graphs w;
    w.run("a", [](RunBuilder& r) {
      r.graph(graph_of(std::vector<NodeBuilder>(20'000, {"node", "Op"})));
    });
    FaultSys sys(w.memory);
    sys.fail_at(n, EIO, true);
    w.sys = &sys;
    const auto report = w.try_graphs();
    if (!sys.fired()) {
      REQUIRE(report.ok());
      CHECK(report->rows.size() == 1);
      break;
    }
    if (report.ok() && report->rows.empty()) CHECK_FALSE(report->outcome.complete);
  }
}

TEST_CASE("scopes: nodes are summed up, and folded below the depth") {
  Graphs w;
  w.run(".", [](RunBuilder& r) {
    r.graph(graph_of({NodeBuilder("a/b/c/d", "X"), NodeBuilder("a/b/e", "X"),
                      NodeBuilder("a/v", "VariableV2").shape({3}), NodeBuilder("z", "X"),
                      NodeBuilder("/odd", "X"), NodeBuilder("a//", "X")}));
  });
  w.options.depth = 2;
  const std::vector<ops::GraphScope> scopes = w.graphs().rows.at(0).scopes;
  REQUIRE(scopes.size() == 4);
  CHECK(scopes[0].name == "a");
  CHECK(scopes[0].nodes == 4);
  CHECK(scopes[0].parameters == 3);
  CHECK(scopes[0].folded_nodes == 1);
  CHECK_FALSE(scopes[0].last);
  CHECK(scopes[1].name == "a/b");
  CHECK(scopes[1].nodes == 2);
  CHECK(scopes[1].folded_nodes == 1);
  CHECK(scopes[1].depth == 2);
  CHECK(scopes[2].name == "a/");
  CHECK(scopes[2].last);
  CHECK(scopes[3].name.empty());
  w.options.depth = 0;
  CHECK(w.graphs().rows.at(0).scopes.empty());
}

TEST_CASE("scopes: there are no more than so many, and nodes beyond are not lost") {
  ops::ScopeCounter counter(64);
  std::string name;
  for (int i = 0; i < 1000; ++i) {
    name = std::to_string(i);
    for (int level = 0; level < 100; ++level) name += "/s";
    counter.add({.name = name, .op = "X", .device = {}, .inputs = {}, .elements = {}});
  }
  const std::vector<ops::GraphScope> scopes = counter.finish();
  CHECK(scopes.size() < ops::ScopeCounter::kMaxScopes);
  std::uint64_t nodes = 0;
  for (const ops::GraphScope& scope : scopes) nodes += scope.depth == 1 ? scope.nodes : 0;
  CHECK(nodes == 1000);
}

TEST_CASE("dot: boxes and arrows, names made safe") {
  Graphs w;
  const std::string evil = "a\"];\n\\evil\x1b[0m";
  w.run(".", [&](RunBuilder& r) {
    r.graph(graph_of({NodeBuilder("x", "Placeholder"),
                      NodeBuilder(evil, "Op").input("x:1").input("^x").input("gone"),
                      NodeBuilder("x", "Again").input(evil)}));
  });
  w.options.keep_bytes = true;
  const ops::GraphReport report = w.graphs();
  REQUIRE(report.exported == 0);
  CHECK(dot(report.rows[0]) ==
        "digraph \"__run_graph__\" {\n"
        "  node [shape=box];\n"
        "  n0 [label=\"x\\nPlaceholder\"];\n"
        "  n1 [label=\"a\\\"];\\\\n\\\\evil\\\\x1b[0m\\nOp\"];\n"
        "  n0 -> n1;\n"
        "  n0 -> n1 [style=dashed];\n"
        "  n2 [label=\"gone\\n(missing)\", style=dotted];\n"
        "  n2 -> n1;\n"
        "  n1 -> n0;\n"
        "}\n");
}

TEST_CASE("dot: with a depth scopes are boxes, and arrows between them numbers") {
  Graphs w;
  w.run(".", [](RunBuilder& r) {
    r.graph(graph_of({NodeBuilder("x", "X"), NodeBuilder("s/a", "A").input("x"),
                      NodeBuilder("s/b", "B").input("s/a").input("x"),
                      NodeBuilder("t/u/c", "C").input("s/b").input("^s/a")}));
  });
  w.options.keep_bytes = true;
  const ops::GraphReport report = w.graphs();
  CHECK(dot(report.rows.at(0), 1) ==
        "digraph \"__run_graph__\" {\n"
        "  node [shape=box];\n"
        "  n0 [label=\"x\\nX\"];\n"
        "  n1 [label=\"s\\n2 nodes\", peripheries=2];\n"
        "  n2 [label=\"t/u/c\\nC\"];\n"
        "  n0 -> n1 [label=2];\n"
        "  n1 -> n2;\n"
        "  n1 -> n2 [style=dashed];\n"
        "}\n");
}

TEST_CASE("dot: of several graphs one is taken, of several runs none") {
  Graphs w;
  w.run("a", [](RunBuilder& r) {
    r.graph(small_graph());
    text_value(r, "keras", "graph_keras_model", 0, kModel);
    text_value(r, "t", "graph_run_metadata", 0, inside(3, small_graph()));
  });
  w.options.keep_bytes = true;
  ops::GraphReport report = w.graphs();
  CHECK(report.exported == 0);
  CHECK(report.rows[1].serialized.empty());
  w.select.tags = {Pattern::parse_or_name("k*", Pattern::Scope::kName)};
  report = w.graphs();
  REQUIRE(report.exported == 0);
  CHECK(dot(report.rows[0]).find("n0 [label=\"d\\nDense\"]") != std::string::npos);
  w.options.keras = false;
  CHECK_FALSE(w.graphs().exported);
  w.select.tags.clear();
  w.run("b", [](RunBuilder& r) { r.graph(small_graph()); });
  report = w.graphs();
  CHECK_FALSE(report.exported);
  CHECK(report.exportable_runs == 2);
}

}  // namespace
}  // namespace tfevents::test
