#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "event/scalar.hpp"
#include "format/table.hpp"

namespace tfevents::render {

/// How an answer for people is laid out.
struct Screen {
  bool terminal =
      false;  ///< Else a pipe or a file: the same columns, nothing shortened, folded or summed up.
  bool color = false;
  std::size_t width = 80;  ///< Of the terminal.

  [[nodiscard]] TableStyle table_style() const {
    return {.width = terminal ? std::optional(width) : std::nullopt, .color = color};
  }
};

/// Digits of numbers that people only compare.
inline constexpr int kSignificant = 5;

/// `55 100`: a number of things.
[[nodiscard]] std::string whole(std::uint64_t n);

/// `1 run`, `12 runs`, with digits in groups.
[[nodiscard]] std::string count_of(std::uint64_t n, std::string_view one, std::string_view many);

/// A stored number in the width it was stored in.
[[nodiscard]] Cell scalar_cell(const std::optional<Scalar>& scalar);

/// `3 more columns: widen, or choose with -c`, with its line end: what a table had no room for.
/// Empty for none. `choose`: the command has -c for columns.
[[nodiscard]] std::string more_columns(std::size_t dropped, bool choose);

/// The command line that looks closer: `tfevents fsck runs`, operands quoted for a shell where they
/// need it; without operands where there are many.
[[nodiscard]] std::string command_line(std::string_view command,
                                       std::span<const std::string> operands);

}  // namespace tfevents::render
