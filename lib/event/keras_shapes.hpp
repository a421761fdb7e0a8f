#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/keras_model.hpp"

/// What a Keras layer makes of its input; for keras_model.cpp and tests.
namespace tfevents {

/// The settings of a layer that sizes follow from.
struct LayerSettings {
  std::string class_name;
  std::map<std::string, std::int64_t, std::less<>> numbers;
  std::map<std::string, bool, std::less<>> flags;
  std::map<std::string, std::string, std::less<>> texts;
  std::map<std::string, LayerShape, std::less<>> lists;  ///< Of whole numbers; null is -1.
  std::unique_ptr<LayerSettings> inner;                  ///< The layer that a wrapper repeats.

  [[nodiscard]] std::optional<std::int64_t> number(std::string_view key) const;
  [[nodiscard]] bool flag(std::string_view key, bool otherwise) const;
  [[nodiscard]] std::string_view text(std::string_view key) const;
  /// A list, or one number for all `count` of them.
  [[nodiscard]] std::optional<LayerShape> list(std::string_view key, std::size_t count) const;
};

/// Nothing: it does not follow from what is known.
struct LayerSizes {
  std::optional<LayerShape> output;
  std::optional<std::uint64_t> parameters;
};

/// `inputs`: the shapes of what the layer reads, as far as they are known. Source: the `build` and
/// `compute_output_shape` of keras/src/layers/*.
[[nodiscard]] LayerSizes sizes_of(const LayerSettings& layer,
                                  const std::vector<std::optional<LayerShape>>& inputs);

}  // namespace tfevents
