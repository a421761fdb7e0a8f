#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "logdir/selection.hpp"

namespace tfevents {

/// Which series of a run count: `-t` and `--kind`. Names are matched as printed. Thread-safe.
class SeriesSelector {
 public:
  explicit SeriesSelector(const Selection& select) : tags_(select.tags), kinds_(select.kinds) {}

  [[nodiscard]] bool selects_all() const noexcept { return tags_.empty() && kinds_.empty(); }
  [[nodiscard]] bool selects(std::string_view tag, std::string_view kind) const {
    if (!tags_.empty() && !any_matches(tags_, printable(tag))) return false;
    if (kinds_.empty()) return true;
    for (const std::string& wanted : kinds_) {
      if (wanted == kind) return true;
    }
    return false;
  }

 private:
  std::vector<Pattern> tags_;
  std::vector<std::string> kinds_;
};

}  // namespace tfevents
