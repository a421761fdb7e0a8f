#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

#include "event/known_value.hpp"
#include "logdir/tag_table.hpp"

namespace tfevents {

/// What the last scalar of each tag looked like, for the first tags of a run, and in which order
/// they come: 128 KiB at most. Not thread-safe.
class KnownSeries {
 public:
  static constexpr std::size_t kMostTags = 1024;

  struct alignas(64) Entry {
    KnownValue value;
    SeriesId series = kNoId;
    /// What followed last time, as the first value of the next event or in the same event. 0 is the
    /// entry that remembers nothing.
    TagId next_event = 0, next_value = 0;
  };

  /// The first scalar of the next event if the order is that of last time.
  [[nodiscard]] TagId expected() const noexcept { return entries_[first_].next_event; }
  [[nodiscard]] const Entry& operator[](TagId tag) const noexcept { return entries_[tag]; }
  /// What was expected has come.
  void step_to(TagId first) noexcept { first_ = first; }

  /// Something else has come: this value of a scalars series, the first of its event or a further
  /// one, which the scanner has just read.
  void learn(TagId tag, SeriesId series, const FastValue& value, bool first) {
    if (tag >= kMostTags) return;
    if (tag >= entries_.size()) make_room(tag);
    Entry& entry = entries_[tag];
    entry.series = series;
    entry.value.learn(value);
    if (first) {
      entries_[first_].next_event = tag;
      first_ = tag;
    } else {
      entries_[last_].next_value = tag;
    }
    last_ = tag;
  }
  /// What a value of this tag means may have changed.
  void forget(TagId tag) noexcept {
    if (tag < entries_.size()) entries_[tag].value.forget();
  }

 private:
  void make_room(TagId tag) {
    constexpr std::size_t kFirst = 8;
    entries_.reserve(std::max(kFirst, std::bit_ceil(tag + std::size_t{1})));
    entries_.resize(tag + std::size_t{1});
  }

  std::vector<Entry> entries_ = std::vector<Entry>(1);  // No tag has the number 0.
  TagId first_ = 0;                                     // Of the last event.
  TagId last_ = 0;                                      // Learned last.
};

}  // namespace tfevents
