#pragma once

#include <vector>

#include "base/problem.hpp"
#include "io/sys.hpp"
#include "logdir/run.hpp"

namespace tfevents {

/// Files of a run that are copies of others (`x.tfevents.bak`), byte for byte or of their first
/// part: every point in them counts twice, and a stale copy that sorts later hides points from
/// TensorBoard. Warnings of rule `duplicate-copy`, in file order. Reads 256 bytes of each file, and
/// more only of files that begin alike.
[[nodiscard]] std::vector<Problem> find_duplicates(const Run& run, Sys& sys);

}  // namespace tfevents
