#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "event/outline.hpp"
#include "event/stored_value.hpp"

namespace tfevents {

/// Counts the values from `left` up to `right`; the last bucket has its right edge in it.
struct HistogramBucket {
  double left = 0, right = 0, count = 0;
  friend bool operator==(const HistogramBucket&, const HistogramBucket&) = default;
};

/// One histogram, of the old form (HistogramProto) or the new one (a tensor of rows left, right,
/// count). Sources: tensorboard/data_compat.py, tensorboard/plugins/histogram/summary_v2.py.
struct Histogram {
  /// Of the old form without the empty ones at both ends. Edges are the stored limits, but for
  /// those that lie beyond all values: the first left edge is no less than `min`, and infinite
  /// edges, which TensorFlow writes as the greatest double, are `min` and `max`.
  std::vector<HistogramBucket> buckets;
  /// Of the new form, which does not have them: the outer edges and the sum of the counts.
  double min = 0, max = 0, num = 0;
  std::optional<double> sum, sum_squares;  ///< Of the old form.
  DType dtype = DType::kFloat64;           ///< Of the edges and counts as they are stored.
  std::string problem;  ///< What does not fit together, in words; empty where all does.
};

/// The rows that TensorBoard draws: the outer edges are `min` and `max`. Source:
/// tensorboard/data_compat.py.
[[nodiscard]] std::vector<HistogramBucket> tensorboard_rows(const Histogram& histogram);

/// Decodes what nearly everybody writes, a tag and a HistogramProto or a float64 tensor with its
/// fields in order, straight from the record into `histogram`, whose memory is used again. False
/// for any other value, a histogram or not; then nothing is said about what `histogram` holds.
[[nodiscard]] bool decode_plain_histogram(const StoredValue& value, Histogram& histogram);

/// Decodes a histogram of either form. Buckets without a limit, or limits without a bucket, are
/// left out and said in `problem`. Memory follows the bytes of the value: 24 for 16 of them.
/// Errors: kFormat (neither a HistogramProto nor a tensor of rows of three numbers), kLimit above
/// 64 MiB, those of the file.
[[nodiscard]] Result<Histogram> decode_histogram(const StoredValue& value,
                                                 const ValueOutline& outline);

}  // namespace tfevents
