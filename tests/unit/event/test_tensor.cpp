#include <bit>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "event/tensor_writer.hpp"
#include "tensorboard/tensor.pb.h"
#include "unit/event/stored.hpp"

// Tensors of every dtype, in both layouts, and those that do not fit together. FORMAT 4.1 and the
// rows of the edge cases about tensors.

namespace tfevents {
namespace {

using namespace test;

template <class T>
std::string raw(std::initializer_list<T> numbers) {
  std::string out;
  for (const T number : numbers) {
    char bytes[sizeof(T)];
    store_le(bytes, number);
    out.append(bytes, sizeof bytes);
  }
  return out;
}

/// Two elements of a dtype, as libprotobuf writes them in its own field and as bytes.
struct Layouts {
  int dtype;
  std::string content;  ///< Empty: the dtype has no such layout.
  std::function<void(pb::TensorProto&)> typed;
  const char* words;
};

template <class... Numbers>
std::function<void(pb::TensorProto&)> ints(Numbers... numbers) {
  return [=](pb::TensorProto& t) { (t.add_int_val(numbers), ...); };
}
template <class... Numbers>
std::function<void(pb::TensorProto&)> halves(Numbers... numbers) {
  return [=](pb::TensorProto& t) { (t.add_half_val(numbers), ...); };
}
std::function<void(pb::TensorProto&)> eighths(std::string bytes) {
  return [bytes](pb::TensorProto& t) { t.set_float8_val(bytes); };
}

std::vector<Layouts> all_layouts() {
  using T = pb::TensorProto;
  return {
      {1, raw({1.5F, -0.25F}),
       [](T& t) {
         t.add_float_val(1.5F);
         t.add_float_val(-0.25F);
       },
       "float32 [2] 1.5 -0.25"},
      {2, raw({0.1, -1e300}),
       [](T& t) {
         t.add_double_val(0.1);
         t.add_double_val(-1e300);
       },
       "float64 [2] 0.1 -1e+300"},
      {3, raw<std::int32_t>({-7, INT32_MAX}), ints(-7, INT32_MAX), "int32 [2] -7 2147483647"},
      {4, raw<std::uint8_t>({200, 0}), ints(200, 0), "uint8 [2] 200 0"},
      {5, raw<std::int16_t>({-300, 300}), ints(-300, 300), "int16 [2] -300 300"},
      {6, raw<std::int8_t>({-128, 127}), ints(-128, 127), "int8 [2] -128 127"},
      {7, "",
       [](T& t) {
         t.add_string_val("a");
         t.add_string_val(std::string("\0\xFF", 2));
       },
       nullptr},  // Below.
      {8, raw({1.5F, -2.5F, 0.1F, 0.0F}),
       [](T& t) {
         for (const float part : {1.5F, -2.5F, 0.1F, 0.0F}) t.add_scomplex_val(part);
       },
       "complex64 [2] 1.5+-2.5i 0.10000000149011612+0i"},
      {9, raw<std::int64_t>({INT64_MIN, 9007199254740993}),
       [](T& t) {
         t.add_int64_val(INT64_MIN);
         t.add_int64_val(9007199254740993);
       },
       "int64 [2] -9223372036854775808 9007199254740993"},
      {10, std::string("\x01\0", 2),
       [](T& t) {
         t.add_bool_val(true);
         t.add_bool_val(false);
       },
       "bool [2] 1 0"},
      {11, raw<std::int8_t>({-3, 3}), ints(-3, 3), "qint8 [2] -3 3"},
      {12, raw<std::uint8_t>({255, 3}), ints(255, 3), "quint8 [2] 255 3"},
      {13, raw<std::int32_t>({-3, 3}), ints(-3, 3), "qint32 [2] -3 3"},
      {14, raw<std::uint16_t>({0x3FC0, 0xC000}), halves(0x3FC0, 0xC000), "bfloat16 [2] 1.5 -2"},
      {15, raw<std::int16_t>({-3, 3}), ints(-3, 3), "qint16 [2] -3 3"},
      {16, raw<std::uint16_t>({65535, 3}), ints(65535, 3), "quint16 [2] 65535 3"},
      {17, raw<std::uint16_t>({65535, 3}), ints(65535, 3), "uint16 [2] 65535 3"},
      {18, raw({0.1, 2.5, -1.0, 0.0}),
       [](T& t) {
         for (const double part : {0.1, 2.5, -1.0, 0.0}) t.add_dcomplex_val(part);
       },
       "complex128 [2] 0.1+2.5i -1+0i"},
      {19, raw<std::uint16_t>({0x3E00, 0xFC00}), halves(0x3E00, 0xFC00), "float16 [2] 1.5 -inf"},
      {22, raw<std::uint32_t>({4000000000U, 1}),
       [](T& t) {
         t.add_uint32_val(4000000000U);
         t.add_uint32_val(1);
       },
       "uint32 [2] 4000000000 1"},
      {23, raw<std::uint64_t>({UINT64_MAX, 1}),
       [](T& t) {
         t.add_uint64_val(UINT64_MAX);
         t.add_uint64_val(1);
       },
       "uint64 [2] 18446744073709551615 1"},
      {24, "\x3E\xC0", eighths("\x3E\xC0"), "float8_e5m2 [2] 1.5 -2"},
      {25, "\x3C\xC0", eighths("\x3C\xC0"), "float8_e4m3fn [2] 1.5 -2"},
      {26, "\x44\xC8", eighths("\x44\xC8"), "float8_e4m3fnuz [2] 1.5 -2"},
      {27, "\x5C\xE0", eighths("\x5C\xE0"), "float8_e4m3b11fnuz [2] 1.5 -2"},
      {28, "\x42\xC4", eighths("\x42\xC4"), "float8_e5m2fnuz [2] 1.5 -2"},
      {29, raw<std::int8_t>({-3, 7}), ints(-3, 7), "int4 [2] -3 7"},
      {30, raw<std::uint8_t>({15, 1}), ints(15, 1), "uint4 [2] 15 1"},
      {31, raw<std::int8_t>({-2, 1}), ints(-2, 1), "int2 [2] -2 1"},
      {32, raw<std::uint8_t>({3, 1}), ints(3, 1), "uint2 [2] 3 1"},
  };
}

/// A tensor as libprotobuf writes it.
struct Built {
  pb::TensorProto message;

