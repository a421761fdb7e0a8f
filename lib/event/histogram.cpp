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

/// The buckets `bucket_of(i)`, to fill a vector from: one that grows is not cleared first, as
/// `resize` would, and these stores are half of all decoding.
template <class BucketOf>
class BucketIterator {
 public:
  // NOLINTBEGIN(readability-identifier-naming): as the standard names them
  using iterator_category = std::random_access_iterator_tag;
  using value_type = HistogramBucket;
  using difference_type = std::ptrdiff_t;
  using pointer = const HistogramBucket*;
  using reference = HistogramBucket;
  // NOLINTEND(readability-identifier-naming)

  BucketIterator(BucketOf bucket_of, std::size_t at) noexcept : bucket_of_(bucket_of), at_(at) {}
  HistogramBucket operator*() const noexcept { return bucket_of_(at_); }
  BucketIterator& operator++() noexcept { return *this += 1; }
  BucketIterator& operator--() noexcept { return *this += -1; }
  BucketIterator& operator+=(std::ptrdiff_t n) noexcept {
    at_ += static_cast<std::size_t>(n);
    return *this;
  }
  friend std::ptrdiff_t operator-(const BucketIterator& a, const BucketIterator& b) noexcept {
    return static_cast<std::ptrdiff_t>(a.at_ - b.at_);
  }
  friend bool operator==(const BucketIterator& a, const BucketIterator& b) noexcept {
    return a.at_ == b.at_;
  }

 private:
  BucketOf bucket_of_;
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

/// What a histogram holds before anything is decoded, but for the memory of its buckets.
void clear(Histogram& histogram) {
  std::vector<HistogramBucket> buckets = std::move(histogram.buckets);
  histogram = {};
  histogram.buckets = std::move(buckets);
}

/// Makes buckets of limits: bucket i reaches from limit i - 1 to limit i.
void to_histogram(const OldHistogram& old, Histogram& histogram) {
  const std::size_t limits = old.limits.size() / 8, counts = old.counts.size() / 8;
  const auto limit = [at = old.limits.data()](std::size_t i) {
    return load_le<double>(at + 8 * i);
  };
  const auto count = [at = old.counts.data()](std::size_t i) {
    return load_le<double>(at + 8 * i);
  };
  clear(histogram);
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
  std::vector<HistogramBucket>& buckets = histogram.buckets;
  const auto bucket_of = [limit, count](std::size_t i) {
    return HistogramBucket{limit(i == 0 ? 0 : i - 1), limit(i), count(i)};
  };
  buckets.assign(BucketIterator(bucket_of, begin), BucketIterator(bucket_of, end));
  if (begin == end) return;
  if (begin == 0) buckets.front().left = old.min;
  if (!(buckets.front().left >= old.min)) buckets.front().left = old.min;
  // Edges beyond all numbers stand at the ends.
  for (auto at = buckets.begin(); at != buckets.end() && at->right <= -kGreatest;) {
    at->right = old.min;
    if (++at != buckets.end()) at->left = old.min;
  }
  for (auto at = buckets.rbegin(); at != buckets.rend() && at->right >= kGreatest; ++at) {
    at->right = old.max;
    if (at != buckets.rbegin()) std::prev(at)->left = old.max;
  }
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
  Histogram histogram;
  if (!outline.merged_histogram) {
    if (const auto plain = read_plain(bytes)) {
      to_histogram(*plain, histogram);
      return histogram;
    }
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
  to_histogram({message.min(), message.max(), message.num(), message.sum(), message.sum_squares(),
                bytes_of(message.bucket_limit()), bytes_of(message.bucket())},
               histogram);
  return histogram;
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

/// Rows of float64, raw and whole, which is what TensorFlow writes. False for any other tensor,
/// which may be valid.
bool read_plain_rows(Bytes message, Histogram& histogram) {
  constexpr std::uint64_t kRow = 24;
  wire::SpanReader in(message);
  wire::Tag tag;
  std::uint64_t dtype = 0, size = 0;
  if (!wire::read_tag(in, tag) || tag.field != 1 || tag.type != wire::Type::kVarint ||
      !in.varint(dtype) || dtype != static_cast<std::uint64_t>(DType::kFloat64))
    return false;
  if (!wire::read_tag(in, tag) || tag.field != 2 || tag.type != wire::Type::kBytes ||
      !wire::read_length(in, size))
    return false;
  const auto shape = read_plain_shape({in.data(), static_cast<std::size_t>(size)});
  if (!shape || !in.skip(size) || !wire::read_tag(in, tag) || tag.field != 4 ||
      tag.type != wire::Type::kBytes || !wire::read_length(in, size) || size != in.left())
    return false;
  if ((*shape)[1] != 3 || size == 0 || size % kRow != 0 || (*shape)[0] != size / kRow) return false;
  clear(histogram);
  const auto bucket_of = [rows = in.data()](std::size_t i) {
    const std::byte* const row = rows + kRow * i;
    return HistogramBucket{load_le<double>(row), load_le<double>(row + 8),
                           load_le<double>(row + 16)};
  };
  histogram.buckets.assign(BucketIterator(bucket_of, 0),
                           BucketIterator(bucket_of, static_cast<std::size_t>(size / kRow)));
  take_edges(histogram);
  return true;
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

bool decode_plain_histogram(const StoredValue& value, Histogram& histogram) {
  if (!value.in_memory() || value.size() > kMaxBytes) return false;
  wire::SpanReader in(value.bytes());
  Bytes message;
  std::uint32_t form = 0;  // The field of the HistogramProto or of the tensor.
  for (std::uint32_t before = 0; !in.done();) {
    wire::Tag tag;
    std::uint64_t size = 0;
    if (!wire::read_tag(in, tag) || tag.type != wire::Type::kBytes || tag.field <= before ||
        !wire::read_length(in, size))
      return false;
    before = tag.field;
    if (form == 0 && (tag.field == 5 || tag.field == 8)) {
      message = {in.data(), static_cast<std::size_t>(size)};
      form = tag.field;
    } else if (tag.field != 1 && tag.field != 9) {
      return false;
    }
    if (!in.skip(size)) return false;
  }
  if (form == 8) return read_plain_rows(message, histogram);
  if (form == 0) return false;
  const auto plain = read_plain(message);
  if (plain) to_histogram(*plain, histogram);
  return plain.has_value();
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
