#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/cell.hpp"

namespace tfevents {

enum class Align : std::uint8_t {
  kAuto,  ///< By the cells: kPoint with a real among numbers, kRight for numbers alone, else kLeft.
  kLeft,
  kRight,
  kPoint,  ///< Decimal points under each other.
};

/// What gives when a table is wider than the terminal.
enum class Elide : std::uint8_t {
  kNever,   ///< Shown whole, or the column is dropped.
  kMiddle,  ///< First to shrink: names, `vision/…/seed0`.
  kEnd,     ///< Next to shrink: free text.
};

/// One column of a Table, for people and for machines.
struct Column {
  /// Machine name, `age_seconds`. Empty: only people see the column.
  std::string key = {};
  /// For people, `AGE`; escaped, else shown as it is. May be empty, as for notes.
  std::string header = {};
  Align align = Align::kAuto;
  Elide elide = Elide::kNever;
  /// Terminal columns down to which an elided column shrinks before others are dropped.
  std::size_t min_width = 16;
  /// Never dropped for want of room while anything else can go.
  bool keep = false;
  /// False: only machines see the column.
  bool people = true;
  /// Digits of reals for people; 0: exact. Machines always get the exact value.
  int significant = 0;
  /// Of cells that have none of their own.
  Role role = Role::kPlain;
};

/// A column of names: elided in the middle before anything else, never dropped.
[[nodiscard]] Column name_column(std::string key, std::string header);
/// A last column of remarks without a header, for people alone: shortened at its end, then dropped.
[[nodiscard]] Column notes_column();

/// Rows of typed cells: the one thing between a report and every renderer. Not thread-safe.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Missing cells at the end are null; more cells than columns are a bug (asserted, ignored).
  void add(std::vector<Cell> row);

  [[nodiscard]] const std::vector<Column>& columns() const noexcept { return columns_; }
  [[nodiscard]] const std::vector<std::vector<Cell>>& rows() const noexcept { return rows_; }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

struct TableStyle {
  std::optional<std::size_t> width =
      {};  ///< Terminal columns. None (a pipe): nothing is elided or dropped.
  bool color = false;
  bool header = true;              ///< Shown when any column has one.
  bool header_when_empty = false;  ///< A table without rows is nothing, or its header.
  std::string indent = {};         ///< Before every line; counts towards the width.
};

/// For people: aligned columns two blanks apart, each line ended by LF, none wider than the
/// terminal.
///
/// Too wide: kMiddle columns shrink to their `min_width`, then kEnd ones, then columns are dropped
/// from the right; what is kept shrinks further only when nothing is left to drop. Text and headers
/// are escaped (base/text.hpp printable).
[[nodiscard]] std::string render_table(const Table& table, const TableStyle& style);

/// A GitHub Markdown table of what people read; characters with a meaning in Markdown are escaped.
/// Always with its header.
[[nodiscard]] std::string render_markdown(const Table& table);

/// The machine values under the machine names, always with the header.
[[nodiscard]] std::string render_csv(const Table& table, std::string_view line_end = "\n");

/// The machine values as one JSON object a row and line, for tables without nested fields.
[[nodiscard]] std::string render_jsonl(const Table& table);

}  // namespace tfevents
