#include "event/histogram.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
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

/// The elements `bucket_of(begin)` … of a vector, which is filled from it without being cleared
/// first: decoding is as fast as memory, and half of it is these stores.
template <class BucketOf>
class BucketIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = HistogramBucket;
  using difference_type = std::ptrdiff_t;
  using pointer = const HistogramBucket*;
  using reference = HistogramBucket;

  BucketIterator(const BucketOf& bucket_of, std::size_t at) noexcept
      : bucket_of_(&bucket_of), at_(at) {}
  HistogramBucket operator*() const noexcept { return (*bucket_of_)(at_); }
  BucketIterator& operator++() noexcept {
    ++at_;
    return *this;
  }
  friend bool operator==(const BucketIterator& a, const BucketIterator& b) noexcept {
    return a.at_ == b.at_;
  }
  friend std::ptrdiff_t distance(const BucketIterator& a, const BucketIterator& b) noexcept {
    return static_cast<std::ptrdiff_t>(b.at_ - a.at_);
  }

 private:
  const BucketOf* bucket_of_;
  std::size_t at_;
};

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
  if (begin == end) return histogram;
  const auto bucket_of = [&](std::size_t i) {
    return HistogramBucket{i == 0 ? old.min : limit(i - 1), limit(i), count(i)};
  };
  std::vector<HistogramBucket>& buckets = histogram.buckets;
  buckets.assign(BucketIterator(bucket_of, begin), BucketIterator(bucket_of, end));
  if (!(buckets.front().left >= old.min)) buckets.front().left = old.min;
  // Edges beyond all numbers stand at the ends.
  for (auto bucket = buckets.begin(); bucket != buckets.end() && bucket->right <= -kGreatest;) {
    bucket->right = old.min;
    if (++bucket != buckets.end()) bucket->left = old.min;
  }
  for (auto bucket = buckets.rbegin(); bucket != buckets.rend() && bucket->right >= kGreatest;) {
    bucket->right = old.max;
    if (bucket != buckets.rbegin()) std::prev(bucket)->left = old.max;
    ++bucket;
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

void take_edges(Histogram& histogram) {
  for (const HistogramBucket& bucket : histogram.buckets) histogram.num += bucket.count;
  if (histogram.buckets.empty()) return;
  histogram.min = histogram.buckets.front().left;
  histogram.max = histogram.buckets.back().right;
}

/// The sizes of a shape of rank 2 that is written plainly; nothing for any other.
std::optional<std::array<std::uint64_t, 2>> read_plain_shape(Bytes message) {
  std::array<std::uint64_t, 2> sizes{};
  wire::SpanReader in(message);
  for (std::uint64_t& size : sizes) {
    wire::Tag dim, field;
    std::uint64_t length = 0;
    const std::uint64_t left = in.left();
    if (!wire::read_tag(in, dim) || dim.field != 2 || dim.type != wire::Type::kBytes ||
        !wire::read_length(in, length) || length + 2 > left || !wire::read_tag(in, field) ||
        field.field != 1 || field.type != wire::Type::kVarint)
      return std::nullopt;
    const std::byte* const begin = in.data();
    if (!in.varint(size) || static_cast<std::uint64_t>(in.data() - begin) + 1 != length)
      return std::nullopt;
  }
  return in.done() ? std::optional(sizes) : std::nullopt;
}

/// Rows of float64, raw and whole, which is what TensorFlow writes. Nothing for any other tensor,
/// which may be valid.
std::optional<Histogram> read_plain_rows(Bytes message) {
  constexpr std::uint64_t kRow = 24;
  wire::SpanReader in(message);
  wire::Tag tag;
  std::uint64_t dtype = 0, size = 0;
  if (!wire::read_tag(in, tag) || tag.field != 1 || tag.type != wire::Type::kVarint ||
      !in.varint(dtype) || dtype != static_cast<std::uint64_t>(DType::kFloat64))
    return std::nullopt;
  if (!wire::read_tag(in, tag) || tag.field != 2 || tag.type != wire::Type::kBytes ||
      !wire::read_length(in, size))
    return std::nullopt;
  const auto shape = read_plain_shape({in.data(), static_cast<std::size_t>(size)});
  if (!shape || !in.skip(size) || !wire::read_tag(in, tag) || tag.field != 4 ||
      tag.type != wire::Type::kBytes || !wire::read_length(in, size) || size != in.left())
    return std::nullopt;
  if ((*shape)[1] != 3 || size == 0 || size % kRow != 0 || (*shape)[0] != size / kRow)
    return std::nullopt;
  const auto bucket_of = [rows = in.data()](std::size_t i) {
    const std::byte* const row = rows + kRow * i;
    return HistogramBucket{load_le<double>(row), load_le<double>(row + 8),
                           load_le<double>(row + 16)};
  };
  Histogram histogram;
  histogram.buckets.assign(BucketIterator(bucket_of, 0),
                           BucketIterator(bucket_of, static_cast<std::size_t>(size / kRow)));
  take_edges(histogram);
  return histogram;
}

Result<Histogram> decode_rows(const StoredValue& value, const TensorOutline& outline) {
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
  std::uint32_t form = 0;  // The field of the HistogramProto or of the tensor.
  for (std::uint32_t before = 0; !in.done();) {
    wire::Tag tag;
    std::uint64_t size = 0;
    if (!wire::read_tag(in, tag) || tag.type != wire::Type::kBytes || tag.field <= before ||
        !wire::read_length(in, size))
      return std::nullopt;
    before = tag.field;
    if (form == 0 && (tag.field == 5 || tag.field == 8)) {
      message = {in.data(), static_cast<std::size_t>(size)};
      form = tag.field;
    } else if (tag.field != 1 && tag.field != 9) {
      return std::nullopt;
    }
    if (!in.skip(size)) return std::nullopt;
  }
  if (form == 8) return read_plain_rows(message);
  if (form == 0) return std::nullopt;
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
