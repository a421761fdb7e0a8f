#include "format/table_writer.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace tfevents {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNotesGap = 3;

const Cell& cell_at(std::span<const Cell> row, std::size_t index) {
  static const Cell kNull;
  return index < row.size() ? row[index] : kNull;
}

/// Where the decimal point of a number stands, or would stand: after the digits and their groups.
std::size_t point_column(std::string_view text) {
  return std::min(text.find_first_of(".e"), text.size());
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

}  // namespace

TableWriter::TableWriter(const std::vector<Column>& columns, const TableStyle& style)
    : style_(style) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].people) continue;
    Shape shape;
    shape.column = &columns[i];
    shape.index = i;
    if (style.header) shape.header = printable(columns[i].header);
    shape.header_width = display_width(shape.header);
    shape.align = columns[i].align;
    shapes_.push_back(std::move(shape));
  }
}

TableWriter::Piece TableWriter::make_piece(const Cell& cell, const Shape& shape) {
  Piece piece;
  piece.prefix = cell.prefix();
  piece.text = cell.human(shape.column->significant);
  piece.prefix_width = display_width(piece.prefix);
  piece.width = piece.prefix_width + display_width(piece.text);
  if (shape.may_have_points() && piece.text.find_first_of("0123456789") != std::string::npos) {
    piece.before = display_width(std::string_view(piece.text).substr(0, point_column(piece.text)));
  }
  piece.role = cell.role() == Role::kPlain ? shape.column->role : cell.role();
  return piece;
}

void TableWriter::measure_cell(const Cell& cell, Shape& shape) {
  if (!cell.is_null()) {
    const bool number = cell.is_numeric();
    shape.numbers = shape.numbers || number;
    shape.others = shape.others || !number;
    shape.reals = shape.reals || cell.is_real();
  }
  const Piece piece = make_piece(cell, shape);
  shape.body = std::max(shape.body, piece.width);
  if (piece.before) {
    shape.before = std::max(shape.before, *piece.before);
    shape.after = std::max(shape.after, piece.width - *piece.before);
  }
  if (!cell.is_numeric()) return;
  shape.number = std::max(shape.number, piece.width);
  if (!piece.before) return;
  shape.number_before = std::max(shape.number_before, *piece.before);
  shape.number_after = std::max(shape.number_after, piece.width - *piece.before);
}

void TableWriter::measure(std::span<const Cell> row) {
  for (Shape& shape : shapes_) measure_cell(cell_at(row, shape.index), shape);
  ++rows_;
}

void TableWriter::lay_out() {
  const bool any_header = std::any_of(shapes_.begin(), shapes_.end(),
                                      [](const Shape& shape) { return !shape.header.empty(); });
  std::vector<layout::Want> wants;
  for (Shape& shape : shapes_) {
    if (shape.align == Align::kAuto) {
      const bool numeric = shape.numbers && !shape.others;
      shape.align = !numeric ? Align::kLeft : shape.reals ? Align::kPoint : Align::kRight;
    }
    if (shape.align == Align::kPoint) {
      shape.body = std::max(shape.body, shape.before + shape.after);
    }
    // Remarks stand a little apart, since no header says where their column begins.
    const bool notes = any_header && shape.header.empty() && &shape == &shapes_.back();
    shape.gap = notes ? kNotesGap : kGap;
    wants.push_back(want_of(shape));
  }
  std::optional<std::size_t> room;
  if (style_.width) {
    const std::size_t indent = display_width(style_.indent);
    room = *style_.width > indent ? *style_.width - indent : 1;
  }
  const std::vector<std::size_t> widths = layout::fit(wants, room);
  for (std::size_t i = 0; i < shapes_.size(); ++i) shapes_[i].width = widths[i];
  count_dropped(wants);
}

layout::Want TableWriter::want_of(const Shape& shape) {
  const std::size_t width = std::max(shape.header_width, shape.body);
  std::size_t numbers = shape.number;
  if (shape.align == Align::kPoint)
    numbers = std::max(numbers, shape.number_before + shape.number_after);
  return {.width = width,
          .min_width = std::min(width, shape.column->min_width),
          .body = shape.body,
          .numbers = numbers,
          .elide = shape.column->elide,
          .keep = shape.column->keep,
          .minor = shape.column->minor,
          .gap = shape.gap};
}

// A column without a header says more about the one before it, and goes with that.
void TableWriter::count_dropped(const std::vector<layout::Want>& wants) {
  std::size_t headed = 0, others = 0;
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    if (shapes_[i].width != 0 || wants[i].width == 0) continue;
    ++(shapes_[i].header.empty() ? others : headed);
  }
  dropped_ = headed > 0 ? headed : others;
}

void TableWriter::begin_line() {
  pending_ = 0;
  first_ = true;
  blank_line_ = true;
}

/// Writes text with blanks around it. Blanks wait for the next text, so that no line ends with
/// them.
void TableWriter::put(std::string& out, std::size_t left, std::string_view prefix,
                      std::string_view text, std::size_t right, Role role) {
  pending_ += left;
  first_ = false;
  if (!prefix.empty() || !text.empty()) {
    if (blank_line_) out += style_.indent;
    blank_line_ = false;
    out.append(pending_, ' ');
    out += prefix;
    if (style_.color && role != Role::kPlain) {
      out += paint(text, role, true);
    } else {
      out += text;
    }
    pending_ = 0;
  }
  pending_ += right;
}

void TableWriter::write_header(std::string& out) {
  if (std::all_of(shapes_.begin(), shapes_.end(),
                  [](const Shape& shape) { return shape.header.empty(); })) {
    return;
  }
  begin_line();
  for (const Shape& shape : shapes_) {
    if (shape.width == 0) continue;
    const std::string text = shorten(shape.header, shape.width, shape.column->elide);
    const std::size_t blank = shape.width - display_width(text);
    const bool left = shape.align == Align::kLeft;
    put(out, (first_ ? 0 : shape.gap) + (left ? 0 : blank), {}, text, left ? blank : 0, Role::kDim);
  }
  out += '\n';
}

void TableWriter::write_row(std::string& out, std::span<const Cell> row) {
  begin_line();
  for (const Shape& shape : shapes_) {
    if (shape.width != 0) write_cell(out, shape, make_piece(cell_at(row, shape.index), shape));
  }
  out += '\n';
}

void TableWriter::write_cell(std::string& out, const Shape& shape, Piece piece) {
  // Decimal points can only be kept while the column has its full width.
  const bool points = piece.before.has_value() && shape.body <= shape.width;
  if (piece.width > shape.width) {
    if (piece.prefix_width < shape.width) {
      piece.text = shorten(piece.text, shape.width - piece.prefix_width, shape.column->elide);
    } else {
      piece.text = elide_end(std::string(piece.prefix) + piece.text, shape.width);
      piece.prefix = {};
      piece.prefix_width = 0;
    }
    piece.width = piece.prefix_width + display_width(piece.text);
  }
  const std::size_t blank = shape.width - piece.width;
  std::size_t left = shape.align == Align::kLeft ? 0 : blank;
  if (points) left = (shape.width - shape.before - shape.after) + (shape.before - *piece.before);
  left = std::min(left, blank);
  put(out, (first_ ? 0 : shape.gap) + left, piece.prefix, piece.text, blank - left, piece.role);
}

}  // namespace tfevents
