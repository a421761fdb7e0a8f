#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "logdir/view.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {

/// Reads one run for whoever wants the points of a view: what has to be known first, then the
/// points. One object a try; not thread-safe. Memory: as ViewSink, and the cut points.
class ViewPasses {
 public:
  /// All must outlive it.
  ViewPasses(const Run& run, const Selection& select, const SeriesSelector& selector,
             const OpContext& context);

  /// The passes in front: observe (clean view), judge (activity filters), count (--last). False: by
  /// its activity the run is not selected, and nothing is to be given. Errors: kChanged, after
  /// which the run may be tried again; the temporary directory.
  [[nodiscard]] Result<bool> prepare();

  /// Gives the selected points, in record order. Errors: kChanged, when some points have been given
  /// already; standard input; the temporary directory. `counts(info)` says of which series it is
  /// worth knowing that the view leaves points out.
  template <class Sink, class Counts>
  [[nodiscard]] Status give(Sink& sink, Counts&& counts) {
    ViewSink<Sink> view(reading_.tags, view_, PointFilter(select_), select_.last, &counts_, sink);
    Status read = PointReader(reading_, view, passes_).read_all();
    view.finish();
    TFEVENTS_CHECK(view.status());
    if (view_ == nullptr) return read;
    for (SeriesId series = 0; series < reading_.tags.series_count(); ++series) {
      const SeriesInfo& info = reading_.tags.info(series);
      if (!info.selected || !counts(info)) continue;
      const SeriesDrops drops = view.drops(series);
      dropped_.duplicates += drops.duplicates;
      dropped_.restart += drops.restart;
    }
    return read;
  }
  /// Gives all of them to a sink whose output nobody can take back: where the file changes
  /// meanwhile that is a finding, not a reason to start again.
  template <class Sink>
  [[nodiscard]] Status give_for_good(Sink& sink) {
    Status read = give(sink, [](const SeriesInfo&) { return true; });
    if (read.ok() || read.error().code != ErrorCode::kChanged) return read;
    reading_.findings.on_changed(read.error(), Findings::Changed::kWhileRead);
    return ok_status();
  }

  [[nodiscard]] RunReading& reading() noexcept { return reading_; }
  [[nodiscard]] const Dropped& dropped() const noexcept { return dropped_; }
  /// What the reading found and the view left out. Once, at the end.
  [[nodiscard]] RunOutcome outcome();

 private:
  const Run& run_;
  const Selection& select_;
  const OpContext& context_;
  bool look_first_;  // There is a pass in front.
  RunReading reading_;
  Observation observation_;
  PointReaderOptions passes_;
  const Observation* view_ = nullptr;  // Of a clean view that leaves something out.
  PointCounts counts_;
  Dropped dropped_;
};

/// What is said of such a run.
[[nodiscard]] RunOutcome outcome_of_changed(const Run& run, const Error& error,
                                            const OpContext& context);

}  // namespace tfevents::ops
