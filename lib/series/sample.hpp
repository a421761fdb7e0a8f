#pragma once

#include <cstdint>

namespace tfevents {

/// One scalar point, as series functions see it.
struct Sample {
  std::int64_t step = 0;
  double wall_time = 0;  ///< Epoch seconds; may be anything.
  double value = 0;      ///< The stored number, widened; 64-bit integers round.
  bool float32 = false;  ///< It was stored as float32.
};

}  // namespace tfevents
