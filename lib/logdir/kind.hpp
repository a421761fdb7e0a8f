#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "event/event.hpp"

namespace tfevents {

/// What a series holds, whatever its encoding: legacy (TF1) and tensor (TF2) forms of one kind are
/// the same kind.
enum class Kind : std::uint8_t {
  kScalars,
  kHistograms,
  kImages,
  kAudio,
  kText,
  kTensors,
  kGraphs,
  kRunMetadata,
  kPrCurves,
  kMesh,
  kHparams,
  kCustomScalars,
  kPlugin,  ///< Some other plugin's tensors; the plugin's name stands for the kind.
};

/// Name of a kind in options and output; empty for kPlugin.
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;
/// The names that `--kind` offers, in the order of PRODUCT.
[[nodiscard]] std::span<const std::string_view> kind_names() noexcept;
/// The plugin that a kind implies where a value has no metadata; may be empty.
[[nodiscard]] std::string_view implied_plugin(Kind kind) noexcept;

/// The kind that a plugin's tensors are, nothing for a plugin nobody knows (or none).
/// Source: tensorboard/plugins/*/metadata.py.
[[nodiscard]] std::optional<Kind> kind_of_plugin(std::string_view plugin) noexcept;

/// The kind of one value, given the plugin of the tag's first metadata (empty: none seen). Payloads
/// that determine their kind are trusted over the plugin. Nothing: the value holds no point (no
/// payload at all, and the plugin is not hparams). `scalar` is filled where the kind is kScalars.
struct Classified {
  Kind kind;
  std::optional<Scalar> scalar;
};
[[nodiscard]] std::optional<Classified> classify(const ValueView& value,
                                                 std::string_view plugin) noexcept;

/// True when metadata that comes later could still change what `classify` says of a value of a tag
/// without any.
[[nodiscard]] bool needs_metadata(const ValueView& value) noexcept;

}  // namespace tfevents
