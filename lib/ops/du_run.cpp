#include "ops/du_run.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "logdir/view.hpp"

namespace tfevents::ops {
namespace {

// In place of the size of a value that has none on disk.
constexpr std::uint64_t kCompressedValue = UINT64_MAX;

/// Gives `next` each point with the bytes of its field: one of the tag, the length, the content.
template <class Next>
class FieldSink {
 public:
  FieldSink(const TagTable& tags, Next& next) : tags_(tags), next_(next) {}

  /// The points that come now are of this file.
  void begin_file(const RecordReader& records) noexcept { records_ = &records; }

  void on_series(SeriesId series) { next_.on_series(series); }
  [[gnu::always_inline]] void on_float(SeriesId series, std::int64_t step, double wall, float value,
                                       std::uint64_t bytes) {
    next_.on_float(series, step, wall, value, field(bytes));
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value,
                 std::uint64_t bytes) {
    next_.on_scalar(series, step, wall, value, field(bytes));
  }
  void on_blob(SeriesId series, std::int64_t step, double wall, std::uint64_t bytes) {
    // Run metadata without any content has no field.
    const bool absent = bytes == 0 && tags_.info(series).kind == Kind::kRunMetadata;
    next_.on_blob(series, step, wall, absent ? 0 : field(bytes));
  }
  [[nodiscard]] bool stopped() { return next_.stopped(); }

 private:
  [[nodiscard]] std::uint64_t field(std::uint64_t bytes) const noexcept {
    if (records_->compression() != Compression::kNone) [[unlikely]]
      return kCompressedValue;
    constexpr unsigned kBitsOfByte = 7;  // Of a varint.
    const auto bits = static_cast<unsigned>(std::bit_width(bytes | 1U));
    return 1 + (bits + kBitsOfByte - 1) / kBitsOfByte + bytes;
  }

  const TagTable& tags_;
  Next& next_;
  const RecordReader* records_ = nullptr;
};

/// Sums up fields by series.
class UsageSink {
 public:
  explicit UsageSink(const TagTable& tags) : tags_(tags) {}

  void on_series(SeriesId id) { series.reach(id); }
  [[gnu::always_inline]] void on_float(SeriesId id, std::int64_t, double, float,
                                       std::uint64_t bytes) {
    add(id, bytes);
  }
  void on_scalar(SeriesId id, std::int64_t, double, Scalar, std::uint64_t bytes) { add(id, bytes); }
  void on_blob(SeriesId id, std::int64_t, double, std::uint64_t bytes) { add(id, bytes); }
  [[nodiscard]] static bool stopped() noexcept { return false; }

  Chunked<SeriesUsage> series;
  std::uint64_t compressed_values = 0;

 private:
  void add(SeriesId id, std::uint64_t bytes) {
    if (bytes == kCompressedValue) [[unlikely]] {
      compressed_values += tags_.info(id).selected ? 1U : 0U;
      return;
    }
    series[id].bytes += bytes;
    ++series[id].values;
  }

  const TagTable& tags_;
};

/// Another source, and how much of it was read.
class CountingSource final : public ByteSource {
 public:
  CountingSource(std::unique_ptr<ByteSource> inner, std::uint64_t& bytes)
      : inner_(std::move(inner)), bytes_(bytes) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    auto read = inner_->read(into);
    if (read.ok()) bytes_ += *read;
    return read;
  }
  Result<std::optional<std::uint64_t>> size() override { return inner_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    return inner_->read_at(offset, into);
  }
  [[nodiscard]] bool can_read_at() const noexcept override { return inner_->can_read_at(); }
  [[nodiscard]] const std::string& path() const noexcept override { return inner_->path(); }

 private:
  std::unique_ptr<ByteSource> inner_;
  std::uint64_t& bytes_;
};

class UsageReader {
 public:
  UsageReader(const Run& run, const Selection& select, const SeriesSelector& selector,
              const OpContext& context)
      : run_(run), select_(select), selector_(selector), context_(context) {}

  Result<RunUsage> read() {
    for (int tries = 0;; ++tries) {
      usage_ = {};
      read_ = 0;
      const Status status = try_read();
      if (status.ok()) break;
      if (status.error().code != ErrorCode::kChanged) return status.error();
      if (tries == 2) {
        give_up(status.error());
        break;
      }
    }
    usage_.outcome.life = judge_life(run_, *usage_.reading, context_.clock.now());
    usage_.outcome.take(run_, *usage_.reading);
    return std::move(usage_);
  }

 private:
  Status try_read() {
    const bool clean = select_.view == View::kClean;
    const bool again = clean || select_.last;
    usage_.reading =
        std::make_unique<RunReading>(context_.sys, run_, input_options(context_, again));
    passes_ = {.max_series = select_.max_series,
               .selector = &selector_,
               .stop = &context_.stop,
               .on_bytes = progress_of(context_)};
    const PointFilter filter(select_);
    UsageSink sums(usage_.reading->tags);
    if (!again && filter.empty()) {
      TFEVENTS_CHECK(read_files(sums));
    } else {
      TFEVENTS_CHECK(read_view(clean, filter, sums));
    }
    usage_.series = std::move(sums.series);
    usage_.compressed_values = sums.compressed_values;
    if (!counts_points(select_)) count_framing();
    return ok_status();
  }

