#include "event/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "event/tensor.hpp"
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
bool counts(double count) noexcept {
  return count > 0;
}

/// Makes buckets of limits: bucket i reaches from limit i - 1 to limit i.
void fill_buckets(const pb::Histogram& message, Histogram& histogram) {
  const int common = std::min(message.bucket_limit_size(), message.bucket_size());
  if (message.bucket_limit_size() != message.bucket_size()) {
    histogram.problem = std::to_string(message.bucket_limit_size()) + " limits for " +
                        std::to_string(message.bucket_size()) + " buckets: the first " +
                        std::to_string(common) + " are read";
  }
  int begin = 0, end = common;
  while (begin < end && !counts(message.bucket(begin))) ++begin;
  while (end > begin && !counts(message.bucket(end - 1))) --end;
  histogram.buckets.reserve(static_cast<std::size_t>(end - begin));
  double left = begin == 0 ? histogram.min : message.bucket_limit(begin - 1);
  if (!(left >= histogram.min)) left = histogram.min;
  for (int i = begin; i < end; ++i) {
    double right = message.bucket_limit(i);
    if (right >= kGreatest) right = histogram.max;
    if (right <= -kGreatest) right = histogram.min;
    histogram.buckets.push_back({left, right, message.bucket(i)});
    left = right;
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
  // A thread decodes many: the message keeps its room.
  thread_local pb::Histogram message;
  const auto size = static_cast<int>(bytes.size());
  bool ok = false;
  if (outline.merged_histogram) {
    pb::Summary::Value whole;
    ok = whole.ParseFromArray(bytes.data(), size);
    if (ok) message = whole.histo();
  } else {
    ok = message.ParseFromArray(bytes.data(), size);
  }
  if (!ok) return format_error(value, "the histogram is not what its record says it is");
  Histogram histogram;
  histogram.min = message.min();
  histogram.max = message.max();
  histogram.num = message.num();
  histogram.sum = message.sum();
  histogram.sum_squares = message.sum_squares();
  fill_buckets(message, histogram);
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
    histogram.num += histogram.buckets.back().count;
  }
  if (!histogram.buckets.empty()) {
    histogram.min = histogram.buckets.front().left;
    histogram.max = histogram.buckets.back().right;
  }
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
