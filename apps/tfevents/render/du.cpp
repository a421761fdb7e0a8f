#include "du.hpp"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/time.hpp"
#include "envelope.hpp"
#include "lines.hpp"

namespace tfevents::render {
namespace {

// Of all bytes; nothing where there are none.
std::optional<double> share_of(const ops::DuRow& row, const ops::DuReport& report) {
  if (report.bytes == 0) return std::nullopt;
  return static_cast<double>(row.bytes) / static_cast<double>(report.bytes);
}

Cell share_cell(std::optional<double> share) {
  if (!share) return {};
  constexpr double kLeastShown = 0.0005;
  if (*share > 0 && *share < kLeastShown) return Cell::real(*share).shown_as("<0.1%");
  return Cell::real(*share).shown_as(fmt::format("{:.1f}%", *share * 100));
}

Cell name_cell(const std::optional<std::string_view>& name) {
  return name ? Cell::text(*name) : Cell();
}

// People need no zero where there can be no value.
Cell values_cell(const ops::DuRow& row) {
  Cell cell = Cell::count(row.values);
  return row.values == 0 ? std::move(cell).shown_as("") : cell;
}

// Of people: bytes without a tag are those of no series.
Cell tag_cell(const ops::DuRow& row) {
  if (row.tag) return Cell::text(*row.tag);
  return row.kind ? Cell() : Cell::text("(no tag)").role(Role::kDim);
}

void write_name(JsonWriter& json, std::string_view key,
                const std::optional<std::string_view>& name) {
  if (name) {
    name_fields(json, key, *name);
  } else {
    json.key(key).null();
  }
}

void write_row(JsonWriter& json, const ops::DuReport& report, const ops::DuRow& row) {
  json.begin_object();
  write_name(json, "run", row.run);
  write_name(json, "kind", row.kind);
  write_name(json, "tag", row.tag);
  json.field("bytes", row.bytes).field("share", share_of(row, report));
  json.field("values", row.values).field("runs", row.runs).end_object();
}

}  // namespace

LazyTable du_table(const ops::DuReport& report) {
  const ops::DuBy by = report.rows.by();
  const auto machine = [](std::string key) {
    return Column{.key = std::move(key), .people = false};
  };
  const auto names = [](std::string header, bool shown) {
    Column column = name_column({}, std::move(header));
    column.align = Align::kLeft;
    column.people = shown;
    return column;
  };
  std::vector<Column> columns = {
      machine("run"),
      machine("kind"),
      machine("tag"),
      {.key = "bytes", .header = "SIZE", .align = Align::kRight, .keep = true},
      {.key = "share", .header = "SHARE", .align = Align::kRight},
      {.key = "values", .header = "VALUES", .minor = true},
      {.key = "runs", .header = "RUNS", .minor = true, .people = !by.run},
      names("RUN", by.run),
      names("KIND", by.kind),
      names("TAG", by.tag)};
  const auto pass = [&report](const RowSource::Visit& visit) -> Status {
    for (const ops::DuRow& row : report.rows) {
      const Role role = row.pseudo ? Role::kDim : Role::kPlain;
      const Cell cells[] = {name_cell(row.run),
                            name_cell(row.kind),
                            name_cell(row.tag),
                            Cell::bytes(row.bytes),
                            share_cell(share_of(row, report)),
                            values_cell(row),
                            Cell::count(row.runs),
                            Cell::text(row.shown),
                            name_cell(row.kind).role(role),
                            tag_cell(row)};
      TFEVENTS_CHECK(visit(cells));
    }
    return ok_status();
  };
  return {std::move(columns), pass};
}

std::string du_summary(const ops::DuReport& report, std::size_t width) {
  std::string text;
  if (report.more.rows > 0) {
    text += wrapped(
        fmt::format("… {} more, {}", human_integer(static_cast<std::int64_t>(report.more.rows)),
                    human_bytes(report.more.bytes)),
        width);
  }
  std::string total = "total " + human_bytes(report.bytes);
  const std::string runs = count_of(report.runs, "run", "runs");
  if (report.points_only) {
    total += fmt::format(" of what was chosen in {}", runs);
  } else {
    total += fmt::format(" in {} of {}", count_of(report.files, "file", "files"), runs);
  }
  if (report.foreign.files > 0) {
    total += fmt::format(" · {} in {}", human_bytes(report.foreign.bytes),
                         count_of(report.foreign.files, "other file", "other files"));
  }
  if (report.trash.files.bytes > 0)
    total += fmt::format(" · {} in the trash", human_bytes(report.trash.files.bytes));
  return text + wrapped(total, width);
}

Status du_json(const ops::DuReport& report, View view, std::string_view version, Sink& sink) {
  return write_envelope(
      sink,
      {.command = "du",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = view,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) -> Status {
        for (const ops::DuRow& row : report.rows) {
          write_row(json, report, row);
          TFEVENTS_CHECK(sink.drain());
        }
        return ok_status();
      },
      [&](JsonWriter& json) {
        json.field("bytes", report.bytes).field("values", report.values);
        json.field("runs", report.runs).field("files", report.files);
        json.key("more").begin_object().field("rows", report.more.rows);
        json.field("bytes", report.more.bytes).end_object();
        json.key("foreign").begin_object().field("files", report.foreign.files);
        json.field("bytes", report.foreign.bytes).end_object();
        json.key("trash").begin_object().field("batches", report.trash.batches);
        json.field("files", report.trash.files.files);
        json.field("bytes", report.trash.files.bytes).end_object();
      },
      report.outcome.problems);
}

Status du_jsonl(const ops::DuReport& report, Sink& sink) {
  JsonWriter json(sink.out());
  for (const ops::DuRow& row : report.rows) {
    write_row(json, report, row);
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
