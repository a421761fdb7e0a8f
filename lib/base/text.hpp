#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tfevents {

/// True for `0` to `9`, whatever the locale.
[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// True when `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// `text` with every maximal invalid part replaced by U+FFFD (WHATWG practice), as machine output
/// shows names.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

/// `text` with every invalid byte written `\xHH`, as map keys and CSV names show it.
[[nodiscard]] std::string escape_invalid_utf8(std::string_view text);

/// Standard base64 with padding (RFC 4648 section 4).
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Terminal columns `text` takes: wide characters count 2, combining and control ones 0, invalid
/// parts 1.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

/// `text` safe for a terminal, always one line: control, bidirectional, format and other invisible
/// characters are escaped
/// (`\n \r \t \x1b \u202e \U000e0001`), invalid bytes as `\xHH` (from `\x80` on), everything else
/// unchanged.
[[nodiscard]] std::string printable(std::string_view text);

/// Shortens valid UTF-8 to `columns`, the middle replaced by `…`. Never splits a character or takes
/// its combining marks away, so the result is a column short where a wide character does not fit.
/// Shorter text is returned as it is.
[[nodiscard]] std::string elide_middle(std::string_view text, std::size_t columns);

/// Order of run names: part by part (split at `/`), digit runs by value, ties of a part by its
/// bytes. Returns -1, 0, 1. `version_2` before `version_10`; a name before the names below it, and
/// those together. A total order: 0 only for equal bytes.
[[nodiscard]] int natural_compare(std::string_view a, std::string_view b) noexcept;

}  // namespace tfevents
