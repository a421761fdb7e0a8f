#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "format/table.hpp"
#include "format/table_writer.hpp"
#include "format/tree.hpp"
#include "support/resident_bytes.hpp"

// Renderers over rows that are made as they are asked for, into a sink that is drained.

namespace tfevents {
namespace {

std::vector<Column> columns() {
  return {name_column("run", "RUN"),
          {.key = "path", .people = false},
          {.key = "points", .header = "POINTS"},
          {.key = "last", .header = "LAST"},
          {.key = "bytes", .header = "SIZE"},
          notes_column()};
}

std::array<Cell, 6> row_of(std::uint64_t i) {
  const std::string name = "sweep/group_" + std::to_string(i % 50) + "/trial_" + std::to_string(i);
  return {Cell::text(name),
          Cell::text("/logs/" + name),
          i % 7 == 3 ? Cell() : Cell::count(i * i),
          Cell::real(static_cast<double>(i) / 8).role(i % 5 == 0 ? Role::kBad : Role::kPlain),
          Cell::bytes(i << 9U),
          i % 11 == 0 ? Cell::text("damaged in 2 places") : Cell()};
}

/// Rows that count how often they are made.
struct Counted {
  explicit Counted(std::uint64_t n) : rows(n) {}

  [[nodiscard]] LazyTable table(std::vector<Column> of = columns()) {
    return {std::move(of), [this](const RowSource::Visit& visit) -> Status {
              ++passes;
              for (std::uint64_t i = 0; i < rows; ++i) {
                ++made;
                TFEVENTS_CHECK(visit(row_of(i)));
              }
              return ok_status();
            }};
  }