  explicit Built(int dtype, std::initializer_list<std::int64_t> shape = {}) {
    message.set_dtype(static_cast<decltype(message.dtype())>(dtype));
    for (const std::int64_t size : shape) message.mutable_tensor_shape()->add_dim()->set_size(size);
  }
  [[nodiscard]] Stored stored() const { return Stored(tensor_value(message.SerializeAsString())); }
  [[nodiscard]] std::string words() const { return tensor_words(stored()); }
};
Built floats(std::initializer_list<std::int64_t> shape, std::initializer_list<float> numbers) {
  Built built(1, shape);
  for (const float number : numbers) built.message.add_float_val(number);
  return built;
}
std::string content(int dtype, std::initializer_list<std::int64_t> shape, std::string bytes) {
  Built built(dtype, shape);
  built.message.set_tensor_content(std::move(bytes));
  return built.words();
}

TEST_CASE("12 #49: tensor: every dtype in both layouts, and as a reference") {
  std::size_t dtypes = 0;
  for (const Layouts& layouts : all_layouts()) {
    CAPTURE(layouts.dtype);
    ++dtypes;
    Built typed(layouts.dtype, {2});
    layouts.typed(typed.message);
    const std::string expected = layouts.words != nullptr
                                     ? layouts.words
                                     : "string [2] 'a' '" + std::string("\0\xFF", 2) + "'";
    CHECK(typed.words() == expected);
    // DT_FLOAT_REF and its like are what they refer to.
    Built reference(layouts.dtype + 100, {2});
    layouts.typed(reference.message);
    CHECK(reference.words() == expected);
    if (layouts.content.empty()) continue;
    CHECK(content(layouts.dtype, {2}, layouts.content) == expected);
    // Where both are there, the bytes count.
    Built both(layouts.dtype, {2});
    both.message.add_float_val(99);
    both.message.set_tensor_content(layouts.content);
    CHECK(both.words() == expected);
  }
  CHECK(dtypes == 30);
}

TEST_CASE("tensor: what has no elements that anybody knows") {
  for (const int dtype : {0, 20, 21, 33, 34, 77, -1, 300}) {
    CAPTURE(dtype);
    Built built(dtype, {2});
    built.message.add_float_val(1);
    built.message.add_float_val(2);
    const Stored stored = built.stored();
    const auto tensor = load_tensor(stored.whole(), outline_of(stored.whole())->tensor);
    REQUIRE(tensor.ok());
    CHECK(tensor->element() == Tensor::Element::kNone);
    CHECK(!tensor->whole());
  }
}

TEST_CASE("12 #47: tensor: torch's half_val holds float32 patterns where any exceeds 16 bits") {
  for (const int dtype : {14, 19}) {
    Built built(dtype, {3});
    for (const float number : {1.5F, 0.0F, -3.0F})
      built.message.add_half_val(static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(number)));
    CHECK(built.words().substr(built.words().find('[')) == "[3] 1.5 0 -3");
  }
}

TEST_CASE("12 #48: tensor: the populated field counts where that of the dtype is empty") {
  Built bytes(4, {2});  // torch add_tensor of uint8
  bytes.message.add_uint32_val(200);
  bytes.message.add_uint32_val(7);
  CHECK(bytes.words() == "uint8 [2] 200 7");
  // Two others: nobody knows which.
  bytes.message.add_float_val(1);
  CHECK(bytes.words() == "uint8 [2] 0 0 ! a shape of 2 elements, of which 0 are there");
  // Where its own is there, others do not matter.
  bytes.message.add_int_val(5);
  bytes.message.add_int_val(6);
  CHECK(bytes.words() == "uint8 [2] 5 6");
  // Strings are no numbers, and numbers no strings.
  Built text(1, {1});
  text.message.add_string_val("x");
  CHECK(text.words() == "float32 [1] 0 ! a shape of 1 elements, of which 0 are there");
  Built number(7, {1});
  number.message.add_float_val(1);
  CHECK(number.words() == "string [1] '' ! a shape of 1 elements, of which 0 are there");
}

TEST_CASE("tensor: shapes with an unknown size, of unknown rank, and without a shape") {
  CHECK(floats({}, {1.5F}).words() == "float32 [] 1.5");
  CHECK(floats({-1, 2}, {1, 2, 3, 4}).words() == "float32 [2,2] 1 2 3 4");
  CHECK(floats({-1, 3}, {1, 2, 3, 4}).words() ==
        "float32 [-1,3] 1 2 3 4 ! the shape has sizes that are not known");
  CHECK(floats({-1, -1}, {1, 2}).words() ==
        "float32 [-1,-1] 1 2 ! the shape has sizes that are not known");
  CHECK(floats({-1, 0}, {}).words() == "float32 [-1,0] ! the shape has sizes that are not known");
  CHECK(floats({INT64_MIN}, {1, 2}).words() == "float32 [2] 1 2");
  Built any = floats({}, {1, 2, 3});
  any.message.mutable_tensor_shape()->set_unknown_rank(true);
  CHECK(any.words() == "float32 [3] 1 2 3");
}

TEST_CASE("tensor: shapes that lie are reported and never believed") {
  CHECK(floats({3}, {7}).words() == "float32 [3] 7 7 7");  // One stands for all.
  CHECK(floats({4}, {1, 2}).words() ==
        "float32 [4] 1 2 2 2 ! a shape of 4 elements, of which 2 are there");
  CHECK(floats({2}, {}).words() == "float32 [2] 0 0 ! a shape of 2 elements, of which 0 are there");
  CHECK(floats({2}, {1, 2, 3}).words() == "float32 [2] 1 2 ! 3 elements for a shape of 2");
  CHECK(floats({0}, {}).words() == "float32 [0]");
  CHECK(floats({0, 1LL << 40, 1LL << 40}, {}).words() == "float32 [0,1099511627776,1099511627776]");
  CHECK(floats({0}, {1}).words() == "float32 [0] ! 1 elements for a shape of 0");
  CHECK(floats({INT64_MAX, 2}, {1}).words() ==
        "float32 [9223372036854775807,2] 1 ! a shape of 2^63 or more elements, of which 1 are "
        "there");
  CHECK(floats({1LL << 32, 1LL << 32}, {}).words() ==
        "float32 [4294967296,4294967296] ! a shape of 2^63 or more elements, of which 0 are there");
  CHECK(content(2, {2}, "12345") ==
        "float64 [2] 0 0 ! a shape of 2 elements, of which 0 are there");
  CHECK(content(1, {1}, std::string(7, '\0')) ==
        "float32 [1] 0 ! 7 bytes are no whole number of elements");
  Built odd(8, {1});
  for (const float part : {1.0F, 2.0F, 3.0F}) odd.message.add_scomplex_val(part);
  CHECK(odd.words() == "complex64 [1] 1+2i ! 3 parts are no whole number of elements");
}

TEST_CASE("tensor: few bytes that claim many elements give few") {
  const auto size_of = [](const Built& built) {
    const Stored stored = built.stored();
    const auto tensor = load_tensor(stored.whole(), outline_of(stored.whole())->tensor);
    REQUIRE(tensor.ok());
    return tensor->size();
  };
  CHECK(size_of(floats({4096}, {1})) == 4096);
  CHECK(size_of(floats({4097}, {1})) == 1);
  Built text(7, {4096});
  text.message.add_string_val(std::string(16, 'x'));
  CHECK(size_of(text) == 4096);
  text.message.set_string_val(0, std::string(17, 'x'));
  CHECK(size_of(text) == 1);
}

TEST_CASE("tensor: a message that is mostly something else is not read for its elements") {
  Built built = floats({}, {1});
  std::string tensor = built.message.SerializeAsString();
  wire::Encoder(tensor).bytes(99, std::string(2 << 20, 'z'));
  const std::string said = tensor_words(Stored(tensor_value(tensor)));
  CHECK(said.starts_with("error: a tensor of 20971"));
  CHECK(said.ends_with(" bytes, of which 4 are elements"));
  // Elements that take much room on the wire are elements: negative numbers, empty strings.
  Built many(9, {200'000});
  for (int i = 0; i < 200'000; ++i) many.message.add_int64_val(-1);
  CHECK(many.words().starts_with("int64 [200000] -1 -1"));
  Built empty(7, {600'000});
  for (int i = 0; i < 600'000; ++i) empty.message.add_string_val("");
  const Stored stored = empty.stored();
  const auto texts = load_tensor(stored.in_pieces(), outline_of(stored.in_pieces())->tensor);
  REQUIRE(texts.ok());
  CHECK(texts->size() == 600'000);
  CHECK(stored_bytes(outline_of(stored.whole())->tensor) == 0);
}

TEST_CASE("tensor: a million strings, all of them") {
  Built built(7, {1'000'000});
  for (int i = 0; i < 1'000'000; ++i) built.message.add_string_val(std::to_string(i));
  const Stored stored = built.stored();
  for (const StoredValue& value : {stored.whole(), stored.in_pieces()}) {
    const auto tensor = load_tensor(value, outline_of(value)->tensor);
    REQUIRE(tensor.ok());
    CHECK(tensor->whole());
    CHECK(tensor->text(999'999) == "999999");
  }
}

TEST_CASE("tensor: stored bytes are those of the elements") {
  const auto bytes_of = [](const Built& built) {
    return stored_bytes(outline_of(built.stored().whole())->tensor);
  };
  CHECK(bytes_of(floats({2}, {1, 2})) == 8);
  Built text(7, {2});
  text.message.add_string_val("abc");
  text.message.add_string_val("d");
  CHECK(bytes_of(text) == 4);
  CHECK(bytes_of(Built(1, {1000})) == 0);
  Built raw_bytes(2, {1});
  raw_bytes.message.set_tensor_content("12345678");
  CHECK(bytes_of(raw_bytes) == 8);
}

}  // namespace
}  // namespace tfevents
