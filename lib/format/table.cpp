#include "format/table.hpp"

#include <algorithm>
#include <cassert>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "format/layout.hpp"

namespace tfevents {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNotesGap = 3;

/// One cell as people see it, and where its parts are.
struct Piece {
  std::string prefix;
  std::string text;
  std::size_t prefix_width = 0;
  std::size_t width = 0;  ///< Of prefix and text.
  /// Columns before the decimal point; none where the text is no number and just stands at the
  /// right.
  std::optional<std::size_t> before;
  Role role = Role::kPlain;
};

/// Everything that is known of a column before the terminal's width is.
struct Shape {
  const Column* column = nullptr;
  std::string header;
  std::size_t header_width = 0;
  Align align = Align::kLeft;
  std::size_t before = 0;  ///< kPoint: widest part before the point, and after it.
  std::size_t after = 0;
  std::size_t body = 0;  ///< Widest cell, decimal points aligned.
};

/// Where the decimal point of a number stands, or would stand: after the digits and their groups.
std::size_t point_column(std::string_view text) {
  return std::min(text.find_first_of(".e"), text.size());
}

Align align_of(const Table& table, std::size_t index) {
  const Align asked = table.columns()[index].align;
  if (asked != Align::kAuto) return asked;
  bool numeric = false;
  bool real = false;
  for (const auto& row : table.rows()) {
    const Cell& cell = row[index];
    if (cell.is_null()) continue;
    if (!cell.is_numeric()) return Align::kLeft;
    numeric = true;
    real = real || cell.is_real();
  }
  if (real) return Align::kPoint;
  return numeric ? Align::kRight : Align::kLeft;
}

Piece make_piece(const Cell& cell, const Shape& shape) {
  Piece piece;
  piece.prefix = cell.prefix();
  piece.text = cell.human(shape.column->significant);
  piece.prefix_width = display_width(piece.prefix);
  piece.width = piece.prefix_width + display_width(piece.text);
  if (shape.align == Align::kPoint && piece.text.find_first_of("0123456789") != std::string::npos) {
    piece.before = display_width(std::string_view(piece.text).substr(0, point_column(piece.text)));
  }
  piece.role = cell.role() == Role::kPlain ? shape.column->role : cell.role();
  return piece;
}

/// Shortens `text` to `width` columns at its end; combining marks stay with their character.
std::string elide_end(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const Utf8Step step = next_utf8(text.substr(end));
    used += char_width(step.code);
    if (used > width - 1) break;
    end += step.size;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string shorten(const std::string& text, std::size_t width, Elide elide) {
  return elide == Elide::kEnd ? elide_end(text, width) : elide_middle(text, width);
}

class TableRenderer {
 public:
  TableRenderer(const Table& table, const TableStyle& style) : style_(style) {
    for (std::size_t i = 0; i < table.columns().size(); ++i) {
      if (table.columns()[i].people) measure(table, i);
    }
    rows_ = table.rows().size();
  }

  std::string render() {
    const bool any_header = std::any_of(shapes_.begin(), shapes_.end(),
                                        [](const Shape& shape) { return !shape.header.empty(); });
    for (const Shape& shape : shapes_) {
      const std::size_t width = std::max(shape.header_width, shape.body);
      // Remarks stand a little apart, since no header says where their column begins.
      const bool notes = any_header && shape.header.empty() && &shape == &shapes_.back();
      wants_.push_back({.width = width,
                        .min_width = std::min(width, shape.column->min_width),
                        .elide = shape.column->elide,
                        .keep = shape.column->keep,
                        .gap = notes ? kNotesGap : kGap});
    }
    std::optional<std::size_t> room;
    if (style_.width) {
      const std::size_t indent = display_width(style_.indent);
      room = *style_.width > indent ? *style_.width - indent : 1;
    }
    widths_ = layout::fit(wants_, room);
    if (any_header) add_header();
    for (std::size_t row = 0; row < rows_; ++row) add_row(row);
    return std::move(out_);
  }

 private:
  void measure(const Table& table, std::size_t index) {
    Shape shape;
    shape.column = &table.columns()[index];
    shape.align = align_of(table, index);
    if (style_.header) shape.header = printable(shape.column->header);
    shape.header_width = display_width(shape.header);
    std::vector<Piece> pieces;
    pieces.reserve(table.rows().size());
    for (const auto& row : table.rows()) {
      pieces.push_back(make_piece(row[index], shape));
      const Piece& piece = pieces.back();
      shape.body = std::max(shape.body, piece.width);
      if (piece.before) {
        shape.before = std::max(shape.before, *piece.before);
        shape.after = std::max(shape.after, piece.width - *piece.before);
      }
    }
    shape.body = std::max(shape.body, shape.before + shape.after);
    shapes_.push_back(std::move(shape));
    pieces_.push_back(std::move(pieces));
  }

  void begin_line() {
    pending_ = 0;
    first_ = true;
    blank_line_ = true;
  }

  /// Writes text with blanks around it. Blanks wait for the next text, so that no line ends with
  /// them.
  void put(std::size_t gap, std::size_t left, std::string_view prefix, std::string_view text,
           std::size_t right, Role role) {
    pending_ += (first_ ? 0 : gap) + left;
    first_ = false;
    if (!prefix.empty() || !text.empty()) {
      if (blank_line_) out_ += style_.indent;
      blank_line_ = false;
      out_.append(pending_, ' ');
      out_ += prefix;
      out_ += paint(text, role, style_.color);
      pending_ = 0;
    }
    pending_ += right;
  }

  void add_header() {
    begin_line();
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      if (widths_[i] == 0) continue;
      const std::string text = shorten(shapes_[i].header, widths_[i], shapes_[i].column->elide);
      const std::size_t blank = widths_[i] - display_width(text);
      const bool left = shapes_[i].align == Align::kLeft;
      put(wants_[i].gap, left ? 0 : blank, {}, text, left ? blank : 0, Role::kDim);
    }
    out_ += '\n';
  }

  void add_row(std::size_t row) {
    begin_line();
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      if (widths_[i] != 0) add_cell(shapes_[i], pieces_[i][row], widths_[i], wants_[i].gap);
    }
    out_ += '\n';
  }

