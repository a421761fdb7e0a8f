#pragma once

#include <string>
#include <vector>

#include "format/table.hpp"
#include "ops/show.hpp"
#include "people.hpp"

namespace tfevents::render {

/// A line for each series of a run, with its sparkline, or a few words on its last value. `fold`:
/// many series that are alike are one line. The run must outlive the table.
[[nodiscard]] LazyTable shown_series_table(const ops::ShownRun& run, const Screen& screen,
                                           bool fold);

/// What is odd about series, a line each, safe for a terminal: NaN, gaps in steps, no progress for
/// long.
[[nodiscard]] std::vector<std::string> series_remarks(const ops::ShownRun& run);

/// `▁▂▃█`: a glyph a column, `×` where no value is finite, a blank where no point lies.
[[nodiscard]] std::string sparkline(const std::vector<TrendColumn>& columns);

/// A few words on a value, safe for a terminal; `bytes`: of all values of its series.
[[nodiscard]] std::string sketch_text(const ops::ValueSketch& sketch, std::uint64_t bytes);

}  // namespace tfevents::render
