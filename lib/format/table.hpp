#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "format/cell.hpp"
#include "format/sink.hpp"

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

/// One column of a table, for people and for machines.
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
  /// The first to be dropped: before remarks and all other columns, which say more; with `keep`
  /// before the others that are kept.
  bool minor = false;
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

/// Rows of typed cells: the one thing between a report and every renderer.
///
/// Renderers ask for the rows once or twice and keep nothing of them but widths, so an answer of
/// any length needs the memory of one row.
class RowSource {
 public:
  using Visit = std::function<Status(std::span<const Cell>)>;

  virtual ~RowSource() = default;
  [[nodiscard]] virtual const std::vector<Column>& columns() const noexcept = 0;
  /// One pass: calls `visit` for each row in order, the same rows in every pass. A row has a cell
  /// for each column, missing ones at the end are null; the cells live during the call. Errors:
  /// the first of `visit`, which ends the pass.
  virtual Status each(const Visit& visit) const = 0;
};

/// Rows that are kept. Not thread-safe.
class Table final : public RowSource {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Missing cells at the end are null; more cells than columns are a bug (asserted, ignored).
  void add(std::vector<Cell> row);

  [[nodiscard]] const std::vector<Column>& columns() const noexcept override { return columns_; }
  Status each(const Visit& visit) const override;
  [[nodiscard]] const std::vector<std::vector<Cell>>& rows() const noexcept { return rows_; }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Rows that a function makes anew in each pass, for answers too long to be held as cells:
///
///     return LazyTable(columns, [&](const RowSource::Visit& visit) -> Status {
///       for (const Run& run : runs) {
///         const Cell cells[] = {Cell::text(run.name), Cell::bytes(run.bytes)};
///         TFEVENTS_CHECK(visit(cells));
///       }
///       return ok_status();
///     });
///
/// What the function refers to must outlive the table.
class LazyTable final : public RowSource {
 public:
  using Pass = std::function<Status(const Visit&)>;
  LazyTable(std::vector<Column> columns, Pass pass)
      : columns_(std::move(columns)), pass_(std::move(pass)) {}

  [[nodiscard]] const std::vector<Column>& columns() const noexcept override { return columns_; }
  Status each(const Visit& visit) const override { return pass_(visit); }

 private:
  std::vector<Column> columns_;
  Pass pass_;
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
/// from the right, minor ones first. Only when what is kept does not fit either, its headers are
/// cut down to the cells, its names down to a few columns, and then the last of it goes, too.
/// Numbers are whole or not there: the digits that are left of one would be another number. Text
/// and headers are escaped (base/text.hpp printable). Two passes: one measures, one writes.
///
/// Returns how many columns had no room: those with a header or, where no such is missing, those
/// without.
Result<std::size_t> render_table(const RowSource& rows, const TableStyle& style, Sink& sink);

/// A GitHub Markdown table of what people read; characters with a meaning in Markdown are escaped.
/// Always with its header. Two passes.
Status render_markdown(const RowSource& rows, Sink& sink);

/// The machine values under the machine names, always with the header. One pass.
Status render_csv(const RowSource& rows, Sink& sink, std::string_view line_end = "\n");

/// The machine values as one JSON object a row and line, for tables without nested fields. One
/// pass.
Status render_jsonl(const RowSource& rows, Sink& sink);

// The same as one string, for short tables.
[[nodiscard]] std::string render_table(const RowSource& rows, const TableStyle& style);
[[nodiscard]] std::string render_markdown(const RowSource& rows);
[[nodiscard]] std::string render_csv(const RowSource& rows, std::string_view line_end = "\n");
[[nodiscard]] std::string render_jsonl(const RowSource& rows);

}  // namespace tfevents
