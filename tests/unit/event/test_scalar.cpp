#include <array>
#include <cmath>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "event/dtype_info.hpp"
#include "event/encode.hpp"
#include "event/scanner.hpp"
#include "event/tensor_writer.hpp"
#include "support/numbers.hpp"

// The number in a tensor, from every dtype in every encoding.

namespace tfevents {
namespace {

using test::kInf;
using wire::Encoder;

/// What the scanner reads out of a serialized tensor.
std::optional<Scalar> number_in(std::string_view tensor) {
  std::string payload;
  Encoder(payload).message(5, [&] {
    Encoder(payload).message(1, [&] { Encoder(payload).text(1, "t").bytes(8, tensor); });
  });
  EventScanner scanner;
  REQUIRE(scanner.scan(as_bytes(payload)));
  const EventView& event = scanner.event();
  REQUIRE(event.fast.size() + event.values.size() == 1U);
  const ValueView value = event.fast.empty() ? event.values[0] : to_value_view(event.fast[0]);
  return to_scalar(value.tensor);
}

/// A tensor made by hand: `dtype`, sizes, and whatever `fill` adds.
template <class Fill>
std::string tensor(DType dtype, const std::optional<Shape>& shape, Fill&& fill) {
  std::string out = content_tensor(dtype, {}, shape.value_or(Shape{}));
  if (!shape) out.resize(2);
  Encoder to(out);
  fill(to);
  return out;
}

struct Example {
  DType dtype;
  std::uint64_t bits;
  double value;
};

const Example kExamples[] = {
    {DType::kFloat32, 0x3FC00000, 1.5},
    {DType::kFloat64, 0xC004000000000000, -2.5},
    {DType::kInt32, 0xFFFFFFFD, -3},
    {DType::kInt64, 0x8000000000000000, -9223372036854775808.0},
    {DType::kInt16, 0x8000, -32768},
    {DType::kInt8, 0xFF, -1},
    {DType::kUint8, 0xFF, 255},
    {DType::kUint16, 0xFFFF, 65535},
    {DType::kUint32, 0xFFFFFFFF, 4294967295.0},
    {DType::kUint64, 0xFFFFFFFFFFFFFFFF, 18446744073709551616.0},
    {DType::kBool, 1, 1},
    {DType::kQint8, 0x80, -128},
    {DType::kQuint8, 0x80, 128},
    {DType::kQint16, 0xFFFE, -2},
    {DType::kQuint16, 0xFFFE, 65534},
    {DType::kQint32, 0x80000000, -2147483648.0},
    {DType::kInt4, 0xF8, -8},
    {DType::kUint4, 0x0F, 15},
    {DType::kFloat16, 0x3E00, 1.5},
    {DType::kFloat16, 0xFBFF, -65504},
    {DType::kFloat16, 0x0001, 0x1p-24},
    {DType::kFloat16, 0x7C00, kInf},
    {DType::kBfloat16, 0x3FC0, 1.5},
    {DType::kBfloat16, 0xFF80, -kInf},
    {DType::kFloat8E5M2, 0x3C, 1},
    {DType::kFloat8E5M2, 0x7B, 57344},
    {DType::kFloat8E5M2, 0xFC, -kInf},
    {DType::kFloat8E5M2, 0x01, 0x1p-16},
    {DType::kFloat8E4M3FN, 0x38, 1},
    {DType::kFloat8E4M3FN, 0x7E, 448},
    {DType::kFloat8E4M3FN, 0x81, -0x1p-9},
    {DType::kFloat8E4M3FNUZ, 0x40, 1},
    {DType::kFloat8E4M3FNUZ, 0x7F, 240},
    {DType::kFloat8E4M3FNUZ, 0x01, 0x1p-10},
    {DType::kFloat8E4M3B11FNUZ, 0x58, 1},
    {DType::kFloat8E4M3B11FNUZ, 0x7F, 30},
    {DType::kFloat8E5M2FNUZ, 0x40, 1},
    {DType::kFloat8E5M2FNUZ, 0xFF, -57344},
    {DType::kFloat8E5M2FNUZ, 0x01, 0x1p-17},
};

TEST_CASE("to_scalar: every dtype in both encodings, under every shape of one element") {
  for (const Example& example : kExamples) {
    CAPTURE(std::string(to_string(example.dtype)));
    CAPTURE(example.bits);
    for (const TensorLayout layout : {TensorLayout::kContent, TensorLayout::kTyped}) {
      for (const auto& shape : {std::optional<Shape>{}, std::optional<Shape>{Shape{}},
                                std::optional<Shape>{{1}}, std::optional<Shape>{{1, 1, 1}},
                                std::optional<Shape>{{-1}}, std::optional<Shape>{{1, -1}}}) {
        const auto number = number_in(element_tensor(example.dtype, example.bits, layout, shape));
        REQUIRE(number);
        CHECK(number->dtype == example.dtype);
        CHECK(number->as_double() == example.value);
        CHECK(element_bits(*number) == example.bits);
      }
      for (const Shape& shape :
           {Shape{0}, Shape{2}, Shape{1, 3}, Shape{1, 0}, Shape{-1, 2}, Shape{0, -1},
            Shape{INT64_MAX, INT64_MAX, INT64_MAX}, Shape{1LL << 32, 1LL << 32}}) {
        CHECK_FALSE(number_in(element_tensor(example.dtype, example.bits, layout, shape)));
      }
    }
  }
}

TEST_CASE("to_scalar: patterns that are no number are NaN") {
  const Example nans[] = {{DType::kFloat16, 0x7E00, 0},         {DType::kBfloat16, 0x7FC0, 0},
                          {DType::kFloat8E5M2, 0x7F, 0},        {DType::kFloat8E4M3FN, 0x7F, 0},
                          {DType::kFloat8E4M3FN, 0xFF, 0},      {DType::kFloat8E4M3FNUZ, 0x80, 0},
                          {DType::kFloat8E4M3B11FNUZ, 0x80, 0}, {DType::kFloat8E5M2FNUZ, 0x80, 0}};
  for (const Example& nan : nans) {
    const auto number = number_in(element_tensor(nan.dtype, nan.bits, TensorLayout::kContent));
    REQUIRE(number);
    CHECK(std::isnan(number->as_double()));
  }
}

TEST_CASE("to_scalar: no single number") {
  CHECK_FALSE(number_in(""));
  const std::string_view text[] = {"1.5"};
  CHECK_FALSE(number_in(string_tensor(text, {})));
  const auto none = [](Encoder&) {};
  for (int dtype = 0; dtype <= 40; ++dtype)
    CHECK_FALSE(number_in(tensor(static_cast<DType>(dtype), Shape{}, none)));
  CHECK_FALSE(number_in(
      tensor(DType::kComplex64, Shape{}, [](Encoder& t) { t.fixed(9, 1.0F).fixed(9, 2.0F); })));
  CHECK_FALSE(number_in(tensor(DType::kComplex128, Shape{}, [](Encoder& t) { t.fixed(12, 1.0); })));
  CHECK_FALSE(number_in(content_tensor(DType::kComplex64, "12345678", {})));
  CHECK_FALSE(number_in(content_tensor(DType::kString, "abcd", {})));
  CHECK_FALSE(number_in(content_tensor(DType::kFloat4E2M1FN, "a", {})));
  // Content that is too short or too long.
  for (const std::string_view content : {"a", "abc", "abcde", "abcdefgh"})
    CHECK_FALSE(number_in(content_tensor(DType::kFloat32, content, {})));
  // More values than elements, and none at all.
  CHECK_FALSE(number_in(
      tensor(DType::kFloat32, Shape{}, [](Encoder& t) { t.fixed(5, 1.0F).fixed(5, 2.0F); })));
  CHECK_FALSE(number_in(tensor(DType::kFloat32, Shape{}, [](Encoder& t) { t.bytes(5, ""); })));
  // One value for a whole shape is no scalar.
  CHECK_FALSE(number_in(tensor(DType::kFloat32, Shape{5}, [](Encoder& t) { t.fixed(5, 1.0F); })));
  CHECK_FALSE(
      number_in(tensor(DType::kFloat8E5M2, Shape{}, [](Encoder& t) { t.bytes(18, "ab"); })));
}

TEST_CASE("to_scalar: an unknown rank holds one element where there is one value") {
  const auto open = [](auto&& fill) {
    return number_in(tensor(DType::kFloat32, std::nullopt, [&](Encoder& t) {
      t.message(2, [&] { t.varint(3, std::uint64_t{1}); });
      fill(t);
    }));
  };
  CHECK(open([](Encoder& t) { t.fixed(5, 1.5F); })->f32 == 1.5F);
  CHECK_FALSE(open([](Encoder& t) { t.fixed(5, 1.5F).fixed(5, 1.5F); }));
  CHECK_FALSE(open([](Encoder&) {}));
}

TEST_CASE("to_scalar: content comes before typed fields, reference dtypes count as their base") {
  const auto number = number_in(tensor(DType::kFloat32, Shape{}, [](Encoder& t) {
    t.bytes(4, std::string_view("\0\0\xC0\x3F", 4)).fixed(5, 9.0F);
  }));
  CHECK(number->f32 == 1.5F);
  std::string reference;
  Encoder(reference).varint(1, std::uint64_t{102}).fixed(6, 2.5);
  CHECK(number_in(reference)->f64 == 2.5);
}

TEST_CASE("to_scalar: fields that are not the dtype's own") {
  const auto in_field = [](DType dtype, std::uint32_t field, std::int64_t value) {
    return number_in(tensor(dtype, Shape{}, [&](Encoder& t) { t.varint(field, value); }));
  };
  // torch writes uint8 into uint32_val.
  auto number = in_field(DType::kUint8, 16, 200);
  REQUIRE(number);
  CHECK(number->dtype == DType::kUint8);
  CHECK(number->i64 == 200);
  // Whatever the tensor says, the number is the number in the field.
  for (const std::uint32_t field : {7U, 10U, 16U}) {
    for (const DType dtype :
         {DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kUint64, DType::kFloat8E5M2}) {
      CAPTURE(std::string(to_string(dtype)));
      CHECK(in_field(dtype, field, 42)->as_double() == 42.0);
    }
    CHECK(in_field(DType::kBool, field, 5)->i64 == 1);
  }
  CHECK(in_field(DType::kFloat32, 10, -1)->as_double() == -1.0);
  CHECK(number_in(tensor(DType::kInt32, Shape{}, [](Encoder& t) {
          t.fixed(5, 1.5F);
        }))->as_double() == 1.5);
  // A pattern of half a number says nothing without its dtype, and two fields do not agree.
  CHECK_FALSE(in_field(DType::kFloat32, 13, 0x3E00));
  CHECK_FALSE(number_in(tensor(DType::kFloat32, Shape{}, [](Encoder& t) { t.bytes(18, "\x3C"); })));
  CHECK_FALSE(number_in(
      tensor(DType::kUint8, Shape{}, [](Encoder& t) { t.fixed(5, 1.0F).fixed(6, 1.0); })));
}

TEST_CASE("to_scalar: torch's float32 bits in half_val") {
  for (const DType dtype : {DType::kFloat16, DType::kBfloat16}) {
    const auto wide = [&](std::uint32_t bits) {
      return number_in(tensor(dtype, std::nullopt, [&](Encoder& t) {
        t.varint(13, std::int64_t{static_cast<std::int32_t>(bits)});
      }));
    };
    CHECK(wide(0x3FC00000)->f64 == 1.5);
    CHECK(wide(0xBFC00000)->f64 == -1.5);
    CHECK(wide(0)->f64 == 0.0);
    CHECK(wide(0x3FC00000)->dtype == dtype);
  }
}

constexpr DType kNarrow[] = {
    DType::kFloat16,        DType::kBfloat16,          DType::kFloat8E5M2,    DType::kFloat8E4M3FN,
    DType::kFloat8E4M3FNUZ, DType::kFloat8E4M3B11FNUZ, DType::kFloat8E5M2FNUZ};

TEST_CASE("narrow floats: widening and narrowing again is the identity on numbers") {
  for (const DType dtype : kNarrow) {
    CAPTURE(std::string(to_string(dtype)));
    const std::uint32_t patterns = 1U << (8 * info_of(dtype).bytes);
    for (std::uint32_t bits = 0; bits < patterns; ++bits) {
      const double value = widen(bits, dtype);
      if (std::isnan(value)) {
        REQUIRE(std::isnan(widen(narrow(value, dtype), dtype)));
      } else {
        REQUIRE(narrow(value, dtype) == bits);
      }
    }
  }
}

TEST_CASE("narrow floats: narrowing finds the nearest, ties to even") {
  for (const DType dtype : kNarrow) {
    CAPTURE(std::string(to_string(dtype)));
    const std::uint32_t half = 1U << (8 * info_of(dtype).bytes - 1);
    for (std::uint32_t bits = 0; bits + 1 < half; bits += dtype < DType::kUint32 ? 97 : 1) {
      const double low = widen(bits, dtype), high = widen(bits + 1, dtype);
      if (!std::isfinite(low) || !std::isfinite(high)) continue;
      REQUIRE(low < high);
      const double middle = low + (high - low) / 2;
      REQUIRE(narrow(middle, dtype) == (bits % 2 == 0 ? bits : bits + 1));
      REQUIRE(narrow(std::nextafter(middle, 0), dtype) == bits);
      REQUIRE(narrow(std::nextafter(middle, kInf), dtype) == bits + 1);
      const bool low_is_zero = bits == 0 && dtype >= DType::kFloat8E4M3FNUZ;
      REQUIRE(narrow(-std::nextafter(middle, 0), dtype) == (low_is_zero ? 0 : half + bits));
    }
    CHECK((std::isinf(widen(narrow(1e300, dtype), dtype)) ||
           std::isnan(widen(narrow(1e300, dtype), dtype))));
    CHECK(widen(narrow(1e-300, dtype), dtype) == 0.0);
  }
}

TEST_CASE("dtypes: names and stores") {
  CHECK(std::string(to_string(DType::kBfloat16)) == "bfloat16");
  CHECK(std::string(to_string(static_cast<DType>(77))) == "unknown");
  CHECK(Scalar::of(1.0F).store() == Scalar::Store::kFloat);
  CHECK(Scalar::of(std::uint64_t{1}).store() == Scalar::Store::kUnsigned);
  CHECK(Scalar::of(std::int64_t{1}, DType::kBool).store() == Scalar::Store::kSigned);
  CHECK(Scalar::of(1.0, DType::kFloat16).store() == Scalar::Store::kDouble);
}

}  // namespace
}  // namespace tfevents
