#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "event/graph.hpp"
#include "support/graph_content.hpp"
#include "tensorboard/graph.pb.h"

using namespace tfevents;
using namespace tfevents::test;

namespace {

Graph parsed_graph(const std::string& bytes, GraphForm form = GraphForm::kGraph) {
  auto graph = parse_graph(as_bytes(bytes), form);
  REQUIRE_MESSAGE(graph.ok(), (graph.ok() ? "" : graph.error().message));
  return std::move(*graph);
}

ErrorCode refused(const std::string& bytes, GraphForm form = GraphForm::kGraph) {
  const auto graph = parse_graph(as_bytes(bytes), form);
  REQUIRE(!graph.ok());
  const auto text = to_pbtxt(as_bytes(bytes), form);
  REQUIRE(!text.ok());
  CHECK(text.error().code == graph.error().code);
  return graph.error().code;
}

std::string pbtxt(const std::string& bytes, GraphForm form = GraphForm::kGraph) {
  auto text = to_pbtxt(as_bytes(bytes), form);
  REQUIRE(text.ok());
  return std::move(*text);
}

}  // namespace

TEST_CASE("graph: nodes, edges, operations and variables are counted") {
  const Graph graph = parsed_graph(small_graph());
  CHECK(graph.nodes == 5);
  CHECK(graph.edges == 2);
  CHECK(graph.control_edges == 1);
  CHECK(graph.inputs == 1);
  CHECK(graph.outputs == 0);
  CHECK(graph.missing_inputs == 0);
  CHECK(graph.duplicate_names == 0);
  CHECK(graph.variables == 2);
  CHECK(graph.slots == 1);
  CHECK(graph.parameters == 8);
  CHECK(graph.unsized_variables == 0);
  CHECK(graph.ops.at("VariableV2") == 2);
  CHECK(graph.ops.size() == 4);
  CHECK(graph.extras.parts == 1);
}

TEST_CASE("graph: a graph of nothing is one") {
  CHECK(parsed_graph("").nodes == 0);
  CHECK(parsed_graph("", GraphForm::kRunMetadata).extras.parts == 0);
  CHECK(parsed_graph("", GraphForm::kMetaGraph).nodes == 0);
  CHECK(!parsed_graph("").parameters);
  CHECK(pbtxt("").empty());
}

TEST_CASE("graph: shapes that are not known give no parameters") {
  const Graph graph =
      parsed_graph(graph_of({NodeBuilder("a", "VarHandleOp").shape({-1, 2}),
                             NodeBuilder("b", "VariableV2"), NodeBuilder("c", "Variable").shape({}),
                             NodeBuilder("d", "VariableV2").shape({1LL << 40, 1LL << 40}),
                             NodeBuilder("e", "VariableV2").shape({0, -1})}));
  CHECK(graph.variables == 5);
  CHECK(graph.unsized_variables == 3);
  CHECK(graph.parameters == 1);
}

TEST_CASE("graph: parameters never wrap around") {
  std::vector<NodeBuilder> nodes;
  for (int i = 0; i < 5; ++i)
    nodes.push_back(NodeBuilder("v", "VariableV2").shape({(1LL << 62) + 5}));
  const Graph graph = parsed_graph(graph_of(nodes));
  CHECK(graph.unsized_variables == 4);
  CHECK(graph.parameters == (std::uint64_t{1} << 62) + 5);
}

TEST_CASE("graph: names may be anything") {
  const std::string name = "a\n\"b\\\x1b[31m\xff\0/\xe2\x80\xae";
  const Graph graph =
      parsed_graph(graph_of({NodeBuilder("", ""), NodeBuilder("", "").input("nobody"),
                             NodeBuilder(name, name).input(name).input("").input("^"),
                             NodeBuilder("a:0", "x").input("a:0").input("a:1")}));
  CHECK(graph.nodes == 4);
  CHECK(graph.duplicate_names == 1);
  CHECK(graph.missing_inputs == 2);  // nobody, and output 1 of `a`, which is not there.
  CHECK(graph.ops.at(name) == 1);
}

