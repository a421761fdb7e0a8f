#include <limits>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "format/csv_writer.hpp"

using tfevents::CsvWriter;

namespace {

std::string field(std::string_view text) {
  std::string out;
  tfevents::append_csv_field(out, text);
  return out;
}

/// A reader of RFC 4180, as small as it can be.
std::vector<std::vector<std::string>> read_csv(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        row.back() += text[++i];
      } else if (c == '"') {
        inside = false;
      } else {
        row.back() += c;
      }
    } else if (c == '"') {
      inside = true;
    } else if (c == ',') {
      row.emplace_back();
    } else if (c == '\n') {
      rows.push_back(row);
      row.assign(1, {});
    } else {
      row.back() += c;
    }
  }
  CHECK_FALSE(inside);
  CHECK(row == std::vector<std::string>(1));
  return rows;
}

}  // namespace

TEST_CASE("fields are quoted only where they must be") {
  CHECK(field("val/acc") == "val/acc");
  CHECK(field(" a b ") == " a b ");
  CHECK(field("a,b") == "\"a,b\"");
  CHECK(field("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(field("a\nb") == "\"a\nb\"");
  CHECK(field("a\rb") == "\"a\rb\"");
  CHECK(field("caf\xe9,") == "\"caf\\xe9,\"");
}

TEST_CASE("rows") {
  std::string out;
  CsvWriter csv(out);
  const std::vector<std::string> names = {"run", "step", "value"};
  csv.header(names);
  csv.value("a").value(3).value(0.1F).end_row();
  csv.value(std::string("b"))
      .value(std::optional<std::int64_t>())
      .value(std::numeric_limits<double>::quiet_NaN());
  csv.end_row();
  csv.raw("c").number(std::int64_t{-1}).number(-std::numeric_limits<float>::infinity()).end_row();
  csv.boolean(true)
      .number(~std::uint64_t{0})
      .number(std::numeric_limits<double>::infinity())
      .end_row();
  csv.absent().absent().absent().end_row();
  CHECK(out == "run,step,value\na,3,0.1\nb,,nan\nc,-1,-inf\ntrue,18446744073709551615,inf\n,,\n");
}

TEST_CASE("a row is never an empty line") {
  std::string out;
  CsvWriter csv(out, "\r\n");
  csv.absent().end_row();
  csv.text("").end_row();
  csv.text("x").end_row();
  CHECK(out == "\"\"\r\n\"\"\r\nx\r\n");
}

TEST_CASE("random rows are read back") {
  std::mt19937 random(12);
  for (int round = 0; round < 3000; ++round) {
    std::string out;
    CsvWriter csv(out);
    std::vector<std::vector<std::string>> rows(1 + random() % 4);
    for (auto& row : rows) {
      row.resize(1 + random() % 4);
      for (auto& text : row) {
        for (std::size_t i = random() % 5; i > 0; --i) text += "a\",\n\r \xff\xc3"[random() % 8];
        csv.text(text);
        text = tfevents::escape_invalid_utf8(text);
      }
      csv.end_row();
    }
    CHECK(read_csv(out) == rows);
    CHECK(tfevents::is_valid_utf8(out));
  }
}
