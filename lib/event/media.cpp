#include "event/media.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tfevents {
namespace {

constexpr std::string_view kUnknownMime = "application/octet-stream";

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  MediaType type;
};

constexpr std::array<Signature, 16> kSignatures{{
    {0, "\x89PNG\r\n\x1A\n", {"image/png", "png"}},
    {0, "\xFF\xD8\xFF", {"image/jpeg", "jpg"}},
    {0, "GIF87a", {"image/gif", "gif"}},
    {0, "GIF89a", {"image/gif", "gif"}},
    {0, "BM", {"image/bmp", "bmp"}},
    {8, "WEBP", {"image/webp", "webp"}},
    {0, "II*", {"image/tiff", "tiff"}},
    {0, "MM", {"image/tiff", "tiff"}},
    {8, "WAVE", {"audio/wav", "wav"}},
    {8, "AIFF", {"audio/aiff", "aiff"}},
    {0, "fLaC", {"audio/flac", "flac"}},
    {0, "OggS", {"audio/ogg", "ogg"}},
    {0, "ID3", {"audio/mpeg", "mp3"}},
    {0, "\xFF\xFB", {"audio/mpeg", "mp3"}},
    {4, "ftyp", {"video/mp4", "mp4"}},
    {0, "\x1A\x45\xDF\xA3", {"video/webm", "webm"}},
}};

std::int64_t little(Bytes bytes, std::size_t at, std::size_t size) noexcept {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= static_cast<std::int64_t>(bytes[at + i]) << (8 * i);
  return value;
}
std::int64_t big32(Bytes bytes, std::size_t at) noexcept {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::int64_t>(bytes[at + i]);
  return value;
}

struct Front {
  std::array<std::byte, kMediaFront> room = {};
  std::size_t size = 0;
  [[nodiscard]] Bytes bytes() const noexcept { return Bytes(room).first(size); }
};

Result<Front> read_front(const StoredValue& value, const Part& part) {
  Front front;
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(part.size, front.room.size()));
  TFEVENTS_TRY(front.size, value.read(part.offset, std::span(front.room).first(wanted)));
  return front;
}

/// A size written as ASCII digits; nothing where it is anything else.
std::optional<std::int64_t> decimal(Bytes bytes) noexcept {
  const std::string_view text = as_text(bytes);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

/// In words, where a shape and its strings do not fit together. What is there is shown all the
/// same.
std::string misfit(const TensorOutline& tensor) {
  const std::uint64_t there = tensor.counts[TensorInfo::kString];
  if (there > tensor.strings.size()) {
    return std::to_string(there) + " strings, of which the first " +
           std::to_string(tensor.strings.size()) + " are looked at";
  }
  std::uint64_t wanted = 1;
  std::string sizes;
  for (const std::int64_t size : tensor.shape) {
    if (size < 0) return "";  // It is not known.
    sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
    // Beyond what is there anything is too much.
    wanted = size == 0 ? 0
                       : std::min(wanted, there + 1) *
                             std::min(static_cast<std::uint64_t>(size), there + 1);
  }
  return wanted == there ? "" : std::to_string(there) + " strings for a shape of [" + sizes + "]";
}

/// Fills in what the writer did not say and the header of a WAV file does.
void read_wav_header(Bytes front, Clips& clips) {
  if (front.size() < 44 || as_text(front.subspan(12, 4)) != "fmt ") return;
  if (!clips.channels) clips.channels = little(front, 22, 2);
  if (!clips.sample_rate) clips.sample_rate = static_cast<double>(little(front, 24, 4));
  const std::int64_t frame = little(front, 32, 2);
  if (!clips.frames && frame != 0 && as_text(front.subspan(36, 4)) == "data")
    clips.frames = little(front, 40, 4) / frame;
}

}  // namespace

MediaType media_type(Bytes front) noexcept {
  const std::string_view text = as_text(front);
  for (const Signature& known : kSignatures) {
    if (text.size() < known.offset + known.bytes.size() ||
        text.substr(known.offset, known.bytes.size()) != known.bytes)
      continue;
    // TIFF's number follows; two letters alone are no signature.
    if (known.bytes == "MM" && (text.size() < 4 || text[2] != '\0' || text[3] != '*')) continue;
    return known.type;
  }
  if (text.find("<svg") != std::string_view::npos) return {"image/svg+xml", "svg"};
  return {kUnknownMime, "bin"};
}

