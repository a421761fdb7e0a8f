#include "ops/dump_points.hpp"

#include <utility>

#include "ops/view_passes.hpp"

namespace tfevents::ops {

void EmitSink::decode(SeriesId series, std::int64_t step, const StoredValue& stored,
                      DecodedValue& value) {
  const SeriesInfo& info = reading_.tags.info(series);
  const std::string_view tag = reading_.tags.name(info.tag);
  const Status decoded = decode_value_into(value, stored, info.kind, tag, printed_bytes_);
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
  if (!decoded.ok()) {
    found(Severity::kError, "undecodable-value", decoded.error().message, true);
    value = {Elided{stored.size(), {}, {}}, {}};
  } else if (!value.problem.empty()) {
    found(Severity::kWarn, "inconsistent-value", value.problem, false);
  }
}

void SlotText::flush(std::string& text) {
  output_.append(slot_, std::move(text));
  text.clear();
}

namespace {

Result<DumpedRun> try_dump(const Run& run, const DumpOptions& options,
                           const SeriesSelector& selector, DumpFormat& format, SlotText& output,
                           const OpContext& context) {
  ViewPasses passes(run, options.select, selector, context);
  DumpedRun dumped;
  TFEVENTS_TRY(const bool selected, passes.prepare());
  if (selected) {
    const std::unique_ptr<PointWriter> writer = format.points_of(run);
    EmitSink emit(passes.reading(), *writer, output, options.printed_bytes);
    const Status given = passes.give_for_good(emit);
    if (given.ok() && !context.stop.requested()) emit.end();
    output.flush(writer->text());
    TFEVENTS_CHECK(given);
    dumped.rows = emit.points();
  }
  dumped.outcome = passes.outcome();
  return dumped;
}

}  // namespace

Result<DumpedRun> dump_points(const Run& run, const DumpOptions& options,
                              const SeriesSelector& selector, DumpFormat& format, SlotText& output,
                              const OpContext& context) {
  return try_three_times([&] { return try_dump(run, options, selector, format, output, context); },
                         [&](const Error& error) -> Result<DumpedRun> {
                           return DumpedRun{outcome_of_changed(run, error, context), 0};
                         });
}

}  // namespace tfevents::ops
