#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "event/hparams.hpp"
#include "ops/hparams.hpp"
#include "ops/spread.hpp"

namespace tfevents::ops {

/// A metric over the sessions that have one value of a hyperparameter.
struct HparamBar {
  HparamValue value;       ///< Null: the sessions that have none.
  std::size_t metric = 0;  ///< Of the report.
  Spread spread = {};
  std::optional<double> min = {}, max = {};  ///< Of the finite numbers.
  std::uint64_t missing = 0;                 ///< Sessions without a finite number.
  std::vector<std::string> sessions = {};    ///< Machine names of all of them.
  bool best = false;                         ///< Of the bars of its metric.
};

struct HparamBars {
  std::string hparam;           ///< Raw bytes.
  std::vector<HparamBar> bars;  ///< By metric, then by value: numbers by size.
};

/// The bars of a hyperparameter, for the first metric, or for all of them. Errors: kUsage for a
/// hyperparameter that no session has (with the nearest name), kNotFound where there is no metric.
[[nodiscard]] Result<HparamBars> hparam_bars(const HparamsReport& report, std::string_view typed,
                                             bool all_metrics);

}  // namespace tfevents::ops