std::optional<std::pair<std::int64_t, std::int64_t>> image_size(Bytes front) noexcept {
  const std::string_view mime = media_type(front).mime;
  if (mime == "image/png" && front.size() >= 24) return {{big32(front, 16), big32(front, 20)}};
  if (mime == "image/gif" && front.size() >= 10)
    return {{little(front, 6, 2), little(front, 8, 2)}};
  if (mime == "image/bmp" && front.size() >= 26) {
    const auto height = static_cast<std::int32_t>(little(front, 22, 4));
    return {{little(front, 18, 4), height < 0 ? -std::int64_t{height} : std::int64_t{height}}};
  }
  return std::nullopt;
}

Result<Images> find_images(const StoredValue& value, const ValueOutline& outline) {
  Images images;
  if (outline.payload == Payload::kImage) {
    images.width = outline.image.width;
    images.height = outline.image.height;
    images.parts = {outline.image.encoded};
  } else {
    const TensorOutline& tensor = outline.tensor;
    if (outline.payload != Payload::kTensor || tensor.dtype != DType::kString ||
        tensor.shape.size() != 1 || tensor.strings.size() < 2)
      return format_error(value, "the image is no list of width, height and images");
    TFEVENTS_TRY(const Front width, read_front(value, tensor.strings[0]));
    TFEVENTS_TRY(const Front height, read_front(value, tensor.strings[1]));
    const auto wide = decimal(width.bytes()), high = decimal(height.bytes());
    if (!wide || !high) return format_error(value, "the image's width and height are no numbers");
    images.width = *wide;
    images.height = *high;
    images.parts.assign(tensor.strings.begin() + 2, tensor.strings.end());
    images.problem = misfit(tensor);
  }
  images.type = media_type({});
  if (!images.parts.empty()) {
    TFEVENTS_TRY(const Front front, read_front(value, images.parts.front()));
    images.type = media_type(front.bytes());
  }
  return images;
}

Result<Clips> find_clips(const StoredValue& value, const ValueOutline& outline) {
  Clips clips;
  if (outline.payload == Payload::kAudio) {
    const AudioOutline& audio = outline.audio;
    if (audio.sample_rate > 0) clips.sample_rate = static_cast<double>(audio.sample_rate);
    if (audio.frames > 0) clips.frames = audio.frames;
    if (audio.channels > 0) clips.channels = audio.channels;
    clips.parts = {audio.encoded};
  } else {
    const TensorOutline& tensor = outline.tensor;
    const bool labelled = tensor.shape.size() == 2 && tensor.shape[1] == 2;
    if (outline.payload != Payload::kTensor || tensor.dtype != DType::kString ||
        (tensor.shape.size() != 1 && !labelled))
      return format_error(value, "the audio is no list of clips");
    clips.problem = misfit(tensor);
    std::uint64_t label_bytes = 0;
    for (std::size_t i = 0; i < tensor.strings.size(); ++i) {
      if (!labelled || i % 2 == 0) {
        clips.parts.push_back(tensor.strings[i]);
        continue;
      }
      // Labels are short; what a stranger makes of them is not worth more memory than this.
      constexpr std::uint64_t kMaxLabels = std::uint64_t{1} << 20;
      const std::uint64_t size = std::min(tensor.strings[i].size, kMaxLabels - label_bytes);
      label_bytes += size;
      std::string label(static_cast<std::size_t>(size), '\0');
      TFEVENTS_TRY(const std::size_t read,
                   value.read(tensor.strings[i].offset, std::as_writable_bytes(std::span(label))));
      label.resize(read);
      clips.labels.push_back(std::move(label));
    }
  }
  clips.type = media_type({});
  if (!clips.parts.empty()) {
    TFEVENTS_TRY(const Front front, read_front(value, clips.parts.front()));
    clips.type = media_type(front.bytes());
    if (clips.type.mime == "audio/wav") read_wav_header(front.bytes(), clips);
  }
  clips.mime = clips.type.mime == kUnknownMime && !outline.audio.content_type.empty()
                   ? outline.audio.content_type
                   : std::string(clips.type.mime);
  return clips;
}

}  // namespace tfevents
