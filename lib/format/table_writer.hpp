#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/layout.hpp"
#include "format/table.hpp"

namespace tfevents {

/// The two passes of render_table, for callers that put lines of their own between the rows:
/// `measure` every row, then `lay_out`, then write the lines. Memory: a few numbers a column. Not
/// thread-safe.
class TableWriter {
 public:
  /// `columns` and `style` must outlive the writer.
  TableWriter(const std::vector<Column>& columns, const TableStyle& style);

  void measure(std::span<const Cell> row);
  /// Chooses alignments and widths by what has been measured.
  void lay_out();

  /// The line of headers; nothing where no column has one.
  void write_header(std::string& out);
  /// One line. A row that has not been measured is cut to the widths.
  void write_row(std::string& out, std::span<const Cell> row);

  /// Measured so far.
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  /// Columns that have no room, as render_table counts them.
  [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }

 private:
  /// A column that people see, and what is known of it.
  struct Shape {
    const Column* column = nullptr;
    std::size_t index = 0;  ///< Of its cell in a row.
    std::string header;
    std::size_t header_width = 0;
    Align align = Align::kAuto;
    bool numbers = false, reals = false, others = false;  ///< Kinds of cells seen, for kAuto.
    // kPoint: widest part before the decimal point, and from it on.
    std::size_t before = 0, after = 0;
    std::size_t body = 0;  ///< Widest cell, decimal points aligned.
    // The same of numbers alone, which are never cut.
    std::size_t number = 0, number_before = 0, number_after = 0;
    std::size_t gap = 0;    ///< Blanks before it.
    std::size_t width = 0;  ///< 0: dropped.

    [[nodiscard]] bool may_have_points() const noexcept {
      return align == Align::kPoint || (align == Align::kAuto && !others);
    }
  };
  /// One cell as people see it.
  struct Piece {
    std::string_view prefix;
    std::string text;
    std::size_t prefix_width = 0;
    std::size_t width = 0;  ///< Of prefix and text.
    /// Columns before the decimal point; none where the text is no number and just stands at the
    /// right.
    std::optional<std::size_t> before;
    Role role = Role::kPlain;
  };

  static Piece make_piece(const Cell& cell, const Shape& shape);
  static void measure_cell(const Cell& cell, Shape& shape);
  [[nodiscard]] static layout::Want want_of(const Shape& shape);
  void count_dropped(const std::vector<layout::Want>& wants);
  void begin_line();
  void put(std::string& out, std::size_t left, std::string_view prefix, std::string_view text,
           std::size_t right, Role role);
  void write_cell(std::string& out, const Shape& shape, Piece piece);

  const TableStyle& style_;
  std::vector<Shape> shapes_;
  std::size_t rows_ = 0;
  std::size_t dropped_ = 0;
  // Of the line being written.
  std::size_t pending_ = 0;  ///< Blanks that wait for the next text.
  bool first_ = true;        ///< No column has been put.
  bool blank_line_ = true;   ///< No text has.
};

}  // namespace tfevents
