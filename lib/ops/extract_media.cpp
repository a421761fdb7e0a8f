#include "ops/extract_media.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include <fmt/format.h>

namespace tfevents::ops {
namespace {

using namespace std::string_view_literals;

struct Ending {
  std::string_view mime, bytes;
};
/// Files of these formats end so; a file that was cut does not. Sources: PNG 11.2.5, JPEG B.1.1.3,
/// GIF89a 27.
constexpr std::array<Ending, 3> kMediaEndings{{{"image/png", "\0\0\0\0IEND\xAE\x42\x60\x82"sv},
                                               {"image/jpeg", "\xFF\xD9"sv},
                                               {"image/gif", ";"sv}}};

std::string damage_of(const MediaLook& look, std::string_view front, std::string_view back,
                      std::uint64_t size) {
  if (size == 0) return "it has no bytes";
  if (!look.known) return fmt::format("no format that is known, {} bytes", size);
  for (const Ending& ending : kMediaEndings) {
    if (look.type.mime == ending.mime && !back.ends_with(ending.bytes))
      return fmt::format("no end of {} after {} bytes", ending.mime, size);
  }
  if (front.starts_with("RIFF") && front.size() >= 8) {
    const std::uint64_t promised = load_le<std::uint32_t>(as_bytes(front).data() + 4) + 8ULL;
    if (promised > size) return fmt::format("{} bytes of {} are there", size, promised);
  }
  return "";
}

}  // namespace

Result<MediaLook> look_at_media(const StoredValue& value, const Part& part) {
  std::array<std::byte, kMediaFront> front, back;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(part.size, kMediaFront));
  TFEVENTS_TRY(const std::size_t first, value.read(part.offset, std::span(front).first(size)));
  TFEVENTS_TRY(const std::size_t last,
               value.read(part.offset + part.size - size, std::span(back).first(size)));
  const Bytes begin = Bytes(front).first(first);
  MediaLook look;
  look.type = media_type(begin);
  look.known = look.type.extension != media_type({}).extension;
  look.size = image_size(begin);
  look.damage = damage_of(look, as_text(begin), as_text(Bytes(back).first(last)), part.size);
  return look;
}

}  // namespace tfevents::ops
