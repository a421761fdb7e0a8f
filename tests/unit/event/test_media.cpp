#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "event/media.hpp"
#include "event/tensor_writer.hpp"
#include "unit/event/stored.hpp"

// Images and clips of both forms: FORMAT 4.3 and 4.4.

namespace tfevents {
namespace {

using namespace test;

std::string strings(const std::vector<std::string_view>& elements, const Shape& shape) {
  return tensor_value(string_tensor(elements, shape));
}

std::string content_of(const StoredValue& value, const Part& part) {
  std::string bytes(static_cast<std::size_t>(part.size), '\0');
  const auto read = value.read(part.offset, std::as_writable_bytes(std::span(bytes)));
  return read.ok() && *read == bytes.size() ? bytes : "unreadable";
}

/// `8x6 image/png [one|two]`.
std::string images(const std::string& value) {
  return Stored(value).both([](const StoredValue& stored) {
    const auto found = find_images(stored, *outline_of(stored));
    if (!found.ok()) return words(found.error());
    std::string out = std::to_string(found->width) + "x" + std::to_string(found->height) + " " +
                      std::string(found->type.mime) + " [";
    for (const Part& part : found->parts)
      out += (out.back() == '[' ? "" : "|") + content_of(stored, part);
    return out + "]" + (found->problem.empty() ? "" : " ! " + found->problem);
  });
}

/// `audio/wav 8000 Hz 2 channels 5 frames [bytes:label|…]`.
std::string clips(const std::string& value) {
  return Stored(value).both([](const StoredValue& stored) {
    const auto found = find_clips(stored, *outline_of(stored));
    if (!found.ok()) return words(found.error());
    std::string out = found->mime;
    if (found->sample_rate) out += " " + to_text(*found->sample_rate) + " Hz";
    if (found->channels) out += " " + std::to_string(*found->channels) + " channels";
    if (found->frames) out += " " + std::to_string(*found->frames) + " frames";
    out += " [";
    for (std::size_t i = 0; i < found->parts.size(); ++i) {
      out += (i == 0 ? "" : "|") + std::to_string(found->parts[i].size);
      if (i < found->labels.size()) out += ":" + found->labels[i];
    }
    return out + "]" + (found->problem.empty() ? "" : " ! " + found->problem);
  });
}

std::string wav(std::uint32_t rate, std::uint16_t channels, std::uint32_t data_bytes) {
  std::string out = "RIFF";
  wire::Encoder to(out);
  to.raw_fixed(36 + data_bytes);
  out += "WAVEfmt ";
  to.raw_fixed(std::uint32_t{16}).raw_fixed(std::uint16_t{1}).raw_fixed(channels).raw_fixed(rate);
  to.raw_fixed(rate * channels * 2U).raw_fixed(static_cast<std::uint16_t>(channels * 2U));
  to.raw_fixed(std::uint16_t{16});
  out += "data";
  to.raw_fixed(data_bytes);
  return out + std::string(data_bytes, '\0');
}

std::string old_audio(const std::string& encoded, float rate = 0, std::int64_t channels = 0,
                      std::int64_t frames = 0, std::string_view type = "") {
  std::string audio, value;
  wire::Encoder(audio).fixed(1, rate).varint(2, channels).varint(3, frames);
  wire::Encoder(audio).bytes(4, encoded).bytes(5, type);
  wire::Encoder(value).bytes(6, audio);
  return value;
}

TEST_CASE("media: what bytes are, by their first ones") {
  const auto mime = [](std::string_view bytes) { return media_type(as_bytes(bytes)).mime; };
  using namespace std::string_view_literals;
  CHECK(mime("\x89PNG\r\n\x1A\n....") == "image/png");
  CHECK(mime("\x89PNG") == "application/octet-stream");
  CHECK(mime("\xFF\xD8\xFF\xE0") == "image/jpeg");
  CHECK(mime("GIF89a") == "image/gif");
  CHECK(mime("GIF87a") == "image/gif");
  CHECK(mime("BM....") == "image/bmp");
  CHECK(mime("RIFF....WEBPVP8 ") == "image/webp");
  CHECK(mime("II*\0"sv) == "image/tiff");
  CHECK(mime("MM\0*"sv) == "image/tiff");
  CHECK(mime("MMm") == "application/octet-stream");
  CHECK(mime("<?xml?><svg xmlns>") == "image/svg+xml");
  CHECK(mime("RIFF....WAVEfmt ") == "audio/wav");
  CHECK(mime("fLaC") == "audio/flac");
  CHECK(mime("OggS") == "audio/ogg");
  CHECK(mime("ID3") == "audio/mpeg");
  CHECK(mime("FORM....AIFF") == "audio/aiff");
  CHECK(mime("....ftypisom") == "video/mp4");
  CHECK(mime("\x1A\x45\xDF\xA3") == "video/webm");
  CHECK(mime("") == "application/octet-stream");
  CHECK(media_type({}).extension == "bin");
}

TEST_CASE("media: sizes from the first bytes of an image, where they are there") {
  const auto size = [](std::string_view bytes) { return image_size(as_bytes(bytes)); };
  using namespace std::string_view_literals;
  const auto png = "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\1\0\0\0\0\x07"sv;
  CHECK(size(png) == std::pair<std::int64_t, std::int64_t>(256, 7));
  CHECK(!size(png.substr(0, 23)));
  CHECK(size("GIF89a\x02\x01\x05\0"sv) == std::pair<std::int64_t, std::int64_t>(258, 5));
  CHECK(!size("GIF89a\x02"));
  std::string bmp = "BM" + std::string(16, '\0');
  wire::Encoder(bmp).raw_fixed(std::int32_t{9}).raw_fixed(std::int32_t{INT32_MIN});
  CHECK(size(bmp) == std::pair<std::int64_t, std::int64_t>(9, 2147483648));
  CHECK(!size("\xFF\xD8\xFF\xE0"));
}

TEST_CASE("images: the old form, whatever its writer says of it") {
  std::string image, value;
  wire::Encoder(image).varint(1, std::uint64_t{6}).varint(2, std::uint64_t{8});
  wire::Encoder(image).varint(3, std::uint64_t{3}).bytes(4, "GIF89a...");
  wire::Encoder(value).bytes(4, image);
  CHECK(images(value) == "8x6 image/gif [GIF89a...]");
  std::string nothing, negative;
  wire::Encoder(nothing).bytes(4, "");
  CHECK(images(nothing) == "0x0 application/octet-stream []");
  wire::Encoder(negative).message(4, [&] { wire::Encoder(negative).varint(1, std::int64_t{-5}); });
  CHECK(images(negative) == "0x-5 application/octet-stream []");
}

TEST_CASE("images: the new form is width, height and images") {
  CHECK(images(strings({"8", "6", "GIF89a", "two"}, {4})) == "8x6 image/gif [GIF89a|two]");
  CHECK(images(strings({"8", "6"}, {2})) == "8x6 application/octet-stream []");
  // Shapes that lie are said, and what is there is shown.
  CHECK(images(strings({"8", "6", "GIF89a"}, {1000})) ==
        "8x6 image/gif [GIF89a] ! 3 strings for a shape of [1000]");
  CHECK(images(strings({"8", "6", "GIF89a"}, {INT64_MAX})) ==
        "8x6 image/gif [GIF89a] ! 3 strings for a shape of [9223372036854775807]");
  CHECK(images(strings({"8", "6", "GIF89a", "x"}, {3})) ==
        "8x6 image/gif [GIF89a|x] ! 4 strings for a shape of [3]");
  CHECK(images(strings({"8", "6", "GIF89a"}, {-1})) == "8x6 image/gif [GIF89a]");
}

TEST_CASE("images: what is no such list is said") {
  const std::string no_list = "error: the image is no list of width, height and images";
  const std::string no_sizes = "error: the image's width and height are no numbers";
  CHECK(images(strings({"8", "6", "GIF"}, {3, 1})) == no_list);
  CHECK(images(strings({"8", "6", "GIF"}, {})) == no_list);
  CHECK(images(strings({"8"}, {1})) == no_list);
  CHECK(images(tensor_value(content_tensor(DType::kUint8, "abc", {3}))) == no_list);
  CHECK(images("") == no_list);
  CHECK(images(strings({"eight", "6", "x"}, {3})) == no_sizes);
  CHECK(images(strings({"8", "-6", "x"}, {3})) == no_sizes);
  CHECK(images(strings({"8.0", "6", "x"}, {3})) == no_sizes);
  CHECK(images(strings({"99999999999999999999", "6", "x"}, {3})) == no_sizes);
  CHECK(images(strings({std::string(100, '1'), "6", "x"}, {3})) == no_sizes);
  CHECK(images(strings({"", "6", "x"}, {3})) == no_sizes);
}

TEST_CASE("images: of very many the first are given, and the others said") {
  std::vector<std::string_view> many(70'000, "GIF89a");
  many[0] = many[1] = "1";
  const Stored stored(strings(many, {70'000}));
  const auto found = find_images(stored.in_pieces(), *outline_of(stored.in_pieces()));
  REQUIRE(found.ok());
  CHECK(found->parts.size() == TensorOutline::kMaxStrings - 2);
  CHECK(found->problem == "70000 strings, of which the first 65536 are looked at");
}

TEST_CASE("audio: the old form says what it is, or its header does") {
  CHECK(clips(old_audio(wav(8000, 2, 20), 44100, 1, 7, "audio/wav")) ==
        "audio/wav 44100 Hz 1 channels 7 frames [64]");
  CHECK(clips(old_audio(wav(8000, 2, 20))) == "audio/wav 8000 Hz 2 channels 5 frames [64]");
  CHECK(clips(old_audio("????", 8000, 1, 4, "audio/x-odd")) ==
        "audio/x-odd 8000 Hz 1 channels 4 frames [4]");
  CHECK(clips(old_audio("????")) == "application/octet-stream [4]");
  // Bytes tell more than words.
  CHECK(clips(old_audio("fLaC", 0, 0, 0, "audio/wav")) == "audio/flac [4]");
}

TEST_CASE("audio: a header that is cut, or that divides by zero, says nothing") {
  const std::string whole = wav(8000, 2, 20);
  for (std::size_t size = 0; size < 44; ++size) {
    const std::string said = clips(old_audio(whole.substr(0, size)));
    CHECK(said ==
          (size < 12 ? "application/octet-stream [" : "audio/wav [") + std::to_string(size) + "]");
  }
  CHECK(clips(old_audio(wav(8000, 0, 20))) == "audio/wav 8000 Hz 0 channels [64]");
  std::string lists = whole;
  lists.replace(36, 4, "LIST");
  CHECK(clips(old_audio(lists)) == "audio/wav 8000 Hz 2 channels [64]");
}

TEST_CASE("audio: the new form with labels and without") {
  const std::string clip = wav(8000, 1, 2);
  CHECK(clips(strings({clip, "*one*", clip, ""}, {2, 2})) ==
        "audio/wav 8000 Hz 1 channels 1 frames [46:*one*|46:]");
  CHECK(clips(strings({clip, clip}, {2})) == "audio/wav 8000 Hz 1 channels 1 frames [46|46]");
  CHECK(clips(strings({}, {0})) == "application/octet-stream []");
  CHECK(clips(strings({"a", "label", "b"}, {2, 2})) ==
        "application/octet-stream [1:label|1] ! 3 strings for a shape of [2, 2]");
  const std::string no_list = "error: the audio is no list of clips";
  CHECK(clips(strings({"a", "b"}, {1, 2, 1})) == no_list);
  CHECK(clips(strings({"a", "b", "c"}, {1, 3})) == no_list);
  CHECK(clips(strings({"a"}, {})) == no_list);
  CHECK(clips(tensor_value(content_tensor(DType::kFloat32, "abcd", {1}))) == no_list);
}

TEST_CASE("audio: labels take a mebibyte together at most") {
  const std::string label(700'000, 'l');
  const Stored stored(strings({"a", label, "b", label, "c", label}, {3, 2}));
  for (const StoredValue& value : {stored.whole(), stored.in_pieces()}) {
    const auto found = find_clips(value, *outline_of(value));
    REQUIRE(found.ok());
    REQUIRE(found->labels.size() == 3);
    CHECK(found->labels[1].size() == (1U << 20) - 700'000U);
    CHECK(found->labels[2].empty());
  }
}

}  // namespace
}  // namespace tfevents
