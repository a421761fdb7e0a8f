#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "event/graph.hpp"
#include "event/keras_model.hpp"

using namespace tfevents;

namespace {

KerasModel parsed_model(const std::string& json) {
  auto model = parse_keras_model(as_bytes(json));
  REQUIRE_MESSAGE(model.ok(), (model.ok() ? "" : model.error().message));
  return std::move(*model);
}

std::string sequential(const std::string& layers) {
  return R"({"class_name":"Sequential","config":{"name":"s","layers":[)" + layers +
         R"(]},"keras_version":"2.12.0","backend":"tensorflow"})";
}
std::string layer(const std::string& name, const std::string& config) {
  return R"({"class_name":")" + name + R"(","config":{)" + config + "}}";
}
// One layer behind an input of this shape.
KerasLayer behind(const std::string& shape, const std::string& name, const std::string& config) {
  const std::string first = layer("InputLayer", R"("name":"in","batch_input_shape":)" + shape);
  const KerasModel model = parsed_model(sequential(first + "," + layer(name, config)));
  REQUIRE(model.layers.size() == 2);
  return model.layers[1];
}

struct KnownLayer {
  const char* input;
  const char* class_name;
  const char* config;
  LayerShape output;
  std::uint64_t parameters;
};

}  // namespace

TEST_CASE("keras: a Sequential of Keras 2, whose shapes follow from the first") {
  const KerasModel model = parsed_model(sequential(
      layer("Embedding",
            R"("name":"embed","batch_input_shape":[null,null],"input_dim":10000,"output_dim":16)") +
      "," + layer("GlobalAveragePooling1D", R"("name":"pool","data_format":"channels_last")") +
      "," + layer("Dense", R"("name":"relu_layer","units":64,"use_bias":true)") + "," +
      layer("Dense", R"("name":"output_layer","units":1,"use_bias":true)")));
  REQUIRE(model.layers.size() == 4);
  CHECK(model.name == "s");
  CHECK(model.keras_version == "2.12.0");
  CHECK(model.layers[0].output == LayerShape{-1, -1, 16});
  CHECK(model.layers[0].parameters == 160000);
  CHECK(model.layers[1].output == LayerShape{-1, 16});
  CHECK(model.layers[2].parameters == 1088);
  CHECK(model.layers[3].output == LayerShape{-1, 1});
  CHECK(model.layers[3].inputs == std::vector<std::string>{"relu_layer"});
  CHECK(model.parameters == 161153);
  CHECK(model.unknown_layers == 0);
}

TEST_CASE("keras: without a shape to begin with, what cannot be told is not told") {
  const KerasModel model = parsed_model(sequential(layer("Dense", R"("name":"a","units":16)") +
                                                   "," + layer("Dropout", R"("name":"b")") + "," +
                                                   layer("Strange>Own", R"("name":"c")")));
  CHECK(!model.layers[0].output);
  CHECK(!model.layers[0].parameters);
  CHECK(model.layers[1].parameters == 0);
  CHECK(!model.layers[2].parameters);
  CHECK(model.unknown_layers == 2);
}

TEST_CASE("keras: a functional model of Keras 2, and a model in it") {
  const std::string inner =
      R"({"class_name":"Functional","name":"inner","config":{"name":"inner","layers":[)"
      R"({"class_name":"InputLayer","name":"i","config":{"batch_input_shape":[null,4]},"inbound_nodes":[]},)"
      R"({"class_name":"Dense","name":"d","config":{"units":3},"inbound_nodes":[[["i",0,0,{}]]]}],)"
      R"("output_layers":[["d",0,0]]},"inbound_nodes":[[["a",0,0,{}]]]})";
  const KerasModel model = parsed_model(
      R"({"class_name":"Functional","config":{"name":"m","layers":[)"
      R"({"class_name":"InputLayer","name":"a","config":{"batch_input_shape":[null,4]},"inbound_nodes":[]},)" +
      inner +
      R"(,{"class_name":"Concatenate","name":"cat","config":{"axis":-1},)"
      R"("inbound_nodes":[[["inner",1,0,{}],["a",0,0,{}]]]},)"
      R"({"class_name":"Dense","name":"out","config":{"units":2},"inbound_nodes":[[["cat",0,0,{}]]]}]}})");
  REQUIRE(model.layers.size() == 6);
  CHECK(model.layers[1].model);
  CHECK(model.layers[1].output == LayerShape{-1, 3});
  CHECK(model.layers[2].depth == 1);
  CHECK(model.layers[3].parameters == 15);
  CHECK(model.layers[4].output == LayerShape{-1, 7});
  CHECK(model.layers[4].inputs == std::vector<std::string>{"inner", "a"});
  CHECK(model.layers[5].parameters == 16);
  CHECK(model.parameters == 31);
  CHECK(model.unknown_layers == 0);
}

