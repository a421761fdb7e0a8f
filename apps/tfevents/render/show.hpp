#pragma once

#include "format/sink.hpp"
#include "format/table.hpp"
#include "ops/show.hpp"
#include "people.hpp"

namespace tfevents::render {

/// Runs in full for people, one screen after the other: what it is and how it is, its files,
/// writer, hyperparameters and what lies beside them, a line for each series, and what is odd in
/// words. On a terminal series that are alike are folded, unless `all`.
Status show_screens(const ops::ShowReport& report, const Screen& screen, bool all, Sink& sink);

/// The tables of series alone, each under a heading with the run.
Status show_markdown(const ops::ShowReport& report, const Screen& screen, Sink& sink);

/// A line a run: the flat fields, and a column for each hyperparameter. The report must outlive the
/// table.
[[nodiscard]] LazyTable show_csv_table(const ops::ShowReport& report);

}  // namespace tfevents::render
