#pragma once

#include <cstdint>

#include "event/scalar.hpp"
#include "logdir/tag_table.hpp"

namespace tfevents::test {

/// A sink that takes points and keeps none.
struct Ignore {
  void on_series(SeriesId) {}
  void on_float(SeriesId, std::int64_t, double, float, std::uint64_t) {}
  void on_scalar(SeriesId, std::int64_t, double, const Scalar&, std::uint64_t) {}
  void on_blob(SeriesId, std::int64_t, double, std::uint64_t) {}
  bool stopped() { return false; }
};

}  // namespace tfevents::test
