#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/stop.hpp"
#include "event/scanner.hpp"
#include "event/stored_value.hpp"
#include "logdir/activity.hpp"
#include "logdir/findings.hpp"
#include "logdir/hparams_found.hpp"
#include "logdir/known_series.hpp"
#include "logdir/run_input.hpp"
#include "logdir/series_selector.hpp"
#include "logdir/tag_table.hpp"
#include "record/reader.hpp"

namespace tfevents {

// Sinks are templates, not interfaces: at 50 M points a second a virtual call is a third of the
// time. A sink has
//
//   void on_series(SeriesId series);                                   // a series appears;
//   tags.info(series) says which void on_float(SeriesId, std::int64_t step, double wall, float
//   value, std::uint64_t bytes);   // the common scalar void on_scalar(SeriesId, std::int64_t step,
//   double wall, Scalar value, std::uint64_t bytes); // any other scalar void on_blob(SeriesId,
//   std::int64_t step, double wall, std::uint64_t bytes);                 // a point of another
//   kind bool stopped();                                                    // polled now and then
//
// and, where it wants to look into what is no scalar, instead of on_blob
//
//   void on_stored(SeriesId, std::int64_t step, double wall, const StoredValue&);
//
// Points come in reading order: files by name, records as they stand. Nothing is filtered or purged
// here.

/// What one reading of a run does besides feeding its sink.
struct PointReaderOptions {
  std::uint64_t max_series = 1'000'000;
  /// Marks series as selected or not when they appear; null selects all.
  const SeriesSelector* selector = nullptr;
  /// Polled now and then; may be null.
  const StopFlag* stop = nullptr;
  /// The second pass over a run: findings and activity are known, tags and series as well.
  bool again = false;
  /// Told how many bytes were read, about once a MiB.
  std::function<void(std::uint64_t bytes)> on_bytes = {};
};

/// Everything about a run that does not depend on the sink. One a run being read; not thread-safe.
struct RunReading {
  RunReading(Sys& sys, const Run& run, RunInput::Options options, std::size_t max_problems = 100)
      : input(sys, run, std::move(options)), findings(run, max_problems) {}

  RunInput input;
  TagTable tags;
  Findings findings;
  Activity activity;
  HparamsFound hparams;
  std::vector<FileFindings> files;
  bool late_metadata_loaded = false;
  bool limit_reported = false;
  bool long_tag_reported = false;
  bool hparams_limit_reported = false;
  double session_end = 0;  // Wall time of the last session_end_info.

  /// Errors: kChanged where `records` ended at another place than in the first pass: the file was
  /// cut off under the reader.
  [[nodiscard]] Status check_end(std::size_t file, const RecordReader& records) const {
    const Tail &now = records.tail(), &before = files[file].tail;
    if (files[file].unreadable ||
        (now.kind == before.kind && now.offset == before.offset && now.have == before.have))
      return ok_status();
    return Error{.code = ErrorCode::kChanged,
                 .message = "the file became shorter",
                 .path = input.run().path_of(file)};
  }
};

/// Reads the points of one run into a sink.
template <class Sink>
class PointReader {
 public:
  PointReader(RunReading& state, Sink& sink, PointReaderOptions options)
      : state_(state), sink_(sink), options_(std::move(options)) {
    state_.tags.set_limit(options_.max_series);
  }

  /// All files, first to last. Errors: kChanged in a second pass only. What the system refuses is a
  /// finding.
  Status read_all() {
    if (!options_.again) {
      state_.files.assign(state_.input.file_count(), {});
    } else {
      // What metadata made of a value in the first pass it has to make of it again, at the same
      // place: points are told apart by their place in their series.
      state_.tags.forget_metadata();
      state_.late_metadata_loaded = false;
    }
    for (std::size_t file = 0; file < state_.input.file_count() && !stopped(); ++file) {
      auto source = state_.input.open(file);
      if (!source.ok()) {
        if (source.error().code == ErrorCode::kChanged) return std::move(source).error();
        on_unreadable(file, source.error());
        continue;
      }
      RecordReader records(std::move(*source), {.temp_directory = state_.input.temp_directory()});
      read_file(file, records);
      if (options_.again && !stopped()) TFEVENTS_CHECK(state_.check_end(file, records));
      close_file(file, records);
    }
    if (input_error_) return *input_error_;
    return ok_status();
  }

