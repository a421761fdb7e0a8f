#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "format/table.hpp"

namespace tfevents::layout {

/// What a column of a table for people wants and may do without; all in terminal columns.
struct Want {
  std::size_t width = 0;      ///< Of its widest text, header included.
  std::size_t min_width = 0;  ///< It may shrink to this; equal to `width` where it may not shrink.
  std::size_t body = 0;       ///< Of its widest cell: what lies beyond is header.
  std::size_t numbers = 0;    ///< Of its widest number: it never shrinks below this.
  Elide elide = Elide::kNever;
  bool keep = false;
  bool minor = false;
  std::size_t gap = 0;  ///< Blanks before it, unless it is the first one shown.
};

/// Width for each column, 0 for a dropped one. Shown columns and their gaps together take at most
/// `room`.
///
/// Order of sacrifices: render_table. The last column left never goes, it shrinks down to one
/// column.
[[nodiscard]] std::vector<std::size_t> fit(const std::vector<Want>& wants,
                                           std::optional<std::size_t> room);

}  // namespace tfevents::layout
