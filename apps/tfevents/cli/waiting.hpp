#pragma once

#include <functional>

#include "base/stop.hpp"

namespace tfevents::cli {

/// For LockOptions::wait and its likes: sleeps for the seconds it is given, in slices of at most
/// 0.1 s, and returns early once a stop was requested. `stop` must outlive the function.
[[nodiscard]] std::function<void(double seconds)> waiting(const StopFlag& stop);

}  // namespace tfevents::cli
