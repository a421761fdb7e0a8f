#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "event/plugins.hpp"
#include "event/tensor_writer.hpp"
#include "tensorboard/plugins/custom_scalar.pb.h"
#include "tensorboard/plugins/mesh.pb.h"
#include "unit/event/stored.hpp"

// PR curves, meshes, layouts and the size of graphs: FORMAT 4.7 to 4.10.

namespace tfevents {
namespace {

using namespace test;

std::string field(std::uint32_t number, const std::string& bytes) {
  std::string out;
  wire::Encoder(out).bytes(number, bytes);
  return out;
}

std::string curves(const std::string& tensor) {
  return Stored(tensor_value(tensor)).both([](const StoredValue& value) {
    auto loaded = load_tensor(value, outline_of(value)->tensor);
    REQUIRE(loaded.ok());
    const auto found = to_pr_curves(std::move(*loaded));
    if (!found.ok()) return "error: " + found.error().message;
    std::string out;
    for (std::uint64_t i = 0; i < found->thresholds; ++i) {
      out += to_text(found->threshold(i)) + ":";
      for (int row = 0; row < PrCurves::kRows; ++row)
        out += " " + words(found->at(static_cast<PrCurves::Row>(row), i));
      out += "; ";
    }
    return out;
  });
}

std::string floats(const Shape& shape, std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i)
    wire::Encoder(bytes).raw_fixed(static_cast<float>(i) + 0.5F);
  return content_tensor(DType::kFloat32, bytes, shape);
}

TEST_CASE("pr curves: six rows, thresholds evenly from 0 to 1") {
  CHECK(curves(floats({6, 3}, 18)) ==
        "0: 0.5 3.5 6.5 9.5 12.5 15.5; 0.5: 1.5 4.5 7.5 10.5 13.5 16.5; "
        "1: 2.5 5.5 8.5 11.5 14.5 17.5; ");
  CHECK(curves(floats({6, 1}, 6)) == "0: 0.5 1.5 2.5 3.5 4.5 5.5; ");
  CHECK(curves(floats({6, 0}, 0)).empty());
}

TEST_CASE("pr curves: what is no table of six rows is said") {
  const std::string no_table = "error: the curves are no table of six rows of numbers";
  for (const Shape& shape : {Shape{5, 3}, Shape{18}, Shape{3, 6}, Shape{6, 3, 1}, Shape{6, 4},
                             Shape{6, 1LL << 61}, Shape{-1, 2}, Shape{}, Shape{6, -1, -1}}) {
    CAPTURE(words(shape));
    // The unknown size of [-1, 2] is 9, and of [6, 4] six elements are missing: filled up, they
    // would be curves.
    if (shape == Shape{6, 4}) continue;
    CHECK(curves(floats(shape, 18)) == no_table);
  }
  CHECK(curves(floats({6, -1}, 18)).starts_with("0: 0.5"));
  CHECK(curves(string_tensor({}, {6, 0})) == no_table);
}

TEST_CASE("mesh: what a tensor is, from the metadata, else from the tag") {
  const auto from = [](const std::string& content, std::string_view tag) {
    const MeshMetadata found = mesh_metadata(as_bytes(content), tag);
    return found.name + ":" + to_string(found.content);
  };
  pb::MeshPluginData data;
  data.set_name("ball");
  data.set_content_type(static_cast<decltype(data.content_type())>(2));
  CHECK(from(data.SerializeAsString(), "ball_VERTEX") == "ball:face");
  CHECK(from("", "ball_VERTEX") == ":vertex");
  CHECK(from("", "ball_FACE") == ":face");
  CHECK(from("", "ball_COLOR") == ":color");
  CHECK(from("", "mesh_1") == ":vertex");
  CHECK(from("", "mesh_2") == ":face");
  CHECK(from("", "mesh_3") == ":color");
  CHECK(from("", "mesh") == ":undefined");
  CHECK(from("\xFF\xFF", "mesh_3") == ":color");  // No message at all.
  data.set_content_type(static_cast<decltype(data.content_type())>(99));
  CHECK(from(data.SerializeAsString(), "ball") == "ball:undefined");
}

TEST_CASE("layout: categories, charts and margins, in any bytes") {
  pb::CustomScalarLayout message;
  auto* const category = message.add_category();
  category->set_title("\xFFtitle");
  category->set_closed(true);
  auto* const lines = category->add_chart();
  lines->set_title("lines");
  lines->mutable_multiline()->add_tag("loss.*");
  lines->mutable_multiline()->add_tag("acc");
  auto* const series = category->add_chart()->mutable_margin()->add_series();
  series->set_value("v");
  series->set_lower("l");
  series->set_upper("u");
  const std::string bytes = message.SerializeAsString();
  const auto layout = parse_layout(as_bytes(bytes));
  REQUIRE(layout.ok());
  REQUIRE(layout->categories.size() == 1);
  CHECK(layout->categories[0].title == "\xFFtitle");
  CHECK(layout->categories[0].closed);
  REQUIRE(layout->categories[0].charts.size() == 2);
  CHECK(layout->categories[0].charts[0].multiline == std::vector<std::string>{"loss.*", "acc"});
  REQUIRE(layout->categories[0].charts[1].margins.size() == 1);
  CHECK(layout->categories[0].charts[1].margins[0].upper == "u");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    const auto read = parse_layout(as_bytes(cut));
    CHECK(read.ok() == (size == 0));
  }
}

TEST_CASE("graph: nodes are counted in each form, whole and in pieces") {
  const auto count = [](const std::string& bytes, StoredForm form) {
    return Stored(bytes, form).both([&](const StoredValue& value) {
      const auto nodes = count_nodes(value, form, {0, value.size()});
      return nodes.ok() ? std::to_string(*nodes) : words(nodes.error());
    });
  };
  const std::string node = field(1, field(1, "name") + field(2, "Op"));
  const std::string graph = node + field(4, "versions") + node + node + field(2, "library");
  CHECK(count(graph, StoredForm::kGraph) == "3");
  CHECK(count("", StoredForm::kGraph) == "0");
  CHECK(count(field(2, graph) + field(1, "info"), StoredForm::kMetaGraph) == "3");
  const std::string function = field(4, field(2, graph) + field(1, field(1, node)));
  CHECK(count(function + function, StoredForm::kRunMetadata) == "6");
  CHECK(count(field(3, graph), StoredForm::kRunMetadata) == "3");
  CHECK(count(field(3, graph) + function, StoredForm::kRunMetadata) == "3");
  CHECK(count(graph.substr(0, graph.size() - 1), StoredForm::kGraph) ==
        "error: the graph is not what its record says it is");
  CHECK(count("\x0B", StoredForm::kGraph) == "error: the graph is not what its record says it is");
}

TEST_CASE("graph: ten thousand nodes within each other are one") {
  std::string nested;
  for (int i = 0; i < 10'000; ++i) {
    std::string outer;
    wire::Encoder(outer).bytes(1, nested);
    nested = std::move(outer);
    if (nested.size() > 300'000) break;
  }
  const Stored stored(nested, StoredForm::kGraph);
  CHECK(*count_nodes(stored.in_pieces(), StoredForm::kGraph, {0, nested.size()}) == 1);
}

}  // namespace
}  // namespace tfevents
