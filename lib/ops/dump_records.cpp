#include <algorithm>
#include <utility>

#include "base/number.hpp"
#include "base/time.hpp"
#include "logdir/view.hpp"
#include "ops/dump_points.hpp"
#include "record/crc32c.hpp"

namespace tfevents::ops {
namespace {

/// Rows or bytes of the records of one run, file by file.
class RecordDump {
 public:
  RecordDump(const Run& run, const DumpOptions& options, const SeriesSelector& selector,
             DumpFormat& format, SlotText& output, const OpContext& context)
      : run_(run),
        options_(options),
        filter_(options.select),
        selector_(selector),
        output_(output),
        context_(context),
        reading_(context.sys, run, input_options(context, needs_look())) {
    reading_.tags.set_limit(options.select.max_series);
    if (options_.what == DumpOptions::What::kRecords) writer_ = format.records_of(run);
  }

  Result<DumpedRun> dump() {
    DumpedRun dumped;
    if (options_.select.filters_activity()) {
      TFEVENTS_TRY(const bool active, look());
      if (!active) return finished(std::move(dumped));
    }
    reading_.files.assign(reading_.input.file_count(), {});
    for (std::size_t file = 0; file < reading_.input.file_count() && !output_.failed(); ++file) {
      TFEVENTS_TRY(const bool read, read_file(file));
      if (!read) continue;
    }
    if (writer_ != nullptr) output_.flush(writer_->text());
    output_.flush(bytes_);
    if (input_error_) return *input_error_;
    dumped.rows = rows_;
    return finished(std::move(dumped));
  }

 private:
  [[nodiscard]] bool needs_look() const noexcept {
    return options_.select.filters_activity() || options_.select.last;
  }

  // A pass for the activity filters alone.
  Result<bool> look() {
    QuietSink sink;
    TFEVENTS_CHECK(PointReader(reading_, sink,
                               PointReaderOptions{.selector = &selector_, .stop = &context_.stop})
                       .read_all());
    const bool active =
        passes_activity(options_.select, judge_life(run_, reading_, context_.clock.now()));
    again_ = true;
    return active;
  }

  DumpedRun finished(DumpedRun dumped) {
    dumped.outcome.life = judge_life(run_, reading_, context_.clock.now());
    dumped.outcome.take(run_, reading_);
    return dumped;
  }

  Result<bool> read_file(std::size_t file) {
    const bool known = again_;
    if (options_.select.last) {
      skip_ = 0;
      counting_ = true;
      seen_ = 0;
      if (!pass(file)) return false;
      skip_ = seen_ - std::min(seen_, *options_.select.last);
      counting_ = false;
      again_ = true;
    }
    seen_ = 0;
    const bool read = pass(file);
    again_ = known;
    return read;
  }

  bool pass(std::size_t file) {
    auto source = reading_.input.open(file);
    if (!source.ok()) {
      on_unreadable(file, source.error());
      return false;
    }
    path_ = run_.path_of(file);
    RecordReader records(std::move(*source), {.temp_directory = context_.temp_directory});
    for (RecordStep step = records.next(); !output_.failed() && !context_.stop.requested();
         step = records.next()) {
      switch (step) {
        case RecordStep::kRecord:
        case RecordStep::kBigRecord:
          on_record(file, records, step == RecordStep::kBigRecord);
          break;
        case RecordStep::kDamage: on_damage(file, records.damage()); break;
        case RecordStep::kEnd: on_tail(records.tail()); return true;
        case RecordStep::kError: on_unreadable(file, records.error()); return false;
      }
    }
    return true;
  }

  void on_unreadable(std::size_t file, const Error& error) {
    reading_.findings.on_unreadable(file, error);
    if (run_.standard_input) input_error_ = error;
  }

