#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "logdir/chunked.hpp"
#include "logdir/tag_table.hpp"
#include "ops/ls_rows.hpp"

namespace tfevents::ops {

/// Bytes that belong to no series: with them the rows sum to the sizes of the files.
enum class PseudoKind : std::uint8_t {
  kFraming,     ///< All of intact records that is no value: lengths, checksums, times, steps, …
  kDamaged,     ///< Damaged ranges, and intact records that are no events.
  kTail,        ///< A last record that was cut off, or zeros.
  kCompressed,  ///< A gzip or zlib file, whole.
};
/// `(framing)`, `(damaged)`, `(tail)` or `(compressed)`.
[[nodiscard]] std::string_view to_string(PseudoKind kind) noexcept;

/// What rows are about: bytes of all that is equal in these are one row.
struct DuBy {
  bool run = false;
  bool kind = false;
  bool tag = false;
};

/// What rows are sorted by.
enum class DuSort : std::uint8_t { kSize, kValues, kRuns, kRun, kKind, kTag };

/// One row. The texts live as long as the DuRows it is of; raw bytes.
struct DuRow {
  std::optional<std::string_view> run;   ///< Nothing where rows are not by run.
  std::string_view shown;                ///< The run as people read it.
  std::optional<std::string_view> kind;  ///< A kind, a plugin's name, or a pseudo-kind.
  std::optional<std::string_view> tag;   ///< Nothing also of bytes that belong to no tag.
  bool pseudo = false;                   ///< `kind` is a pseudo-kind.
  std::uint64_t bytes = 0;
  std::uint64_t values = 0;
  std::uint64_t runs = 0;  ///< How many have a share in it.
};

/// The rows of `du`, summed up run by run. There can be very many, so they are kept packed: 40
/// bytes a row and about 80 for each name that is in one, besides its text. Not thread-safe.
class DuRows {
 public:
  using const_iterator =  // NOLINT(readability-identifier-naming)
      UnpackingIterator<DuRows, DuRow>;

  explicit DuRows(DuBy by = {}) : by_(by) {}

  /// What is added from now on is of this run. `number`: its place among all runs in natural order.
  void begin_run(std::uint32_t number, std::string_view name, std::string_view shown);
  void add(std::string_view kind, std::string_view tag, std::uint64_t bytes, std::uint64_t values);
  void add(PseudoKind kind, std::uint64_t bytes, std::uint64_t values);

  /// Puts the rows in order: the least first, or with `reverse` the greatest; equal ones by run,
  /// kind and tag. Rows without the name that is sorted by come last.
  void sort(DuSort key, bool reverse);
  /// Leaves the first `rows`. Only after `sort`.
  void limit(std::uint64_t rows);

  [[nodiscard]] DuBy by() const noexcept { return by_; }
  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
  [[nodiscard]] bool empty() const noexcept { return order_.empty(); }
  /// In the order of `sort`; before, in that of their first bytes.
  [[nodiscard]] DuRow operator[](std::size_t i) const;
  [[nodiscard]] const_iterator begin() const { return {*this, 0}; }
  [[nodiscard]] const_iterator end() const { return {*this, size()}; }

 private:
  struct Row {
    std::uint32_t run, kind, tag;  // kNoId where the row is not by it; kinds: see kPseudo.
    std::uint32_t last_run;        // That has a share.
    std::uint64_t bytes;
    std::uint64_t values;
    std::uint32_t runs;
  };
  struct RunName {
    TagId name = kNoId, shown = kNoId;
  };

  void add(std::uint32_t kind, std::uint32_t tag, std::uint64_t bytes, std::uint64_t values);
  Row& row_of(std::uint32_t run, std::uint32_t kind, std::uint32_t tag);
  [[nodiscard]] std::size_t slot_of(std::uint32_t run, std::uint32_t kind, std::uint32_t tag) const;
  void grow();
  [[nodiscard]] int compare(const Row& a, const Row& b, DuSort key) const;
  [[nodiscard]] std::string_view kind_name(std::uint32_t kind) const;

  DuBy by_;
  TagTable names_;  // Of runs, kinds and tags, each once.
  std::vector<RunName> runs_;
  std::uint32_t run_ = kNoId;
  Chunked<Row> rows_;
  std::vector<std::uint32_t> slots_;  // Open addressing by run, kind and tag; kNoId is free.
  std::vector<std::uint32_t> order_;
};

}  // namespace tfevents::ops
