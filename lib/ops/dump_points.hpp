#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "logdir/point_reader.hpp"
#include "logdir/series_selector.hpp"
#include "ops/dump.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {

/// Text of one slot on its way to the stream: passed on in blocks.
class SlotText {
 public:
  SlotText(OrderedOutput& output, std::size_t slot) : output_(output), slot_(slot) {}

  /// Passes `text` on when it has become a block; it is empty then.
  void pass_on(std::string& text) {
    if (text.size() >= kBlock) [[unlikely]] {
      flush(text);
      text.reserve(kBlock + kBlock / 4);
    }
  }
  void flush(std::string& text);
  [[nodiscard]] bool failed() const { return output_.failed(); }

  static constexpr std::size_t kBlock = 128 * 1024;

 private:
  OrderedOutput& output_;
  std::size_t slot_;
};

/// What one run adds to a dump.
struct DumpedRun {
  RunOutcome outcome;
  std::uint64_t rows = 0;
};

/// Writes the points of one run. Errors: the temporary directory.
Result<DumpedRun> dump_points(const Run& run, const DumpOptions& options,
                              const SeriesSelector& selector, DumpFormat& format, SlotText& output,
                              const OpContext& context);

/// Writes the record rows, or the bytes, of one run.
Result<DumpedRun> dump_records(const Run& run, const DumpOptions& options,
                               const SeriesSelector& selector, DumpFormat& format, SlotText& output,
                               const OpContext& context);

/// Gives selected points to a writer and its text to the stream. What is no scalar is decoded.
class EmitSink {
 public:
  /// Of a series that runs a point behind.
  using Kept = std::unique_ptr<DecodedValue>;

  /// Values of more than `printed_bytes` are elided.
  EmitSink(RunReading& reading, PointWriter& writer, SlotText& output, std::uint64_t printed_bytes)
      : reading_(reading), writer_(writer), output_(output), printed_bytes_(printed_bytes) {}

  void on_series(SeriesId series) {
    const TagTable& tags = reading_.tags;
    const SeriesInfo& info = tags.info(series);
    if (info.selected)
      writer_.on_series(series, tags.name(info.tag), tags.kind_name(series), tags.plugin(info.tag));
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value, std::uint64_t) {
    writer_.on_float(series, step, wall, value);
    after();
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value, std::uint64_t) {
    writer_.on_scalar(series, step, wall, value);
    after();
  }
  void on_stored(SeriesId series, std::int64_t step, double wall, const StoredValue& stored) {
    decode(series, step, stored, value_);
    writer_.on_value(series, step, wall, value_);
    after();
  }
  Kept keep(SeriesId series, std::int64_t step, double /*wall*/, const StoredValue& stored) {
    auto kept = std::make_unique<DecodedValue>();
    decode(series, step, stored, *kept);
    return kept;
  }
  void on_kept(SeriesId series, std::int64_t step, double wall, const Kept& kept) {
    writer_.on_value(series, step, wall, *kept);
    after();
  }
  void end() {
    writer_.on_end([this] { output_.pass_on(writer_.text()); });
  }
  [[nodiscard]] bool stopped() const { return output_.failed() || writer_.failed(); }
  [[nodiscard]] std::uint64_t points() const noexcept { return points_; }

 private:
  void after() {
    ++points_;
    output_.pass_on(writer_.text());
  }

  // What cannot be decoded is elided, and a finding.
  void decode(SeriesId series, std::int64_t step, const StoredValue& stored, DecodedValue& value);

  RunReading& reading_;
  PointWriter& writer_;
  SlotText& output_;
  std::uint64_t printed_bytes_;
  std::uint64_t points_ = 0;
  DecodedValue value_;  // The one being emitted.
};

}  // namespace tfevents::ops
