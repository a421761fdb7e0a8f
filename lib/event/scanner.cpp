#include "event/scanner.hpp"

#include <algorithm>
#include <bit>
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

/// A `Summary.value` field up to the end of its tag. `end` is where the value ends.
struct ValueFront {
  const std::byte* tag;
  std::size_t tag_bytes;
  std::size_t value_bytes;
  const std::byte* end;
};

// Reads `0a LENGTH 0a LENGTH TAG`, all of it within [p, end) and the tag not empty. Two lengths
// below 128, which is nearly all there is, are looked at as one word.
inline bool read_front(const std::byte* p, const std::byte* end, ValueFront& front) noexcept {
  if (end - p < 4) return false;
  const auto word = load_le<std::uint32_t>(p);
  if ((word & 0x80FF80FFU) == 0x000A000AU) [[likely]] {
    front.value_bytes = (word >> 8) & 0xFF;
    front.tag_bytes = word >> 24;
    if (front.value_bytes > static_cast<std::size_t>(end - p) - 2) return false;
    front.end = p + 2 + front.value_bytes;
    front.tag = p + 4;
  } else {
    if (*p != 0x0A_b) return false;
    p = read_short_length(p + 1, end, front.value_bytes);
    if (p == nullptr || front.value_bytes > static_cast<std::size_t>(end - p)) return false;
    front.end = p + front.value_bytes;
    if (front.value_bytes < 2 || *p != 0x0A_b) return false;
    front.tag = read_short_length(p + 1, front.end, front.tag_bytes);
    if (front.tag == nullptr) return false;
  }
  return front.tag_bytes != 0 &&
         front.end - front.tag >= static_cast<std::ptrdiff_t>(front.tag_bytes);
}

/// The `simple_value` or `tensor` field of a value; `end` is what follows it, null for any other
/// field or tensor.
struct Number {
  const std::byte* end;
  float value;
  FastForm form;
};
constexpr Number kNoNumber{nullptr, 0, FastForm::kSimple};

inline Number read_number(const std::byte* p, const std::byte* end) noexcept {
  const auto left = static_cast<std::size_t>(end - p);
  if (left >= 5 && *p == 0x15_b) return {p + 5, load_le<float>(p + 1), FastForm::kSimple};
  // 42 0a 08 01 12 00 22|2a 04 f32, what TensorFlow and TensorBoard write, in one look.
  constexpr std::uint64_t kEitherField = std::uint64_t{0x08} << 48;
  if (left >= 12 && (load_le<std::uint64_t>(p) | kEitherField) == 0x042A'0012'0108'0A42U) {
    return {p + 12, load_le<float>(p + 8), FastForm::kScalarTensor};
  }
  if (left < 10 || *p != 0x42_b) return kNoNumber;
  const auto size = static_cast<std::size_t>(p[1]);
  float value = 0;
  if (size > left - 2 || !read_scalar_tensor(p + 2, size, value)) return kNoNumber;
  return {p + 2 + size, value, FastForm::kScalarTensor};
}

// True when [p, end) is a HistogramProto: doubles, and packed doubles in whole eights.
inline bool is_histogram(const std::byte* p, const std::byte* end) noexcept {
  while (p != end) {
    const auto tag = static_cast<std::uint8_t>(*p);
    std::size_t size = 8;
    if (tag == 0x32 || tag == 0x3A) {  // bucket_limit, bucket
      p = read_short_length(p + 1, end, size);
      if (p == nullptr || size % 8 != 0) return false;
    } else if (tag < 0x08 || tag > 0x29 || (tag & 7) != 1) {
      return false;
    } else {
      ++p;
    }
    if (size > static_cast<std::size_t>(end - p)) return false;
    p += size;
  }
  return true;
}

// The end of a TensorShapeProto's plain dimensions, `12 LENGTH 08 SIZE` each; null for others.
inline bool is_plain_shape(const std::byte* p, const std::byte* end) noexcept {
  while (p != end) {
    if (end - p < 4 || p[0] != 0x12_b || p[1] > 0x04_b || p[2] != 0x08_b) return false;
    const auto size = static_cast<std::ptrdiff_t>(p[1]);
    std::uint64_t dimension = 0;
    if (size < 2 || end - p < size + 2 ||
        read_varint(p + 3, p + 2 + size, dimension) != p + 2 + size)
      return false;
    p += size + 2;
  }
  return true;
}

