#include "ops/ls_rows.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <functional>
#include <utility>

#include "base/text.hpp"

namespace tfevents::ops {
namespace {

// Kinds, plugins and types of values that nearly all series have; the most frequent ones first.
constexpr std::array<std::string_view, 16> kWords = {
    "",      "scalars", "float32", "histograms", "images", "text",     "tensors", "float64",
    "audio", "int64",   "hparams", "graphs",     "int32",  "bfloat16", "mixed",   "pr_curves"};

/// Appends values to a text as few bytes.
class Packer {
 public:
  explicit Packer(std::string& out) : out_(out) {}

  void operator()(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_.push_back(static_cast<char>(value | 0x80U));
    out_.push_back(static_cast<char>(value));
  }
  // Small numbers of either sign are short.
  void operator()(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    (*this)(bits << 1U ^ (value < 0 ? ~std::uint64_t{0} : 0));
  }
  void operator()(double value) { raw(value); }
  void operator()(bool value) { out_.push_back(value ? '\1' : '\0'); }
  void operator()(RunState value) { out_.push_back(static_cast<char>(value)); }
  void operator()(const std::string& text) {
    (*this)(std::uint64_t{text.size()});
    out_ += text;
  }
  void operator()(const Scalar& value) {
    out_.push_back(static_cast<char>(value.dtype));
    switch (value.store()) {
      case Scalar::Store::kFloat: return raw(value.f32);
      case Scalar::Store::kDouble: return raw(value.f64);
      case Scalar::Store::kSigned: return (*this)(value.i64);
      case Scalar::Store::kUnsigned: return (*this)(value.u64);
    }
  }
  template <class T>
  void operator()(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  template <class... T>
  void all(const T&... values) {
    ((*this)(values), ...);
  }
  void word(const std::string& text) {
    const auto* const known = std::find(kWords.begin(), kWords.end(), text);
    out_.push_back(static_cast<char>(known - kWords.begin()));
    if (known == kWords.end()) (*this)(text);
  }
  /// `text` ends, perhaps, with what stands before it already.
  void ending_with(const std::string& text, const std::string& end) {
    const bool ends = text.ends_with(end);
    (*this)(ends);
    (*this)(ends ? text.substr(0, text.size() - end.size()) : text);
  }

 private:
  template <class T>
  void raw(T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof bytes);
  }

  std::string& out_;
};

/// Reads what a Packer wrote, in the same order.
class Unpacker {
 public:
  explicit Unpacker(const char* at) : at_(at) {}

  void operator()(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return;
    }
  }
  void operator()(std::int64_t& value) {
    std::uint64_t bits = 0;
    (*this)(bits);
    value = static_cast<std::int64_t>(bits >> 1U ^ ((bits & 1U) != 0 ? ~std::uint64_t{0} : 0));
  }
  void operator()(double& value) { raw(value); }
  void operator()(bool& value) { value = *at_++ != '\0'; }
  void operator()(RunState& value) { value = static_cast<RunState>(*at_++); }
  void operator()(std::string& text) { text = view(); }
  void operator()(Scalar& value) {
    value.dtype = static_cast<DType>(*at_++);
    switch (value.store()) {
      case Scalar::Store::kFloat: return raw(value.f32);
      case Scalar::Store::kDouble: return raw(value.f64);
      case Scalar::Store::kSigned: return (*this)(value.i64);
      case Scalar::Store::kUnsigned: return (*this)(value.u64);
    }
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    value.reset();
    if (*at_++ != '\0') (*this)(value.emplace());
  }
  template <class... T>
  void all(T&... values) {
    ((*this)(values), ...);
  }
  void word(std::string& text) { text = word_view(); }
  void ending_with(std::string& text, const std::string& end) {
    bool ends = false;
    (*this)(ends);
    (*this)(text);
    if (ends) text += end;
  }

  std::string_view view() {
    std::uint64_t size = 0;
    (*this)(size);
    const std::string_view text(at_, static_cast<std::size_t>(size));
    at_ += text.size();
    return text;
  }
  std::string_view word_view() {
    const auto known = static_cast<unsigned char>(*at_++);
    return known < kWords.size() ? kWords[known] : view();
  }

 private:
  template <class T>
  void raw(T& value) {
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
  }

  const char* at_;
};

// One list of the members for both directions. Tag and kind come first: rows are sorted by them.
template <class Io, class Row>
void series_fields(Io io, Row& row) {
  io(row.tag);
  io.word(row.kind);
  io.word(row.plugin);
  io.word(row.dtype);
  io.all(row.points, row.dropped, row.duplicates, row.nonfinite);
  io.all(row.first_step, row.last_step, row.bytes);
  io.all(row.first, row.last, row.min, row.max, row.min_step, row.max_step, row.mean);
}

template <class Io, class Row>
void run_fields(Io io, Row& row) {
  io.all(row.run, row.shown);
  io.ending_with(row.path, row.run);
  io.all(row.state, row.damage, row.last_step);
  io.all(row.first_time, row.last_time, row.age_seconds, row.duration_seconds);
  io.all(row.tags, row.files, row.bytes, row.nonfinite, row.profile, row.all_one_step);
}

bool comes_before(const char* a, const char* b) {
  Unpacker left(a), right(b);
  const int order = natural_compare(left.view(), right.view());
  return order != 0 ? order < 0 : left.word_view() < right.word_view();
}

}  // namespace

const char* to_string(RunState state) noexcept {
  switch (state) {
    case RunState::kLive: return "live";
    case RunState::kDone: return "done";
    case RunState::kIdle: return "idle";
    case RunState::kEmpty: return "empty";
  }
  return "idle";
}

SeriesList::SeriesList(std::initializer_list<SeriesRow> rows) {
  Builder builder(rows.size());
  for (const SeriesRow& row : rows) builder.add(row);
  *this = builder.finish();
}

SeriesRow SeriesList::operator[](std::size_t i) const {
  assert(i < size());
  SeriesRow row;
  series_fields(Unpacker(rows_[i]), row);
  return row;
}

void SeriesList::Builder::add(const SeriesRow& row) {
  row_.clear();
  series_fields(Packer(row_), row);
  places_.push_back(shelf_->keep(row_));
}

SeriesList SeriesList::Builder::finish() {
  SeriesList list;
  if (places_.empty()) return list;
  const std::span<const char* const> places(places_);
  list.rows_ = {shelf_->keep(places), places.size()};
  list.shelf_ = shelf_;
  places_.clear();
  return list;
}

SeriesList SeriesList::Builder::finish_sorted() {
  std::sort(places_.begin(), places_.end(), comes_before);
  return finish();
}

LsRows::LsRows(const std::vector<LsRow>& rows) : rows_(rows.size()) {
  for (std::size_t i = 0; i < rows.size(); ++i) set(i, rows[i]);
}

void LsRows::set(std::size_t i, LsRow row) {
  std::string fields;
  fields.reserve(96 + row.run.size() + row.shown.size() + row.path.size());
  run_fields(Packer(fields), row);
  rows_[i].fields = shelf_->keep(fields);
  rows_[i].series = std::move(row.series);
}

void LsRows::arrange(std::span<const std::size_t> order) {
  std::vector<Packed> rows;
  rows.reserve(order.size());
  for (const std::size_t i : order) rows.push_back(std::move(rows_[i]));
  rows_ = std::move(rows);
}

LsRow LsRows::operator[](std::size_t i) const {
  assert(i < rows_.size());
  LsRow row;
  run_fields(Unpacker(rows_[i].fields), row);
  row.series = rows_[i].series;
  return row;
}

}  // namespace tfevents::ops
