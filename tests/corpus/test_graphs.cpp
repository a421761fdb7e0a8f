// Graphs by real frameworks, node by node against what an independent reader says of them; and all
// graphs of the large set, against libprotobuf.

#include <fstream>
#include <map>
#include <tuple>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "corpus/differences.hpp"
#include "corpus/places.hpp"
#include "ops/graph.hpp"

namespace tfevents::test {
namespace {

using nlohmann::json;
using Name = std::pair<std::string, std::string>;  // Run and tag.

ops::GraphReport graphs_of(const std::string& path) {
  ops::GraphOptions options;
  options.select.operands = {path};
  options.select.kinds = {"graphs", "run_metadata"};
  const FixedClock clock(0);
  const StopFlag stop;
  auto report = ops::read_graphs(options, {.sys = real_sys(), .clock = clock, .stop = stop});
  REQUIRE(report.ok());
  return std::move(*report);
}

std::string text_of(const std::map<std::string, std::uint64_t, std::less<>>& ops) {
  std::string text;
  for (const auto& [op, nodes] : ops) text += op + " " + std::to_string(nodes) + "\n";
  return text;
}

// What one series of an oracle says of its last graph.
struct ExpectedGraph {
  std::uint64_t bytes = 0, nodes = 0;
  std::map<std::string, std::uint64_t, std::less<>> ops;
};
ExpectedGraph expected_of(const json& last) {
  ExpectedGraph expected;
  expected.bytes = last.at("size");
  const auto add = [&](const json& graph) {
    expected.nodes += graph.at("nodes").get<std::uint64_t>();
    for (const auto& [op, nodes] : graph.at("ops").items())
      expected.ops[op] += nodes.get<std::uint64_t>();
  };
  if (last.contains("nodes")) add(last);
  if (last.contains("functions") && last.at("functions").is_array()) {
    for (const json& function : last.at("functions")) add(function);
  }
  return expected;
}

void compare_tree(const std::string& path, const std::string& name, Differences& differences) {
  std::map<Name, ops::GraphRow> ours;
  for (ops::GraphRow& row : graphs_of(path).rows) ours[{row.run, row.tag}] = std::move(row);
  std::ifstream lines(path + ".oracle.jsonl");
  REQUIRE(lines.good());
  for (std::string line; std::getline(lines, line);) {
    const json one = json::parse(line);
    if (one.at("type") != "series") continue;
    const std::string kind = one.at("kind");
    if (kind != "graph_def" && kind != "meta_graph_def" && kind != "keras_model" &&
        kind != "run_metadata" && kind != "tagged_run_metadata")
      continue;
    const std::string tag = kind == "graph_def"        ? "__run_graph__"
                            : kind == "meta_graph_def" ? "__meta_graph__"
                                                       : one.at("tag").get<std::string>();
    const auto found = ours.find({one.at("run"), tag});
    const std::string where = name + "/" + std::string(one.at("run")) + " " + tag;
    REQUIRE_MESSAGE(found != ours.end(), where);
    const ops::GraphRow& row = found->second;
    const ExpectedGraph expected = expected_of(one.at("last"));
    differences.compare(where + ": step", std::to_string(row.step),
                        std::to_string(one.at("last_step").get<std::int64_t>()));
    differences.compare(where + ": bytes", row.bytes, expected.bytes);
    if (kind == "keras_model") {
      std::string classes;
      for (const KerasLayer& layer : row.model->layers) classes += layer.class_name + " ";
      std::string theirs;
      for (const json& layer : one.at("last").at("layers"))
        theirs += layer.get<std::string>() + " ";
      differences.compare(where + ": layers", classes, theirs);
    } else {
      differences.compare(where + ": nodes", row.graph.nodes, expected.nodes);
      differences.compare(where + ": ops", text_of(row.graph.ops), text_of(expected.ops));
    }
    ours.erase(found);
  }
  for (const auto& [left, row] : ours) FAIL_CHECK(name, "/", left.first, " ", left.second);
}

TEST_SUITE("graphs") {
  TEST_CASE("graphs by real frameworks have the nodes that independent readers see") {
    const std::string writers = outside_logs("TFEVENTS_WRITERS", "writers");
    if (writers.empty()) return;
    Differences differences("graphs");
    for (const char* tree : {"keras", "lightning", "tf1", "tf2", "torch"})
      compare_tree(writers + "/" + tree, tree, differences);
    CHECK(differences.compared() >= 40);
    MESSAGE(differences.compared(), " comparisons");
  }

  TEST_CASE("all published graphs decode, and every edge and node is accounted for") {
    const std::string corpus = outside_logs("TFEVENTS_CORPUS", "corpus");
    if (corpus.empty()) return;
    std::map<GraphForm, std::uint64_t> forms;
    std::uint64_t nodes = 0, known = 0;
    const ops::GraphReport report = graphs_of(corpus);
    for (const Problem& problem : report.outcome.problems)
      CHECK_MESSAGE(problem.rule != "undecodable-value", problem.message);
    for (const ops::GraphRow& row : report.rows) {
      ++forms[row.form];
      nodes += row.graph.nodes;
      std::uint64_t in_ops = 0;
      for (const auto& [op, count] : row.graph.ops) in_ops += count;
      CHECK(in_ops == row.graph.nodes);
      if (row.model && row.model->unknown_layers == 0) ++known;
    }
    // Counted once by an independent reader, upstream's own definitions.
    CHECK(forms[GraphForm::kGraph] == 26);
    CHECK(forms[GraphForm::kMetaGraph] == 4);
    CHECK(forms[GraphForm::kRunMetadata] == 22);
    CHECK(forms[GraphForm::kKeras] == 20);
    CHECK(nodes == 8045);
    CHECK(known == 19);
  }
}

}  // namespace
}  // namespace tfevents::test
