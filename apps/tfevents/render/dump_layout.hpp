#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "people.hpp"

namespace tfevents::render {

// What the streaming tables of `dump` share. They are written line by line, so widths are chosen
// before the first.

/// Right-aligned ASCII text.
[[nodiscard]] std::string padded(std::string text, std::size_t width);

/// A Markdown table cell.
[[nodiscard]] std::string markdown_cell(std::string_view text);

/// The text of a wall time with seconds and zone; numbers where it is no time.
[[nodiscard]] std::string precise_time(double wall_time);

/// The TIME column and the last column behind it: seconds and zone go first when the terminal is
/// narrow, then the whole column, so that the last column keeps some room and nothing is cut in the
/// middle of a number.
class TimeLayout {
 public:
  /// `other`: columns that everything but the time and the last column takes.
  TimeLayout(const Screen& screen, std::size_t other);

  /// The header of the column with its blanks; empty without the column.
  [[nodiscard]] std::string header() const;
  /// The time with its blanks; blanks alone for no time.
  [[nodiscard]] std::string cell(const double* wall_time) const;
  /// `text` in what is left of a line whose front is `front`.
  [[nodiscard]] std::string finish(const std::string& front, std::string_view text) const;

 private:
  Screen screen_;
  std::size_t width_;  // Of the time; 0: no column.
};

}  // namespace tfevents::render
