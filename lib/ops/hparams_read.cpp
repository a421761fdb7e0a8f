#include "ops/hparams_read.hpp"

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/parallel.hpp"
#include "event/scanner.hpp"
#include "logdir/run_input.hpp"
#include "ops/runs.hpp"
#include "record/reader.hpp"

namespace tfevents::ops {
namespace {

// What the names of the three tags have in common.
constexpr std::string_view kNeedle = "_hparams_/";

/// Experiments by their bytes. Every sub-run of add_hparams repeats that of the others.
class ExperimentPool {
 public:
  /// Null for what cannot be read.
  std::shared_ptr<const HparamsExperiment> share(Bytes content) {
    const std::lock_guard lock(mutex_);
    const auto [place, first] = experiments_.try_emplace(std::string(as_text(content)));
    if (!first) return place->second;
    auto data = parse_hparams(content);
    if (!data.ok()) return nullptr;
    if (auto* experiment = std::get_if<HparamsExperiment>(&*data))
      place->second = std::make_shared<const HparamsExperiment>(std::move(*experiment));
    return place->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const HparamsExperiment>> experiments_;
};

/// Gathers the messages of one run.
class MessageReader {
 public:
  MessageReader(const Run& run, ExperimentPool& pool, const OpContext& context)
      : run_(run), pool_(pool), context_(context) {}

  RunHparams read() {
    RunInput input(context_.sys, run_, input_options(context_, true));
    for (std::size_t file = 0; file < input.file_count() && !context_.stop.requested(); ++file) {
      auto source = input.open(file);
      if (!source.ok()) continue;
      RecordReader records(std::move(*source), {.temp_directory = input.temp_directory()});
      with_crc_kernel([&](auto kernel) { read_file<decltype(kernel)>(records); });
    }
    return std::move(result_);
  }

 private:
  template <class K>
  void read_file(RecordReader& records) {
    for (std::uint64_t count = 1;; ++count) {
      switch (records.next<K>()) {
        case RecordStep::kRecord: {
          const RecordView& record = records.record();
          const Bytes payload{record.payload, static_cast<std::size_t>(record.length)};
          if (as_text(payload).find(kNeedle) != std::string_view::npos && scanner_.scan(payload))
            take_values(payload, records, false);
          break;
        }
        case RecordStep::kBigRecord:
          if (scanner_.scan_stream(records.record().length, records.payload_fetcher()))
            take_values({}, records, true);
          break;
        case RecordStep::kDamage: break;
        case RecordStep::kEnd:
        case RecordStep::kError: return;
      }
      if ((count & 1023U) == 0 && context_.stop.requested()) return;
    }
  }

  void take_values(Bytes payload, RecordReader& records, bool big) {
    const auto each = [&](const ValueView& value) { take_value(value, records); };
    for (const FastValue& value : scanner_.event().fast) {
      if (value.metadata != nullptr) each(to_value_view(value));
    }
    for (const ValueView& value : scanner_.event().values) each(value);
    if (!scanner_.overflowed()) return;
    if (big) {
      scanner_.for_each_value(records.record().length, records.payload_fetcher(), each);
    } else {
      scanner_.for_each_value(payload, each);
    }
  }

  void take_value(const ValueView& value, RecordReader& records) {
    if (value.tag_too_long || !value.has_metadata || value.metadata.plugin != kHparamsPlugin)
      return;
    const BytesPlace& place = value.metadata.content;
    if (place.size > kMaxHparamsBytes) return;
    const auto size = static_cast<std::size_t>(place.size);
    if (place.data != nullptr || size == 0) return take(value.tag, {place.data, size});
    std::vector<std::byte> content(size);
    const Result<std::size_t> read = records.read_payload(place.offset, content);
    if (read.ok() && *read == size) take(value.tag, content);
  }

  void take(std::string_view tag, Bytes content) {
    if (tag == kHparamsExperimentTag) {
      if (result_.experiment != nullptr) return;
      result_.experiment = pool_.share(content);
      if (result_.experiment == nullptr) count_unreadable(content);
    } else if (tag == kHparamsSessionStartTag || tag == kHparamsSessionEndTag) {
      take_session(tag == kHparamsSessionStartTag, content);
    }
  }

  void take_session(bool starts, Bytes content) {
    auto data = parse_hparams(content);
    if (!data.ok()) return count_unreadable(content);
    auto* const start = std::get_if<HparamsSessionStart>(&*data);
    auto* const end = std::get_if<HparamsSessionEnd>(&*data);
    if (starts && start != nullptr) {
      if (++result_.starts == 1) result_.start = std::move(*start);
    } else if (!starts && end != nullptr) {
      result_.end = *end;
    } else {
      ++result_.unreadable;
    }
  }

  // What is above a limit has been reported as such.
  void count_unreadable(Bytes content) {
    const auto data = parse_hparams(content);
    if (data.ok() || data.error().code != ErrorCode::kLimit) ++result_.unreadable;
  }

  const Run& run_;
  ExperimentPool& pool_;
  const OpContext& context_;
  EventScanner scanner_;
  RunHparams result_;
};

}  // namespace

Result<std::vector<RunHparams>> read_hparams(std::span<const Run* const> runs,
                                             const OpContext& context) {
  std::vector<RunHparams> messages(runs.size());
  ExperimentPool pool;
  for_each_parallel(
      runs.size(), context.jobs, context.stop, [&](std::size_t i) { return runs[i]->bytes(); },
      [&](std::size_t i) { messages[i] = MessageReader(*runs[i], pool, context).read(); });
  if (context.stop.requested()) return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  return messages;
}

}  // namespace tfevents::ops
