#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tfevents {

/// True when `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// `text` with every maximal invalid part replaced by U+FFFD (WHATWG practice), as machine output shows names.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

/// `text` with every invalid byte written `\xHH`, as map keys and CSV names show it.
[[nodiscard]] std::string escape_invalid_utf8(std::string_view text);

/// Standard base64 with padding (RFC 4648 section 4).
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Terminal columns `text` takes: wide characters count 2, combining ones 0.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

/// `text` safe for a terminal: control, bidirectional and other format characters and invalid bytes are
/// escaped (`\n`, `\x1b`, `\u202e`), everything else unchanged.
[[nodiscard]] std::string printable(std::string_view text);

/// Shortens valid UTF-8 to `columns`, the middle replaced by `…`. Never splits a character.
[[nodiscard]] std::string elide_middle(std::string_view text, std::size_t columns);

/// Order of run names: part by part (split at `/`), digit runs by value, ties by bytes.
/// Returns <0, 0, >0. `version_2` before `version_10`; a name before the names below it. A total order:
/// 0 only for equal bytes.
[[nodiscard]] int natural_compare(std::string_view a, std::string_view b) noexcept;

}  // namespace tfevents
