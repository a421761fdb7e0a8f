#include <cfloat>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "event/histogram.hpp"
#include "event/tensor_writer.hpp"
#include "support/numbers.hpp"
#include "unit/event/stored.hpp"

// Histograms of both forms: FORMAT 4.5 and edge cases 60 to 63.

namespace tfevents {
namespace {

using namespace test;

// Into the memory of the one before, of which nothing may be left.
std::optional<Histogram> plain_of(const StoredValue& stored) {
  static Histogram again;
  return decode_plain_histogram(stored, again) ? std::optional(again) : std::nullopt;
}

std::string old_form(double min, double max, const std::vector<double>& limits,
                     const std::vector<double>& counts, bool packed = false) {
  std::string message, value;
  wire::Encoder to(message);
  to.fixed(1, min).fixed(2, max).fixed(3, 4.0).fixed(4, 1.5).fixed(5, 6.0);
  to.message(6, [&] {
    for (const double limit : limits) to.raw_fixed(limit);
  });
  // One by one: both ways of writing repeated numbers are in use.
  if (packed) {
    to.message(7, [&] {
      for (const double count : counts) to.raw_fixed(count);
    });
  } else {
    for (const double count : counts) to.fixed(7, count);
  }
  wire::Encoder(value).bytes(5, message);
  return value;
}

std::string new_form(DType dtype, const Shape& shape, const std::vector<double>& numbers) {
  std::string bytes;
  wire::Encoder to(bytes);
  for (const double number : numbers) {
    if (dtype == DType::kFloat32) {
      to.raw_fixed(static_cast<float>(number));
    } else {
      to.raw_fixed(number);
    }
  }
  return tensor_value(content_tensor(dtype, bytes, shape), "histograms");
}

std::string histogram_words(const std::vector<HistogramBucket>& buckets) {
  std::string out;
  for (const HistogramBucket& bucket : buckets) {
    out += (out.empty() ? "" : "; ") + to_text(bucket.left) + " " + to_text(bucket.right) + " " +
           to_text(bucket.count);
  }
  return out;
}

std::string histogram_words(const Histogram& histogram) {
  const std::string buckets = histogram_words(histogram.buckets);
  const std::string rows = histogram_words(tensorboard_rows(histogram));
  return "(" + buckets + ") " + to_text(histogram.min) + ".." + to_text(histogram.max) + " of " +
         to_text(histogram.num) + (rows == buckets ? "" : " | " + rows) +
         (histogram.problem.empty() ? "" : " ! " + histogram.problem);
}

/// Buckets, min, max and num; as TensorBoard draws them behind a bar, where that differs.
std::string seen(const std::string& value) {
  return Stored(value).both([](const StoredValue& stored) {
    const auto outline = outline_of(stored);
    REQUIRE(outline.ok());
    const auto histogram = decode_histogram(stored, *outline);
    if (!histogram.ok()) return test::words(histogram.error());
    // Where the straight way says anything it says the same.
    const auto plain = plain_of(stored);
    if (plain) CHECK(histogram_words(*plain) == histogram_words(*histogram));
    return histogram_words(*histogram);
  });
}

TEST_CASE("histogram, old: buckets lie between limits, empty ones at the ends are left out") {
  // The example of FORMAT 4.5, which TensorBoard's own code confirms.
  CHECK(seen(old_form(-1, 2, {-1.1, 0, 2.5}, {0, 2, 2})) ==
        "(-1 0 2; 0 2.5 2) -1..2 of 4 | -1 0 2; 0 2 2");
  CHECK(seen(old_form(-1, 2, {-3, -2, -0.5, 0, 1, 3, 4, 5}, {0, 0, 1, 0, 2, 0, 0, 0})) ==
        "(-1 -0.5 1; -0.5 0 0; 0 1 2) -1..2 of 4 | -1 -0.5 1; -0.5 0 0; 0 2 2");
  const auto value = old_form(-1, 2, {0}, {4});
  const Stored stored(value);
  const auto histogram = decode_histogram(stored.whole(), *outline_of(stored.whole()));
  REQUIRE(histogram.ok());
  CHECK(histogram->sum == 1.5);
  CHECK(histogram->sum_squares == 6);
}

TEST_CASE("12 #60: histogram, old: all counts zero, or none, is an empty one") {
  CHECK(seen(old_form(0, 0, {1, 2}, {0, 0})) == "() 0..0 of 4");
  CHECK(seen(old_form(0, 0, {}, {})) == "() 0..0 of 4");
  std::string empty;
  wire::Encoder(empty).bytes(5, "");
  CHECK(seen(empty) == "() 0..0 of 0");
}

TEST_CASE("12 #61: histogram, old: the common part where limits and counts are not as many") {
  CHECK(seen(old_form(0, 9, {1, 2}, {1, 2, 3, 4})) ==
        "(0 1 1; 1 2 2) 0..9 of 4 | 0 1 1; 1 9 2 ! 2 limits for 4 buckets: the first 2 are read");
  CHECK(seen(old_form(0, 9, {1, 2, 3}, {1})) ==
        "(0 1 1) 0..9 of 4 | 0 9 1 ! 3 limits for 1 buckets: the first 1 are read");
  CHECK(seen(old_form(0, 9, {}, {1})) ==
        "() 0..9 of 4 ! 0 limits for 1 buckets: the first 0 are read");
}

TEST_CASE("12 #62: histogram, old: limits at the greatest double or beyond are the values' ends") {
  CHECK(seen(old_form(-1, 2, {-DBL_MAX, 0, DBL_MAX}, {0, 1, 3})) == "(-1 0 1; 0 2 3) -1..2 of 4");
  CHECK(seen(old_form(-1, 2, {-kInf, 0, kInf}, {1, 0, 3})) ==
        "(-1 -1 1; -1 0 0; 0 2 3) -1..2 of 4");
}

TEST_CASE("histogram, old: counts of NaN and below zero are none at the ends, and stay inside") {
  CHECK(seen(old_form(0, 3, {0, 1, 2, 3}, {kNan, 1, 1, -1})) ==
        "(0 1 1; 1 2 1) 0..3 of 4 | 0 1 1; 1 3 1");
  CHECK(seen(old_form(0, 3, {0, 1, 2, 3}, {1, kNan, -5, 1})) ==
        "(0 0 1; 0 1 nan; 1 2 -5; 2 3 1) 0..3 of 4");
}

TEST_CASE("histogram, old: limits and ends that are NaN or out of order are shown as they are") {
  CHECK(seen(old_form(0, 3, {kNan, 1, kNan}, {1, 1, 1})) ==
        "(0 nan 1; nan 1 1; 1 nan 1) 0..3 of 4 | 0 nan 1; nan 1 1; 1 3 1");
  CHECK(seen(old_form(kNan, kNan, {1, 2}, {1, 1})) ==
        "(nan 1 1; 1 2 1) nan..nan of 4 | nan 1 1; 1 nan 1");
  CHECK(seen(old_form(5, -5, {2, 1}, {1, 1})) == "(5 2 1; 2 1 1) 5..-5 of 4 | 5 2 1; 2 -5 1");
}

TEST_CASE("histogram, new: rows as they are, in any float type") {
  CHECK(seen(new_form(DType::kFloat64, {2, 3}, {-1, 0, 2, 0, 2.5, 3})) ==
        "(-1 0 2; 0 2.5 3) -1..2.5 of 5");
  CHECK(seen(new_form(DType::kFloat32, {1, 3}, {0.5, 1.5, 4})) == "(0.5 1.5 4) 0.5..1.5 of 4");
  std::string half;
  wire::Encoder(half).raw_fixed(std::uint16_t{0x3800}).raw_fixed(std::uint16_t{0x3E00});
  wire::Encoder(half).raw_fixed(std::uint16_t{0x4400});
  CHECK(seen(tensor_value(content_tensor(DType::kFloat16, half, {1, 3}))) ==
        "(0.5 1.5 4) 0.5..1.5 of 4");
}

TEST_CASE("12 #63: histogram, new: no rows, thirty of zeros, and a single value") {
  CHECK(seen(new_form(DType::kFloat64, {0, 3}, {})) == "() 0..0 of 0");
  const std::string zeros = seen(new_form(DType::kFloat64, {30, 3}, std::vector<double>(90)));
  CHECK(zeros.starts_with("(0 0 0; 0 0 0; "));
  CHECK(zeros.ends_with("0 0 0) 0..0 of 0"));
  // One zero that stands for all ninety.
  std::string tensor;
  wire::Encoder to(tensor);
  to.varint(1, std::uint64_t{2}).message(2, [&] { to.bytes(2, "\x08\x1E").bytes(2, "\x08\x03"); });
  to.fixed(6, 0.0);
  CHECK(seen(tensor_value(tensor)) == zeros);
  CHECK(seen(new_form(DType::kFloat64, {2, 3}, {7, 7, 0, 7, 7, 4})) == "(7 7 0; 7 7 4) 7..7 of 4");
  CHECK(seen(new_form(DType::kFloat64, {1, 3}, {kNan, kInf, kNan})) ==
        "(nan inf nan) nan..inf of nan");
}

TEST_CASE("histogram, new: what is no table of three columns is said") {
  const std::string no_table = "error: the histogram is no table of left, right and count";
  CHECK(seen(new_form(DType::kFloat64, {6}, {1, 2, 3, 4, 5, 6})) == no_table);
  CHECK(seen(new_form(DType::kFloat64, {3, 2}, {1, 2, 3, 4, 5, 6})) == no_table);
  CHECK(seen(new_form(DType::kFloat64, {1, 2, 3}, {1, 2, 3, 4, 5, 6})) == no_table);
  CHECK(seen(tensor_value(string_tensor({}, {0, 3}))) == no_table);
  CHECK(seen(tensor_value("")) == no_table);
  CHECK(seen("") == "error: no histogram is in it");
  CHECK(seen(new_form(DType::kFloat64, {3, 3}, {1, 2, 3, 4})) ==
        "(1 2 3; 4 4 4; 4 4 4) 1..4 of 11 ! a shape of 9 elements, of which 4 are there");
  CHECK(seen(new_form(DType::kFloat64, {1LL << 60, 3}, {1, 2, 3, 4})) ==
        "(1 2 3) 1..2 of 3 ! a shape of 3458764513820540928 elements, of which 4 are there");
}

TEST_CASE("histogram, old: edges and ends are the same on the straight way") {
  const double greatest = std::numeric_limits<double>::max();
  for (const auto& [limits, counts] :
       {std::pair<std::vector<double>, std::vector<double>>{{-greatest, 0, greatest}, {1, 2, 3}},
        {{-greatest, -greatest, 0}, {1, 1, 1}},
        {{greatest, greatest}, {1, 1}},
        {{-kInf, kInf}, {1, 2}},
        {{kNan, 1, kNan}, {1, 2, 3}},
        {{0, 1, 2}, {0, 0, 0}},
        {{0, 1}, {1, 2, 3}},
        {{}, {}}}) {
    const std::string value = old_form(-1, 2, limits, counts, true);
    CHECK(plain_of(Stored(value).whole()).has_value());
    CHECK(seen(value) == seen(old_form(-1, 2, limits, counts)));
  }
}

TEST_CASE("histogram: cut anywhere it is refused, or one of fewer numbers") {
  const std::string whole = old_form(-1, 2, {-1.1, 0, 2.5}, {0, 2, 2});
  for (std::size_t size = 0; size < whole.size(); ++size)
    static_cast<void>(Stored(whole.substr(0, size)).both([](const StoredValue& stored) {
      const auto outline = outline_of(stored);
      if (!outline.ok()) return test::words(outline.error());
      return std::string(decode_histogram(stored, *outline).ok() ? "read" : "refused");
    }));
  // A right frame around a cut message.
  std::string torn;
  wire::Encoder(torn).bytes(5, std::string_view(whole).substr(2, 12));
  CHECK(seen(torn) == "error: the histogram is not what its record says it is");
}

TEST_CASE("histogram: the straight way takes what writers write, and agrees with the long one") {
  const std::string old = old_form(-1, 2, {-1.1, 0, 2.5}, {0, 2, 2}, true);
  const std::string rows = new_form(DType::kFloat64, {2, 3}, {0, 1, 2, 1, 2, 3});
  for (const std::string& value : {old, rows}) {
    CHECK(plain_of(Stored(value).whole()).has_value());
    CHECK_FALSE(plain_of(Stored(value).in_pieces()).has_value());
    // Every byte changed in every bit: what is still taken is what protobuf makes of it.
    for (std::size_t i = 0; i < value.size(); ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string changed = value;
        changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
        const Bytes bytes = as_bytes(changed);
        const StoredValue stored(StoredForm::kValue, {bytes.data(), 0, bytes.size()}, nullptr, 0,
                                 0);
        const auto plain = plain_of(stored);
        if (!plain) continue;
        const auto outline = outline_of(stored);
        if (!outline.ok()) continue;  // Of its metadata, which the straight way passes over.
        const auto histogram = decode_histogram(stored, *outline);
        REQUIRE(histogram.ok());
        CHECK(histogram_words(*plain) == histogram_words(*histogram));
      }
    }
  }
  CHECK_FALSE(plain_of(Stored(old + old).whole()).has_value());
  CHECK_FALSE(plain_of(Stored(old + rows).whole()).has_value());
  CHECK_FALSE(plain_of(Stored(std::string()).whole()).has_value());
}

TEST_CASE("histogram: above 64 MiB it is not read") {
  std::string value;
  wire::Encoder(value).bytes(5, std::string((64 << 20) + 1, '\0'));
  CHECK(seen(value) == "error: a histogram of 67108865 bytes, above 64 MiB");
}

}  // namespace
}  // namespace tfevents