  void on_record(std::size_t file, RecordReader& records, bool big) {
    const RecordView& record = records.record();
    RecordRow row;
    row.path = path_;
    row.offset = record.offset;
    row.length = record.length;
    const auto fetch = records.payload_fetcher();
    const Bytes payload{record.payload, static_cast<std::size_t>(big ? 0 : record.length)};
    const bool decoded = big ? scanner_.scan_stream(record.length, fetch) : scanner_.scan(payload);
    if (!decoded) {
      if (!again_) reading_.findings.on_undecodable(file, record);
      if (!options_.select.selects_points() || options_.select.last) emit(row, records, big);
      return;
    }
    const EventView& event = scanner_.event();
    if (!again_) reading_.activity.on_event(event.wall_time);
    row.wall_time = event.wall_time;
    row.step = event.step;
    row.event = to_string(event.kind);
    selected_value_ = selector_.selects_all();
    listed_.clear();
    left_out_ = 0;
    list_values(row, payload, big ? &records : nullptr, fetch);
    // Names of a stream's values die when the next one is read: the table's live on, but move while
    // it grows.
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      if (listed_[i] != kNoId) row.values[i].tag = reading_.tags.name(listed_[i]);
    }
    if (!selected_value_ || !filter_.passes(event.step, event.wall_time)) return;
    if (left_out_ != 0) note_left_out(file, record);
    emit(row, records, big);
  }

  template <class Fetch>
  void list_values(RecordRow& row, Bytes payload, RecordReader* big, const Fetch& fetch) {
    const EventView& event = scanner_.event();
    for (const FastValue& value : event.fast) list(row, to_value_view(value));
    for (const ValueView& value : event.values) list(row, value);
    const auto one = [&](const ValueView& value) { list(row, value); };
    if (scanner_.overflowed() && big == nullptr) scanner_.for_each_value(payload, one);
    if (scanner_.overflowed() && big != nullptr)
      scanner_.for_each_value(big->record().length, fetch, one);
    if (event.kind == EventKind::kGraphDef) list_blob(row, "__run_graph__", Kind::kGraphs);
    if (event.kind == EventKind::kMetaGraphDef) list_blob(row, "__meta_graph__", Kind::kGraphs);
    if (event.kind == EventKind::kTaggedRunMetadata)
      list_blob(row, event.run_metadata_tag, Kind::kRunMetadata);
  }

  void list(RecordRow& row, const ValueView& value) {
    TagTable& tags = reading_.tags;
    const TagId tag = tags.intern(value.tag);
    std::string_view plugin = value.metadata.plugin;
    if (tag != kNoId) {
      if (value.has_metadata) tags.set_plugin(tag, plugin);
      plugin = tags.plugin(tag);
    }
    const auto classified = classify(value, plugin);
    std::string_view kind;
    if (classified) kind = classified->kind == Kind::kPlugin ? plugin : to_string(classified->kind);
    add_value(row, value.tag, kind, value.place.size, tag,
              classified ? classified->kind : Kind::kTensors);
  }

  void list_blob(RecordRow& row, std::string_view name, Kind kind) {
    add_value(row, name, to_string(kind), scanner_.event().blob.size, reading_.tags.intern(name),
              kind);
  }

  void add_value(RecordRow& row, std::string_view name, std::string_view kind, std::uint64_t bytes,
                 TagId tag, Kind id) {
    bool created = false;
    bool selected = selector_.selects_all();
    if (tag != kNoId && !kind.empty()) {
      const SeriesId series = reading_.tags.series(tag, id, created);
      if (created) reading_.tags.set_selected(series, selector_.selects(name, kind));
      selected = reading_.tags.info(series).selected;
    }
    selected_value_ = selected_value_ || selected;
    // Past a bound of memory a row lists no more, and a note says so.
    if (writer_ == nullptr || counting_) return;
    if (row.values.size() >= EventScanner::kHeldValues) {
      ++left_out_;
      return;
    }
    row.values.push_back({name, kind, bytes});
    listed_.push_back(tag);
  }

  void note_left_out(std::size_t file, const RecordView& record) {
    reading_.findings.add({.severity = Severity::kWarn,
                           .rule = "values-left-out",
                           .path = run_.path_of(file),
                           .offset = record.offset,
                           .end = record.end(),
                           .message = "its row lists the first " +
                                      to_text(std::uint64_t{EventScanner::kHeldValues}) +
                                      " values and leaves out " + to_text(left_out_),
                           .hint = "without --records every point is printed"});
  }

