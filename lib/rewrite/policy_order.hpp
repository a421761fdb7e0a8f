#pragma once

#include <cstddef>
#include <vector>

#include "rewrite/policy.hpp"

namespace tfevents::rewrite {

inline constexpr std::size_t kNoTrial = static_cast<std::size_t>(-1);

/// What lies below what, without what cannot be: parents that do not exist, and circles.
struct Nesting {
  std::vector<std::size_t> parent;        ///< kNoTrial where there is none.
  std::vector<std::size_t> leaves_first;  ///< Every trial stands after those below it.
};

/// Takes linear time, and no stack however deep the trials lie.
[[nodiscard]] Nesting nesting_of(const std::vector<PolicyTrial>& trials);

/// By trial the place of its name in natural order; equal names share one. As good as free where
/// the trials come in that order, as they do from a tree.
[[nodiscard]] std::vector<std::size_t> name_places(const std::vector<PolicyTrial>& trials);

}  // namespace tfevents::rewrite
