#pragma once

#include <string>
#include <vector>

#include "event/histogram.hpp"
#include "format/sink.hpp"
#include "ops/show.hpp"
#include "people.hpp"
#include "series/distribution.hpp"

namespace tfevents::render {

/// What --text and --hist ask for, each under a heading with its run, tag and step; a single text
/// in a pipe or file is printed without one.
Status show_values(const ops::ShowReport& report, const Screen& screen, bool all, Sink& sink);

/// The rows that TensorBoard draws of a histogram.
[[nodiscard]] std::vector<DistributionBucket> drawn_rows(const Histogram& histogram);

/// A horizontal bar of `share` (0 to 1) of `columns`, in eighths of a column; something for all
/// that is not 0.
[[nodiscard]] std::string bar(double share, std::size_t columns);

}  // namespace tfevents::render
