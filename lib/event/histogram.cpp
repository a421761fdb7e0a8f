#include "event/histogram.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "event/tensor.hpp"
#include "event/wire.hpp"
#include "tensorboard/summary.pb.h"

namespace tfevents {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{64} << 20;
constexpr double kGreatest = std::numeric_limits<double>::max();

Error format_error(const StoredValue& value, std::string message) {
  return Error{
      .code = ErrorCode::kFormat, .message = std::move(message), .offset = value.record_offset()};
}

// Counts of NaN and below 0 are no counts at the ends.
bool is_count(double count) noexcept {
  return count > 0;
}

/// What a HistogramProto holds; limits and counts are doubles, packed.
struct OldHistogram {
  double min = 0, max = 0, num = 0, sum = 0, sum_squares = 0;
  Bytes limits, counts;
};

/// Reads a message that has each field at most once, the packed ones packed, and no other, which is
/// what everybody writes: nothing of it is copied. Nothing for any other, which may be valid.
std::optional<OldHistogram> read_plain(Bytes message) {
  OldHistogram histogram;
  wire::SpanReader in(message);
  for (std::uint32_t before = 0; !in.done();) {
    wire::Tag tag;
    if (!wire::read_tag(in, tag) || tag.field <= before || tag.field > 7) return std::nullopt;
    before = tag.field;
    if (tag.field >= 6) {
      std::uint64_t size = 0;
      if (tag.type != wire::Type::kBytes || !wire::read_length(in, size) || size % 8 != 0)
        return std::nullopt;
      (tag.field == 6 ? histogram.limits : histogram.counts) = {in.data(),
                                                                static_cast<std::size_t>(size)};
      if (!in.skip(size)) return std::nullopt;
      continue;
    }
    double* const numbers[] = {&histogram.min, &histogram.max, &histogram.num, &histogram.sum,
                               &histogram.sum_squares};
    if (tag.type != wire::Type::kFixed64 || !in.fixed(*numbers[tag.field - 1])) return std::nullopt;
  }
  return histogram;
}

template <class Doubles>
Bytes bytes_of(const Doubles& doubles) noexcept {
  return std::as_bytes(std::span(doubles.data(), static_cast<std::size_t>(doubles.size())));
}

/// Makes buckets of limits: bucket i reaches from limit i - 1 to limit i.
Histogram to_histogram(const OldHistogram& old) {
  const std::size_t limits = old.limits.size() / 8, counts = old.counts.size() / 8;
  const auto limit = [&](std::size_t i) { return load_le<double>(old.limits.data() + 8 * i); };
  const auto count = [&](std::size_t i) { return load_le<double>(old.counts.data() + 8 * i); };
  Histogram histogram;
  histogram.min = old.min;
  histogram.max = old.max;
  histogram.num = old.num;
  histogram.sum = old.sum;
  histogram.sum_squares = old.sum_squares;
  if (limits != counts) {
    histogram.problem = std::to_string(limits) + " limits for " + std::to_string(counts) +
                        " buckets: the first " + std::to_string(std::min(limits, counts)) +
                        " are read";
  }
  std::size_t begin = 0, end = std::min(limits, counts);
  while (begin < end && !is_count(count(begin))) ++begin;
  while (end > begin && !is_count(count(end - 1))) --end;
  histogram.buckets.resize(end - begin);
  double left = begin == 0 ? old.min : limit(begin - 1);
  if (!(left >= old.min)) left = old.min;
  for (std::size_t i = begin; i < end; ++i) {
    double right = limit(i);
    if (right >= kGreatest) right = old.max;
    if (right <= -kGreatest) right = old.min;
    histogram.buckets[i - begin] = {left, right, count(i)};
    left = right;
  }
  return histogram;
}

Result<Histogram> decode_old(const StoredValue& value, const ValueOutline& outline) {
  const Part part = outline.merged_histogram ? Part{0, value.size()} : outline.histogram;
  Bytes bytes;
  std::vector<std::byte> room;
  if (value.in_memory()) {
    bytes = value.bytes().subspan(static_cast<std::size_t>(part.offset),
                                  static_cast<std::size_t>(part.size));
  } else {
    room.resize(static_cast<std::size_t>(part.size));
    TFEVENTS_TRY(const std::size_t read, value.read(part.offset, room));
    if (read != room.size()) {
      return Error{.code = ErrorCode::kChanged,
                   .message = "the file became shorter while it was read",
                   .offset = value.record_offset()};
    }
    bytes = room;
  }
  if (!outline.merged_histogram) {
    if (const auto plain = read_plain(bytes)) return to_histogram(*plain);
  }
  pb::Histogram message;
  const auto size = static_cast<int>(bytes.size());
  bool ok = false;
  if (outline.merged_histogram) {
    pb::Summary::Value whole;
    ok = whole.ParseFromArray(bytes.data(), size);
    if (ok) message.Swap(whole.mutable_histo());
  } else {
    ok = message.ParseFromArray(bytes.data(), size);
  }
  if (!ok) return format_error(value, "the histogram is not what its record says it is");
  return to_histogram({message.min(), message.max(), message.num(), message.sum(),
                       message.sum_squares(), bytes_of(message.bucket_limit()),
                       bytes_of(message.bucket())});
}

/// Rows of float64, raw and whole and in memory: as TensorFlow writes them.
bool are_plain_rows(const StoredValue& value, const TensorOutline& outline) noexcept {
  return value.in_memory() && outline.dtype == DType::kFloat64 && outline.shape.size() == 2 &&
         outline.shape[1] == 3 && outline.content.size != 0 && outline.content.size % 24 == 0 &&
         outline.shape[0] == static_cast<std::int64_t>(outline.content.size / 24);
}

void take_edges(Histogram& histogram) {
  for (const HistogramBucket& bucket : histogram.buckets) histogram.num += bucket.count;
  if (histogram.buckets.empty()) return;
  histogram.min = histogram.buckets.front().left;
  histogram.max = histogram.buckets.back().right;
}

Histogram decode_plain_rows(const StoredValue& value, const TensorOutline& outline) {
  const std::byte* row = value.bytes().data() + outline.content.offset;
  Histogram histogram;
  histogram.buckets.resize(static_cast<std::size_t>(outline.content.size / 24));
  for (HistogramBucket& bucket : histogram.buckets) {
    bucket = {load_le<double>(row), load_le<double>(row + 8), load_le<double>(row + 16)};
    row += 24;
  }
  take_edges(histogram);
  return histogram;
}

Result<Histogram> decode_rows(const StoredValue& value, const TensorOutline& outline) {
  if (are_plain_rows(value, outline)) return decode_plain_rows(value, outline);
  TFEVENTS_TRY(const Tensor tensor, load_tensor(value, outline));
  const Shape& shape = tensor.shape();
  if (tensor.element() != Tensor::Element::kNumber || shape.size() != 2 || shape[1] != 3)
    return format_error(value, "the histogram is no table of left, right and count");
  Histogram histogram;
  histogram.problem = tensor.problem();
  histogram.dtype = tensor.dtype();
  histogram.buckets.reserve(static_cast<std::size_t>(tensor.size() / 3));
  for (std::uint64_t i = 0; i + 3 <= tensor.size(); i += 3) {
    histogram.buckets.push_back({tensor.number(i).as_double(), tensor.number(i + 1).as_double(),
                                 tensor.number(i + 2).as_double()});
  }
  take_edges(histogram);
  return histogram;
}

}  // namespace

