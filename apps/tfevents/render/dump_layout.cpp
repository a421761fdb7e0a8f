#include "dump_layout.hpp"

#include <cmath>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kPrecise = 25;  // 2021-11-23 15:33:45+00:00
constexpr std::size_t kShort = 16;    // 2021-11-23 15:33
constexpr std::size_t kLeastRoom = 16;
constexpr std::size_t kTimeGap = 2;

std::size_t time_width(const Screen& screen, std::size_t other) {
  if (!screen.terminal || other + kPrecise + kTimeGap + kLeastRoom <= screen.width) return kPrecise;
  return other + kShort + kTimeGap + kLeastRoom <= screen.width ? kShort : 0;
}

}  // namespace

std::string padded(std::string text, std::size_t width) {
  return text.size() >= width ? text : std::string(width - text.size(), ' ') + text;
}

std::string markdown_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string precise_time(double wall_time) {
  return std::isfinite(wall_time) ? human_time(wall_time, true) : to_text(wall_time);
}

TimeLayout::TimeLayout(const Screen& screen, std::size_t other)
    : screen_(screen), width_(time_width(screen, other)) {}

std::string TimeLayout::header() const {
  return width_ == 0 ? "" : "TIME" + std::string(width_ - 4 + kTimeGap, ' ');
}

std::string TimeLayout::cell(const double* wall_time) const {
  if (width_ == 0) return "";
  std::string text;
  if (wall_time != nullptr) {
    const bool brief = width_ == kShort && std::isfinite(*wall_time);
    text = brief ? human_time(*wall_time, false) : precise_time(*wall_time);
    if (screen_.terminal && text.size() > width_) text = elide_middle(text, width_);
  }
  const std::size_t used = display_width(text);
  return text + std::string(used < width_ ? width_ - used + kTimeGap : kTimeGap, ' ');
}

std::string TimeLayout::finish(const std::string& front, std::string_view text) const {
  if (!screen_.terminal) return front + std::string(text);
  const std::size_t used = display_width(front);
  if (used + 4 > screen_.width) return elide_middle(front + std::string(text), screen_.width);
  return front + elide_middle(text, screen_.width - used);
}

}  // namespace tfevents::render
