#include "ops/extract_run.hpp"

#include <memory>
#include <utility>

#include "logdir/view.hpp"
#include "ops/extract_value.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kRowsAtOnce = std::size_t{64} * 1024;

/// Gives selected values to files.
class ExtractSink {
 public:
  /// Of a series that runs a point behind: its files, which have no names yet.
  using Kept = std::unique_ptr<StagedValue>;

  ExtractSink(RunReading& reading, RunFiles& files, ExtractTarget& target, ExtractFormat& format,
              const std::function<void(std::string&&)>& on_rows)
      : reading_(reading),
        files_(files),
        target_(target),
        format_(format),
        on_rows_(on_rows),
        meshes_(
            files, [this](const ExtractedFile& file) { add_row(file); },
            [this](const ExtractedFile& row, std::string message) {
              reading_.findings.add({.severity = Severity::kWarn,
                                     .rule = "inconsistent-value",
                                     .tag = row.tag,
                                     .step = row.step,
                                     .message = std::move(message)});
            }) {}

  void on_series(SeriesId) {}
  void on_float(SeriesId, std::int64_t, double, float, std::uint64_t) { ++others_; }
  void on_scalar(SeriesId, std::int64_t, double, Scalar, std::uint64_t) { ++others_; }
  void on_stored(SeriesId series, std::int64_t step, double wall, const StoredValue& stored) {
    on_kept(series, step, wall, keep(series, step, wall, stored));
  }
  Kept keep(SeriesId series, std::int64_t step, double wall, const StoredValue& stored) {
    const SeriesInfo& info = reading_.tags.info(series);
    if (stopped() || !becomes_files(info.kind)) return nullptr;
    const TagTable& tags = reading_.tags;
    const ValuePlace place{
        series, info.kind, tags.name(info.tag), tags.kind_name(series), tags.plugin(info.tag),
        step,   wall};
    Result<StagedValue> staged = stage_value(stored, place, files_);
    if (!staged.ok()) {
      // What the target refuses ends everything; it has been told.
      if (!target_.failed())
        add_note({Severity::kError, "undecodable-value", staged.error().message, true}, place,
                 stored);
      return nullptr;
    }
    for (ValueNote& note : staged->notes) add_note(std::move(note), place, stored);
    return std::make_unique<StagedValue>(std::move(*staged));
  }
  void on_kept(SeriesId series, std::int64_t step, double /*wall*/, Kept kept) {
    if (!becomes_files(reading_.tags.info(series).kind)) ++others_;
    if (kept == nullptr || stopped()) return;
    for (StagedPart& part : kept->parts) {
      auto placed = files_.place(std::move(part.file), series, part.row.tag,
                                 name_of_step(step) + part.suffix, part.extension);
      if (!placed.ok()) return;
      part.row.file = std::move(*placed);
      add_row(part.row);
    }
    if (kept->component) tell(meshes_.add(std::move(*kept->component)));
  }
  void end() {
    if (!stopped()) tell(meshes_.finish());
    if (!rows_.empty()) on_rows_(std::move(rows_));
  }
  [[nodiscard]] bool stopped() const { return target_.failed(); }
  [[nodiscard]] std::uint64_t others() const noexcept { return others_; }

 private:
  void tell(const Status& status) {
    if (!status.ok()) target_.on_error(status.error());
  }
  void add_row(const ExtractedFile& file) {
    format_.row(rows_, reading_.input.run(), file);
    if (rows_.size() >= kRowsAtOnce) on_rows_(std::exchange(rows_, {}));
  }
  void add_note(ValueNote note, const ValuePlace& place, const StoredValue& stored) {
    reading_.findings.add({.severity = note.severity,
                           .rule = std::move(note.rule),
                           .path = reading_.input.run().path_of(stored.file()),
                           .offset = stored.record_offset(),
                           .tag = std::string(place.tag),
                           .step = place.step,
                           .message = std::move(note.message),
                           .lost_data = note.lost_data});
  }

  RunReading& reading_;
  RunFiles& files_;
  ExtractTarget& target_;
  ExtractFormat& format_;
  const std::function<void(std::string&&)>& on_rows_;
  MeshJoin meshes_;
  std::string rows_;
  std::uint64_t others_ = 0;
};

