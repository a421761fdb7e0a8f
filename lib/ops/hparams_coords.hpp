#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ops/hparams.hpp"

namespace tfevents::ops {

/// An axis of parallel coordinates: a hyperparameter in which sessions differ, or a metric.
struct CoordsAxis {
  std::string name;
  std::optional<std::size_t> metric = {};
  bool log = false;  ///< Numbers from the least to a hundred times that or more, all positive.
  double min = 0, max = 0;              ///< Of numbers: 0 and 1 on the axis.
  std::vector<std::string> texts = {};  ///< Else the values, evenly from 0 to 1.
};

struct CoordsLine {
  std::size_t session = 0;                     ///< Of the report.
  std::vector<std::optional<double>> at = {};  ///< On each axis from 0 to 1; nothing: no value.
};

struct Coords {
  std::vector<CoordsAxis> axes;     ///< Hyperparameters, then metrics.
  std::vector<CoordsLine> lines;    ///< Sessions with a number on the last axis.
  std::optional<std::size_t> best;  ///< Of the lines: that of the first metric.
  std::uint64_t not_drawn = 0;      ///< Sessions without.
  std::uint64_t more_hparams = 0;   ///< That differ, and had no axis among the first `most`.
};

/// Axes for the first `most` hyperparameters that differ, and for the first metric or all of them.
[[nodiscard]] Coords hparam_coords(const HparamsReport& report, std::size_t most, bool all_metrics);

}  // namespace tfevents::ops
