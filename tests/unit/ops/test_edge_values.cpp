// FORMAT section 12, rows 41 to 59: what a value can be. The table of rows stands in
// test_edge_files.cpp.
#include <cmath>
#include <limits>

#include "event/tensor_writer.hpp"
#include "unit/ops/value_bytes.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

const std::string kFloatTensor = scalar_tensor(Scalar::of(2.5F), TensorLayout::kTyped);

/// A run of one event for each serialized Summary.Value, steps 0, 1, …
struct Values : World {
  explicit Values(const std::vector<std::string>& serialized) {
    run("a", [&](RunBuilder& r) {
      std::int64_t step = 0;
      for (const std::string& value : serialized)
        r.event(step++, [&](SummaryBuilder& s) { s.raw(value); });
    });
  }
};

TEST_CASE("12 #41: scalars of every dtype, exactly") {
  World w;
  w.run("a", [](RunBuilder& r) {
    for (const ScalarForm form : {ScalarForm::kTensorContent, ScalarForm::kTensorTyped}) {
      r.number("double", 0, Scalar::of(0.1), form);
      r.number("int64", 0, Scalar::of(std::int64_t{-9007199254740993}), form);
      r.number("uint64", 0, Scalar::of(std::uint64_t{18446744073709551615U}), form);
      r.number("int32", 0, Scalar::of(std::int64_t{-7}, DType::kInt32), form);
      r.number("bool", 0, Scalar::of(std::int64_t{1}, DType::kBool), form);
      r.number("half", 0, Scalar::of(0.5, DType::kFloat16), form);
      r.number("bfloat16", 0, Scalar::of(3.0, DType::kBfloat16), form);
    }
  });
  const auto points = w.dump(View::kRaw).points;
  REQUIRE(points.size() == 14);
  for (std::size_t i = 0; i < points.size(); ++i) {
    CHECK(points[i].kind == "scalars");
    CHECK(to_line(points[i]).substr(0, 4) == to_line(points[i % 7]).substr(0, 4));
  }
  CHECK(points[0].value.f64 == 0.1);
  CHECK(points[1].value.i64 == -9007199254740993);
  CHECK(points[2].value.u64 == 18446744073709551615U);
  CHECK(points[10].value.as_double() == -7);
  CHECK(points[4].value.as_double() == 1);
  CHECK(points[12].value.as_double() == 0.5);
  CHECK(points[13].value.as_double() == 3);
  CHECK(w.series("a", "double").dtype == "float64");
  CHECK(w.series("a", "bool").dtype == "bool");
}

TEST_CASE("12 #42: a scalar of shape [1]") {
  World w;
  w.run("a", [](RunBuilder& r) {
    r.number("one", 3, Scalar::of(1.5F), ScalarForm::kTensorTyped, {1});
    r.number("cube", 3, Scalar::of(2.5F), ScalarForm::kTensorContent, {1, 1, 1});
  });
  CHECK(values_of(w.dump(View::kRaw).points, "one") == std::vector<double>{1.5});
  CHECK(values_of(w.dump(View::kRaw).points, "cube") == std::vector<double>{2.5});
}

TEST_CASE("12 #43: a scalar without tensor_shape") {
  const std::string tensor =
      scalar_tensor(Scalar::of(2.5F), TensorLayout::kTyped, std::optional<Shape>());
  Values w({tag_of("x") + field(8, tensor) + metadata_of("scalars")});
  CHECK(values_of(w.dump(View::kRaw).points, "x") == std::vector<double>{2.5});
}

TEST_CASE("12 #44: a float tensor without a value is no scalar point") {
  Values w({tag_of("x") + field(8, std::string("\x08\x01", 2)) + metadata_of("scalars"),
            tag_of("x") + field(8, kFloatTensor)});
  CHECK(values_of(w.dump(View::kRaw).points, "x") == std::vector<double>{2.5});
  CHECK(w.series("a", "x").first_step.has_value());
}

TEST_CASE("12 #45: float_val that is not packed") {
  const std::string tensor = std::string("\x08\x01", 2) + fixed32(5, 2.5F);
  Values w({tag_of("x") + field(8, tensor) + metadata_of("scalars")});
  CHECK(values_of(w.dump(View::kRaw).points, "x") == std::vector<double>{2.5});
}

TEST_CASE("12 #46: of simple_value and tensor the last on the wire counts") {
  Values w({tag_of("x") + field(8, kFloatTensor) + fixed32(2, 7),
            tag_of("x") + fixed32(2, 7) + field(8, kFloatTensor)});
  CHECK(values_of(w.dump(View::kRaw).points, "x") == std::vector<double>{7, 2.5});
}

