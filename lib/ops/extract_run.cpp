#include "ops/extract_run.hpp"

#include <memory>
#include <utility>

#include "ops/extract_value.hpp"
#include "ops/view_passes.hpp"

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

Result<ExtractedRun> try_extract(const Run& run, const Selection& select,
                                 const SeriesSelector& selector, RunFiles& files,
                                 ExtractTarget& target, ExtractFormat& format,
                                 const std::function<void(std::string&&)>& on_rows,
                                 const OpContext& context) {
  ViewPasses passes(run, select, selector, context);
  ExtractedRun extracted;
  TFEVENTS_TRY(const bool selected, passes.prepare());
  if (selected) {
    ExtractSink sink(passes.reading(), files, target, format, on_rows);
    const Status given = passes.give_for_good(sink);
    sink.end();
    TFEVENTS_CHECK(given);
    extracted.others = sink.others();
  }
  extracted.outcome = passes.outcome();
  return extracted;
}

}  // namespace

Result<ExtractedRun> extract_run(const Run& run, const Selection& select,
                                 const SeriesSelector& selector, RunFiles& files,
                                 ExtractTarget& target, ExtractFormat& format,
                                 const std::function<void(std::string&&)>& on_rows,
                                 const OpContext& context) {
  return try_three_times(
      [&] { return try_extract(run, select, selector, files, target, format, on_rows, context); },
      [&](const Error& error) -> Result<ExtractedRun> {
        return ExtractedRun{outcome_of_changed(run, error, context), 0};
      });
}

}  // namespace tfevents::ops