  /// Intact records so far.
  [[nodiscard]] std::uint64_t records() const noexcept { return records_; }

  /// The records of one file up to its present end; `dump --follow` calls it again after growth.
  void read_file(std::size_t file, RecordReader& records) {
    file_ = file;
    with_crc_kernel([&](auto kernel) { loop<decltype(kernel)>(file, records); });
  }

 private:
  bool stopped() {
    return sink_.stopped() || (options_.stop != nullptr && options_.stop->requested());
  }

  template <class K>
  void loop(std::size_t file, RecordReader& records) {
    std::uint64_t reported = records.offset();
    for (std::uint64_t count = 1;; ++count) {
      switch (records.next<K>()) {
        case RecordStep::kRecord: {
          const RecordView& record = records.record();
          const Bytes payload{record.payload, static_cast<std::size_t>(record.length)};
          if (!on_repeated(payload)) [[unlikely]]
            on_record(file, record, payload);
          ++records_;
          break;
        }
        case RecordStep::kBigRecord: big_record(file, records); break;
        case RecordStep::kDamage: on_damage(file, records.damage()); break;
        case RecordStep::kEnd: progress(records, reported); return;
        case RecordStep::kError: on_unreadable(file, records.error()); return;
      }
      if ((count & 1023U) == 0) [[unlikely]] {
        progress(records, reported);
        if (stopped()) return;
      }
    }
  }

  // An event whose values are known but for their numbers. False: it is not, and nothing was done.
  [[gnu::always_inline]] bool on_repeated(Bytes payload) {
    PlainEvent event;
    if (!read_plain_event(payload, event)) return false;
    const auto bytes = static_cast<std::size_t>(payload.data() + payload.size() - event.values);
    const TagId tag = known_.expected();
    const KnownSeries::Entry& known = known_[tag];
    if (known.value.size() != bytes) {
      return known.value.size() != 0 && known.value.size() < bytes &&
             known.value.matches(event.values) && on_repeated_values(event, bytes);
    }
    if (!known.value.matches(event.values)) return false;
    known_.step_to(tag);
    if (!options_.again) state_.activity.on_event(event.wall_time);
    sink_.on_float(known.series, event.step, event.wall_time, known.value.number(event.values),
                   known.value.value_bytes());
    return true;
  }

  // The same for several values in one event: all are known, or none is given.
  [[gnu::noinline]] bool on_repeated_values(const PlainEvent event, std::size_t bytes) {
    repeated_.clear();
    const TagId first = known_.expected();
    TagId tag = first;
    for (const std::byte* p = event.values; bytes != 0;) {
      tag = repeated_.empty() ? first : known_[tag].next_value;
      const KnownSeries::Entry& known = known_[tag];
      const std::size_t size = known.value.size();
      if (size == 0 || size > bytes || !known.value.matches(p)) return false;
      repeated_.push_back({&known, known.value.number(p)});
      p += size;
      bytes -= size;
    }
    if (repeated_.empty()) return false;
    known_.step_to(first);
    if (!options_.again) state_.activity.on_event(event.wall_time);
    for (const Repeated& value : repeated_) {
      sink_.on_float(value.known->series, event.step, event.wall_time, value.number,
                     value.known->value.value_bytes());
    }
    return true;
  }

  [[gnu::noinline]] void on_record(std::size_t file, const RecordView& record, Bytes payload) {
    record_offset_ = record.offset;
    if (scanner_.scan(payload)) [[likely]] {
      on_event(payload, nullptr);
    } else {
      on_undecodable(file, record);
    }
  }

  void progress(const RecordReader& records, std::uint64_t& reported) {
    if (options_.on_bytes)
      options_.on_bytes(records.offset() - std::min(reported, records.offset()));
    reported = records.offset();
  }

