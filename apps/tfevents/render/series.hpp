#pragma once

#include "format/json_writer.hpp"
#include "format/table.hpp"
#include "ops/ls.hpp"
#include "people.hpp"

namespace tfevents::render {

/// The `series` object of tfevents-output(5).
void write_series(JsonWriter& json, const ops::SeriesRow& series);

/// A line for each series of each run; on a terminal a run is named once. The report must outlive
/// the table.
[[nodiscard]] LazyTable series_table(const ops::LsReport& report, const Screen& screen);

}  // namespace tfevents::render
