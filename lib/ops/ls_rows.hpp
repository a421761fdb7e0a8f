#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/shelf.hpp"
#include "event/scalar.hpp"

namespace tfevents::ops {

// The rows of `ls`. All of them are kept until the last run is read, and there can be very many: so
// they are kept packed, at about 70 bytes each besides their names, and unpacked one by one.

enum class RunState : std::uint8_t { kLive, kDone, kIdle, kEmpty };
/// `live`, `done`, `idle` or `empty`.
const char* to_string(RunState state) noexcept;

/// One series of a run: the `series` object of OUTPUT.md `show`.
struct SeriesRow {
  std::string tag;
  std::string kind;
  std::string plugin;            ///< Of the first metadata; else implied by the kind; may be empty.
  std::string dtype;             ///< `float32`, …, `mixed`; empty where the kind has none.
  std::uint64_t points = 0;      ///< In the view.
  std::uint64_t dropped = 0;     ///< By the view: all that clean leaves out, duplicates among them.
  std::uint64_t duplicates = 0;  ///< Points whose next one has the same step.
  std::uint64_t nonfinite = 0;   ///< NaN and infinities among the points of the view.
  std::optional<std::int64_t> first_step, last_step;
  std::uint64_t bytes = 0;  ///< Of the values on disk, without framing.
  // Scalars only; min and max over finite values.
  std::optional<Scalar> first, last, min, max;
  std::optional<std::int64_t> min_step, max_step;
  std::optional<double> mean;
};

/// Goes through rows that are unpacked one by one.
template <class List, class Row>
class UnpackingIterator {
 public:
  // NOLINTBEGIN(readability-identifier-naming): as the standard names them
  using iterator_category = std::input_iterator_tag;
  using value_type = Row;
  using difference_type = std::ptrdiff_t;
  using pointer = const Row*;
  using reference = Row;
  // NOLINTEND(readability-identifier-naming)

  UnpackingIterator(const List& list, std::size_t at) : list_(&list), at_(at) {}
  Row operator*() const { return (*list_)[at_]; }
  UnpackingIterator& operator++() {
    ++at_;
    return *this;
  }
  UnpackingIterator operator++(int) { return {*list_, at_++}; }
  friend bool operator==(const UnpackingIterator& a, const UnpackingIterator& b) noexcept {
    return a.at_ == b.at_;
  }

 private:
  const List* list_;
  std::size_t at_;
};

/// The series of one run, packed. Copies share the rows, which never change.
class SeriesList {
 public:
  class Builder;
  using const_iterator =  // NOLINT(readability-identifier-naming)
      UnpackingIterator<SeriesList, SeriesRow>;

  SeriesList() = default;
  /// In the given order.
  SeriesList(std::initializer_list<SeriesRow> rows);

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// A row, unpacked.
  [[nodiscard]] SeriesRow operator[](std::size_t i) const;
  [[nodiscard]] const_iterator begin() const { return {*this, 0}; }
  [[nodiscard]] const_iterator end() const { return {*this, size()}; }

 private:
  std::shared_ptr<const Shelf> shelf_;  // Has the rows, and the list of them.
  std::span<const char* const> rows_;   // Where each begins.
};

/// Packs rows as they come.
class SeriesList::Builder {
 public:
  /// `rows` are expected; they are kept on `shelf`, which those of other lists may share.
  explicit Builder(std::size_t rows, std::shared_ptr<Shelf> shelf = std::make_shared<Shelf>())
      : shelf_(std::move(shelf)) {
    places_.reserve(rows);
  }
  void add(const SeriesRow& row);
  /// The rows by natural order of the tag, then kind. The builder is empty afterwards.
  SeriesList finish_sorted();
  /// The rows as they came.
  SeriesList finish();

 private:
  std::shared_ptr<Shelf> shelf_;
  std::vector<const char*> places_;
  std::string row_;
};

/// One run: the row of OUTPUT.md `ls`.
struct LsRow {
  std::string run;    ///< Relative name, `.` for the operand itself; raw bytes.
  std::string shown;  ///< What people read where that is another name, else empty.
  std::string path;
  RunState state = RunState::kEmpty;
  std::uint64_t damage = 0;  ///< Damaged records or ranges.
  std::optional<std::int64_t> last_step;
  std::optional<double> first_time, last_time;  ///< Least and greatest finite event time above 0.
  std::optional<double> age_seconds;  ///< now - last_time; by mtime where no event has a time.
  std::optional<double> duration_seconds;
  std::uint64_t tags = 0;  ///< Series: (tag, kind) pairs.
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t nonfinite = 0;  ///< Scalar points of the view that are NaN or infinite.
  bool profile = false;         ///< Holds only a `.profile-empty` marker.
  bool all_one_step = false;    ///< Some series has several points, all at one step.
  SeriesList series;            ///< By natural order of the tag, then kind; filled on request.

  /// The name that people read.
  [[nodiscard]] const std::string& people_name() const noexcept {
    return shown.empty() ? run : shown;
  }
};

/// Rows of runs, packed.
class LsRows {
 public:
  using const_iterator =  // NOLINT(readability-identifier-naming)
      UnpackingIterator<LsRows, LsRow>;

  /// None.
  LsRows() = default;
  /// Room for that many rows, each to be `set` before it is read.
  explicit LsRows(std::size_t rows) : rows_(rows) {}
  LsRows(const std::vector<LsRow>& rows);  // NOLINT(google-explicit-constructor)

  /// Packs a row. Different rows may be set by different threads at a time.
  void set(std::size_t i, LsRow row);
  /// Where packed rows are kept: the lists of series that are to come with them may be there too.
  [[nodiscard]] const std::shared_ptr<Shelf>& shelf() const noexcept { return shelf_; }
  /// Leaves the rows of these numbers, in this order; none may occur twice.
  void arrange(std::span<const std::size_t> order);

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  /// A row, unpacked.
  [[nodiscard]] LsRow operator[](std::size_t i) const;
  [[nodiscard]] const_iterator begin() const { return {*this, 0}; }
  [[nodiscard]] const_iterator end() const { return {*this, size()}; }

 private:
  struct Packed {
    const char* fields = nullptr;
    SeriesList series;
  };
  std::shared_ptr<Shelf> shelf_ = std::make_shared<Shelf>();
  std::vector<Packed> rows_;
};

}  // namespace tfevents::ops
