#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/table.hpp"
#include "logdir/selection.hpp"
#include "ops/compare.hpp"
#include "people.hpp"

namespace tfevents::render {

/// A line a trial or group: metrics, with a baseline what has changed, hyperparameters (people see
/// those that differ). The report must outlive the table.
[[nodiscard]] LazyTable compare_table(const ops::CompareReport& report);

/// For people who look at a few trials: a line a metric and a column a trial. Empty where there is
/// neither a metric nor a hyperparameter that differs.
[[nodiscard]] Table compare_upright(const ops::CompareReport& report);
/// True where that reads better than compare_table.
[[nodiscard]] bool reads_upright(const ops::CompareReport& report);

/// `4 of 12 trials · changes are against resnet`, without a line end.
[[nodiscard]] std::string compare_summary(const ops::CompareReport& report);

/// What neither table nor JSON says by itself: metrics left out, groups that mix hyperparameters.
[[nodiscard]] std::vector<std::string> compare_notes(const ops::CompareReport& report);

/// The whole envelope.
Status compare_json(const ops::CompareReport& report, View view, std::string_view version,
                    Sink& sink);

/// The rows alone, one a line.
Status compare_jsonl(const ops::CompareReport& report, Sink& sink);

// Numbers for people.

/// `+0.0201`, three digits.
[[nodiscard]] std::string signed_text(double number);
/// `+2.2%` of 0.022.
[[nodiscard]] std::string percent_text(double ratio);
/// A mean to the decimals that its deviation has when that is written to two digits: `0.9190` and
/// `0.0031`.
struct SpreadText {
  std::string mean, std;
};
[[nodiscard]] SpreadText spread_text(const ops::Spread& spread);

}  // namespace tfevents::render
