#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "format/table.hpp"

namespace tfevents {
namespace {

bool is_word(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= 'a' && byte <= 'z');
}

/// Escapes what Markdown would take for markup; `text` is one line already.
std::string escape_markdown(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    bool escape = std::string_view("\\|`*<>[]&~").find(c) != std::string_view::npos;
    if (c == '_') {
      // Inside of words it means nothing, and names full of `\_` are hard to read in the source.
      escape = i == 0 || i + 1 == text.size() || !is_word(text[i - 1]) || !is_word(text[i + 1]);
    }
    if (escape) out += '\\';
    out += c;
  }
  return out;
}

/// Of a column that people see.
struct Shape {
  const Column* column = nullptr;
  std::size_t index = 0;
  bool numbers = false, others = false;  ///< Kinds of cells seen.

  [[nodiscard]] bool stands_right() const noexcept {
    if (column->align != Align::kAuto) return column->align != Align::kLeft;
    return numbers && !others;
  }
};

Status look_at_cells(const RowSource& rows, std::vector<Shape>& shapes) {
  if (std::none_of(shapes.begin(), shapes.end(),
                   [](const Shape& shape) { return shape.column->align == Align::kAuto; })) {
    return ok_status();
  }
  return rows.each([&](std::span<const Cell> row) {
    for (Shape& shape : shapes) {
      if (shape.index >= row.size() || row[shape.index].is_null()) continue;
      (row[shape.index].is_numeric() ? shape.numbers : shape.others) = true;
    }
    return ok_status();
  });
}

}  // namespace

Status render_markdown(const RowSource& rows, Sink& sink) {
  std::vector<Shape> shapes;
  const std::vector<Column>& columns = rows.columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].people) shapes.push_back({.column = &columns[i], .index = i});
  }
  TFEVENTS_CHECK(look_at_cells(rows, shapes));
  std::string& out = sink.out();
  std::string rule;
  for (const Shape& shape : shapes) {
    out += "| " + escape_markdown(printable(shape.column->header)) + " ";
    rule += shape.stands_right() ? "|---:" : "|---";
  }
  out += "|\n" + rule + "|\n";
  TFEVENTS_CHECK(sink.drain());
  return rows.each([&](std::span<const Cell> row) {
    for (const Shape& shape : shapes) {
      out += "| ";
      if (shape.index < row.size()) {
        const Cell& cell = row[shape.index];
        out += cell.prefix();
        out += escape_markdown(cell.human(shape.column->significant));
      }
      out += " ";
    }
    out += "|\n";
    return sink.drain();
  });
}

}  // namespace tfevents