TEST_CASE("12 #50: metadata that comes late, in the same file or another, counts from the start") {
  const std::string text = string_tensor(std::vector<std::string_view>{"hello"}, {1});
  for (const bool other_file : {false, true}) {
    World w;
    w.run("a", [&](RunBuilder& r) {
      r.event(0, [&](SummaryBuilder& s) { s.raw(tag_of("t") + field(8, text)); });
      if (other_file) r.next_file();
      r.event(
          1, [&](SummaryBuilder& s) { s.raw(tag_of("t") + field(8, text) + metadata_of("text")); });
    });
    for (const View view : {View::kRaw, View::kClean}) {
      CHECK(steps_of(w.dump(view).points, "t", "text") == Steps{0, 1});
      CHECK(w.row("a").tags == 1);
    }
  }
}

TEST_CASE("12 #51: metadata only in the first file of a run") {
  World w;
  const std::string text = string_tensor(std::vector<std::string_view>{"hello"}, {1});
  w.run("a", [&](RunBuilder& r) {
    r.event(0,
            [&](SummaryBuilder& s) { s.raw(tag_of("t") + field(8, text) + metadata_of("text")); });
    r.next_file().event(1, [&](SummaryBuilder& s) { s.raw(tag_of("t") + field(8, text)); });
  });
  CHECK(steps_of(w.dump(View::kRaw).points, "t", "text") == Steps{0, 1});
  CHECK(w.series("a", "t").plugin == "text");
}

TEST_CASE("12 #52: a tag that changes its plugin keeps the first") {
  const std::string text = string_tensor(std::vector<std::string_view>{"hello"}, {1});
  Values w({tag_of("t") + field(8, text) + metadata_of("text"),
            tag_of("t") + field(8, text) + metadata_of("images")});
  CHECK(steps_of(w.dump(View::kRaw).points, "t", "text") == Steps{0, 1});
}

TEST_CASE("12 #53, #54: tensors of an unknown plugin go by its name") {
  const std::string tensor = content_tensor(DType::kFloat32, std::string(8, '\0'), {2});
  for (const int data_class : {0, 2}) {
    Values w({tag_of("t") + field(8, tensor) + metadata_of("mine", data_class)});
    CHECK(w.series("a", "t").kind == "mine");
    CHECK(w.series("a", "t").plugin == "mine");
    CHECK(kinds_of(w.dump(View::kRaw).points, "t") == "mine");
    w.select.kinds = {"mine"};
    CHECK(w.dump(View::kClean).points.size() == 1);
  }
}

TEST_CASE("12 #55: simple_value with the metadata of another plugin is a scalar") {
  for (const char* plugin : {"mine", "text", "images", ""}) {
    Values w({tag_of("x") + fixed32(2, 7) + metadata_of(plugin), tag_of("x") + fixed32(2, 8)});
    CHECK(values_of(w.dump(View::kClean).points, "x") == std::vector<double>{7, 8});
  }
}

TEST_CASE("12 #56: hparams without a tensor") {
  World w;
  w.run("a", [](RunBuilder& r) { r.hparams("_hparams_/session_start_info", "\x1A\x00"); });
  CHECK(w.series("a", "_hparams_/session_start_info").kind == "hparams");
  CHECK(w.dump(View::kClean).points.size() == 1);
}

TEST_CASE("12 #57: a text without a tensor is no point") {
  Values w({tag_of("t") + metadata_of("text"), tag_of("u") + fixed32(2, 1)});
  CHECK(w.dump(View::kRaw).points.size() == 1);
  CHECK(w.dump(View::kRaw).outcome().complete);
}

TEST_CASE("12 #58: node_name where the tag is empty, and the empty tag where both are") {
  Values w({field(7, "node") + fixed32(2, 1), tag_of("") + field(7, "node") + fixed32(2, 2),
            fixed32(2, 3), tag_of("tag") + field(7, "node") + fixed32(2, 4)});
  const auto points = w.dump(View::kRaw).points;
  CHECK(values_of(points, "node") == std::vector<double>{1, 2});
  CHECK(values_of(points, "") == std::vector<double>{3});
  CHECK(values_of(points, "tag") == std::vector<double>{4});
}

TEST_CASE("12 #59: a tag that is no UTF-8 keeps its bytes") {
  World w;
  w.run("a", [](RunBuilder& r) { r.scalar("ab\xFF\xFE", {{1, 1}}).scalar("\xC3", {{1, 2}}); });
  CHECK(values_of(w.dump(View::kRaw).points, "ab\xFF\xFE") == std::vector<double>{1});
  CHECK(w.row("a").tags == 2);
  w.select.tags.push_back(*Pattern::parse("ab\\xff\\xfe", Pattern::Scope::kName));
  CHECK(w.dump(View::kClean).points.size() == 1);
}

}  // namespace
}  // namespace tfevents::test
