#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tfevents {

/// What a piece of text means to a reader. Colour only ever repeats what the text says.
enum class Role : std::uint8_t { kPlain, kStrong, kDim, kGood, kWarn, kBad };

/// `text` between the escape sequences of its role; unchanged for kPlain, empty text, or where
/// `color` is off. The sequences take no columns: pad first, paint then.
[[nodiscard]] inline std::string paint(std::string_view text, Role role, bool color) {
  const char* begin = nullptr;
  switch (role) {
    case Role::kPlain: break;
    case Role::kStrong: begin = "\x1b[1m"; break;
    case Role::kDim: begin = "\x1b[2m"; break;
    case Role::kGood: begin = "\x1b[32m"; break;
    case Role::kWarn: begin = "\x1b[33m"; break;
    case Role::kBad: begin = "\x1b[31m"; break;
  }
  if (!color || begin == nullptr || text.empty()) return std::string(text);
  std::string out(begin);
  out += text;
  out += "\x1b[0m";
  return out;
}

}  // namespace tfevents
