#include "format/table.hpp"

#include <algorithm>
#include <cassert>

#include "format/table_writer.hpp"

namespace tfevents {

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

Status Table::each(const Visit& visit) const {
  for (const auto& row : rows_) TFEVENTS_CHECK(visit(row));
  return ok_status();
}

Result<std::size_t> render_table(const RowSource& rows, const TableStyle& style, Sink& sink) {
  TableWriter writer(rows.columns(), style);
  TFEVENTS_CHECK(rows.each([&](std::span<const Cell> row) {
    writer.measure(row);
    return ok_status();
  }));
  if (writer.rows() == 0 && !style.header_when_empty) return std::size_t{0};
  writer.lay_out();
  writer.write_header(sink.out());
  TFEVENTS_CHECK(sink.drain());
  TFEVENTS_CHECK(rows.each([&](std::span<const Cell> row) {
    writer.write_row(sink.out(), row);
    return sink.drain();
  }));
  return writer.dropped();
}

Status render_csv(const RowSource& rows, Sink& sink, std::string_view line_end) {
  CsvWriter writer(sink.out(), line_end);
  const std::vector<Column>& columns = rows.columns();
  for (const Column& column : columns) {
    if (!column.key.empty()) writer.text(column.key);
  }
  writer.end_row();
  TFEVENTS_CHECK(sink.drain());
  return rows.each([&](std::span<const Cell> row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].key.empty()) continue;
      if (i < row.size()) {
        write_cell(writer, row[i]);
      } else {
        writer.absent();
      }
    }
    writer.end_row();
    return sink.drain();
  });
}

Status render_jsonl(const RowSource& rows, Sink& sink) {
  JsonWriter writer(sink.out());
  const std::vector<Column>& columns = rows.columns();
  return rows.each([&](std::span<const Cell> row) {
    writer.begin_object();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& key = columns[i].key;
      if (key.empty()) continue;
      const auto* text = i < row.size() ? std::get_if<std::string>(&row[i].value()) : nullptr;
      if (text != nullptr) {
        name_fields(writer, key, std::string_view(*text));
      } else {
        writer.key(key);
        write_cell(writer, i < row.size() ? row[i] : Cell());
      }
    }
    writer.end_object().end_line();
    return sink.drain();
  });
}

std::string render_table(const RowSource& rows, const TableStyle& style) {
  return text_of([&](Sink& sink) -> Status {
    TFEVENTS_CHECK(render_table(rows, style, sink));
    return ok_status();
  });
}

std::string render_markdown(const RowSource& rows) {
  return text_of([&](Sink& sink) { return render_markdown(rows, sink); });
}

std::string render_csv(const RowSource& rows, std::string_view line_end) {
  return text_of([&](Sink& sink) { return render_csv(rows, sink, line_end); });
}

std::string render_jsonl(const RowSource& rows) {
  return text_of([&](Sink& sink) { return render_jsonl(rows, sink); });
}

}  // namespace tfevents