/// The passes over one run: observe (clean view), judge (activity filters), count (--last), write.
class RunExtract {
 public:
  RunExtract(const Run& run, const Selection& select, const SeriesSelector& selector,
             const OpContext& context)
      : run_(run),
        select_(select),
        context_(context),
        passes_{.max_series = select.max_series, .selector = &selector, .stop = &context.stop} {}

  template <class MakeSink>
  Result<ExtractedRun> extract(MakeSink&& make_sink) {
    for (int tries = 0;; ++tries) {
      auto extracted = try_extract(make_sink);
      if (extracted.ok() || extracted.error().code != ErrorCode::kChanged) return extracted;
      if (tries < 2) continue;
      RunReading reading(context_.sys, run_, input_options(context_, false));
      add_changed(reading, extracted.error());
      return finished(reading, {});
    }
  }

 private:
  template <class MakeSink>
  Result<ExtractedRun> try_extract(MakeSink&& make_sink) {
    const bool clean = select_.view == View::kClean;
    const bool look_first = clean || select_.filters_activity() || select_.last;
    RunReading reading(context_.sys, run_, input_options(context_, look_first));
    Observation observation(context_.temp_directory);
    PointReaderOptions passes = passes_;
    if (clean) {
      ObservingSink sink{observation};
      TFEVENTS_CHECK(PointReader(reading, sink, passes).read_all());
      if (!observation.status().ok()) return observation.status().error();
    } else if (look_first) {
      QuietSink sink;
      TFEVENTS_CHECK(PointReader(reading, sink, passes).read_all());
    }
    passes.again = look_first;
    if (look_first && !passes_activity(select_, judge_life(run_, reading, context_.clock.now())))
      return finished(reading, {});
    const Observation* const view = clean && observation.drops_points() ? &observation : nullptr;
    PointCounts counts;
    if (select_.last) {
      CountingSink counting{counts};
      ViewSink<CountingSink> sink(reading.tags, view, PointFilter(select_), std::nullopt, nullptr,
                                  counting);
      TFEVENTS_CHECK(PointReader(reading, sink, passes).read_all());
      sink.finish();
      TFEVENTS_CHECK(sink.status());
    }
    if (look_first) TFEVENTS_CHECK(reading.input.verify());
    passes.on_bytes = progress_of(context_);
    return write(reading, view, counts, passes, make_sink(reading));
  }

  Result<ExtractedRun> write(RunReading& reading, const Observation* view,
                             const PointCounts& counts, const PointReaderOptions& passes,
                             std::unique_ptr<ExtractSink> extract) {
    ViewSink<ExtractSink> sink(reading.tags, view, PointFilter(select_), select_.last, &counts,
                               *extract);
    const Status read = PointReader(reading, sink, passes).read_all();
    sink.finish();
    extract->end();
    TFEVENTS_CHECK(sink.status());
    // Some of it is written already: no starting again.
    if (!read.ok()) add_changed(reading, read.error());
    ExtractedRun extracted;
    extracted.others = extract->others();
    for (SeriesId series = 0; view != nullptr && series < reading.tags.series_count(); ++series) {
      if (!reading.tags.info(series).selected) continue;
      const SeriesDrops drops = sink.drops(series);
      extracted.outcome.dropped.duplicates += drops.duplicates;
      extracted.outcome.dropped.restart += drops.restart;
    }
    return finished(reading, std::move(extracted));
  }

  ExtractedRun finished(RunReading& reading, ExtractedRun extracted) {
    extracted.outcome.life = judge_life(run_, reading, context_.clock.now());
    extracted.outcome.take(run_, reading);
    return extracted;
  }

  static void add_changed(RunReading& reading, const Error& error) {
    reading.findings.add({.severity = Severity::kError,
                          .rule = "changed-while-reading",
                          .path = error.path,
                          .message = error.message + " while it was read",
                          .lost_data = true});
  }

  const Run& run_;
  const Selection& select_;
  const OpContext& context_;
  PointReaderOptions passes_;
};

}  // namespace

Result<ExtractedRun> extract_run(const Run& run, const Selection& select,
                                 const SeriesSelector& selector, RunFiles& files,
                                 ExtractTarget& target, ExtractFormat& format,
                                 const std::function<void(std::string&&)>& on_rows,
                                 const OpContext& context) {
  return RunExtract(run, select, selector, context).extract([&](RunReading& reading) {
    return std::make_unique<ExtractSink>(reading, files, target, format, on_rows);
  });
}

}  // namespace tfevents::ops