  void big_record(std::size_t file, RecordReader& records) {
    ++records_;
    record_offset_ = records.record().offset;
    const auto fetch = records.payload_fetcher();
    if (scanner_.scan_stream(records.record().length, fetch)) {
      on_event({}, &records);
    } else {
      on_undecodable(file, records.record());
    }
  }

  // Once a file, in whichever pass it is met. A file of a tree is a finding; standard input is all
  // that was asked for.
  void on_unreadable(std::size_t file, const Error& error) {
    if (state_.input.run().standard_input) input_error_ = error;
    if (std::exchange(state_.files[file].unreadable, true)) return;
    state_.findings.on_unreadable(file, error);
  }

  void on_undecodable(std::size_t file, const RecordView& record) {
    if (options_.again) return;
    ++state_.files[file].undecodable;
    state_.files[file].bytes_lost += record.end() - record.offset;
    state_.findings.on_undecodable(file, record);
  }

  void on_damage(std::size_t file, const Damage& damage) {
    if (options_.again) return;
    ++state_.files[file].damaged;
    state_.files[file].bytes_lost += damage.end - damage.offset;
    state_.findings.on_damage(file, damage);
  }

  void close_file(std::size_t file, const RecordReader& records) {
    FileFindings& findings = state_.files[file];
    if (!options_.again) {
      findings.records = records_ - first_record_;
      findings.tail = records.tail();
      findings.compression = records.compression();
      findings.git_lfs_pointer =
          findings.records == 0 && findings.damaged != 0 && is_git_lfs_pointer(state_.input, file);
      state_.findings.on_file_end(file, findings);
    }
    first_record_ = records_;
  }

  // `big` gives the payload where it is not in memory.
  [[gnu::always_inline]] void on_event(Bytes payload, RecordReader* big) {
    const EventView& event = scanner_.event();
    if (!options_.again) state_.activity.on_event(event.wall_time);
    if (event.kind == EventKind::kSummary) [[likely]] {
      for (const FastValue& value : event.fast) on_fast(event, value);
      for (const ValueView& value : event.values) on_value(event, value, big);
      if (scanner_.overflowed()) [[unlikely]]
        many_values(payload, big);
    } else {
      on_other(event, big);
    }
  }

  // A value that is no scalar. `big` gives the record where it is not in memory.
  void give_stored(SeriesId id, const EventView& event, StoredForm form, const BytesPlace& place,
                   RecordReader* big) {
    if constexpr (requires(const StoredValue& stored) {
                    sink_.on_stored(id, event.step, event.wall_time, stored);
                  }) {
      sink_.on_stored(id, event.step, event.wall_time,
                      StoredValue(form, place, big, file_, record_offset_));
    } else {
      sink_.on_blob(id, event.step, event.wall_time, place.size);
    }
  }

  [[gnu::always_inline]] void on_fast(const EventView& event, const FastValue& value) {
    TagTable& tags = state_.tags;
    const TagId tag = tags.intern(value.tag_view());
    if (tag == kNoId) [[unlikely]]
      return too_many();
    if (value.metadata != nullptr && !tags.has_metadata(tag)) [[unlikely]] {
      set_plugin(tag, parse_metadata({value.metadata, value.metadata_bytes}).plugin);
    }
    if (value.form != FastForm::kSimple) [[unlikely]] {
      if (value.form != FastForm::kScalarTensor || !tags.plain_scalars(tag))
        return on_fast_blob(event, value, tag);
    }
    SeriesId id = tags.scalars(tag);
    if (id == kNoId) [[unlikely]]
      id = series(tag, Kind::kScalars);
    sink_.on_float(id, event.step, event.wall_time, value.value, value.bytes);
    known_.learn(tag, id, value, &value == event.fast.data());
  }

  void set_plugin(TagId tag, std::string_view plugin) {
    if (state_.tags.has_metadata(tag)) return;
    state_.tags.set_plugin(tag, plugin);
    known_.forget(tag);
  }

