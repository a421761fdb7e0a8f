#include "event/scanner.hpp"

#include <algorithm>
#include <cstring>

#include "event/parser.hpp"

namespace tfevents {
namespace {

// Reads a varint of at most 10 bytes; null where it does not end in time.
inline const std::byte* read_varint(const std::byte* p, const std::byte* end,
                                    std::uint64_t& value) noexcept {
  if (p == end) return nullptr;
  auto byte = static_cast<std::uint64_t>(*p++);
  value = byte & 0x7F;
  for (unsigned shift = 7; byte >= 0x80; shift += 7) {
    if (p == end || shift >= 70) return nullptr;
    byte = static_cast<std::uint64_t>(*p++);
    if (shift < 64) value |= (byte & 0x7F) << shift;
  }
  return p;
}

// A length of one or two bytes, which is what the fast shapes have; null for anything else.
inline const std::byte* read_short_length(const std::byte* p, const std::byte* end,
                                          std::size_t& length) noexcept {
  if (end - p < 2) return nullptr;
  const auto low = static_cast<std::size_t>(p[0]);
  if (low < 0x80) {
    length = low;
    return p + 1;
  }
  const auto high = static_cast<std::size_t>(p[1]);
  if (high >= 0x80) return nullptr;
  length = (low & 0x7F) | (high << 7);
  return p + 2;
}

constexpr std::byte operator""_b(unsigned long long value) noexcept {
  return static_cast<std::byte>(value);
}

// The value of a float32 tensor of rank 0, in the forms that writers use; null for any other
// tensor.
//   08 01 [12 00] 22 04 f32   tensor_content (TensorFlow)
//   08 01 [12 00] 2a 04 f32   float_val, packed (TensorBoard, PyTorch)
inline bool read_scalar_tensor(const std::byte* p, std::size_t size, float& value) noexcept {
  if (size != 10 && size != 8) return false;
  if (p[0] != 0x08_b || p[1] != 0x01_b) return false;
  if (size == 10) {
    if (p[2] != 0x12_b || p[3] != 0x00_b) return false;
    p += 2;
  }
  if ((p[2] != 0x22_b && p[2] != 0x2A_b) || p[3] != 0x04_b) return false;
  value = load_le<float>(p + 4);
  return true;
}

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

  void on_value(const ValueView& value) {
    ++seen;
    if (!overflowed) {
      event.values.push_back(value);
      overflowed =
          event.values.size() > EventScanner::kHeldValues || in.kept_bytes() > kMaxKeptBytes;
    }
    if (overflowed) forget();
  }
  void on_clear() {
    forget();
    overflowed = false;
    cleared = seen;
  }
  void forget() {
    event.values.clear();
    if (in.kept_bytes() == 0) return;
    event.writer = {};
    in.forget();
  }
};

struct Nothing {
  void on_value(const ValueView&) {}
  void on_clear() {}
};

/// Gives the values of one event to a function, but for the first ones, which do not count.
struct Deliverer {
  const EventScanner::ValueFunction& function;
  std::uint64_t skip;
  std::function<void()> after;

  void on_value(const ValueView& value) {
    if (skip != 0) {
      --skip;
    } else {
      function(value);
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
  event.blob_bytes = 0;
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

// The straight path: wall time, step (absent when 0), a summary that ends the event, and values of
// the two common shapes with their fields in the order of their numbers, as every writer puts them.
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
    if (*p != 0x0A_b) return false;
    std::size_t value_bytes = 0;
    p = read_short_length(p + 1, end, value_bytes);
    if (p == nullptr || value_bytes > static_cast<std::size_t>(end - p)) return false;
    const std::byte* const value_end = p + value_bytes;
    std::size_t tag_bytes = 0;
    if (value_bytes < 2 || *p != 0x0A_b) return false;
    const std::byte* tag = read_short_length(p + 1, value_end, tag_bytes);
    if (tag == nullptr || tag_bytes == 0 || tag_bytes > static_cast<std::size_t>(value_end - tag))
      return false;
    const std::byte* q = tag + tag_bytes;
    float number = 0;
    bool tensor = false;
    const auto left = static_cast<std::size_t>(value_end - q);
    if (left >= 5 && *q == 0x15_b) {
      number = load_le<float>(q + 1);
      q += 5;
    } else if (left >= 10 && *q == 0x42_b) {
      const auto tensor_bytes = static_cast<std::size_t>(q[1]);
      if (tensor_bytes > left - 2 || !read_scalar_tensor(q + 2, tensor_bytes, number)) return false;
      q += 2 + tensor_bytes;
      tensor = true;
    } else {
      return false;
    }
    const std::byte* metadata = nullptr;
    std::size_t metadata_bytes = 0;
    if (q != value_end) {
      if (*q != 0x4A_b) return false;
      metadata = read_short_length(q + 1, value_end, metadata_bytes);
      if (metadata == nullptr || metadata_bytes != static_cast<std::size_t>(value_end - metadata) ||
          !valid_metadata(metadata, metadata_bytes))
        return false;
    }
    if (fast.size() == kHeldValues) return false;
    // Built in its place: a copy of fields just stored one by one waits for all of them to reach
    // the cache, which would be three quarters of the time of this function.
    fast.emplace_back(reinterpret_cast<const char*>(tag), static_cast<std::uint32_t>(tag_bytes),
                      number, metadata, static_cast<std::uint32_t>(metadata_bytes),
                      static_cast<std::uint32_t>(value_bytes), tensor);
    p = value_end;
  }
  event_.wall_time = wall_time;
  event_.step = static_cast<std::int64_t>(step);
  event_.kind = EventKind::kSummary;
  event_.writer = {};
  event_.values.clear();
  overflowed_ = false;
  return true;
}

bool EventScanner::valid_metadata(const std::byte* data, std::size_t size) {
  if (size == checked_metadata_.size() && std::memcmp(data, checked_metadata_.data(), size) == 0)
    return true;
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

MetadataView parse_metadata(Bytes serialized) noexcept {
  EventView scratch;
  MetadataView metadata;
  Nothing nothing;
  wire::SpanReader in(serialized);
  (void)EventParser<wire::SpanReader, Nothing>(in, scratch, nothing).parse_metadata(metadata);
  return metadata;
}

}  // namespace tfevents