  void on_damage(std::size_t file, const Damage& damage) {
    if (!again_) reading_.findings.on_damage(file, damage);
    if (options_.what == DumpOptions::What::kBytes) return;
    RecordRow row;
    row.path = path_;
    row.offset = damage.offset;
    if (damage.record_length) {
      row.length = *damage.record_length;
      row.data_ok = false;
    } else {
      row.type = RecordRow::Type::kDamage;
      row.end = damage.end;
      row.damage = to_string(damage.kind);
      row.detail = human_bytes(damage.end - damage.offset) + " skipped";
    }
    emit_row(row);
  }

  void on_tail(const Tail& tail) {
    if (tail.kind == Tail::Kind::kClean || options_.what == DumpOptions::What::kBytes) return;
    RecordRow row;
    row.type = RecordRow::Type::kTail;
    row.path = path_;
    row.offset = tail.offset;
    row.have = tail.have;
    // A header can claim more than there are numbers for.
    if (tail.kind == Tail::Kind::kTruncated && tail.need <= INT64_MAX) row.need = tail.need;
    emit_row(row);
  }

  void emit(const RecordRow& row, RecordReader& records, bool big) {
    if (options_.what == DumpOptions::What::kRecords) return emit_row(row);
    if (row.event == nullptr && !row.data_ok) return;
    if (!counts()) return;
    copy_record(records, big);
  }

  void emit_row(const RecordRow& row) {
    if (!counts()) return;
    writer_->on_row(row);
    output_.pass_on(writer_->text());
  }

  // False for rows of a counting pass, and for those before the last N.
  bool counts() {
    if (seen_++ < skip_ || counting_) return false;
    ++rows_;
    return true;
  }

  // The record as it stands: header, payload, checksum.
  void copy_record(RecordReader& records, bool big) {
    const RecordView& record = records.record();
    char header[kHeaderBytes];
    store_le<std::uint64_t>(header, record.length);
    store_le<std::uint32_t>(header + 8, masked_crc32c(as_bytes({header, 8})));
    bytes_.append(header, sizeof header);
    std::uint32_t crc = crc::kInit;
    const auto add = [&](Bytes part) {
      crc = with_crc_kernel(
          [&](auto kernel) { return decltype(kernel)::extend(crc, part.data(), part.size()); });
      bytes_.append(as_text(part));
      output_.pass_on(bytes_);
    };
    if (!big) {
      add({record.payload, static_cast<std::size_t>(record.length)});
    } else {
      std::vector<std::byte> part(SlotText::kBlock);
      for (std::uint64_t at = 0; at < record.length && !output_.failed();) {
        auto n = records.read_payload(at, part);
        if (!n.ok() || *n == 0) break;
        add({part.data(), *n});
        at += *n;
      }
    }
    char footer[4];
    store_le<std::uint32_t>(footer, mask_crc(crc ^ crc::kInit));
    bytes_.append(footer, sizeof footer);
    output_.pass_on(bytes_);
  }

  const Run& run_;
  const DumpOptions& options_;
  PointFilter filter_;
  const SeriesSelector& selector_;
  SlotText& output_;
  const OpContext& context_;
  RunReading reading_;
  EventScanner scanner_;
  std::unique_ptr<RecordWriter> writer_;
  std::vector<TagId> listed_;  // Of the row's values.
  std::string bytes_;
  std::string path_;
  std::optional<Error> input_error_;  // Of standard input, which is all that was asked for.
  std::uint64_t left_out_ = 0;        // Values of the record that its row does not list.
  std::uint64_t rows_ = 0, seen_ = 0, skip_ = 0;
  bool counting_ = false;
  bool again_ = false;  // Findings of these bytes are known already.
  bool selected_value_ = false;
};

}  // namespace

Result<DumpedRun> dump_records(const Run& run, const DumpOptions& options,
                               const SeriesSelector& selector, DumpFormat& format, SlotText& output,
                               const OpContext& context) {
  return RecordDump(run, options, selector, format, output, context).dump();
}

}  // namespace tfevents::ops