  // A histogram, a tensor, or a single number under a plugin whose tensors are no scalars.
  void on_fast_blob(const EventView& event, const FastValue& value, TagId tag) {
    TagTable& tags = state_.tags;
    Kind kind = Kind::kHistograms;
    if (value.form != FastForm::kHistogram) {
      if (!tags.has_metadata(tag) && !state_.late_metadata_loaded) load_late_metadata();
      const std::string_view plugin = tags.plugin(tag);
      const std::optional<Kind> known = kind_of_plugin(plugin);
      kind = known.value_or(plugin.empty() ? Kind::kTensors : Kind::kPlugin);
      if (kind == Kind::kScalars) kind = Kind::kTensors;
    }
    give_stored(series(tag, kind), event, StoredForm::kValue, value.place(), nullptr);
    if (kind == Kind::kHparams && value.metadata != nullptr)
      on_hparams(event, to_value_view(value), nullptr);
  }

  void on_value(const EventView& event, const ValueView& value, RecordReader* big) {
    TagTable& tags = state_.tags;
    if (value.tag_too_long) return tag_too_long();
    const TagId tag = tags.intern(value.tag);
    if (tag == kNoId) return too_many();
    if (value.has_metadata) set_plugin(tag, value.metadata.plugin);
    if (!tags.has_metadata(tag) && needs_metadata(value) && !state_.late_metadata_loaded)
      load_late_metadata();
    const auto classified = classify(value, tags.plugin(tag));
    if (!classified) return;
    const SeriesId id = series(tag, classified->kind);
    if (!classified->scalar) {
      give_stored(id, event, StoredForm::kValue, value.place, big);
    } else if (classified->scalar->dtype == DType::kFloat32) {
      sink_.on_float(id, event.step, event.wall_time, classified->scalar->f32, value.place.size);
    } else {
      sink_.on_scalar(id, event.step, event.wall_time, *classified->scalar, value.place.size);
    }
    if (classified->kind == Kind::kHparams) on_hparams(event, value, big);
  }

  // Hparams lie in the metadata of their values. `big` gives the record where it is not in memory.
  void on_hparams(const EventView& event, const ValueView& value, RecordReader* big) {
    if (options_.again) return;
    if (value.tag == kHparamsSessionEndTag)
      state_.session_end = std::max(state_.session_end, event.wall_time);
    if (value.metadata.plugin != kHparamsPlugin || !state_.hparams.wants(value.tag)) return;
    const BytesPlace& place = value.metadata.content;
    bool taken = place.size <= kMaxHparamsBytes;
    if (taken && (place.data != nullptr || place.size == 0)) {
      taken = state_.hparams.take(value.tag, {place.data, static_cast<std::size_t>(place.size)});
    } else if (taken) {
      std::vector<std::byte> content(static_cast<std::size_t>(place.size));
      const Result<std::size_t> read = big->read_payload(place.offset, content);
      if (!read.ok() || *read != content.size()) return;  // What the system refuses ends the file.
      taken = state_.hparams.take(value.tag, content);
    }
    if (taken || std::exchange(state_.hparams_limit_reported, true)) return;
    state_.findings.on_limit("hparams above 4 MiB or of more than 65,536 entries are left out", "");
  }

  void many_values(Bytes payload, RecordReader* big) {
    EventView head;
    head.step = scanner_.event().step;
    head.wall_time = scanner_.event().wall_time;
    const auto deliver = [&](const ValueView& value) { on_value(head, value, big); };
    if (big == nullptr) {
      scanner_.for_each_value(payload, deliver);
      return;
    }
    const auto fetch = big->payload_fetcher();
    scanner_.for_each_value(big->record().length, fetch, deliver);
  }

