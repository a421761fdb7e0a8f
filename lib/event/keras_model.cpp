#include "event/keras_model.hpp"

#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "event/graph.hpp"
#include "event/keras_shapes.hpp"

namespace tfevents {
namespace {

using Json = nlohmann::ordered_json;
using MaybeShape = std::optional<LayerShape>;

// Deeper than any model within a model within a model, and shallow enough to be walked through by
// calls.
constexpr int kMaxJsonDepth = 200;

struct Prepared {
  std::string text;
  bool changed = false;  // Numbers that are not finite became null.
};

// JSON as the library takes it: Python writes NaN, Infinity and -Infinity, which it does not know.
Result<Prepared> prepared(std::string_view json) {
  if (json.size() > kMaxKerasBytes) {
    return Error{.code = ErrorCode::kLimit, .message = "a Keras model of more than 16 MiB of text"};
  }
  constexpr std::string_view kNames[] = {"-Infinity", "Infinity", "NaN"};
  Prepared out;
  out.text.reserve(json.size());
  bool in_string = false;
  int depth = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\' && i + 1 < json.size()) out.text += json[i++];
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth)
        return Error{.code = ErrorCode::kFormat,
                     .message = "a Keras model nested more than 200 deep",
                     .offset = i};
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == '-' || c == 'I' || c == 'N') {
      const std::string_view rest = json.substr(i);
      std::size_t length = 0;
      for (const std::string_view name : kNames)
        length = rest.starts_with(name) ? name.size() : length;
      if (length != 0) {
        out.text += "null";
        out.changed = true;
        i += length - 1;
        continue;
      }
    }
    out.text += json[i];
  }
  return out;
}

Error no_json() {
  return {.code = ErrorCode::kFormat, .message = "a Keras model that is no JSON"};
}

