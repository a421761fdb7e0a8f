#pragma once

#include <string>
#include <string_view>

#include "format/table.hpp"
#include "logdir/selection.hpp"
#include "ops/hparams.hpp"
#include "ops/hparams_bars.hpp"
#include "ops/hparams_coords.hpp"
#include "people.hpp"

namespace tfevents::render {

// Of all of these the report must outlive what they return.

/// A line a session: people see the hyperparameters that differ, metrics, and then the rest.
[[nodiscard]] LazyTable hparams_table(const ops::HparamsReport& report);
/// `8 sessions · best accuracy: 0.8447 in run-5`, without a line end.
[[nodiscard]] std::string hparams_summary(const ops::HparamsReport& report);

/// A line a hyperparameter: what is announced, and what sessions have.
[[nodiscard]] LazyTable space_table(const ops::HparamsReport& report);
/// `3 hyperparameters · 2 differ · 8 sessions`, without a line end.
[[nodiscard]] std::string space_summary(const ops::HparamsReport& report);

/// A line a value of the hyperparameter, and for people a bar of `width` terminal columns.
[[nodiscard]] LazyTable bars_table(const ops::HparamsReport& report, const ops::HparamBars& bars,
                                   std::size_t width);
/// Terminal columns that bars may take.
[[nodiscard]] std::size_t bars_width(const Screen& screen);
/// What a bar shows: one line, without a line end.
[[nodiscard]] std::string bars_legend(const ops::HparamsReport& report);

/// Parallel coordinates, no line wider than the screen: as many axes as have room, the metrics
/// among them.
[[nodiscard]] std::string coords_picture(const ops::HparamsReport& report,
                                         const ops::Coords& coords, const Screen& screen);

/// Which rows a machine format has.
struct HparamsRows {
  bool space = false;
  const ops::HparamBars* bars = nullptr;  ///< Null: none.
};

/// The whole envelope.
Status hparams_json(const ops::HparamsReport& report, const HparamsRows& rows, View view,
                    std::string_view version, Sink& sink);
/// The rows alone, one a line.
Status hparams_jsonl(const ops::HparamsReport& report, const HparamsRows& rows, Sink& sink);

/// `float64`, `bool`, `string`.
[[nodiscard]] const char* space_type(HparamType type) noexcept;
/// `accuracy ▲`.
[[nodiscard]] std::string metric_header(const ops::HparamMetric& metric);

}  // namespace tfevents::render
