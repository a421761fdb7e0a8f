#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tfevents {

/// One step through UTF-8: a character, or a maximal invalid part.
struct Utf8Step {
  char32_t code = 0;     ///< The code point; U+FFFD where invalid.
  std::size_t size = 0;  ///< Bytes taken, 1 to 4; 0 only at the end of the text.
  bool valid = false;
};

/// Reads the first character of `text`, or the maximal subpart of an ill-formed sequence (Unicode
/// 15, table 3-7; the same cuts as WHATWG decoders make). Never reads past the end.
[[nodiscard]] inline Utf8Step next_utf8(std::string_view text) noexcept {
  if (text.empty()) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  constexpr char32_t kReplacement = 0xFFFD;
  // The second byte has a narrower range where overlong forms, surrogates or > U+10FFFF begin.
  unsigned low = 0x80;
  unsigned high = 0xBF;
  std::size_t need = 0;
  char32_t code = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    need = 1;
    code = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    need = 2;
    code = lead & 0x0FU;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    need = 3;
    code = lead & 0x07U;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {kReplacement, 1, false};
  }
  for (std::size_t i = 1; i <= need; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) return {kReplacement, i, false};
    code = (code << 6U) | (byte(i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {code, need + 1, true};
}

/// Terminal columns of one character: 0 for combining and control ones, 2 for wide ones, else 1.
[[nodiscard]] std::size_t char_width(char32_t code) noexcept;

}  // namespace tfevents