// True when [p, end) is `08 DTYPE 12 SHAPE 22 CONTENT` with more content than any number has.
inline bool is_big_tensor(const std::byte* p, const std::byte* end) noexcept {
  if (end - p < 14 || p[0] != 0x08_b || p[1] >= 0x80_b || p[2] != 0x12_b) return false;
  std::size_t size = 0;
  p = read_short_length(p + 3, end, size);
  if (p == nullptr || size >= static_cast<std::size_t>(end - p) || !is_plain_shape(p, p + size))
    return false;
  p += size;
  if (*p != 0x22_b) return false;
  p = read_short_length(p + 1, end, size);
  return p != nullptr && size > 16 && size == static_cast<std::size_t>(end - p);
}

// The `histo` or `tensor` field of a value where it holds no single number.
inline Number read_blob(const std::byte* p, const std::byte* end) noexcept {
  if (end - p < 2 || (*p != 0x2A_b && *p != 0x42_b)) return kNoNumber;
  const bool histogram = *p == 0x2A_b;
  std::size_t size = 0;
  p = read_short_length(p + 1, end, size);
  if (p == nullptr || size > static_cast<std::size_t>(end - p)) return kNoNumber;
  const std::byte* const blob_end = p + size;
  if (histogram)
    return is_histogram(p, blob_end) ? Number{blob_end, 0, FastForm::kHistogram} : kNoNumber;
  return is_big_tensor(p, blob_end) ? Number{blob_end, 0, FastForm::kTensor} : kNoNumber;
}

// memcmp without the call, which would cost more than the few bytes there are to compare.
inline bool same_bytes(const std::byte* a, const std::byte* b, std::size_t size) noexcept {
  if (size < 8) return std::memcmp(a, b, size) == 0;
  std::uint64_t different =
      load_le<std::uint64_t>(a + size - 8) ^ load_le<std::uint64_t>(b + size - 8);
  for (std::size_t i = 0; i + 8 <= size; i += 8)
    different |= load_le<std::uint64_t>(a + i) ^ load_le<std::uint64_t>(b + i);
  return different == 0;
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

// The commonest event of all without a loop: a step below 2^28 and a single value, with all lengths
// below 128. Fields that stand together are looked at as one word. What it accepts, scan_fast
// accepts too and with the same result.
bool EventScanner::scan_one(Bytes payload) {
  // 9 wall time, 1 + 4 step, 8 read at what follows it: more than the shortest such event.
  constexpr std::size_t kLeast = 22;
  const std::byte* const p = payload.data();
  if (payload.size() < kLeast || p[0] != 0x09_b || p[9] != 0x10_b) return false;
  const auto varint = load_le<std::uint32_t>(p + 10);
  const std::uint32_t stops = ~varint & 0x80808080U;  // The top bit is clear in the last byte.
  if (stops == 0) return false;
  const std::uint32_t bits = varint & (stops ^ (stops - 1));
  const std::uint32_t step =
      (bits & 0x7F) | ((bits >> 1) & 0x3F80) | ((bits >> 2) & 0x1FC000) | ((bits >> 3) & 0xFE00000);
  const std::byte* q = p + 11 + std::countr_zero(stops) / 8;

  // 2a SUMMARY_LENGTH 0a VALUE_LENGTH 0a TAG_LENGTH
  const std::byte* const end = p + payload.size();
  const auto front = load_le<std::uint64_t>(q);
  const std::size_t summary_bytes = (front >> 8) & 0xFF;
  const std::size_t value_bytes = (front >> 24) & 0xFF;
  const std::size_t tag_bytes = (front >> 40) & 0xFF;
  if ((front & 0x80FF'80FF'80FFU) != 0x000A'000A'002AU ||
      summary_bytes != static_cast<std::size_t>(end - q) - 2 || value_bytes + 2 != summary_bytes ||
      tag_bytes == 0 || tag_bytes + 2 > value_bytes)
    return false;
  const std::byte* const tag = q + 6;
  const Number number = read_number(tag + tag_bytes, end);
  if (number.end == nullptr) return false;
  Bytes metadata;
  if (number.end != end && !read_metadata(number.end, end, metadata)) return false;

  if (event_.fast.size() != 1) event_.fast.resize(1);
  event_.fast.front() = {reinterpret_cast<const char*>(tag),
                         static_cast<std::uint32_t>(tag_bytes),
                         number.value,
                         metadata.data(),
                         static_cast<std::uint32_t>(metadata.size()),
                         static_cast<std::uint32_t>(value_bytes),
                         number.form};
  become_fast(load_le<double>(p + 1), step);
  return true;
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
  value.bytes = fast.bytes;
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
