#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "event/event.hpp"
#include "event/stored_value.hpp"

namespace tfevents {

/// Bytes within a StoredValue.
struct Part {
  std::uint64_t offset = 0, size = 0;
  friend bool operator==(const Part&, const Part&) = default;
};

/// What a tensor says of itself, and where its elements lie. Nothing of it is believed: whoever
/// counts elements looks at the bytes. Source: tensorboard/compat/proto/tensor.proto.
struct TensorOutline {
  /// TensorFlow's own limit; a tensor of more dimensions is refused.
  static constexpr std::size_t kMaxRank = 254;
  /// Of more strings only the first are held; `counts` has their number.
  static constexpr std::size_t kMaxStrings = 65536;

  Part message;         ///< The whole TensorProto; of several that merge, the last.
  bool merged = false;  ///< It came in several pieces, and `message` alone says too little.
  DType dtype = DType::kInvalid;
  bool unknown_rank = false;
  std::vector<std::int64_t> shape;                             ///< -1: not known.
  Part content;                                                ///< tensor_content.
  std::vector<Part> strings;                                   ///< string_val.
  std::uint64_t string_bytes = 0;                              ///< Of all of them.
  std::array<std::uint64_t, TensorInfo::kFields> counts = {};  ///< Elements of the typed fields.
};

/// An image of the old form. Sizes are what the writer says.
struct ImageOutline {
  std::int32_t width = 0, height = 0, colorspace = 0;
  Part encoded;
};

/// A clip of the old form.
struct AudioOutline {
  float sample_rate = 0;
  std::int64_t channels = 0, frames = 0;
  Part encoded;
  std::string content_type;  ///< Of at most 256 bytes.
};

/// Where the parts of a `Summary.Value` lie. Source: tensorboard/compat/proto/summary.proto.
struct ValueOutline {
  Payload payload = Payload::kNone;
  ImageOutline image;
  AudioOutline audio;
  Part histogram;                 ///< The HistogramProto; of several that merge, the last.
  bool merged_histogram = false;  ///< It came in several pieces, as a tensor may.
  TensorOutline tensor;
  std::string plugin;                     ///< Of at most 64 KiB.
  Part plugin_content;                    ///< Of the metadata.
  std::string display_name, description;  ///< Of at most 64 KiB each; raw bytes.
};

/// Looks a value of form kValue over, without its bulk: the same little memory for any size.
/// Errors: kFormat (it is no Value, or its tensor has too many dimensions); those of the file.
[[nodiscard]] Result<ValueOutline> outline_of(const StoredValue& value);

}  // namespace tfevents
