#pragma once

#include <vector>

#include "series/accumulator.hpp"
#include "series/call.hpp"
#include "series/sample.hpp"
#include "series/tally.hpp"

namespace tfevents::folds {

/// `median pNN`: linear between order statistics (type 7). Keeps 8 bytes a finite point.
class Quantile {
 public:
  explicit Quantile(const SeriesCall& call) noexcept
      : share_(call.function == SeriesFunction::kMedian ? 0.5 : call.quantile) {}

  void add(const Sample& sample) {
    if (tally_.add(sample)) values_.push_back(sample.value);
  }
  [[nodiscard]] SeriesValue result() const;

 private:
  Tally tally_;
  double share_;
  // Their order means nothing, and results reorder them.
  mutable std::vector<double> values_;
};

}  // namespace tfevents::folds
