#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "io/sys.hpp"

namespace tfevents::complete {

/// What completion may cost: a person waits with a finger on the key. Whatever was found in time is
/// the answer.
struct Budget {
  std::chrono::steady_clock::time_point deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(150);
  std::size_t candidates = 2000;
  std::size_t depth = 16;  ///< Directories below a root; also ends loops of symbolic links.

  [[nodiscard]] bool spent(std::size_t found) const {
    return found >= candidates || std::chrono::steady_clock::now() >= deadline;
  }
};

/// Runs below the roots whose name begins with `prefix`, in natural order, relative to their root
/// (`.` is left out). Never an error: what cannot be read has no candidates.
[[nodiscard]] std::vector<std::string> runs_below(Sys& sys, const std::vector<std::string>& roots,
                                                  std::string_view prefix, const Budget& budget);

/// Tags of the runs below the roots that begin with `prefix`, in natural order, each once.
[[nodiscard]] std::vector<std::string> tags_below(Sys& sys, const std::vector<std::string>& roots,
                                                  std::string_view prefix, const Budget& budget);

}  // namespace tfevents::complete
