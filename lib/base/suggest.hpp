#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tfevents {

/// The candidate a person most probably meant by `typed`: least edit distance (swaps count one,
/// case is cheap, and a candidate of which `typed` is the beginning or, after a `/`, the end counts
/// as near); none when nothing is near. Ties go to the first. Bounded work: only the first 4,096
/// candidates and 256 bytes of each count.
[[nodiscard]] std::optional<std::string> nearest(std::string_view typed,
                                                 std::span<const std::string> candidates);

}  // namespace tfevents
