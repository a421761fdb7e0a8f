#include "ops/follow.hpp"

#include <map>
#include <utility>

#include "logdir/view.hpp"
#include "ops/dump_points.hpp"

namespace tfevents::ops {
namespace {

/// How far a file was read.
struct FilePlace {
  FileId id;
  std::uint64_t size = 0;    // When it was looked at last.
  std::uint64_t offset = 0;  // Where the next record is expected.
  std::uint64_t records =
      0;  // Delivered; what a compressed file, read from its start again, skips.
  bool compressed = false;
  bool quiet = false;  // It had not grown at the last look: what is unfinished may be searched.
};

/// A sink that leaves out the first points of a file that had to be read from its start.
class FollowSink {
 public:
  FollowSink(EmitSink& emit, const TagTable& tags, const PointFilter& filter)
      : emit_(emit), tags_(tags), filter_(filter) {}

  void on_series(SeriesId series) { emit_.on_series(series); }
  void on_float(SeriesId series, std::int64_t step, double wall, float value, std::uint64_t bytes) {
    if (passes(series, step, wall)) emit_.on_float(series, step, wall, value, bytes);
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value,
                 std::uint64_t bytes) {
    if (passes(series, step, wall)) emit_.on_scalar(series, step, wall, value, bytes);
  }
  void on_stored(SeriesId series, std::int64_t step, double wall, const StoredValue& value) {
    if (passes(series, step, wall)) emit_.on_stored(series, step, wall, value);
  }
  [[nodiscard]] bool stopped() const { return emit_.stopped(); }

 private:
  [[nodiscard]] bool passes(SeriesId series, std::int64_t step, double wall) const {
    return tags_.info(series).selected && filter_.passes(step, wall);
  }

  EmitSink& emit_;
  const TagTable& tags_;
  PointFilter filter_;
};

/// One followed run: its series and places live as long as the command.
class FollowedRun {
 public:
  FollowedRun(Run run, const DumpOptions& options, const SeriesSelector& selector,
              DumpFormat& format, OrderedOutput& output, const OpContext& context)
      : run_(std::make_unique<Run>(std::move(run))),
        context_(context),
        reading_(std::make_unique<RunReading>(
            context.sys, *run_, RunInput::Options{.temp_directory = context.temp_directory})),
        writer_(format.points_of(*run_)),
        text_(std::make_unique<SlotText>(output, 0)),
        emit_(std::make_unique<EmitSink>(*reading_, *writer_, *text_, options.printed_bytes)),
        sink_(std::make_unique<FollowSink>(*emit_, reading_->tags, PointFilter(options.select))) {
    reader_ = std::make_unique<PointReader<FollowSink>>(
        *reading_, *sink_,
        PointReaderOptions{
            .max_series = options.select.max_series, .selector = &selector, .stop = &context.stop});
  }

  /// Reads what is new in the files that `now` lists.
  void look(const Run& now) {
    run_->files = now.files;
    reading_->files.resize(run_->files.size());
    reading_->input.start_again();
    for (std::size_t file = 0; file < run_->files.size(); ++file) look_at(file);
    text_->flush(writer_->text());
  }

  [[nodiscard]] std::uint64_t points() const noexcept { return emit_->points(); }
  [[nodiscard]] Findings& findings() noexcept { return reading_->findings; }
  RunOutcome outcome() {
    RunOutcome outcome;
    outcome.life = judge_life(*run_, *reading_, context_.clock.now());
    outcome.take(*run_, *reading_);
    return outcome;
  }

