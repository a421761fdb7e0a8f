#pragma once

#include <string>
#include <string_view>

#include "format/table.hpp"
#include "logdir/selection.hpp"
#include "ops/best.hpp"
#include "people.hpp"

namespace tfevents::render {

/// A line a ranked trial: value, step, columns, hyperparameters. People see only those
/// hyperparameters that differ. The report must outlive the table.
[[nodiscard]] LazyTable best_table(const ops::BestReport& report);

/// `12 of 15 trials ranked (▲ higher is better, from its name) · 3 do not log it`, without a
/// line end.
[[nodiscard]] std::string best_summary(const ops::BestReport& report);

/// `3 trials are not ranked: 2 do not log it, 1 has no finite value`.
[[nodiscard]] std::string unranked_text(const ops::BestReport& report);

/// The whole envelope.
Status best_json(const ops::BestReport& report, View view, std::string_view version, Sink& sink);

/// The rows alone, one a line.
Status best_jsonl(const ops::BestReport& report, Sink& sink);

}  // namespace tfevents::render
