#include "format/csv_writer.hpp"

#include "base/number.hpp"
#include "base/text.hpp"

namespace tfevents {
namespace {

void append_valid_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

void append_csv_field(std::string& out, std::string_view text) {
  if (is_valid_utf8(text)) {
    append_valid_field(out, text);
  } else {
    append_valid_field(out, escape_invalid_utf8(text));
  }
}

void CsvWriter::separate() {
  if (row_begun_) {
    *out_ += ',';
    row_blank_ = false;
  }
  row_begun_ = true;
}

CsvWriter& CsvWriter::header(std::span<const std::string> names) {
  for (const std::string& name : names) text(name);
  return end_row();
}

CsvWriter& CsvWriter::text(std::string_view value) {
  separate();
  append_csv_field(*out_, value);
  row_blank_ = row_blank_ && value.empty();
  return *this;
}

template <class T>
CsvWriter& CsvWriter::write(T value) {
  char room[kNumberRoom];
  const char* end = write_number(room, value);
  return raw({room, static_cast<std::size_t>(end - room)});
}

CsvWriter& CsvWriter::number(std::int64_t value) {
  return write(value);
}
CsvWriter& CsvWriter::number(std::uint64_t value) {
  return write(value);
}
CsvWriter& CsvWriter::number(double value) {
  return write(value);
}
CsvWriter& CsvWriter::number(float value) {
  return write(value);
}
CsvWriter& CsvWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}
CsvWriter& CsvWriter::absent() {
  return raw({});
}

CsvWriter& CsvWriter::raw(std::string_view field) {
  separate();
  *out_ += field;
  row_blank_ = row_blank_ && field.empty();
  return *this;
}

CsvWriter& CsvWriter::end_row() {
  if (row_begun_ && row_blank_) *out_ += "\"\"";
  *out_ += line_end_;
  row_begun_ = false;
  row_blank_ = true;
  return *this;
}

}  // namespace tfevents