 private:
  void look_at(std::size_t file) {
    const EventFile& seen = run_->files[file];
    const std::string path = run_->path_of(file);
    const auto [place, is_new] = places_.try_emplace(path);
    FilePlace& at = place->second;
    if (!is_new && (at.id != seen.id || seen.size < at.size)) {
      reading_->findings.add(
          {.severity = Severity::kNote,
           .rule = "file-replaced",
           .path = path,
           .message = at.id != seen.id ? "the file was replaced: read again from its start"
                                       : "the file became shorter: read again from its start"});
      at = {};
    }
    const bool grew = is_new || seen.size != at.size || at.id != seen.id;
    // Once more when growth has ended: an unfinished record may turn out to be damage in front of
    // intact ones.
    if (!grew && (at.quiet || at.offset == at.size)) return;
    at.quiet = !grew;
    at.id = seen.id;
    read(file, at);
  }

  void read(std::size_t file, FilePlace& at) {
    auto opened = context_.sys.open_read(run_->path_of(file));
    if (!opened.ok()) {
      if (opened.error().code != ErrorCode::kNotFound)
        reading_->findings.on_unreadable(file, opened.error());
      return;
    }
    auto info = (*opened)->info();
    if (!info.ok() || info->id != at.id) return;  // Replaced just now: the next look sees it.
    at.size = info->size;
    RecordReader records(file_source(std::move(*opened), run_->path_of(file), at.size),
                         {.growing = !at.quiet, .temp_directory = context_.temp_directory});
    if (at.compressed) {
      skip_records(records, at.records);
    } else if (at.offset != 0 && !records.seek(at.offset).ok()) {
      return;
    }
    const std::uint64_t before = reader_->records();
    reader_->read_file(file, records);
    at.records += reader_->records() - before;
    at.offset = records.offset();
    at.compressed = records.compression() != Compression::kNone;
  }

  static void skip_records(RecordReader& records, std::uint64_t count) {
    while (count != 0) {
      switch (records.next()) {
        case RecordStep::kRecord:
        case RecordStep::kBigRecord: --count; break;
        case RecordStep::kDamage: break;
        case RecordStep::kEnd:
        case RecordStep::kError: return;
      }
    }
  }

  std::unique_ptr<Run> run_;
  const OpContext& context_;
  std::unique_ptr<RunReading> reading_;
  std::unique_ptr<PointWriter> writer_;
  std::unique_ptr<SlotText> text_;
  std::unique_ptr<EmitSink> emit_;
  std::unique_ptr<FollowSink> sink_;
  std::unique_ptr<PointReader<FollowSink>> reader_;
  std::map<std::string, FilePlace> places_;
};

}  // namespace

Result<DumpReport> follow(const DumpOptions& options, DumpFormat& format,
                          const OrderedOutput::Write& write, const OpContext& context) {
  DumpReport report;
  report.now = context.clock.now();
  const SeriesSelector selector(options.select);
  OrderedOutput output(1, write);
  std::map<std::string, FollowedRun> runs;
  std::optional<Discovery> found;
  do {
    auto looked = discover(options.select, context.sys, context.jobs, context.stop);
    if (!looked.ok() && !found) return std::move(looked).error();
    if (!looked.ok()) continue;  // It may come back.
    found = std::move(*looked);
    for (const Run& run : found->runs) {
      if (run.standard_input) {
        return Error{.code = ErrorCode::kUsage,
                     .message = "standard input cannot be followed: it is read to its end anyway"};
      }
      const auto place =
          runs.try_emplace(run.name, run, options, selector, format, output, context).first;
      place->second.look(run);
      if (!options.on_problem) continue;
      for (const Problem& problem : place->second.findings().take()) options.on_problem(problem);
    }
    TFEVENTS_CHECK(output.status());
    // Waiting for a name that begins with a slip of the pen would never end.
    if (!context.stop.requested()) TFEVENTS_CHECK(require_names(options.select.tags, "--tag"));
  } while (!context.stop.requested() && options.wait());
  report.operands = found->operands;
  OutcomeBuilder outcome(options.select, *found);
  for (auto& [name, run] : runs) {
    report.rows += run.points();
    if (outcome.add(run.outcome())) ++report.runs;
  }
  TFEVENTS_TRY(report.outcome, outcome.finish(true));
  return report;
}

}  // namespace tfevents::ops