TEST_CASE("keras: a functional model of Keras 3 says its shapes in its calls") {
  const KerasModel model = parsed_model(
      R"({"class_name":"Functional","config":{"name":"m","layers":[)"
      R"({"class_name":"Own","name":"a","config":{},"inbound_nodes":[]},)"
      R"({"class_name":"Dense","name":"b","config":{"units":2,"use_bias":false},"inbound_nodes":)"
      R"([{"args":[{"class_name":"__keras_tensor__","config":{"shape":[null,5],"dtype":"float32",)"
      R"("keras_history":["a",0,0]}}],"kwargs":{}}]}]}})");
  CHECK(model.layers[0].output == LayerShape{-1, 5});
  CHECK(model.layers[1].parameters == 10);
  CHECK(model.layers[1].output == LayerShape{-1, 2});
}

TEST_CASE("keras: shapes and weights are those that Keras 3.15 gives") {
  const std::vector<KnownLayer> layers = {
      {"[null,8]", "Dense", R"("units":5,"use_bias":true)", {-1, 5}, 45},
      {"[null,4,8]", "Dense", R"("units":3,"use_bias":false)", {-1, 4, 3}, 24},
      {"[null,37,39,3]",
       "Conv2D",
       R"("filters":7,"kernel_size":[3,5],"strides":[2,1],"padding":"same","data_format":"channels_last","dilation_rate":[1,1],"groups":1,"use_bias":true)",
       {-1, 19, 39, 7},
       322},
      {"[null,19,39,7]",
       "Conv2D",
       R"("filters":6,"kernel_size":[3,3],"strides":[1,1],"padding":"valid","data_format":"channels_last","dilation_rate":[2,2],"groups":1,"use_bias":true)",
       {-1, 15, 35, 6},
       384},
      {"[null,15,35,6]",
       "Conv2D",
       R"("filters":8,"kernel_size":[1,1],"strides":[1,1],"padding":"valid","data_format":"channels_last","dilation_rate":[1,1],"groups":2,"use_bias":true)",
       {-1, 15, 35, 8},
       32},
      {"[null,15,35,8]",
       "DepthwiseConv2D",
       R"("depth_multiplier":2,"kernel_size":[3,3],"strides":[1,1],"padding":"valid","data_format":"channels_last","dilation_rate":[1,1],"use_bias":true)",
       {-1, 13, 33, 16},
       160},
      {"[null,13,33,16]",
       "SeparableConv2D",
       R"("depth_multiplier":1,"filters":4,"kernel_size":[3,3],"strides":[2,2],"padding":"valid","data_format":"channels_last","dilation_rate":[1,1],"use_bias":true)",
       {-1, 6, 16, 4},
       212},
      {"[null,3,15,15]",
       "Conv2D",
       R"("filters":4,"kernel_size":[3,3],"strides":[1,1],"padding":"valid","data_format":"channels_first","dilation_rate":[1,1],"groups":1,"use_bias":true)",
       {-1, 4, 13, 13},
       112},
      {"[null,50,4]",
       "Conv1D",
       R"("filters":6,"kernel_size":[5],"strides":[1],"padding":"causal","data_format":"channels_last","dilation_rate":[1],"groups":1,"use_bias":true)",
       {-1, 50, 6},
       126},
      {"[null,50,6]",
       "MaxPooling1D",
       R"("pool_size":[2],"padding":"valid","strides":[2],"data_format":"channels_last")",
       {-1, 25, 6},
       0},
      {"[null,25,6]",
       "SeparableConv1D",
       R"("depth_multiplier":1,"filters":5,"kernel_size":[3],"strides":[1],"padding":"valid","data_format":"channels_last","dilation_rate":[1],"use_bias":true)",
       {-1, 23, 5},
       53},
      {"[null,23,5]",
       "GlobalMaxPooling1D",
       R"("data_format":"channels_last","keepdims":false)",
       {-1, 5},
       0},
      {"[null,9,9,9,2]",
       "Conv3D",
       R"("filters":4,"kernel_size":[3,3,3],"strides":[1,1,1],"padding":"valid","data_format":"channels_last","dilation_rate":[1,1,1],"groups":1,"use_bias":true)",
       {-1, 7, 7, 7, 4},
       220},
      {"[null,7,7,7,4]",
       "AveragePooling3D",
       R"("pool_size":[2,2,2],"padding":"same","strides":[2,2,2],"data_format":"channels_last")",
       {-1, 4, 4, 4, 4},
       0},
      {"[null,4,4,4,4]",
       "GlobalAveragePooling3D",
       R"("data_format":"channels_last","keepdims":true)",
       {-1, 1, 1, 1, 4},
       0},
      {"[null,7,7,4]",
       "Conv2DTranspose",
       R"("filters":6,"kernel_size":[3,3],"strides":[2,2],"padding":"same","data_format":"channels_last","dilation_rate":[1,1],"use_bias":true)",
       {-1, 14, 14, 6},
       222},
      {"[null,14,14,6]",
       "Conv2DTranspose",
       R"("filters":5,"kernel_size":[4,4],"strides":[3,3],"padding":"valid","data_format":"channels_last","dilation_rate":[1,1],"use_bias":true)",
       {-1, 43, 43, 5},
       485},
      {"[null,7,7,4]",
       "Conv2DTranspose",
       R"("filters":2,"kernel_size":[2,2],"strides":[3,3],"padding":"valid","data_format":"channels_last","dilation_rate":[1,1],"use_bias":true)",
       {-1, 21, 21, 2},
       34},
      {"[null,15,15,3]",
       "AveragePooling2D",
       R"("pool_size":[3,3],"padding":"valid","strides":[2,2],"data_format":"channels_last")",
       {-1, 7, 7, 3},
       0},
      {"[null,7,7,3]",
       "MaxPooling2D",
       R"("pool_size":[2,2],"padding":"same","strides":[2,2],"data_format":"channels_last")",
       {-1, 4, 4, 3},
       0},
      {"[null,12,5]",
       "LSTM",
       R"("return_sequences":true,"units":7,"use_bias":true)",
       {-1, 12, 7},
       364},
      {"[null,12,5]",
       "LSTM",
       R"("return_sequences":false,"units":7,"use_bias":true)",
       {-1, 7},
       364},
      {"[null,12,7]",
       "GRU",
       R"("return_sequences":false,"units":6,"use_bias":true,"reset_after":true)",
       {-1, 6},
       270},
      {"[null,12,6]",
       "GRU",
       R"("return_sequences":false,"units":4,"use_bias":true,"reset_after":false)",
       {-1, 4},
       132},
      {"[null,12,5]",
       "SimpleRNN",
       R"("return_sequences":false,"units":7,"use_bias":false)",
       {-1, 7},
       84},
      {"[null,12,4]",
       "Bidirectional",
       R"("merge_mode":"concat","layer":{"class_name":"LSTM","config":{"return_sequences":true,"units":3,"use_bias":true}})",
       {-1, 12, 6},
       192},
      {"[null,12,6]",
       "Bidirectional",
       R"("merge_mode":"sum","layer":{"class_name":"GRU","config":{"return_sequences":false,"units":3,"use_bias":true,"reset_after":true}})",
       {-1, 3},
       198},
      {"[null,7]", "RepeatVector", R"("n":3)", {-1, 3, 7}, 0},
      {"[null,3,7]",
       "TimeDistributed",
       R"("layer":{"class_name":"Dense","config":{"units":2,"use_bias":true}})",
       {-1, 3, 2},
       16},
      {"[null,3,4]", "Reshape", R"("target_shape":[2,-1])", {-1, 2, 6}, 0},
      {"[null,4,4,3]", "Flatten", R"("data_format":"channels_last")", {-1, 48}, 0},
      {"[null,6,6,8]",
       "BatchNormalization",
       R"("axis":-1,"center":true,"scale":true)",
       {-1, 6, 6, 8},
       32},
      {"[null,6,6,8]",
       "BatchNormalization",
       R"("axis":-1,"center":true,"scale":false)",
       {-1, 6, 6, 8},
       24},
      {"[null,6,6,8]",
       "LayerNormalization",
       R"("axis":[-1],"center":true,"scale":true)",
       {-1, 6, 6, 8},
       16},
      {"[null,6,6,8]",
       "LayerNormalization",
       R"("axis":[1,2],"center":true,"scale":true)",
       {-1, 6, 6, 8},
       72},
      {"[null,6,6,8]",
       "GroupNormalization",
       R"("groups":4,"axis":-1,"center":true,"scale":true)",
       {-1, 6, 6, 8},
       16},
      {"[null,6,6,8]", "PReLU", R"("shared_axes":null)", {-1, 6, 6, 8}, 288},
      {"[null,9]", "Embedding", R"("input_dim":100,"output_dim":8)", {-1, 9, 8}, 800},
      {"[null,null,9]",
       "GlobalAveragePooling1D",
       R"("data_format":"channels_last","keepdims":false)",
       {-1, 9},
       0},
      {"[null,null,null,3]",
       "Conv2D",
       R"("filters":2,"kernel_size":[3,3],"strides":[1,1],"padding":"valid","data_format":"channels_last","dilation_rate":[1,1],"groups":1,"use_bias":true)",
       {-1, -1, -1, 2},
       56},
  };
  for (const KnownLayer& known : layers) {
    CAPTURE(known.class_name);
    CAPTURE(known.config);
    const KerasLayer found = behind(known.input, known.class_name, known.config);
    CHECK(found.output == known.output);
    CHECK(found.parameters == known.parameters);
  }
}

