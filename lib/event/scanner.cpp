#include "event/scanner.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "event/fast_shapes.hpp"
#include "event/parser.hpp"

namespace tfevents {
namespace {

using fast::Number;
using fast::read_blob;
using fast::read_front;
using fast::read_number;
using fast::read_short_length;
using fast::read_varint;
using fast::same_bytes;
using fast::ValueFront;
using fast::operator""_b;

/// Keeps the values of one event, up to a limit of their number and of the bytes of names copied
/// for them.
template <class Reader>
struct Collector {
  static constexpr std::size_t kMaxKeptBytes = std::size_t{2} << 20;

  EventView& event;
  Reader& in;
  bool overflowed = false;
  std::uint64_t seen = 0;     // Values met, those cleared since among them.
  std::uint64_t cleared = 0;  // Of these, how many do not count.
  ValueView scratch = {};     // For values past the limit.

  ValueView& begin_value() {
    ++seen;
    if (!overflowed) return event.values.emplace_back();
    scratch.reset();
    return scratch;
  }
  void end_value() {
    overflowed = overflowed || event.values.size() > EventScanner::kHeldValues ||
                 in.kept_bytes() > kMaxKeptBytes;
    if (overflowed) forget();
  }
  void on_clear() {
    forget();
    overflowed = false;
    cleared = seen;
  }
  void forget() {
    event.values.clear();
    // The one name that belongs to the event whatever becomes of its values.
    if (in.kept_bytes() > event.writer.size()) in.forget_all_but(event.writer);
  }
};

struct Nothing {
  ValueView scratch = {};

  ValueView& begin_value() {
    scratch.reset();
    return scratch;
  }
  void end_value() {}
  void on_clear() {}
};

/// Gives the values of one event to a function, but for the first ones, which do not count.
struct Deliverer {
  const EventScanner::ValueFunction& function;
  std::uint64_t skip;
  std::function<void()> after;
  ValueView scratch = {};

  ValueView& begin_value() {
    scratch.reset();
    return scratch;
  }
  void end_value() {
    if (skip != 0) {
      --skip;
    } else {
      function(scratch);
    }
    after();
  }
  void on_clear() {}
};

void reset(EventView& event) {
  event.wall_time = 0;
  event.step = 0;
  event.kind = EventKind::kNothing;
  event.file_version = event.writer = event.run_metadata_tag = {};
  event.session_status = SessionStatus::kUnspecified;
  event.blob = {};
  event.fast.clear();
  event.values.clear();
}

template <class Reader>
bool collect(Reader& in, EventView& event, bool& overflowed, std::uint64_t& dropped) {
  reset(event);
  Collector<Reader> collector{event, in};
  const bool ok = EventParser<Reader, Collector<Reader>>(in, event, collector).parse();
  overflowed = ok && collector.overflowed;
  dropped = collector.cleared;
  if (!ok || overflowed) event.values.clear();
  return ok;
}

}  // namespace

const char* to_string(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::kNothing: return "nothing";
    case EventKind::kFileVersion: return "file_version";
    case EventKind::kGraphDef: return "graph_def";
    case EventKind::kSummary: return "summary";
    case EventKind::kLogMessage: return "log_message";
    case EventKind::kSessionLog: return "session_log";
    case EventKind::kTaggedRunMetadata: return "tagged_run_metadata";
    case EventKind::kMetaGraphDef: return "meta_graph_def";
  }
  return "nothing";
}

// The event is what event_.fast says and nothing else.
inline void EventScanner::become_fast(double wall_time, std::uint64_t step) {
  event_.wall_time = wall_time;
  event_.step = static_cast<std::int64_t>(step);
  event_.kind = EventKind::kSummary;
  event_.writer = {};
  event_.values.clear();
  overflowed_ = false;
}

// Reads the `metadata` field that fills [p, end).
inline bool EventScanner::read_metadata(const std::byte* p, const std::byte* end, Bytes& metadata) {
  if (*p != 0x4A_b) return false;
  std::size_t size = 0;
  const std::byte* const data = read_short_length(p + 1, end, size);
  if (data == nullptr || size != static_cast<std::size_t>(end - data)) return false;
  metadata = {data, size};
  if (size == checked_metadata_.size() && same_bytes(data, checked_metadata_.data(), size))
      [[likely]]
    return true;
  return valid_metadata(data, size);
}