const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string text_of(const Json& object, const char* key) {
  const Json* const found = member(object, key);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

// A list of whole numbers and nulls, also as Keras 2 writes tuples and shapes.
MaybeShape shape_of(const Json* json) {
  if (json == nullptr) return std::nullopt;
  if (const Json* const items = member(*json, "items")) json = items;
  constexpr std::size_t kMaxRank = 254;
  if (!json->is_array() || json->size() > kMaxRank) return std::nullopt;
  LayerShape shape;
  for (const Json& size : *json) {
    if (size.is_null()) {
      shape.push_back(-1);
    } else if (size.is_number_integer()) {
      shape.push_back(size.get<std::int64_t>());
    } else {
      return std::nullopt;
    }
  }
  return shape;
}

// Of a stranger's shape: a size below 0 is not known.
MaybeShape sound(MaybeShape shape) {
  if (shape) {
    for (std::int64_t& size : *shape) size = size < 0 ? -1 : size;
  }
  return shape;
}

LayerSettings settings_of(const std::string& class_name, const Json& config) {
  LayerSettings settings;
  settings.class_name = class_name;
  if (!config.is_object()) return settings;
  for (const auto& [key, value] : config.items()) {
    if (value.is_boolean()) {
      settings.flags[key] = value.get<bool>();
    } else if (value.is_number_integer()) {
      settings.numbers[key] = value.get<std::int64_t>();
    } else if (value.is_string()) {
      settings.texts[key] = value.get<std::string>();
    } else if (auto list = shape_of(&value)) {
      settings.lists[key] = std::move(*list);
    }
  }
  const Json* const inner = member(config, "layer");
  const Json* const inner_config = inner == nullptr ? nullptr : member(*inner, "config");
  if (inner_config != nullptr) {
    settings.inner =
        std::make_unique<LayerSettings>(settings_of(text_of(*inner, "class_name"), *inner_config));
  }
  return settings;
}

/// Names of the layers whose outputs a layer is called with, and what the call says of their
/// shapes.
struct Call {
  std::vector<std::string> inputs;
  std::vector<MaybeShape> shapes;
};

// Keras 3: objects of class __keras_tensor__; Keras 2: lists of a name and two numbers.
void collect(const Json& json, Call& call) {
  constexpr std::size_t kMaxInputs = 10'000;
  if (call.inputs.size() >= kMaxInputs) return;
  if (json.is_object()) {
    if (text_of(json, "class_name") == "__keras_tensor__") {
      const Json* const config = member(json, "config");
      const Json* const history = config == nullptr ? nullptr : member(*config, "keras_history");
      if (history == nullptr || !history->is_array() || history->empty() ||
          !history->front().is_string())
        return;
      call.inputs.push_back(history->front().get<std::string>());
      call.shapes.push_back(sound(shape_of(member(*config, "shape"))));
      return;
    }
    for (const auto& entry : json.items()) collect(entry.value(), call);
  } else if (json.is_array()) {
    if (json.size() >= 3 && json[0].is_string() && json[1].is_number_integer() &&
        json[2].is_number_integer()) {
      call.inputs.push_back(json[0].get<std::string>());
      call.shapes.emplace_back();
      return;
    }
    for (const Json& element : json) collect(element, call);
  }
}

/// Reads the layers of a model, and of the models in it.
class ModelReader {
 public:
  explicit ModelReader(KerasModel& model) : model_(model) {}

  // The shape of what the model gives; `input`: of what it takes, where that is known.
  MaybeShape read(const std::string& class_name, const Json& config, const MaybeShape& input,
                  std::uint32_t depth) {
    const Json* const layers = config.is_array() ? &config : member(config, "layers");
    if (layers == nullptr || !layers->is_array()) return std::nullopt;
    Scope scope{class_name == "Sequential", input, {}};
    if (scope.sequential && !scope.last)
      scope.last = sound(shape_of(member(config, "build_input_shape")));
    if (!scope.sequential) learn_shapes(*layers, scope);
    for (const Json& layer : *layers) add(layer, scope, depth);
    if (scope.sequential) return scope.last;
    const Json* const outputs = member(config, "output_layers");
    Call call;
    if (outputs != nullptr) collect(*outputs, call);
    if (call.inputs.size() != 1) return std::nullopt;
    return scope.shapes[call.inputs.front()];
  }

 private:
  struct Scope {
    bool sequential;
    MaybeShape last;                           // Of the layer before, or the model's input.
    std::map<std::string, MaybeShape> shapes;  // Of what the layers give.
    std::string previous = {};
  };

  static const Json* calls_of(const Json& layer) {
    const Json* const nodes = member(layer, "inbound_nodes");
    return nodes != nullptr && nodes->is_array() && !nodes->empty() ? &nodes->front() : nullptr;
  }

  // What the calls say of the layers that they take from.
  static void learn_shapes(const Json& layers, Scope& scope) {
    for (const Json& layer : layers) {
      const Json* const first = calls_of(layer);
      if (first == nullptr) continue;
      Call call;
      collect(*first, call);
      for (std::size_t i = 0; i < call.inputs.size(); ++i) {
        if (call.shapes[i]) scope.shapes[call.inputs[i]] = call.shapes[i];
      }
    }
  }

  void add(const Json& json, Scope& scope, std::uint32_t depth) {
    const Json* const config = member(json, "config");
    static const Json kNone = Json::object();
    const Json& settings = config == nullptr ? kNone : *config;
    KerasLayer layer;
    layer.class_name = text_of(json, "class_name");
    layer.name = text_of(json, "name");
    if (layer.name.empty()) layer.name = text_of(settings, "name");
    layer.depth = depth;
    if (const Json* const on = member(settings, "trainable"); on != nullptr && on->is_boolean())
      layer.trainable = on->get<bool>();
    std::vector<MaybeShape> inputs;
    if (scope.sequential) {
      if (!scope.previous.empty()) layer.inputs.push_back(scope.previous);
      inputs.push_back(scope.last);
    } else if (const Json* const first = calls_of(json)) {
      Call call;
      collect(*first, call);
      for (const std::string& from : call.inputs) inputs.push_back(scope.shapes[from]);
      layer.inputs = std::move(call.inputs);
    }
    size(json, settings, inputs, layer, scope);
  }

  // The layer's sizes; then it is in the list, and those of a model within behind it.
  void size(const Json& json, const Json& config, std::vector<MaybeShape>& inputs,
            KerasLayer& layer, Scope& scope) {
    MaybeShape given = shape_of(member(config, "batch_shape"));
    if (!given) given = shape_of(member(config, "batch_input_shape"));
    given = sound(std::move(given));
    if (const Json* const built = member(json, "build_config"); !given && built != nullptr)
      given = sound(shape_of(member(*built, "input_shape")));
    if (given && (inputs.empty() || !inputs.front())) inputs.assign(1, given);
    const std::size_t place = model_.layers.size();
    const std::string name = layer.name;
    const std::uint32_t depth = layer.depth;
    const bool model = member(config, "layers") != nullptr || (config.is_array() && depth == 0);
    const std::string class_name = layer.class_name;
    layer.model = model;
    model_.layers.push_back(std::move(layer));
    MaybeShape output;
    if (model) {
      output = read(class_name, config, inputs.empty() ? std::nullopt : inputs.front(), depth + 1);
    } else if (class_name == "InputLayer") {
      output = given;
      model_.layers[place].parameters = 0;
    } else {
      const LayerSizes sizes = sizes_of(settings_of(class_name, config), inputs);
      output = sizes.output;
      model_.layers[place].parameters = sizes.parameters;
    }
    const MaybeShape said = scope.sequential ? std::nullopt : scope.shapes[name];
    if (said) output = said;
    model_.layers[place].output = output;
    if (!scope.sequential) scope.shapes[name] = output;
    scope.last = std::move(output);
    scope.previous = name;
  }

  KerasModel& model_;
};

}  // namespace

Result<KerasModel> parse_keras_model(Bytes bytes) {
  TFEVENTS_TRY(const Prepared text, prepared(as_text(bytes)));
  const Json json = Json::parse(text.text, nullptr, false);
  if (json.is_discarded()) return no_json();
  const Json* const config = member(json, "config");
  if (config == nullptr)
    return Error{.code = ErrorCode::kFormat, .message = "JSON that is no Keras model"};
  KerasModel model;
  model.class_name = text_of(json, "class_name");
  model.name = text_of(*config, "name");
  model.keras_version = text_of(json, "keras_version");
  model.backend = text_of(json, "backend");
  ModelReader(model).read(model.class_name, *config, std::nullopt, 0);
  for (const KerasLayer& layer : model.layers) {
    if (layer.model) continue;
    model.parameters += layer.parameters.value_or(0);
    model.unknown_layers += layer.parameters ? 0U : 1U;
  }
  return model;
}

Result<std::string> keras_json(Bytes bytes) {
  TFEVENTS_TRY(const Prepared text, prepared(as_text(bytes)));
  const Json json = Json::parse(text.text, nullptr, false);
  if (json.is_discarded()) return no_json();
  // What is no JSON to the library is left as it is: its numbers are worth more than blanks.
  if (text.changed) return std::string(as_text(bytes)) + '\n';
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace tfevents