  // Graphs and run metadata are series too, under the tags that TensorBoard gives them.
  void on_other(const EventView& event, RecordReader* big) {
    switch (event.kind) {
      case EventKind::kGraphDef:
        return blob("__run_graph__", Kind::kGraphs, event, StoredForm::kGraph, big);
      case EventKind::kMetaGraphDef:
        return blob("__meta_graph__", Kind::kGraphs, event, StoredForm::kMetaGraph, big);
      case EventKind::kTaggedRunMetadata:
        if (event.run_metadata_tag.size() > kMaxTagBytes) return tag_too_long();
        return blob(event.run_metadata_tag, Kind::kRunMetadata, event, StoredForm::kRunMetadata,
                    big);
      case EventKind::kSessionLog:
        if (event.session_status == SessionStatus::kStop && !options_.again) {
          state_.activity.on_end_mark(event.wall_time);
        }
        return;
      default: return;
    }
  }

  void blob(std::string_view name, Kind kind, const EventView& event, StoredForm form,
            RecordReader* big) {
    const TagId tag = state_.tags.intern(name);
    if (tag == kNoId) return too_many();
    give_stored(series(tag, kind), event, form, event.blob, big);
  }

  SeriesId series(TagId tag, Kind kind) {
    bool created = false;
    const SeriesId id = state_.tags.series(tag, kind, created);
    if (created) {
      if (options_.selector != nullptr) {
        state_.tags.set_selected(
            id, options_.selector->selects(state_.tags.name(tag), state_.tags.kind_name(id)));
      }
      sink_.on_series(id);
    }
    return id;
  }

  void too_many() {
    if (state_.limit_reported || options_.again) return;
    state_.limit_reported = true;
    state_.findings.on_limit(
        "more than " + std::to_string(options_.max_series) + " series: the others are left out",
        "--max-series raises the limit, at 300 bytes of memory a series");
  }

  void tag_too_long() {
    if (options_.again || state_.long_tag_reported) return;
    state_.long_tag_reported = true;
    state_.findings.on_limit("a tag above 64 KiB: points of such tags are left out", "");
  }

  // A tensor of a tag that has had no metadata so far: what it is depends on metadata that may come
  // later in the run, so the rest is searched for it, once.
  void load_late_metadata() {
    state_.late_metadata_loaded = true;
    if (!state_.input.can_reread() || state_.input.run().standard_input) return;
    EventScanner scanner;
    for (std::size_t file = 0; file < state_.input.file_count(); ++file) {
      auto source = state_.input.open(file);
      if (!source.ok()) continue;
      RecordReader records(std::move(*source), {.temp_directory = state_.input.temp_directory()});
      for (RecordStep step = records.next(); step != RecordStep::kEnd && step != RecordStep::kError;
           step = records.next()) {
        if (step != RecordStep::kDamage) keep_metadata(scanner, records);
      }
    }
  }

  void keep_metadata(EventScanner& scanner, RecordReader& records) {
    const RecordView& record = records.record();
    const Bytes payload{record.payload, static_cast<std::size_t>(record.length)};
    const bool big = record.payload == nullptr;  // It comes in pieces.
    if (!(big ? scanner.scan_stream(record.length, records.payload_fetcher())
              : scanner.scan(payload)))
      return;
    const auto keep = [this](const ValueView& value) {
      if (!value.has_metadata || value.tag_too_long) return;
      const TagId tag = state_.tags.intern(value.tag);
      if (tag != kNoId) set_plugin(tag, value.metadata.plugin);
    };
    for (const FastValue& value : scanner.event().fast) {
      if (value.metadata != nullptr) keep(to_value_view(value));
    }
    for (const ValueView& value : scanner.event().values) keep(value);
    if (!scanner.overflowed()) return;
    if (big) return scanner.for_each_value(record.length, records.payload_fetcher(), keep);
    scanner.for_each_value(payload, keep);
  }

  RunReading& state_;
  Sink& sink_;
  PointReaderOptions options_;
  EventScanner scanner_;
  KnownSeries known_;
  struct Repeated {
    const KnownSeries::Entry* known;
    float number;
  };
  std::vector<Repeated> repeated_;  // Of one event.
  std::optional<Error> input_error_;
  std::size_t file_ = 0;             // Being read.
  std::uint64_t record_offset_ = 0;  // Of the event being looked at.
  std::uint64_t records_ = 0;        // Intact ones, of all files.
  std::uint64_t first_record_ = 0;   // Of these, before the present file.
};

}  // namespace tfevents
