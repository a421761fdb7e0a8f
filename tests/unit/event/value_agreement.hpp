#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "event/histogram.hpp"
#include "event/outline.hpp"
#include "tensorboard/summary.pb.h"
#include "unit/event/stored.hpp"

namespace tfevents::test {

// One Summary.Value as the outliner and as libprotobuf see it, in the same words.

inline std::string in_quotes(std::string_view text, std::size_t most = 64 * 1024) {
  return "'" + std::string(text.substr(0, most)) + "'";
}

struct TensorWords {
  std::uint64_t dtype = 0;
  bool unknown_rank = false;
  Shape shape;
  std::string content, strings, counts;

  [[nodiscard]] std::string text() const {
    return std::to_string(dtype) + (unknown_rank ? " any rank " : " ") + words(shape) +
           " content " + in_quotes(content) + " strings" + strings + " counts" + counts;
  }
};

inline std::string seen_tensor(const StoredValue& value, const TensorOutline& tensor) {
  const auto bytes_of = [&](const Part& part) {
    std::string bytes(static_cast<std::size_t>(part.size), '\0');
    const auto read = value.read(part.offset, std::as_writable_bytes(std::span(bytes)));
    return read.ok() && *read == bytes.size() ? bytes : std::string("unreadable");
  };
  TensorWords out{static_cast<std::uint64_t>(tensor.dtype),
                  tensor.unknown_rank,
                  tensor.shape,
                  bytes_of(tensor.content),
                  "",
                  ""};
  std::uint64_t bytes = 0;
  for (const Part& part : tensor.strings) out.strings += " " + in_quotes(bytes_of(part));
  for (const Part& part : tensor.strings) bytes += part.size;
  for (const std::uint64_t count : tensor.counts) out.counts += " " + std::to_string(count);
  return out.text() + (bytes == tensor.string_bytes ? "" : " other string bytes");
}

inline std::string parsed_tensor(const pb::TensorProto& tensor) {
  const auto known = [](std::int32_t raw) {
    if (raw > 100) raw -= 100;
    return raw > 0 && raw <= 33 ? static_cast<std::uint64_t>(raw) : 0;
  };
  TensorWords out{known(static_cast<std::int32_t>(tensor.dtype())),
                  tensor.tensor_shape().unknown_rank(),
                  {},
                  tensor.tensor_content(),
                  "",
                  ""};
  for (const auto& dim : tensor.tensor_shape().dim()) out.shape.push_back(dim.size());
  for (const std::string& text : tensor.string_val()) out.strings += " " + in_quotes(text);
  const int counts[] = {tensor.float_val_size(),    tensor.double_val_size(),
                        tensor.int_val_size(),      tensor.string_val_size(),
                        tensor.scomplex_val_size(), tensor.int64_val_size(),
                        tensor.bool_val_size(),     tensor.dcomplex_val_size(),
                        tensor.half_val_size(),     tensor.uint32_val_size(),
                        tensor.uint64_val_size(),   static_cast<int>(tensor.float8_val().size())};
  for (const int count : counts) out.counts += " " + std::to_string(count);
  return out.text();
}

inline std::string histogram_words(double min, double max, double num, double sum, double squares,
                                   std::size_t limits, std::size_t counts) {
  std::string out;
  for (const double number : {min, max, num, sum, squares})
    out += " " + std::to_string(std::bit_cast<std::uint64_t>(number));
  return out + (limits == counts ? "" : " uneven");
}

/// `not a value` where it is none.
inline std::string seen_value(const StoredValue& value) {
  const auto outline = outline_of(value);
  if (!outline.ok()) return "not a value";
  const auto part = [&](const Part& at) {
    std::string bytes(static_cast<std::size_t>(at.size), '\0');
    const auto read = value.read(at.offset, std::as_writable_bytes(std::span(bytes)));
    return in_quotes(read.ok() && *read == bytes.size() ? bytes : "unreadable");
  };
  std::string out = in_quotes(outline->plugin) + part(outline->plugin_content) +
                    in_quotes(outline->display_name) + in_quotes(outline->description) + " " +
                    std::to_string(static_cast<int>(outline->payload));
  switch (outline->payload) {
    case Payload::kImage: {
      const ImageOutline& image = outline->image;
      return out + " " + std::to_string(image.width) + " " + std::to_string(image.height) + " " +
             std::to_string(image.colorspace) + part(image.encoded);
    }
    case Payload::kAudio: {
      const AudioOutline& audio = outline->audio;
      return out + " " + std::to_string(std::bit_cast<std::uint32_t>(audio.sample_rate)) + " " +
             std::to_string(audio.channels) + " " + std::to_string(audio.frames) +
             part(audio.encoded) + in_quotes(audio.content_type, 256);
    }
    case Payload::kHistogram: {
      const auto histogram = decode_histogram(value, *outline);
      if (!histogram.ok()) return "not a value";
      return out + histogram_words(histogram->min, histogram->max, histogram->num, *histogram->sum,
                                   *histogram->sum_squares, 0, histogram->problem.empty() ? 0 : 1);
    }
    case Payload::kTensor: return out + " " + seen_tensor(value, outline->tensor);
    default: return out;
  }
}

inline std::string parsed_value(std::string_view bytes) {
  pb::Summary::Value value;
  if (!value.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "not a value";
  const auto& metadata = value.metadata();
  std::string out = in_quotes(metadata.plugin_data().plugin_name()) +
                    in_quotes(metadata.plugin_data().content()) +
                    in_quotes(metadata.display_name()) + in_quotes(metadata.summary_description()) +
                    " ";
  switch (value.value_case()) {
    case pb::Summary::Value::kSimpleValue: return out + "1";
    case pb::Summary::Value::kObsoleteOldStyleHistogram: return out + "2";
    case pb::Summary::Value::kImage: {
      const auto& image = value.image();
      return out + "3 " + std::to_string(image.width()) + " " + std::to_string(image.height()) +
             " " + std::to_string(image.colorspace()) + in_quotes(image.encoded_image_string());
    }
    case pb::Summary::Value::kHisto: {
      const auto& histogram = value.histo();
      return out + "4" +
             histogram_words(histogram.min(), histogram.max(), histogram.num(), histogram.sum(),
                             histogram.sum_squares(),
                             static_cast<std::size_t>(histogram.bucket_limit_size()),
                             static_cast<std::size_t>(histogram.bucket_size()));
    }
    case pb::Summary::Value::kAudio: {
      const auto& audio = value.audio();
      return out + "5 " + std::to_string(std::bit_cast<std::uint32_t>(audio.sample_rate())) + " " +
             std::to_string(audio.num_channels()) + " " + std::to_string(audio.length_frames()) +
             in_quotes(audio.encoded_audio_string()) + in_quotes(audio.content_type(), 256);
    }
    case pb::Summary::Value::kTensor: return out + "6 " + parsed_tensor(value.tensor());
    default: return out + "0";
  }
}

}  // namespace tfevents::test