// The straight path: wall time, step (absent when 0), a summary that ends the event, and values of
// the common shapes with their fields in the order of their numbers, as every writer puts them.
// Anything else is left to the general parser.
bool EventScanner::scan_fast(Bytes payload) {
  const std::byte* p = payload.data();
  const std::byte* const end = p + payload.size();
  if (payload.size() < 12 || p[0] != 0x09_b) return false;
  const double wall_time = load_le<double>(p + 1);
  p += 9;
  std::uint64_t step = 0;
  if (*p == 0x10_b) {
    p = read_varint(p + 1, end, step);
    if (p == nullptr || p == end) return false;
  }
  if (*p != 0x2A_b) return false;
  std::size_t length = 0;
  if (p = read_short_length(p + 1, end, length);
      p == nullptr || length != static_cast<std::size_t>(end - p))
    return false;

  std::vector<FastValue>& fast = event_.fast;
  fast.clear();
  while (p != end) {
    ValueFront front;
    if (!read_front(p, end, front)) return false;
    Number number = read_number(front.tag + front.tag_bytes, front.end);
    if (number.end == nullptr) number = read_blob(front.tag + front.tag_bytes, front.end);
    if (number.end == nullptr) return false;
    Bytes metadata;
    if (number.end != front.end && !read_metadata(number.end, front.end, metadata)) return false;
    if (fast.size() == kHeldValues) return false;
    // Built in its place: a copy of fields just stored one by one waits for all of them to reach
    // the cache, which would be three quarters of the time of this function.
    fast.emplace_back(reinterpret_cast<const char*>(front.tag),
                      static_cast<std::uint32_t>(front.tag_bytes), number.value, metadata.data(),
                      static_cast<std::uint32_t>(metadata.size()),
                      static_cast<std::uint32_t>(front.value_bytes), number.form);
    p = front.end;
  }
  become_fast(wall_time, step);
  return true;
}

bool EventScanner::valid_metadata(const std::byte* data, std::size_t size) {
  EventView scratch;
  MetadataView metadata;
  Nothing nothing;
  wire::SpanReader in({data, size});
  if (!EventParser<wire::SpanReader, Nothing>(in, scratch, nothing).parse_metadata(metadata))
    return false;
  checked_metadata_.assign(data, data + size);
  return true;
}

bool EventScanner::scan_general(Bytes payload) {
  wire::SpanReader in(payload);
  return collect(in, event_, overflowed_, dropped_values_);
}

bool EventScanner::scan_stream(std::uint64_t size, wire::StreamReader::Fetch fetch) {
  stream_ = std::make_unique<wire::StreamReader>(size, std::move(fetch));
  return collect(*stream_, event_, overflowed_, dropped_values_);
}

void EventScanner::for_each_value(Bytes payload, const ValueFunction& function) {
  wire::SpanReader in(payload);
  EventView scratch;
  Deliverer deliverer{function, dropped_values_, [] {}};
  (void)EventParser<wire::SpanReader, Deliverer>(in, scratch, deliverer).parse();
}

void EventScanner::for_each_value(std::uint64_t size, wire::StreamReader::Fetch fetch,
                                  const ValueFunction& function) {
  wire::StreamReader in(size, std::move(fetch));
  EventView scratch;
  Deliverer deliverer{function, dropped_values_, [&in] { in.forget(); }};
  (void)EventParser<wire::StreamReader, Deliverer>(in, scratch, deliverer).parse();
}

ValueView to_value_view(const FastValue& fast) noexcept {
  ValueView value;
  value.tag = fast.tag_view();
  value.place = fast.place();
  value.has_metadata = fast.metadata != nullptr;
  if (value.has_metadata) value.metadata = parse_metadata({fast.metadata, fast.metadata_bytes});
  value.tensor.reset();
  switch (fast.form) {
    case FastForm::kSimple:
      value.payload = Payload::kSimpleValue;
      value.simple_value = fast.value;
      break;
    case FastForm::kHistogram: value.payload = Payload::kHistogram; break;
    case FastForm::kScalarTensor:
      value.payload = Payload::kTensor;
      value.tensor.dtype = DType::kFloat32;
      value.tensor.counts[TensorInfo::kFloat] = 1;
      value.tensor.first[TensorInfo::kFloat] = std::bit_cast<std::uint32_t>(fast.value);
      break;
    case FastForm::kTensor:
      value.payload = Payload::kTensor;
      value.tensor.rank = 1;
      value.tensor.elements = 2;  // More than one; how many is in the record.
      break;
  }
  return value;
}

MetadataView parse_metadata(Bytes serialized) noexcept {
  EventView scratch;
  MetadataView metadata;
  Nothing nothing;
  wire::SpanReader in(serialized);
  (void)EventParser<wire::SpanReader, Nothing>(in, scratch, nothing).parse_metadata(metadata);
  return metadata;
}

}  // namespace tfevents
