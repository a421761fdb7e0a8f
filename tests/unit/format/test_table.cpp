#include <algorithm>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "format/table.hpp"

using tfevents::Align;
using tfevents::Cell;
using tfevents::Elide;
using tfevents::Role;
using tfevents::Table;

namespace {

Table runs_table() {
  Table table({tfevents::name_column("run", "RUN"),
               {.key = "state", .header = "STATE"},
               {.key = "last_step", .header = "LAST STEP"},
               {.key = "age_seconds", .header = "AGE"},
               {.key = "damage", .people = false},
               {.key = "bytes", .header = "SIZE"},
               tfevents::notes_column()});
  table.add({Cell::text("text/lstm/seed0"), Cell::text("idle"), Cell::integer(796),
             Cell::duration(259200.0), Cell::count(0), Cell::bytes(23456)});
  table.add({Cell::text("vision/resnet/seed0"), Cell::text("live").role(Role::kGood),
             Cell::integer(55100), Cell::duration(8.25), Cell::count(1), Cell::bytes(19327352832),
             Cell::text("damaged: 1 record").role(Role::kBad)});
  return table;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (const auto& line : lines_of(text)) most = std::max(most, tfevents::display_width(line));
  return most;
}

std::string without_escapes(std::string text) {
  for (std::size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b')) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  return text;
}

}  // namespace

TEST_CASE("a table for people") {
  CHECK(render_table(runs_table(), {}) ==
        "RUN                  STATE  LAST STEP  AGE    SIZE\n"
        "text/lstm/seed0      idle         796   3d  23 KiB\n"
        "vision/resnet/seed0  live      55 100   8s  18 GiB   damaged: 1 record\n");
}

TEST_CASE("narrow terminals") {
  const auto at = [](std::size_t width) { return render_table(runs_table(), {.width = width}); };
  CHECK(at(70) == render_table(runs_table(), {}));
  CHECK(at(62) ==
        "RUN               STATE  LAST STEP  AGE    SIZE\n"
        "text/lstm/seed0   idle         796   3d  23 KiB\n"
        "vision/…et/seed0  live      55 100   8s  18 GiB   damaged: 1 …\n");
  CHECK(at(24) ==
        "RUN                STATE\n"
        "text/lstm/seed0    idle\n"
        "vision/r…et/seed0  live\n");
  CHECK(at(10) ==
        "RUN\n"
        "text…seed0\n"
        "visi…seed0\n");
}

TEST_CASE(
    "numbers keep all their digits or are not there at all, and what is not there is counted") {
  tfevents::Column name = tfevents::name_column("run", "RUN");
  name.min_width = 24;
  Table table({name,
               {.key = "acc",
                .header = "validation/accuracy",
                .elide = Elide::kMiddle,
                .min_width = 12,
                .keep = true},
               {.key = "change"},
               {.key = "lr", .header = "lr", .elide = Elide::kEnd, .min_width = 4}});
  table.add({Cell::text("text/transformer/seed2"), Cell::real(0.91236F), Cell::text("+2.2%"),
             Cell::real(0.00012345F)});
  table.add({Cell::text("text/lstm/seed0"), Cell::real(12.5F), Cell(), Cell::real(1.0F)});
  const auto dropped = [&](std::size_t width) {
    std::string text;
    tfevents::Sink sink(text);
    return render_table(table, {.width = width}, sink).value();
  };
  for (std::size_t width = 1; width < 70; ++width) {
    CAPTURE(width);
    const std::string text = render_table(table, {.width = width});
    CHECK(widest(text) <= width);
    for (const auto& [start, whole] :
         {std::pair("0.9", "0.91236"), {"12", "12.5"}, {"0.00", "0.00012345"}})
      CHECK((text.find(start) == std::string::npos) == (text.find(whole) == std::string::npos));
    CHECK((text.find("/transformer/") != std::string::npos || width < 38));
    CHECK((text.find("0.91236") != std::string::npos || width < 24));
  }
  CHECK(dropped(70) == 0);
  CHECK(dropped(58) == 0);
  CHECK(dropped(45) == 1);
  CHECK(dropped(19) == 2);
}

TEST_CASE("columns without a header count when nothing else is missing") {
  Table table({tfevents::name_column("run", "RUN"), {.key = "change"}, {.key = "word"}});
  table.add({Cell::text("seed0"), Cell::text("+2.2%"), Cell::text("better")});
  std::string text;
  tfevents::Sink sink(text);
  CHECK(render_table(table, {.width = 16}, sink).value() == 1);
  CHECK(render_table(table, {.width = 8}, sink).value() == 2);
  CHECK(render_table(table, {}, sink).value() == 0);
}

TEST_CASE("decimal points stand under each other") {
  Table table(std::vector<tfevents::Column>{{.key = "x", .header = "X"}});
  for (const float value :
       {0.9412F, 12.5F, 3.0F, 1e-5F, -0.25F, std::numeric_limits<float>::quiet_NaN()}) {
    table.add({Cell::real(value)});
  }
  table.add({Cell()});
  table.add({Cell::integer(15000)});
  CHECK(render_table(table, {}) ==
        "          X\n"
        "     0.9412\n"
        "    12.5\n"
        "     3\n"
        "     1e-05\n"
        "    -0.25\n"
        "        nan\n"
        "\n"
        "15 000\n");
}

TEST_CASE("rounding is for people only and only shortens") {
  Table table(std::vector<tfevents::Column>{{.key = "mean", .header = "MEAN", .significant = 4}});
  for (const double value : {0.93909999999, 0.5, 55100.3456, 0.0, 1.23456e-7, -123456.789})
    table.add({Cell::real(value)});
  CHECK(render_table(table, {}) ==
        "            MEAN\n"
        "       0.9391\n"
        "       0.5\n"
        "  55 100\n"
        "       0\n"
        "       1.235e-07\n"
        "-123 457\n");
  CHECK(render_csv(table).find("0.93909999999\n") != std::string::npos);
}

TEST_CASE("names cannot break or recolour the screen") {
  Table table({tfevents::name_column("run", "R\x1bUN"), {.key = "b", .header = "B"}});
  table.add({Cell::text("a\nb\x1b[31m\u202e\xff"), Cell::text("x").shown_as("y\tz")});
  CHECK(render_table(table, {}) ==
        "R\\x1bUN                 B\n"
        "a\\nb\\x1b[31m\\u202e\\xff  y\\tz\n");
  CHECK(render_csv(table) == "run,b\n\"a\nb\x1b[31m\u202e\\xff\",x\n");
}

TEST_CASE("colour is added around text that is laid out already") {
  const std::string plain = render_table(runs_table(), {});
  const std::string colored = render_table(runs_table(), {.color = true});
  CHECK(without_escapes(colored) == plain);
  CHECK(colored.find("\x1b[32mlive\x1b[0m ") != std::string::npos);
  CHECK(colored.find("\x1b[31mdamaged: 1 record\x1b[0m\n") != std::string::npos);
}

TEST_CASE("a table without rows") {
  const Table table({tfevents::name_column("run", "RUN"), {.key = "n", .header = "N"}});
  CHECK(render_table(table, {}).empty());
  CHECK(render_table(table, {.header_when_empty = true}) == "RUN  N\n");
  CHECK(render_csv(table) == "run,n\n");
  CHECK(render_markdown(table) == "| RUN | N |\n|---|---|\n");
  CHECK(render_jsonl(table).empty());
}

TEST_CASE("Markdown") {
  Table table({tfevents::name_column("run", "A|B"), {.key = "n", .header = "N"}});
  table.add({Cell::text("x|y\nz"), Cell::integer(12345)});
  table.add({Cell::text("<b>*a*_b_c [l](u) `c` \\ &lt; snake_case_name"), Cell()});
  CHECK(render_markdown(table) ==
        "| A\\|B | N |\n"
        "|---|---:|\n"
        "| x\\|y\\\\nz | 12 345 |\n"
        "| \\<b\\>\\*a\\*\\_b_c \\[l\\](u) \\`c\\` \\\\ \\&lt; snake_case_name |  |\n");
}

TEST_CASE("machines get the values") {
  CHECK(render_csv(runs_table()) ==
        "run,state,last_step,age_seconds,damage,bytes\n"
        "text/lstm/seed0,idle,796,259200,0,23456\n"
        "vision/resnet/seed0,live,55100,8.25,1,19327352832\n");
  const auto lines = lines_of(render_jsonl(runs_table()));
  REQUIRE(lines.size() == 2);
  CHECK(nlohmann::json::parse(lines[1]) ==
        nlohmann::json::parse(
            R"({"run":"vision/resnet/seed0","state":"live","last_step":55100,"age_seconds":8.25,
                                  "damage":1,"bytes":19327352832})"));
}

TEST_CASE("empty optionals are null cells") {
  CHECK(Cell::text(std::optional<std::string>()).is_null());
  CHECK(Cell::integer(std::optional<std::int64_t>()).is_null());
  CHECK(Cell::real(std::optional<double>()).is_null());
  CHECK(Cell::duration(std::optional<double>()).is_null());
  CHECK(Cell::time(std::optional<double>()).is_null());
  CHECK(Cell::text(std::optional<std::string>("a")).human() == "a");
  CHECK(Cell::count(~std::uint64_t{0}).human() == "18446744073709551615");
  CHECK(Cell::real(1700000000.5).human() == "1 700 000 000.5");
  CHECK(Cell::boolean(true).human() == "true");
}

TEST_CASE("no line is ever wider than the terminal") {
  std::mt19937 random(77);
  const std::vector<std::string> parts = {"a",      "日",   "😀",    "e\u0301",     "/",
                                          "\u202e", "\xff", "12.5", "longer words"};
  const auto text = [&](std::size_t most) {
    std::string out;
    for (std::size_t i = random() % (most + 1); i > 0; --i) out += parts[random() % parts.size()];
    return out;
  };
  for (int round = 0; round < 40; ++round) {
    std::vector<tfevents::Column> columns = {tfevents::name_column("run", text(3))};
    for (std::size_t i = random() % 6; i > 0; --i) {
      columns.push_back({.key = "k",
                         .header = text(3),
                         .align = static_cast<Align>(random() % 4),
                         .elide = static_cast<Elide>(random() % 3),
                         .min_width = random() % 20,
                         .keep = random() % 5 == 0});
    }
    if (random() % 2 == 0) columns.push_back(tfevents::notes_column());
    Table table(columns);
    for (std::size_t row = random() % 6; row > 0; --row) {
      std::vector<Cell> cells = {Cell::text(text(8))};
      if (random() % 3 == 0) cells[0] = Cell::text("x" + text(7)).after("│   ├── ");
      while (cells.size() < columns.size()) {
        switch (random() % 4) {
          case 0: cells.push_back(Cell::real(static_cast<float>(random()) / 1000)); break;
          case 1: cells.push_back(Cell::bytes(random())); break;
          case 2: cells.push_back(Cell()); break;
          default: cells.push_back(Cell::text(text(8))); break;
        }
      }
      table.add(std::move(cells));
    }
    const std::string indent(random() % 3, ' ');
    for (std::size_t width = 10; width <= 200; ++width) {
      const std::string out =
          render_table(table, {.width = width, .header_when_empty = true, .indent = indent});
      if (widest(out) > width) FAIL_CHECK("width " << width << ":\n" << out);
      CHECK(out.find(" \n") == std::string::npos);
      CHECK(lines_of(out).size() >= table.rows().size());
      const std::string colored = render_table(
          table, {.width = width, .color = true, .header_when_empty = true, .indent = indent});
      CHECK(without_escapes(colored) == out);
    }
  }
}
