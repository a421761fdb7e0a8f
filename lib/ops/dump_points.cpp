#include "ops/dump_points.hpp"

#include <utility>

#include "logdir/view.hpp"

namespace tfevents::ops {
namespace {

/// The passes over one run: observe (clean view), judge (activity filters), count (--last), write.
class PointDump {
 public:
  PointDump(const Run& run, const DumpOptions& options, const SeriesSelector& selector,
            DumpFormat& format, SlotText& output, const OpContext& context)
      : run_(run),
        select_(options.select),
        printed_bytes_(options.printed_bytes),
        selector_(selector),
        format_(format),
        output_(output),
        context_(context) {}

  Result<DumpedRun> dump() {
    for (int tries = 0;; ++tries) {
      auto dumped = try_dump();
      if (dumped.ok() || dumped.error().code != ErrorCode::kChanged) return dumped;
      if (tries == 2) return given_up(dumped.error());
    }
  }

 private:
  Result<DumpedRun> try_dump() {
    const bool clean = select_.view == View::kClean;
    const bool look_first = clean || select_.filters_activity() || select_.last;
    RunReading reading(context_.sys, run_, input_options(context_, look_first));
    Observation observation(context_.temp_directory);
    PointReaderOptions passes{
        .max_series = select_.max_series, .selector = &selector_, .stop = &context_.stop};
    if (clean) {
      ObservingSink sink{observation};
      TFEVENTS_CHECK(PointReader(reading, sink, passes).read_all());
      if (!observation.status().ok()) return observation.status().error();
    } else if (look_first) {
      QuietSink sink;
      TFEVENTS_CHECK(PointReader(reading, sink, passes).read_all());
    }
    passes.again = look_first;
    if (look_first) {
      const RunLife life = judge_life(run_, reading, context_.clock.now());
      if (!passes_activity(select_, life)) return finished(reading, {});
    }
    const Observation* view = clean && observation.drops_points() ? &observation : nullptr;
    PointCounts counts;
    if (select_.last) TFEVENTS_CHECK(count(reading, view, counts, passes));
    if (look_first) TFEVENTS_CHECK(reading.input.verify());
    passes.on_bytes = progress_of(context_);
    return write(reading, view, counts, passes);
  }

  Status count(RunReading& reading, const Observation* view, PointCounts& counts,
               const PointReaderOptions& passes) {
    CountingSink counting{counts};
    ViewSink<CountingSink> sink(reading.tags, view, PointFilter(select_), std::nullopt, nullptr,
                                counting);
    TFEVENTS_CHECK(PointReader(reading, sink, passes).read_all());
    sink.finish();
    return sink.status();
  }

  Result<DumpedRun> write(RunReading& reading, const Observation* view, const PointCounts& counts,
                          const PointReaderOptions& passes) {
    const std::unique_ptr<PointWriter> writer = format_.points_of(run_);
    EmitSink emit(reading, *writer, output_, printed_bytes_);
    ViewSink<EmitSink> sink(reading.tags, view, PointFilter(select_), select_.last, &counts, emit);
    Status read = PointReader(reading, sink, passes).read_all();
    sink.finish();
    if (sink.status().ok() && !context_.stop.requested()) emit.end();
    output_.flush(writer->text());
    if (!sink.status().ok()) return sink.status().error();
    if (!read.ok())
      add_changed(reading, read.error());  // Some of it is written already: no starting again.
    DumpedRun dumped;
    dumped.rows = emit.points();
    if (view != nullptr) {
      for (SeriesId series = 0; series < reading.tags.series_count(); ++series) {
        if (!reading.tags.info(series).selected) continue;
        const SeriesDrops drops = sink.drops(series);
        dumped.outcome.dropped.duplicates += drops.duplicates;
        dumped.outcome.dropped.restart += drops.restart;
      }
    }
    return finished(reading, std::move(dumped));
  }

  DumpedRun finished(RunReading& reading, DumpedRun dumped) {
    dumped.outcome.life = judge_life(run_, reading, context_.clock.now());
    dumped.outcome.take(run_, reading);
    return dumped;
  }

  static void add_changed(RunReading& reading, const Error& error) {
    reading.findings.add({.severity = Severity::kError,
                          .rule = "changed-while-reading",
                          .path = error.path,
                          .message = error.message + " while it was read",
                          .lost_data = true});
  }

  DumpedRun given_up(const Error& error) {
    RunReading reading(context_.sys, run_, input_options(context_, false));
    add_changed(reading, error);
    return finished(reading, {});
  }

  const Run& run_;
  const Selection& select_;
  std::uint64_t printed_bytes_;
  const SeriesSelector& selector_;
  DumpFormat& format_;
  SlotText& output_;
  const OpContext& context_;
};

}  // namespace

DecodedValue EmitSink::decode(SeriesId series, std::int64_t step, const StoredValue& stored) {
  const SeriesInfo& info = reading_.tags.info(series);
  const std::string_view tag = reading_.tags.name(info.tag);
  Result<DecodedValue> value = decode_value(stored, info.kind, tag, printed_bytes_);
  const auto found = [&](Severity severity, std::string rule, std::string message, bool lost) {
    reading_.findings.add({.severity = severity,
                           .rule = std::move(rule),
                           .path = reading_.input.run().path_of(stored.file()),
                           .offset = stored.record_offset(),
                           .tag = std::string(tag),
                           .step = step,
                           .message = std::move(message),
                           .lost_data = lost});
  };
  if (!value.ok()) {
    found(Severity::kError, "undecodable-value", value.error().message, true);
    return {Elided{stored.size(), {}, {}}, {}};
  }
  if (!value->problem.empty()) found(Severity::kWarn, "inconsistent-value", value->problem, false);
  return std::move(*value);
}

void SlotText::flush(std::string& text) {
  output_.append(slot_, std::move(text));
  text.clear();
}

Result<DumpedRun> dump_points(const Run& run, const DumpOptions& options,
                              const SeriesSelector& selector, DumpFormat& format, SlotText& output,
                              const OpContext& context) {
  return PointDump(run, options, selector, format, output, context).dump();
}

}  // namespace tfevents::ops
