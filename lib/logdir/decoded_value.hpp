#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "event/histogram.hpp"
#include "event/hparams.hpp"
#include "event/media.hpp"
#include "event/plugins.hpp"
#include "event/stored_value.hpp"
#include "event/tensor.hpp"
#include "logdir/kind.hpp"

namespace tfevents {

/// A value that was not decoded: above the limit, or there is nothing to decode.
struct Elided {
  std::uint64_t bytes = 0;     ///< Stored ones: of the elements, where it is a tensor.
  std::optional<DType> dtype;  ///< Of a tensor, …
  Shape shape;                 ///< … and its shape as the writer gives it.
};

/// Strings in the shape that the writer gave them.
struct Text {
  Tensor strings;
};

/// One component of a mesh.
struct Mesh {
  MeshMetadata metadata;
  Tensor tensor;
};

/// A graph, or run metadata. No nodes: of a Keras model.
struct GraphSize {
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> nodes;
};

/// What one value of a series holds, whatever its encoding.
struct DecodedValue {
  std::variant<Elided, Histogram, Images, Clips, Text, Tensor, PrCurves, Mesh, GraphSize,
               HparamsData, CustomScalarLayout>
      what;
  /// What does not fit together in it, in words; empty where all does.
  std::string problem;
};

/// Values above this are elided unless somebody asks for all.
inline constexpr std::uint64_t kPrintedBytes = 64 * 1024;

/// Decodes a value of a series of `kind` and `tag`; what takes more than `limit` bytes is elided,
/// so that memory follows the limit. Images, audio and graphs are looked at only. Errors: kFormat
/// and kUnsupported (it is not what its kind says), with the offset of its record; those of the
/// file.
[[nodiscard]] Result<DecodedValue> decode_value(const StoredValue& stored, Kind kind,
                                                std::string_view tag,
                                                std::uint64_t limit = kPrintedBytes);
/// The same into `value`, whose memory is used again where many histograms are decoded in turn.
/// After an error it holds nothing.
[[nodiscard]] Status decode_value_into(DecodedValue& value, const StoredValue& stored, Kind kind,
                                       std::string_view tag, std::uint64_t limit = kPrintedBytes);

}  // namespace tfevents