  void add_cell(const Shape& shape, Piece& piece, std::size_t width, std::size_t gap) {
    // Decimal points can only be kept while the column has its full width.
    const bool points = piece.before.has_value() && shape.body <= width;
    if (piece.width > width) {
      if (piece.prefix_width < width) {
        piece.text = shorten(piece.text, width - piece.prefix_width, shape.column->elide);
      } else {
        piece.text = elide_end(piece.prefix + piece.text, width);
        piece.prefix.clear();
        piece.prefix_width = 0;
      }
      piece.width = piece.prefix_width + display_width(piece.text);
    }
    const std::size_t blank = width - piece.width;
    std::size_t left = shape.align == Align::kLeft ? 0 : blank;
    if (points) left = (width - shape.before - shape.after) + (shape.before - *piece.before);
    put(gap, std::min(left, blank), piece.prefix, piece.text, blank - std::min(left, blank),
        piece.role);
  }

  const TableStyle& style_;
  std::vector<Shape> shapes_;               ///< Of the columns that people see.
  std::vector<std::vector<Piece>> pieces_;  ///< By column, then row.
  std::vector<layout::Want> wants_;
  std::vector<std::size_t> widths_;  ///< 0: dropped.
  std::size_t rows_ = 0;
  std::string out_;
  std::size_t pending_ = 0;
  bool first_ = true;       ///< No column of this line has been put.
  bool blank_line_ = true;  ///< No text has.
};

}  // namespace

Column name_column(std::string key, std::string header) {
  return {.key = std::move(key),
          .header = std::move(header),
          .align = Align::kLeft,
          .elide = Elide::kMiddle,
          .keep = true};
}

Column notes_column() {
  return {.align = Align::kLeft, .elide = Elide::kEnd, .min_width = 10};
}

void Table::add(std::vector<Cell> row) {
  assert(row.size() <= columns_.size());
  row.resize(columns_.size());
  rows_.push_back(std::move(row));
}

std::string render_table(const Table& table, const TableStyle& style) {
  if (table.empty() && !style.header_when_empty) return {};
  return TableRenderer(table, style).render();
}

std::string render_csv(const Table& table, std::string_view line_end) {
  std::string out;
  CsvWriter writer(out, line_end);
  for (const Column& column : table.columns()) {
    if (!column.key.empty()) writer.text(column.key);
  }
  writer.end_row();
  for (const auto& row : table.rows()) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!table.columns()[i].key.empty()) write_cell(writer, row[i]);
    }
    writer.end_row();
  }
  return out;
}

std::string render_jsonl(const Table& table) {
  std::string out;
  JsonWriter writer(out);
  for (const auto& row : table.rows()) {
    writer.begin_object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string& key = table.columns()[i].key;
      if (key.empty()) continue;
      if (const auto* text = std::get_if<std::string>(&row[i].value())) {
        name_fields(writer, key, std::string_view(*text));
      } else {
        writer.key(key);
        write_cell(writer, row[i]);
      }
    }
    writer.end_object().end_line();
  }
  return out;
}

}  // namespace tfevents
