#include "waiting.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace tfevents::cli {

std::function<void(double)> waiting(const StopFlag& stop) {
  return [&stop](double seconds) {
    constexpr double kSlice = 0.1;
    while (seconds > 0 && !stop.requested()) {
      std::this_thread::sleep_for(std::chrono::duration<double>(std::min(seconds, kSlice)));
      seconds -= kSlice;
    }
  };
}

}  // namespace tfevents::cli
