#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

namespace tfevents {

/// When a run was active: kept up to date event by event, judged at the end. 2 KiB a run being
/// read.
class Activity {
 public:
  [[gnu::always_inline]] void on_event(double wall_time) noexcept {
    ring_[events_++ % ring_.size()] = wall_time;
    // Comparisons with NaN are false; infinities and times up to 0 are no times.
    if (wall_time > last_) {
      if (wall_time > std::numeric_limits<double>::max()) return;
      if (last_ == 0) first_ = wall_time;
      last_ = wall_time;
    } else if (wall_time < first_ && wall_time > 0) {
      first_ = wall_time;
    }
  }
  /// A sign that the job ended: SessionLog STOP, or hparams' session end.
  void on_end_mark(double wall_time) noexcept {
    if (wall_time > end_mark_) end_mark_ = wall_time;
  }

  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
  /// Least and greatest finite event time above 0, in epoch seconds.
  [[nodiscard]] std::optional<double> first_time() const noexcept;
  [[nodiscard]] std::optional<double> last_time() const noexcept;
  /// Median distance of the last 256 events in time, in seconds; 0 below two events.
  [[nodiscard]] double median_gap() const;
  /// True when the last event is younger than max(5 min, 5 x the median gap).
  [[nodiscard]] bool live_at(double now) const { return live_at(now, median_gap()); }
  /// The same for who has the median gap already.
  [[nodiscard]] bool live_at(double now, double median_gap) const noexcept;
  /// True when an end mark lies at most 5 min before the last event.
  [[nodiscard]] bool ended() const noexcept;

 private:
  std::array<double, 256> ring_{};
  std::uint64_t events_ = 0;
  double first_ = std::numeric_limits<double>::infinity();
  double last_ = 0;
  double end_mark_ = 0;
};

}  // namespace tfevents
