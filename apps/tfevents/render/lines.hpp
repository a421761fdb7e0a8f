#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tfevents::render {

/// Text that is safe to print, broken at its blanks into lines of at most `width` terminal columns.
/// Groups of digits stay together. A word that is wider is cut: nothing is lost. One line at least.
[[nodiscard]] std::vector<std::string> broken_into_lines(std::string_view text, std::size_t width);

/// The same, joined: each line ended by LF.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width);

}  // namespace tfevents::render