TEST_CASE("graph: cycles are counted like any edges") {
  const Graph graph = parsed_graph(
      graph_of({NodeBuilder("a", "Merge").input("b"), NodeBuilder("b", "Next").input("a"),
                NodeBuilder("c", "Self").input("c")}));
  CHECK(graph.edges == 3);
  CHECK(graph.missing_inputs == 0);
}

TEST_CASE("graph: inputs are parsed") {
  CHECK(parse_input("a/b:3").node == "a/b");
  CHECK(parse_input("^a").node == "a");
  CHECK(parse_input("^a").control);
  CHECK(parse_input("a:b").node == "a:b");
  CHECK(parse_input("a:").node == "a:");
  CHECK(parse_input("").node.empty());
  CHECK(parse_input("a:0:1").node == "a:0");
}

TEST_CASE("graph: functions are counted apart") {
  const std::string function = inside(1, inside(1, "f")) +
                               inside(3, NodeBuilder("n", "Mul").text()) +
                               inside(3, NodeBuilder("m", "Add").text());
  const Graph graph = parsed_graph(small_graph() + inside(2, inside(1, function)));
  CHECK(graph.nodes == 5);
  CHECK(graph.extras.functions == 1);
  CHECK(graph.extras.function_nodes == 2);
}

TEST_CASE("graph: meta graphs hold a graph, in one piece or two") {
  CHECK(parsed_graph(inside(2, small_graph()), GraphForm::kMetaGraph).nodes == 5);
  const Graph both = parsed_graph(inside(2, small_graph()) + inside(2, graph_of({{"y", "Neg"}})),
                                  GraphForm::kMetaGraph);
  CHECK(both.nodes == 6);
  CHECK(both.extras.parts == 1);
}

TEST_CASE("graph: run metadata has the graphs of functions, else of devices") {
  const std::string traced = inside(4, inside(2, small_graph()) + inside(3, graph_of({})));
  const std::string placed = inside(3, graph_of({{"a", "A"}, {"b", "B"}}));
  const Graph both = parsed_graph(placed + traced + traced, GraphForm::kRunMetadata);
  CHECK(both.nodes == 10);
  CHECK(both.extras.parts == 2);
  CHECK(both.duplicate_names == 0);  // The same names in another graph are others.
  CHECK(both.missing_inputs == 0);
  const Graph devices = parsed_graph(placed + placed, GraphForm::kRunMetadata);
  CHECK(devices.nodes == 4);
  CHECK(devices.extras.parts == 2);
}

TEST_CASE("graph: run metadata says what ran where") {
  std::string stats = inside(1, "/cpu:0");
  for (const std::int64_t micros : {5, 7, -3}) {
    std::string node = inside(1, "n");
    wire::Encoder(node).varint(5, micros);
    stats += inside(2, node);
  }
  const Graph graph = parsed_graph(inside(1, inside(1, stats)), GraphForm::kRunMetadata);
  REQUIRE(graph.extras.devices.size() == 1);
  CHECK(graph.extras.devices[0].name == "/cpu:0");
  CHECK(graph.extras.devices[0].nodes == 3);
  CHECK(graph.extras.devices[0].micros == 12);
}

TEST_CASE("graph: what is no graph is an error with its place") {
  CHECK(refused("\x0a\x05x") == ErrorCode::kFormat);
  CHECK(refused("\xff\xff") == ErrorCode::kFormat);
  CHECK(refused(inside(2, "\xff"), GraphForm::kMetaGraph) == ErrorCode::kFormat);
  const std::string bytes = small_graph() + inside(1, "\x0a\x09z");
  const auto graph = parse_graph(as_bytes(bytes), GraphForm::kGraph);
  REQUIRE(!graph.ok());
  CHECK(graph.error().offset == small_graph().size() + 2);
  CHECK(refused("{}", GraphForm::kKeras) == ErrorCode::kUnsupported);
}