  std::uint64_t rows;
  std::uint64_t passes = 0, made = 0;
};

Table kept(std::uint64_t rows) {
  Table table(columns());
  for (std::uint64_t i = 0; i < rows; ++i) {
    const auto cells = row_of(i);
    table.add({cells.begin(), cells.end()});
  }
  return table;
}

using Render = std::function<Status(const RowSource&, Sink&)>;
struct Renderer {
  const char* name;
  std::uint64_t passes;
  Render render;
};

Status table(const RowSource& rows, const TableStyle& style, Sink& sink) {
  TFEVENTS_CHECK(render_table(rows, style, sink));
  return ok_status();
}

const std::vector<Renderer>& renderers() {
  static const std::vector<Renderer> all = {
      {"table", 2, [](const auto& rows, Sink& sink) { return table(rows, {}, sink); }},
      {"narrow", 2,
       [](const auto& rows, Sink& sink) {
         return table(rows, {.width = 44, .color = true, .indent = " "}, sink);
       }},
      {"markdown", 2, [](const auto& rows, Sink& sink) { return render_markdown(rows, sink); }},
      {"csv", 1, [](const auto& rows, Sink& sink) { return render_csv(rows, sink); }},
      {"jsonl", 1, [](const auto& rows, Sink& sink) { return render_jsonl(rows, sink); }}};
  return all;
}

/// Renders into a sink that takes each line away.
std::string drained(const Renderer& renderer, const RowSource& rows) {
  std::string buffer;
  std::string out;
  Sink sink(buffer, [&] {
    CHECK((buffer.empty() || buffer.back() == '\n'));
    out += buffer;
    buffer.clear();
    return ok_status();
  });
  CHECK(renderer.render(rows, sink).ok());
  return out + buffer;
}

}  // namespace

TEST_CASE("rows made on demand look like rows that are kept, drained or not") {
  for (const std::uint64_t rows : {0U, 1U, 2U, 40U}) {
    for (const Renderer& renderer : renderers()) {
      CAPTURE(renderer.name);
      CAPTURE(rows);
      Counted counted(rows);
      const std::string whole =
          text_of([&](Sink& sink) { return renderer.render(kept(rows), sink); });
      CHECK(drained(renderer, counted.table()) == whole);
      CHECK(drained(renderer, kept(rows)) == whole);
    }
  }
  CHECK(render_table(kept(9), {}) == drained(renderers().front(), kept(9)));
}

TEST_CASE("a row is made once for machines and twice for people") {
  for (const Renderer& renderer : renderers()) {
    CAPTURE(renderer.name);
    Counted counted(100);
    CHECK(!drained(renderer, counted.table()).empty());
    CHECK(counted.passes == renderer.passes);
    CHECK(counted.made == 100 * renderer.passes);
  }
  // Where no alignment depends on the cells, Markdown has nothing to look at first.
  std::vector<Column> aligned = columns();
  for (Column& column : aligned) column.align = Align::kRight;
  Counted counted(100);
  CHECK(!render_markdown(counted.table(aligned)).empty());
  CHECK(counted.passes == 1);
}

TEST_CASE("rows may end before the columns do") {
  Table full(columns());
  full.add({Cell::text("a"), Cell::text("b")});
  const LazyTable cut(columns(), [](const RowSource::Visit& visit) {
    const Cell cells[] = {Cell::text("a"), Cell::text("b")};
    return visit(cells);
  });
  for (const Renderer& renderer : renderers()) {
    CAPTURE(renderer.name);
    CHECK(drained(renderer, cut) == drained(renderer, full));
  }
}

TEST_CASE("a reader that leaves after a line ends the rendering") {
  const std::uint64_t rows = 10000;
  for (const Renderer& renderer : renderers()) {
    CAPTURE(renderer.name);
    Counted counted(rows);
    std::string buffer;
    int drains = 0;
    Sink sink(buffer, [&]() -> Status {
      buffer.clear();
      if (++drains == 2) return Error{.code = ErrorCode::kCancelled, .message = "gone"};
      return ok_status();
    });
    const Status status = renderer.render(counted.table(), sink);
    REQUIRE(!status.ok());
    CHECK(status.error().code == ErrorCode::kCancelled);
    CHECK(drains == 2);
    CHECK(counted.made <= (renderer.passes - 1) * rows + 2);
  }
}

TEST_CASE("memory of a long answer is that of a row") {
  constexpr std::uint64_t kRows = 200'000;
  constexpr std::size_t kMost = 2 << 20;
  for (const Renderer& renderer : renderers()) {
    CAPTURE(renderer.name);
    Counted counted(kRows);
    std::string buffer;
    std::uint64_t lines = 0;
    std::size_t longest = 0;
    std::size_t most = 0;
    const std::size_t before = test::resident_bytes();
    Sink sink(buffer, [&] {
      longest = std::max(longest, buffer.size());
      buffer.clear();
      if (++lines % 10'000 == 0) most = std::max(most, test::resident_bytes());
      return ok_status();
    });
    REQUIRE(renderer.render(counted.table(), sink).ok());
    CHECK(lines >= kRows);
    CHECK(longest < 512);
    if (test::kMemoryCounts) CHECK(most < before + kMost);
  }
}

TEST_CASE("lines between the rows of a table") {
  const std::vector<Column> columns = {{.keep = true}, {.role = Role::kDim}};
  const TableStyle style = {.header = false, .indent = "  "};
  TableWriter table(columns, style);
  const std::array<std::array<Cell, 2>, 2> rows = {
      {{Cell::text("a"), Cell::text("x")}, {Cell::text("long"), Cell::text("y")}}};
  for (const auto& row : rows) table.measure(row);
  CHECK(table.rows() == 2);
  table.lay_out();
  std::string out;
  table.write_header(out);
  CHECK(out.empty());
  for (const auto& row : rows) {
    out += "file\n";
    table.write_row(out, row);
  }
  // Not measured: cut to the width that the others asked for.
  table.write_row(out, std::array<Cell, 2>{Cell::text("longer"), Cell::text("z")});
  CHECK(out ==
        "file\n"
        "  a     x\n"
        "file\n"
        "  long  y\n"
        "  l…er  z\n");
}

TEST_CASE("trees are drawn from walks, and end where the reader leaves") {
  const auto walk = [](const TreeVisit& visit) -> Status {
    const Cell root[] = {Cell::text("runs"), Cell::integer(3)};
    TFEVENTS_CHECK(visit({.depth = 0, .last = true, .cells = root}));
    const Cell a[] = {Cell::text("a")};
    TFEVENTS_CHECK(visit({.depth = 1, .last = false, .cells = a}));
    const Cell b[] = {Cell::text("b"), Cell::integer(1)};
    TFEVENTS_CHECK(visit({.depth = 2, .last = true, .cells = b}));
    return visit({.depth = 1, .last = true, .cells = b});
  };
  CHECK(text_of([&](Sink& sink) { return render_tree(walk, {{}}, {.ascii = true}, sink); }) ==
        "runs       3\n"
        "|-- a\n"
        "|   `-- b  1\n"
        "`-- b      1\n");
  std::string out;
  Sink gone(out, [&]() -> Status {
    if (out.empty()) return ok_status();
    return Error{.code = ErrorCode::kCancelled, .message = "gone"};
  });
  CHECK(!render_tree(walk, {{}}, {}, gone).ok());
  CHECK(std::count(out.begin(), out.end(), '\n') == 1);
}

}  // namespace tfevents
