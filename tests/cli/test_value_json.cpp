#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "event/encode.hpp"
#include "render/value.hpp"
#include "support/hparams_content.hpp"
#include "unit/ops/value_bytes.hpp"

namespace tfevents::test {
namespace {

using render::append_json_value;
using render::describe_value;
using render::only_text;

DecodedValue decoded(const std::string& serialized, Kind kind, std::string_view tag = "t",
                     std::uint64_t limit = kPrintedBytes) {
  const StoredValue stored(StoredForm::kValue, {as_bytes(serialized).data(), 0, serialized.size()},
                           nullptr, 0, 0);
  auto value = decode_value(stored, kind, tag, limit);
  REQUIRE_MESSAGE(value.ok(), value.error().message);
  return std::move(*value);
}

std::string json(const std::string& serialized, Kind kind, std::string_view tag = "t",
                 std::uint64_t limit = kPrintedBytes) {
  std::string out;
  append_json_value(out, decoded(serialized, kind, tag, limit));
  return out;
}

std::string shape_of(std::initializer_list<std::int64_t> sizes) {
  std::string shape;
  for (const std::int64_t size : sizes) {
    std::string dim;
    wire::Encoder(dim).varint(1, static_cast<std::uint64_t>(size));
    shape += field(2, dim);
  }
  return field(2, shape);
}

template <class T>
std::string bytes_of(std::initializer_list<T> numbers) {
  std::string out;
  for (const T number : numbers) out.append(reinterpret_cast<const char*>(&number), sizeof number);
  return out;
}

std::string dtype_of(DType dtype) {
  std::string out;
  wire::Encoder(out).varint(1, static_cast<std::uint64_t>(dtype));
  return out;
}

std::string strings(std::initializer_list<std::int64_t> shape,
                    std::initializer_list<std::string> texts) {
  std::string tensor = dtype_of(DType::kString) + shape_of(shape);
  for (const std::string& text : texts) tensor += field(8, text);
  return field(8, tensor);
}

TEST_CASE("histograms of either form") {
  std::string proto;
  wire::Encoder out(proto);
  out.fixed(1, -1.0).fixed(2, 2.0).fixed(3, 4.0).fixed(4, 1.5).fixed(5, 6.0);
  proto += field(6, bytes_of({-1.0, 0.0, 2.5, 3.0})) + field(7, bytes_of({0.0, 2.0, 2.0, 0.0}));
  CHECK(json(field(5, proto), Kind::kHistograms) ==
        R"({"buckets":[[-1,0,2],[0,2.5,2]],"min":-1,"max":2,"num":4,"sum":1.5,"sum_squares":6})");

  const std::string rows = field(
      8, dtype_of(DType::kFloat32) + shape_of({1, 3}) + field(4, bytes_of({0.1F, 0.2F, 3.0F})));
  CHECK(json(rows, Kind::kHistograms) ==
        R"({"buckets":[[0.1,0.2,3]],"min":0.1,"max":0.2,"num":3,"sum":null,"sum_squares":null})");
}

TEST_CASE("images, clips and their sizes") {
  const std::string png = "\x89PNG\r\n\x1A\n0123";
  CHECK(json(strings({3}, {"8", "6", png}), Kind::kImages) ==
        R"({"width":8,"height":6,"mime":"image/png","bytes":[12]})");
  CHECK(describe_value(decoded(strings({4}, {"8", "6", png, png}), Kind::kImages)) ==
        "2 images of 8×6 png, 24 B");
  CHECK(
      json(strings({1, 2}, {"RIFF????WAVE", "a *label*"}), Kind::kAudio) ==
      R"({"mime":"audio/wav","sample_rate":null,"frames":null,"bytes":[12],"labels":["a *label*"]})");
  CHECK(json(strings({1, 2}, {"odd", ""}), Kind::kAudio) ==
        R"({"mime":"application/octet-stream","sample_rate":null,"frames":null,"bytes":[3]})");
}

TEST_CASE("text nests as its tensor does") {
  CHECK(json(strings({}, {"a\nb"}), Kind::kText) == R"(["a\nb"])");
  CHECK(json(strings({2}, {"a", "b"}), Kind::kText) == R"(["a","b"])");
  CHECK(json(strings({2, 2}, {"a", "b", "c", "d"}), Kind::kText) == R"([["a","b"],["c","d"]])");
  CHECK(json(strings({1, 2, 2}, {"a", "b", "c", "d"}), Kind::kText) ==
        R"([[["a","b"],["c","d"]]])");
  CHECK(json(strings({0}, {}), Kind::kText) == "[]");
  // Fewer strings than the shape asks for go on with the last, as in TensorFlow.
  CHECK(json(strings({2, 2}, {"a", "b", "c"}), Kind::kText) == R"([["a","b"],["c","c"]])");
  // A shape that lies by far is torn where the strings end.
  CHECK(json(strings({1000000, 2}, {"a", "b", "c"}), Kind::kText) == R"([["a","b"],["c"]])");
  CHECK(only_text(decoded(strings({1}, {"a,b"}), Kind::kText)) == "a,b");
  CHECK_FALSE(only_text(decoded(strings({2}, {"a", "b"}), Kind::kText)).has_value());
}

TEST_CASE("tensors") {
  const auto tensor = [](DType dtype, std::initializer_list<std::int64_t> shape,
                         const std::string& content) {
    return field(8, dtype_of(dtype) + shape_of(shape) + field(4, content));
  };
  CHECK(json(tensor(DType::kInt64, {2}, bytes_of<std::int64_t>({1, 2})), Kind::kTensors) ==
        R"({"dtype":"int64","shape":[2],"values":[1,2]})");
  CHECK(json(tensor(DType::kComplex64, {1}, bytes_of({0.1F, -2.0F})), Kind::kTensors) ==
        R"({"dtype":"complex64","shape":[1],"values":[[0.1,-2]]})");
  CHECK(json(tensor(DType::kFloat64, {1}, bytes_of({0.1})), Kind::kTensors) ==
        R"({"dtype":"float64","shape":[1],"values":[0.1]})");
  CHECK(json(tensor(DType::kFloat32, {1000, 1000}, std::string(80000, '\0')), Kind::kTensors) ==
        R"({"dtype":"float32","shape":[1000,1000],"bytes":80000,"elided":true})");
  CHECK(json(field(8, dtype_of(DType::kResource)), Kind::kTensors) ==
        R"({"dtype":"resource","shape":[],"values":[]})");
}

TEST_CASE("curves, meshes, layouts and hyperparameters") {
  const std::string curves = field(
      8, dtype_of(DType::kFloat32) + shape_of({6, 2}) +
             field(4, bytes_of({2.F, 0.F, 1.F, 0.F, 0.F, 1.F, 0.F, 2.F, .5F, 1.F, 1.F, 0.F})));
  CHECK(json(curves, Kind::kPrCurves) ==
        R"({"thresholds":[0,1],"tp":[2,0],"fp":[1,0],"tn":[0,1],"fn":[0,2],)"
        R"("precision":[0.5,1],"recall":[1,0]})");
  const std::string mesh = field(
      8, dtype_of(DType::kFloat32) + shape_of({1, 1, 3}) + field(4, bytes_of({1.F, 2.F, .1F})));
  CHECK(json(mesh, Kind::kMesh, "cube_VERTEX") ==
        R"({"content":"vertex","shape":[1,1,3],"values":[1,2,0.1]})");
  CHECK(json(mesh, Kind::kMesh, "cube") ==
        R"({"content":"undefined","shape":[1,1,3],"values":[1,2,0.1]})");
  const std::string layout =
      field(2, field(1, "Main") + field(2, field(1, "loss") + field(2, field(1, "loss/.*"))));
  CHECK(json(strings({}, {layout}), Kind::kCustomScalars) ==
        R"({"layout":{"categories":[{"title":"Main","closed":false,)"
        R"("charts":[{"title":"loss","multiline":["loss/.*"]}]}]}})");
  // Nothing at all is no message of the three.
  CHECK(json(metadata_of("hparams"), Kind::kHparams) == "{}");
}

}  // namespace
}  // namespace tfevents::test