TEST_CASE("keras: sizes that no machine has are not known") {
  CHECK(!behind("[null,99999999999999]", "Dense", R"("units":4)").parameters);
  CHECK(!behind("[null,1000000000000]", "Dense", R"("units":1000000000000)").parameters);
  CHECK(!behind("[null,4]", "Dense", R"("units":-4)").parameters);
  CHECK(!behind("[null,4]", "Dense", R"("units":"x")").parameters);
  CHECK(!behind("[]", "Dense", R"("units":3)").output);
  CHECK(behind("[null,-7]", "Dropout", "").output == LayerShape{-1, -1});
  CHECK(!behind("[null,8,8,3]", "Conv2D", R"("filters":2,"kernel_size":[3,3,3])").parameters);
  CHECK(behind("[null,8,8,3]", "Conv2D",
               R"("filters":2,"kernel_size":[3,3],"strides":[0,0],"groups":0)")
            .output == LayerShape{-1, -1, -1, 2});
  CHECK(behind("[null,0,3]", "Reshape", R"("target_shape":[-1,0])").output ==
        LayerShape{-1, -1, 0});
}

TEST_CASE("keras: Python's NaN and Infinity are read") {
  const KerasModel model = parsed_model(sequential(layer(
      "Masking", R"("name":"NaN\"Infinity","mask_value":NaN,"a":-Infinity,"b":Infinity,"c":-1)")));
  CHECK(model.layers.at(0).name == "NaN\"Infinity");
}

TEST_CASE("keras: what is no model is an error, and nothing deep brings it down") {
  for (const char* json : {"", "nonsense", "[]", "{}", "{\"config\":", "\xff"})
    CHECK(parse_keras_model(as_bytes(json)).error().code == ErrorCode::kFormat);
  std::string deep(100'000, '[');
  CHECK(parse_keras_model(as_bytes(deep)).error().code == ErrorCode::kFormat);
  CHECK(keras_json(as_bytes(deep)).error().code == ErrorCode::kFormat);
  std::string within = R"({"class_name":"Sequential","config":{"layers":[)";
  std::string model;
  for (int i = 0; i < 10'000; ++i) model += within;
  CHECK(parse_keras_model(as_bytes(model)).error().code == ErrorCode::kFormat);
  CHECK(parse_keras_model(as_bytes(std::string(kMaxKerasBytes + 1, ' '))).error().code ==
        ErrorCode::kLimit);
  // A subclassed model has no layers to be had.
  CHECK(parsed_model(R"({"class_name":"Mine","config":{}})").layers.empty());
  CHECK(parsed_model(R"({"class_name":"Mine","config":{"layers":[1,null,[],{}]}})").layers.size() ==
        4);
}

TEST_CASE("keras_json: indented, in the order it was written; what is no strict JSON as it is") {
  CHECK(*keras_json(as_bytes(R"({"b":1,"a":[]})")) == "{\n  \"b\": 1,\n  \"a\": []\n}\n");
  CHECK(*keras_json(as_bytes(R"({"b":NaN})")) == "{\"b\":NaN}\n");
  CHECK(keras_json(as_bytes("no")).error().code == ErrorCode::kFormat);
}
