#include "format/layout.hpp"

#include <algorithm>

namespace tfevents::layout {
namespace {

/// Of names and headers that are kept at any price something should be left to tell them apart.
constexpr std::size_t kLeastName = 10, kLeastHeader = 6;

/// Columns still shown, with the widths they would get.
class Fitting {
 public:
  Fitting(const std::vector<Want>& wants, std::size_t room) : wants_(wants), room_(room) {
    for (const Want& want : wants) widths_.push_back(want.width);
  }

  /// Tries with the columns shown now: first names give way, then free text.
  bool try_shrinking() {
    restore();
    for (const Elide elide : {Elide::kMiddle, Elide::kEnd}) {
      shrink([&](std::size_t i) {
        return wants_[i].elide == elide ? floor_of(i, wants_[i].min_width) : widths_[i];
      });
    }
    return excess() == 0;
  }

  /// Drops the rightmost column that may go, minor ones first; false when there is none.
  bool drop(bool kept_too) {
    if (shown() == 1) return false;
    return drop_rightmost([](const Want& want) { return want.minor && !want.keep; }) ||
           drop_rightmost([](const Want& want) { return !want.keep; }) ||
           (kept_too && (drop_rightmost([](const Want& want) { return want.minor; }) ||
                         drop_rightmost([](const Want&) { return true; })));
  }

  /// Makes what is kept fit: long headers give way to the cells below them, then names, then
  /// columns go that were to be kept.
  void force() {
    do {
      restore();
      shrink([&](std::size_t i) { return header_floor(i); });
      shrink([&](std::size_t i) { return floor_of(i, std::min(header_floor(i), kLeastName)); });
    } while (excess() > 0 && drop(true));
    shrink([](std::size_t) { return std::size_t{1}; });
  }

  std::vector<std::size_t> take() { return std::move(widths_); }

 private:
  /// How far a column may shrink at all, if down to `width`: numbers are shown whole or not at all.
  [[nodiscard]] std::size_t floor_of(std::size_t i, std::size_t width) const {
    const Want& want = wants_[i];
    if (want.elide == Elide::kNever) return want.width;
    return std::min(want.width, std::max({width, want.numbers, std::size_t{1}}));
  }

  [[nodiscard]] std::size_t header_floor(std::size_t i) const {
    return floor_of(i, std::min(wants_[i].min_width, std::max(kLeastHeader, wants_[i].body)));
  }

  template <class May>
  bool drop_rightmost(May may) {
    for (std::size_t i = wants_.size(); i-- > 0;) {
      if (widths_[i] == 0 || !may(wants_[i])) continue;
      widths_[i] = 0;
      return true;
    }
    return false;
  }

  void restore() {
    for (std::size_t i = 0; i < wants_.size(); ++i) {
      if (widths_[i] != 0) widths_[i] = wants_[i].width;
    }
  }

  [[nodiscard]] std::size_t shown() const {
    return static_cast<std::size_t>(
        std::count_if(widths_.begin(), widths_.end(), [](std::size_t width) { return width > 0; }));
  }

  [[nodiscard]] std::size_t excess() const {
    std::size_t total = 0;
    bool first = true;
    for (std::size_t i = 0; i < wants_.size(); ++i) {
      if (widths_[i] == 0) continue;
      total += widths_[i] + (first ? 0 : wants_[i].gap);
      first = false;
    }
    return total > room_ ? total - room_ : 0;
  }

  /// Takes the excess away from the widest columns first, none below least(i).
  template <class Least>
  void shrink(Least least) {
    for (std::size_t over = excess(); over > 0; over = excess()) {
      std::size_t widest = wants_.size();
      for (std::size_t i = 0; i < wants_.size(); ++i) {
        if (widths_[i] == 0 || widths_[i] <= least(i)) continue;
        if (widest == wants_.size() || widths_[i] > widths_[widest]) widest = i;
      }
      if (widest == wants_.size()) return;
      // Down to the next widest only, and alternately from there, so that long columns end up
      // alike.
      std::size_t floor = least(widest);
      for (std::size_t i = 0; i < wants_.size(); ++i) {
        if (i != widest && widths_[i] > least(i)) floor = std::max(floor, widths_[i]);
      }
      widths_[widest] -= std::clamp<std::size_t>(widths_[widest] - floor, 1, over);
    }
  }

  const std::vector<Want>& wants_;
  std::size_t room_;
  std::vector<std::size_t> widths_;
};

}  // namespace

std::vector<std::size_t> fit(const std::vector<Want>& wants, std::optional<std::size_t> room) {
  if (!room) {
    std::vector<std::size_t> widths;
    widths.reserve(wants.size());
    for (const Want& want : wants) widths.push_back(want.width);
    return widths;
  }
  Fitting fitting(wants, *room);
  do {
    if (fitting.try_shrinking()) return fitting.take();
  } while (fitting.drop(false));
  fitting.force();
  return fitting.take();
}

}  // namespace tfevents::layout
