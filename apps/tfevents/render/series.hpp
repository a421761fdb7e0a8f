#pragma once

#include "format/json_writer.hpp"
#include "format/table.hpp"
#include "ops/ls.hpp"
#include "people.hpp"

namespace tfevents::render {

/// `0…55 000`, or the one step of all points.
[[nodiscard]] Cell steps_cell(const ops::SeriesRow& series);

/// The `series` object of tfevents-output(5).
void write_series(JsonWriter& json, const ops::SeriesRow& series);

/// A line for each series of each run; on a terminal a run is named once. The report must outlive
/// the table.
[[nodiscard]] LazyTable series_table(const ops::LsReport& report, const Screen& screen);

}  // namespace tfevents::render