TEST_CASE("graph: nesting is refused above what protobuf reads, however deep") {
  CHECK(parsed_graph(inside(1, deep_node(20))).nodes == 1);
  for (const int depth : {100, 10'000})
    CHECK(refused(inside(1, deep_node(depth))) == ErrorCode::kFormat);
  CHECK(refused(inside(4, inside(2, inside(1, deep_node(10'000)))), GraphForm::kRunMetadata) ==
        ErrorCode::kFormat);
  // A function's body is looked into as well.
  CHECK(refused(inside(2, inside(1, inside(3, deep_node(10'000))))) == ErrorCode::kFormat);
}

TEST_CASE("graph: every cut of a graph is refused or read, and never read beyond") {
  const std::string whole = small_graph();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const std::vector<char> exact(cut.begin(), cut.end());  // Sanitizers see its end.
    const Bytes bytes = as_bytes({exact.data(), exact.size()});
    CHECK(parse_graph(bytes, GraphForm::kGraph).ok() == to_pbtxt(bytes, GraphForm::kGraph).ok());
  }
}

TEST_CASE("graph: a million nodes of two bytes take no memory of their own") {
  std::string bytes;
  for (int i = 0; i < 1'000'000; ++i) bytes.append("\x0a\0", 2);
  const Graph graph = parsed_graph(bytes);
  CHECK(graph.nodes == 1'000'000);
  CHECK(graph.duplicate_names == 999'999);
}

TEST_CASE("graph: a node above the limit is read but for its attributes") {
  const std::string content(kMaxNodeBytes + 1, 'x');
  const std::string tensor = inside(8, inside(4, content));
  const std::string bytes =
      graph_of({NodeBuilder("big", "Const").input("^x").attr("value", tensor)});
  const Graph graph = parsed_graph(bytes);
  CHECK(graph.nodes == 1);
  CHECK(graph.extras.unread_nodes == 1);
  CHECK(graph.control_edges == 1);
  CHECK(pbtxt(bytes) == "node {\n  name: \"big\"\n  op: \"Const\"\n  input: \"^x\"\n}\n");
}

TEST_CASE("pbtxt: upstream's names, also of element types") {
  std::string type, tensor;
  wire::Encoder(type).varint(6, std::uint64_t{1});
  wire::Encoder(tensor).message(8, [&] { wire::Encoder(tensor).varint(1, std::uint64_t{999}); });
  const std::string bytes = graph_of(
      {NodeBuilder("a\"\n\xff", "Const").input("^b").attr("dtype", type).attr("value", tensor)});
  CHECK(pbtxt(bytes) ==
        "node {\n"
        "  name: \"a\\\"\\n\\377\"\n"
        "  op: \"Const\"\n"
        "  input: \"^b\"\n"
        "  attr {\n    key: \"dtype\"\n    value {\n      type: DT_FLOAT\n    }\n  }\n"
        "  attr {\n    key: \"value\"\n    value {\n      tensor {\n        dtype: 999\n      }\n"
        "    }\n  }\n"
        "}\n");
}

TEST_CASE("pbtxt: fields come in the order of their numbers, pieces as one") {
  const std::string versions = inside(4, "\x08\x07"), more = inside(4, "\x10\x03");
  const std::string bytes = versions + more + inside(1, NodeBuilder("a", "A").text());
  CHECK(pbtxt(bytes) ==
        "node {\n  name: \"a\"\n  op: \"A\"\n}\n"
        "versions {\n  producer: 7\n  min_consumer: 3\n}\n");
  CHECK(pbtxt(inside(2, bytes) + inside(2, bytes), GraphForm::kMetaGraph) ==
        "graph_def {\n"
        "  node {\n    name: \"a\"\n    op: \"A\"\n  }\n"
        "  node {\n    name: \"a\"\n    op: \"A\"\n  }\n"
        "  versions {\n    producer: 7\n    min_consumer: 3\n  }\n"
        "}\n");
}

TEST_CASE("pbtxt: a field that nobody knows is left out") {
  CHECK(pbtxt(inside(1, inside(1, "a") + inside(99, "?")) + inside(77, "!")) ==
        "node {\n  name: \"a\"\n}\n");
}
