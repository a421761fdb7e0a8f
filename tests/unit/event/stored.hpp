#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/number.hpp"
#include "event/encode.hpp"
#include "event/outline.hpp"
#include "event/stored_value.hpp"
#include "event/tensor.hpp"
#include "record/reader.hpp"
#include "support/damage.hpp"

namespace tfevents::test {

/// A serialized value as decoders meet it: whole in memory, and within a record that is read in
/// pieces. Both must decode alike.
class Stored {
 public:
  static constexpr std::uint64_t kBefore = 100, kRecordOffset = 7;

  explicit Stored(std::string value, StoredForm form = StoredForm::kValue)
      : form_(form), value_(std::move(value)) {
    std::string payload(kBefore, 'x');
    payload += value_;
    payload.resize(payload.size() + RecordReader::kBigRecord, 'y');
    records_ = std::make_unique<RecordReader>(std::make_unique<Drops>(framed(payload)));
    if (records_->next() != RecordStep::kBigRecord) throw std::logic_error("a small record");
  }

  [[nodiscard]] StoredValue whole() const {
    const Bytes bytes = as_bytes(value_);
    return {form_, {bytes.data(), 0, bytes.size()}, nullptr, 0, kRecordOffset};
  }
  [[nodiscard]] StoredValue in_pieces() const {
    return {form_, {nullptr, kBefore, value_.size()}, records_.get(), 0, kRecordOffset};
  }
  [[nodiscard]] const std::string& bytes() const noexcept { return value_; }
  [[nodiscard]] RecordReader* records() const noexcept { return records_.get(); }

  /// What `words` says of the value, which must be the same both ways.
  template <class Words>
  [[nodiscard]] std::string both(Words&& words) const {
    const std::string one = words(whole()), other = words(in_pieces());
    return one == other ? one : "whole: " + one + "\nin pieces: " + other;
  }

 private:
  /// Bytes that come a page at a time: what is in the reader's window already is read there.
  class Drops final : public ByteSource {
   public:
    explicit Drops(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<std::size_t> read(std::span<std::byte> into) override { return read_at(0, into); }
    Result<std::optional<std::uint64_t>> size() override {
      return std::optional<std::uint64_t>(bytes_.size());
    }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
      if (offset >= bytes_.size()) return std::size_t{0};
      const auto from = static_cast<std::size_t>(offset);
      const std::size_t count = std::min({into.size(), bytes_.size() - from, std::size_t{4096}});
      std::copy_n(as_bytes(bytes_).data() + from, count, into.data());
      return count;
    }
    [[nodiscard]] bool can_read_at() const noexcept override { return true; }
    [[nodiscard]] const std::string& path() const noexcept override { return path_; }

   private:
    std::string bytes_, path_ = "drops";
  };

  StoredForm form_;
  std::string value_;
  std::unique_ptr<RecordReader> records_;
};

/// A `Summary.Value` around a serialized tensor.
inline std::string tensor_value(std::string_view tensor, std::string_view plugin = "",
                                std::string_view content = "") {
  std::string out;
  wire::Encoder to(out);
  to.bytes(8, tensor);
  if (!plugin.empty())
    to.message(9, [&] { to.message(1, [&] { to.bytes(1, plugin).text(2, content); }); });
  return out;
}

inline std::string words(const Scalar& value) {
  switch (value.store()) {
    case Scalar::Store::kFloat: return to_text(value.f32);
    case Scalar::Store::kDouble: return to_text(value.f64);
    case Scalar::Store::kSigned: return to_text(value.i64);
    case Scalar::Store::kUnsigned: return to_text(value.u64);
  }
  return "";
}

inline std::string words(const Shape& shape) {
  std::string out;
  for (const std::int64_t size : shape) out += (out.empty() ? "" : ",") + std::to_string(size);
  return "[" + out + "]";
}

/// `float32 [2] 1.5 -0.25`, and ` ! ` with the problem.
inline std::string words(const Tensor& tensor) {
  std::string out = to_string(tensor.dtype()) + (" " + words(tensor.shape()));
  for (std::uint64_t i = 0; i < tensor.size(); ++i) {
    switch (tensor.element()) {
      case Tensor::Element::kNumber: out += " " + words(tensor.number(i)); break;
      case Tensor::Element::kComplex: {
        const std::complex<double> value = tensor.complex(i);
        out += " " + to_text(value.real()) + "+" + to_text(value.imag()) + "i";
        break;
      }
      case Tensor::Element::kText: out += " '" + std::string(tensor.text(i)) + "'"; break;
      case Tensor::Element::kNone: out += " ?"; break;
    }
  }
  return out + (tensor.whole() ? "" : " ! " + tensor.problem());
}

inline std::string words(const Error& error) {
  return "error: " + error.message +
         (error.offset == Stored::kRecordOffset ? "" : " without offset");
}

/// The tensor of a value, in the words above.
inline std::string tensor_words(const Stored& stored) {
  return stored.both([](const StoredValue& value) {
    const auto outline = outline_of(value);
    if (!outline.ok()) return words(outline.error());
    const auto tensor = load_tensor(value, outline->tensor);
    return tensor.ok() ? words(*tensor) : words(tensor.error());
  });
}

}  // namespace tfevents::test
