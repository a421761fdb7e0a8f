#include "logdir/kind.hpp"

#include <array>

namespace tfevents {
namespace {

constexpr std::array<std::string_view, 12> kNames{
    "scalars", "histograms",   "images",    "audio", "text",    "tensors",
    "graphs",  "run_metadata", "pr_curves", "mesh",  "hparams", "custom_scalars"};

struct PluginKind {
  std::string_view plugin;
  Kind kind;
};
constexpr std::array<PluginKind, 15> kPlugins{{
    {"scalars", Kind::kScalars},
    {"histograms", Kind::kHistograms},
    {"images", Kind::kImages},
    {"audio", Kind::kAudio},
    {"text", Kind::kText},
    {"hparams", Kind::kHparams},
    {"pr_curves", Kind::kPrCurves},
    {"mesh", Kind::kMesh},
    {"custom_scalars", Kind::kCustomScalars},
    {"graphs", Kind::kGraphs},
    {"graph_keras_model", Kind::kGraphs},
    {"graph_run_metadata", Kind::kRunMetadata},
    {"graph_run_metadata_graph", Kind::kRunMetadata},
    {"graph_tagged_run_metadata", Kind::kRunMetadata},
    {"tensor", Kind::kTensors},  // torch add_tensor
}};

}  // namespace

std::string_view to_string(Kind kind) noexcept {
  const auto index = static_cast<std::size_t>(kind);
  return index < kNames.size() ? kNames[index] : std::string_view{};
}

std::span<const std::string_view> kind_names() noexcept {
  return kNames;
}

std::string_view implied_plugin(Kind kind) noexcept {
  switch (kind) {
    case Kind::kScalars: return "scalars";
    case Kind::kHistograms: return "histograms";
    case Kind::kImages: return "images";
    case Kind::kAudio: return "audio";
    case Kind::kGraphs: return "graphs";
    case Kind::kRunMetadata: return "graph_tagged_run_metadata";
    default: return {};
  }
}

std::optional<Kind> kind_of_plugin(std::string_view plugin) noexcept {
  for (const PluginKind& known : kPlugins) {
    if (known.plugin == plugin) return known.kind;
  }
  return std::nullopt;
}

bool needs_metadata(const ValueView& value) noexcept {
  if (value.payload != Payload::kTensor) return false;
  return value.tensor.rank != 0 || !to_scalar(value.tensor);
}

std::optional<Classified> classify(const ValueView& value, std::string_view plugin) noexcept {
  switch (value.payload) {
    case Payload::kSimpleValue: return Classified{Kind::kScalars, Scalar::of(value.simple_value)};
    case Payload::kImage: return Classified{Kind::kImages, {}};
    case Payload::kHistogram: return Classified{Kind::kHistograms, {}};
    case Payload::kAudio: return Classified{Kind::kAudio, {}};
    case Payload::kNone:
    case Payload::kObsolete:
      // hparams live in the metadata; torch writes them without any value.
      if (plugin == "hparams") return Classified{Kind::kHparams, {}};
      return std::nullopt;
    case Payload::kTensor: break;
  }
  const std::optional<Kind> known = kind_of_plugin(plugin);
  if (known && *known != Kind::kScalars && *known != Kind::kTensors) return Classified{*known, {}};
  const std::optional<Scalar> scalar = to_scalar(value.tensor);
  if (scalar && (value.tensor.rank == 0 || known == Kind::kScalars))
    return Classified{Kind::kScalars, scalar};
  if (known || plugin.empty()) return Classified{Kind::kTensors, {}};
  return Classified{Kind::kPlugin, {}};
}

}  // namespace tfevents
