#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "event/outline.hpp"
#include "event/stored_value.hpp"
#include "event/tensor.hpp"

namespace tfevents {

// What the smaller plugins keep in their tensors and metadata.

/// Precision-recall curves at evenly spaced thresholds from 0 to 1.
/// Source: tensorboard/plugins/pr_curve/summary.py.
struct PrCurves {
  enum Row : std::uint8_t { kTp, kFp, kTn, kFn, kPrecision, kRecall, kRows };

  Tensor table;  ///< Of shape [6, thresholds].
  std::uint64_t thresholds = 0;

  [[nodiscard]] Scalar at(Row row, std::uint64_t i) const noexcept {
    return table.number(row * thresholds + i);
  }
  [[nodiscard]] double threshold(std::uint64_t i) const noexcept {
    return thresholds < 2 ? 0 : static_cast<double>(i) / static_cast<double>(thresholds - 1);
  }
};
/// Of a tensor of shape [6, n]. Errors: kFormat.
[[nodiscard]] Result<PrCurves> to_pr_curves(Tensor tensor);

/// What a mesh's tensor holds. Source: tensorboard/plugins/mesh/plugin_data.proto.
enum class MeshContent : std::uint8_t { kUndefined = 0, kVertex = 1, kFace = 2, kColor = 3 };
/// `vertex`, `face`, `color` or `undefined`.
[[nodiscard]] const char* to_string(MeshContent content) noexcept;

/// What a serialized MeshPluginData says.
struct MeshMetadata {
  std::string name;  ///< Shared by the tags of one mesh.
  MeshContent content = MeshContent::kUndefined;
};
/// Only a tag's first value may have metadata: where `content` says nothing, the endings that
/// writers give their tags (`_VERTEX`, `_FACE`, `_COLOR`; tensorboardX's `_1`, `_2`, `_3`) do.
[[nodiscard]] MeshMetadata mesh_metadata(Bytes content, std::string_view tag);

/// A dashboard of charts. Raw bytes. Source: tensorboard/plugins/custom_scalar/layout.proto.
struct CustomScalarLayout {
  struct Margin {
    std::string value, lower, upper;  ///< Exact tags.
  };
  struct Chart {
    std::string title;
    std::vector<std::string> multiline;  ///< Regular expressions, matched from a tag's beginning.
    std::vector<Margin> margins;
  };
  struct Category {
    std::string title;
    bool closed = false;
    std::vector<Chart> charts;
  };
  std::vector<Category> categories;
};
/// Errors: kFormat.
[[nodiscard]] Result<CustomScalarLayout> parse_layout(Bytes serialized);

/// Nodes of a graph: how many `node` fields a GraphDef, or the one in a MetaGraphDef, has; of run
/// metadata those of the functions before optimisation, else of the partitions. Looks at lengths
/// only: little memory for any size. Errors: kFormat, those of the file.
[[nodiscard]] Result<std::uint64_t> count_nodes(const StoredValue& value, StoredForm form,
                                                const Part& part);

}  // namespace tfevents
