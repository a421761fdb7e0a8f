#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "series/call.hpp"
#include "series/sample.hpp"

namespace tfevents {

/// Why a call has no value.
enum class Absence : std::uint8_t {
  kNone,          ///< It has one.
  kMissingTag,    ///< No series of this tag.
  kAmbiguousTag,  ///< Several members of the trial have the tag.
  kEmptyWindow,  ///< No point, or no finite point, or too few of them, in the window; no such step.
  kNever,        ///< kFirstStep: no point satisfies the comparison.
};
/// `missing-tag`, `ambiguous-tag`, `empty-window`; `never`.
[[nodiscard]] const char* to_string(Absence absence) noexcept;

/// What a call yields: the METRIC object of OUTPUT.md.
struct SeriesValue {
  /// Empty exactly where `absence` says why. Stored points of float32 are the shortest text of the
  /// float read as a double; may be NaN or infinite where a point was picked (`last`, `at`).
  std::optional<double> value = {};
  std::optional<std::int64_t> step = {};  ///< Of the point that was picked; of the window's last
                                          ///< point for means, sums and counts.
  std::optional<double> wall_time = {};   ///< Of the same point.
  /// Points that the value comes from: 1 for `last first at at_best first_step`; the finite ones of
  /// the window, of which `min` and `argmax` name one; all of them for `count nan ratio`.
  std::uint64_t n = 0;
  /// Non-finite points in the window; for functions that pick a point, 1 if that one is.
  std::uint64_t nonfinite = 0;
  std::optional<std::int64_t> nonfinite_step = {};  ///< Of the first of these.
  /// kMin, kMax smoothed or over means: the raw value at `step`; else equal to `value`.
  std::optional<double> raw = {};
  /// With `SeriesCall::isolation`: by how much the best point is better than both beside it, where
  /// that is far more than usual.
  std::optional<double> isolated_by = {};
  Absence absence = Absence::kEmptyWindow;
  /// kAmbiguousTag: the full tags to choose from.
  std::vector<std::string> candidates = {};

  [[nodiscard]] static SeriesValue missing(Absence why) {
    SeriesValue value;
    value.absence = why;
    return value;
  }
};

/// The number that a stored float32 prints as: 0.9 for 0.9f. See PRODUCT "Numbers".
[[nodiscard]] double as_printed(float value) noexcept;
/// The value of a sample as it is printed and compared.
[[nodiscard]] double as_printed(const Sample& sample) noexcept;

/// Evaluates one call over a series that is fed point by point, in the order of the view.
///
/// Memory: constant for most calls; the window's size where it counts from the end
/// (`mean(x,-100:)`, 32 bytes a point); 8 bytes a finite point for `median` and `pNN`, 32 bytes a
/// point for `at_best`. Room is taken as points come, however long the window that was asked for.
/// Movable, not copyable, not thread-safe.
class SeriesAccumulator {
 public:
  explicit SeriesAccumulator(const SeriesCall& call);
  SeriesAccumulator(SeriesAccumulator&&) noexcept;
  SeriesAccumulator& operator=(SeriesAccumulator&&) noexcept;
  ~SeriesAccumulator();

  /// The next point.
  void add(const Sample& sample);
  /// kAtBest only: the next point of the metric's series. Independent of the order of `add`.
  void add_metric(const Sample& sample);
  /// The value of the points so far; of a series that exists. More may follow.
  [[nodiscard]] SeriesValue result() const;

  /// What an implementation does; one class a family of functions, in the .cpp files.
  class Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfevents
