#include "value_parsers.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"

namespace tfevents::cli {
namespace {

Result<std::optional<std::int64_t>> parse_step(std::string_view text) {
  if (text.empty()) return std::optional<std::int64_t>{};
  std::int64_t step = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), step);
  if (problem == std::errc::result_out_of_range) {
    return usage(fmt::format("step '{}' is out of range", printable(text)));
  }
  if (problem != std::errc() || end != text.data() + text.size()) {
    return usage(fmt::format("'{}' is no step", printable(text)));
  }
  return std::optional(step);
}

Result<std::optional<double>> parse_end(std::string_view text, double now) {
  if (text.empty()) return std::optional<double>{};
  TFEVENTS_TRY(const double time, parse_time(text, now));
  return std::optional(time);
}

}  // namespace

Result<StepRange> parse_steps(std::string_view text) {
  const auto colon = text.find(':');
  if (text.empty() || text == ":") return usage("a range of steps is A:B, A: or :B");
  StepRange range;
  TFEVENTS_TRY(range.first, parse_step(text.substr(0, colon)));
  if (colon == std::string_view::npos) {
    range.last = range.first;
    return range;
  }
  TFEVENTS_TRY(range.last, parse_step(text.substr(colon + 1)));
  if (range.first && range.last && *range.first > *range.last) {
    return usage(fmt::format("no step lies from {} to {}", *range.first, *range.last));
  }
  return range;
}

Result<WallRange> parse_wall(std::string_view text, double now) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos || text == "..") {
    return usage(
        fmt::format("'{}' is no range of times; one is A..B, A.. or ..B", printable(text)));
  }
  WallRange range;
  TFEVENTS_TRY(range.first, parse_end(text.substr(0, dots), now));
  TFEVENTS_TRY(range.last, parse_end(text.substr(dots + 2), now));
  if (range.first && range.last && *range.first > *range.last) {
    return usage(fmt::format("the range of times '{}' ends before it begins", printable(text)));
  }
  return range;
}

}  // namespace tfevents::cli