  Status read_view(bool clean, const PointFilter& filter, UsageSink& sums) {
    RunReading& state = *usage_.reading;
    Observation observation(context_.temp_directory);
    if (clean) {
      ObservingSink sink{observation};
      TFEVENTS_CHECK(PointReader(state, sink, passes_).read_all());
      TFEVENTS_CHECK(observation.status());
      passes_.again = true;
    }
    const Observation* view = clean && observation.drops_points() ? &observation : nullptr;
    PointCounts counts;
    if (select_.last) {
      CountingSink counting{counts};
      ViewSink<CountingSink> sink(state.tags, view, filter, std::nullopt, nullptr, counting);
      TFEVENTS_CHECK(PointReader(state, sink, passes_).read_all());
      sink.finish();
      TFEVENTS_CHECK(sink.status());
      passes_.again = true;
    }
    ViewSink<UsageSink> sink(state.tags, view, filter, select_.last, &counts, sums);
    TFEVENTS_CHECK(read_files(sink));
    sink.finish();
    TFEVENTS_CHECK(sink.status());
    for (SeriesId id = 0; id < state.tags.series_count(); ++id) {
      if (!state.tags.info(id).selected) continue;
      const SeriesDrops drops = sink.drops(id);
      usage_.outcome.dropped.duplicates += drops.duplicates;
      usage_.outcome.dropped.restart += drops.restart;
    }
    return ok_status();
  }

  // As PointReader::read_all, but each file is looked at before and after it is read.
  template <class Sink>
  Status read_files(Sink& sink) {
    RunReading& state = *usage_.reading;
    FieldSink<Sink> fields(state.tags, sink);
    PointReader reader(state, fields, passes_);
    if (!passes_.again) state.files.assign(state.input.file_count(), {});
    for (std::size_t file = 0; file < state.input.file_count() && !context_.stop.requested();
         ++file) {
      auto source = state.input.open(file);
      if (!source.ok()) {
        if (run_.standard_input || source.error().code == ErrorCode::kChanged)
          return std::move(source).error();
        if (!std::exchange(state.files[file].unreadable, true))
          state.findings.on_unreadable(file, source.error());
        continue;
      }
      std::uint64_t size = run_.files[file].size;
      if (const auto now = (*source)->size(); now.ok() && *now) size = **now;
      if (run_.standard_input) {
        size = 0;
        *source = std::make_unique<CountingSource>(std::move(*source), size);
      }
      RecordReader records(std::move(*source), {.temp_directory = context_.temp_directory});
      fields.begin_file(records);
      const std::uint64_t records_before = reader.records();
      reader.read_file(file, records);
      if (run_.standard_input && state.files[file].unreadable) return records.error();
      if (passes_.again) {
        if (!context_.stop.requested()) TFEVENTS_CHECK(usage_.reading->check_end(file, records));
      } else {
        end_file(file, records, reader.records() - records_before, size);
      }
    }
    return ok_status();
  }

  void end_file(std::size_t file, const RecordReader& records, std::uint64_t count,
                std::uint64_t size_on_disk) {
    RunReading& state = *usage_.reading;
    FileFindings& found = state.files[file];
    found.records = count;
    found.tail = records.tail();
    found.compression = records.compression();
    found.git_lfs_pointer =
        found.records == 0 && found.damaged != 0 && is_git_lfs_pointer(state.input, file);
    state.findings.on_file_end(file, found);
    if (found.compression != Compression::kNone) {
      usage_.compressed += size_on_disk;
      return;
    }
    usage_.damaged += found.bytes_lost;
    if (found.unreadable) {
      const std::uint64_t record_end = count != 0 ? records.record().end() : 0;
      read_ += std::max(record_end, records.damage().end);
    } else {
      read_ += found.tail.offset + found.tail.have;
      usage_.tail += found.tail.have;
    }
  }

  // What is left of the bytes that were read.
  void count_framing() {
    std::uint64_t values = 0;
    for (SeriesId id = 0; id < usage_.series.size(); ++id) values += usage_.series[id].bytes;
    usage_.framing = read_ - values - usage_.damaged - usage_.tail;
  }

  void give_up(const Error& error) {
    usage_ = {};
    usage_.reading =
        std::make_unique<RunReading>(context_.sys, run_, input_options(context_, false));
    usage_.reading->findings.on_changed(error, Findings::Changed::kAtEveryTry);
  }

  const Run& run_;
  const Selection& select_;
  const SeriesSelector& selector_;
  const OpContext& context_;
  PointReaderOptions passes_;
  RunUsage usage_;
  std::uint64_t read_ = 0;  // Bytes of files that are not compressed.
};

}  // namespace

bool counts_points(const Selection& select) noexcept {
  return select.selects_points() || select.view == View::kClean;
}

Result<RunUsage> read_usage(const Run& run, const Selection& select, const SeriesSelector& selector,
                            const OpContext& context) {
  return UsageReader(run, select, selector, context).read();
}

}  // namespace tfevents::ops