std::vector<HistogramBucket> tensorboard_rows(const Histogram& histogram) {
  std::vector<HistogramBucket> rows = histogram.buckets;
  if (!rows.empty()) {
    rows.front().left = histogram.min;
    rows.back().right = histogram.max;
  }
  return rows;
}

std::optional<Histogram> decode_plain_histogram(const StoredValue& value) {
  if (!value.in_memory() || value.size() > kMaxBytes) return std::nullopt;
  wire::SpanReader in(value.bytes());
  Bytes message;
  bool found = false;
  for (std::uint32_t before = 0; !in.done();) {
    wire::Tag tag;
    std::uint64_t size = 0;
    if (!wire::read_tag(in, tag) || tag.type != wire::Type::kBytes || tag.field <= before ||
        !wire::read_length(in, size))
      return std::nullopt;
    before = tag.field;
    if (tag.field == 5) {
      message = {in.data(), static_cast<std::size_t>(size)};
      found = true;
    } else if (tag.field != 1 && tag.field != 9) {
      return std::nullopt;
    }
    if (!in.skip(size)) return std::nullopt;
  }
  if (!found) return std::nullopt;
  const auto plain = read_plain(message);
  return plain ? std::optional(to_histogram(*plain)) : std::nullopt;
}

Result<Histogram> decode_histogram(const StoredValue& value, const ValueOutline& outline) {
  const bool old = outline.payload == Payload::kHistogram;
  const std::uint64_t bytes = outline.merged_histogram ? value.size()
                              : old                    ? outline.histogram.size
                                                       : outline.tensor.message.size;
  if (bytes > kMaxBytes) {
    return Error{.code = ErrorCode::kLimit,
                 .message = "a histogram of " + std::to_string(bytes) + " bytes, above 64 MiB",
                 .offset = value.record_offset()};
  }
  if (old) return decode_old(value, outline);
  if (outline.payload == Payload::kTensor) return decode_rows(value, outline.tensor);
  return format_error(value, "no histogram is in it");
}

}  // namespace tfevents
