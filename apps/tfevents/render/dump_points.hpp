#pragma once

#include <cstdint>
#include <memory>

#include "ops/dump.hpp"
#include "people.hpp"

namespace tfevents::render {

// One writer a format and run; see dump.hpp.

/// Whether each point says its kind: not where all are scalars.
enum class Kinds : std::uint8_t { kNamed, kLeftOut };

/// JSON lines, or with `in_array` the elements of an array, each behind a comma.
[[nodiscard]] std::unique_ptr<ops::PointWriter> json_points(const Run& run, bool in_array,
                                                            Kinds kinds = Kinds::kNamed);
[[nodiscard]] std::unique_ptr<ops::PointWriter> csv_points(const Run& run,
                                                           Kinds kinds = Kinds::kNamed);
/// For people: a line with the run's name, then its points.
[[nodiscard]] std::unique_ptr<ops::PointWriter> table_points(const Run& run, const Screen& screen);
[[nodiscard]] std::unique_ptr<ops::PointWriter> markdown_points(const Run& run);

}  // namespace tfevents::render
