#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace tfevents {

/// Sizes, outermost first; -1: not fixed, as the size of a batch.
using LayerShape = std::vector<std::int64_t>;

/// One layer of a Keras model. Text is raw.
struct KerasLayer {
  std::string name, class_name;
  std::vector<std::string> inputs;  ///< Names of the layers it reads, at its first use.
  /// As the model says it, or as it follows from the layers before; nothing where neither is so.
  std::optional<LayerShape> output;
  /// Weights, those that are not trained among them; nothing where they cannot be told.
  std::optional<std::uint64_t> parameters;
  bool trainable = true;
  std::uint32_t depth = 0;  ///< Above 0: of a model within the model, which comes right before.
  bool model = false;       ///< It is a model itself: its parameters are those of its layers.
};

struct KerasModel {
  std::string name, class_name, keras_version, backend;
  std::vector<KerasLayer> layers;
  /// Sum over the layers whose parameters are known.
  std::uint64_t parameters = 0;
  std::uint64_t unknown_layers = 0;  ///< Layers whose parameters are not known.
};

/// JSON above this is not read: real models have some hundred KiB.
inline constexpr std::size_t kMaxKerasBytes = std::size_t{16} << 20;

/// Reads the JSON of `Model.to_json()`, of Keras 2 and 3: Sequential, Functional, and models within
/// models; of a subclassed model there are no layers to be had. `NaN` and `Infinity` are accepted,
/// as Python writes them. Errors: kFormat, kLimit. Memory: about 20 times the text. Sources:
/// keras/src/models/{sequential,functional}.py, keras/src/saving/serialization_lib.py.
[[nodiscard]] Result<KerasModel> parse_keras_model(Bytes json);

}  // namespace tfevents
