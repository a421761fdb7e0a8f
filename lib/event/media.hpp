#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "event/outline.hpp"
#include "event/stored_value.hpp"

namespace tfevents {

/// What an encoded image or clip is, by its first bytes.
struct MediaType {
  std::string_view mime;       ///< As `image/png`; `application/octet-stream` where nobody knows.
  std::string_view extension;  ///< As `png`; `bin`.
};

/// Bytes that media_type() and image_size() want to see.
inline constexpr std::size_t kMediaFront = 64;

/// PNG, JPEG, GIF, BMP, WebP, TIFF, SVG; WAV, FLAC, Ogg, MP3, AIFF; MP4, WebM. Sources: the
/// formats' own signatures; tensorboard/util/img_mime_type_detector.py.
[[nodiscard]] MediaType media_type(Bytes front) noexcept;

/// Width and height that the first bytes of a PNG, GIF or BMP give.
[[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> image_size(Bytes front) noexcept;

/// The encoded images of one value: one of the old form, any number of the new one.
struct Images {
  std::int64_t width = 0, height = 0;  ///< As the writer gives them.
  MediaType type;                      ///< Of the first.
  std::vector<Part> parts;             ///< Where the images lie.
  std::string problem;  ///< What does not fit together, in words; empty where all does.
};

/// The encoded clips of one value.
struct Clips {
  MediaType type;    ///< Of the first; what the writer says where its bytes do not tell.
  std::string mime;  ///< The type's, or the writer's where nobody knows it.
  std::optional<double> sample_rate;  ///< Hz: the writer's, else the WAV header's.
  std::optional<std::int64_t> frames, channels;
  std::vector<Part> parts;
  std::vector<std::string> labels;  ///< Markdown, of the new form: one a clip, or none at all.
  std::string problem;              ///< As of Images.
};

/// Where the images of a value are; nothing of them is read but the first bytes. Errors: kFormat
/// (no image, and no list of strings that begins with two sizes), those of the file.
[[nodiscard]] Result<Images> find_images(const StoredValue& value, const ValueOutline& outline);

/// The same for audio: a clip, or strings of shape [k] or [k, 2].
[[nodiscard]] Result<Clips> find_clips(const StoredValue& value, const ValueOutline& outline);

}  // namespace tfevents
