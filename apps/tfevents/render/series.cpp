#include "series.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "envelope.hpp"

namespace tfevents::render {
namespace {

std::string notes(const ops::SeriesRow& series) {
  std::string text;
  const auto add = [&](const std::string& note) { text += (text.empty() ? "" : ", ") + note; };
  if (series.nonfinite > 0)
    add(fmt::format("{} NaN/Inf", human_integer(static_cast<std::int64_t>(series.nonfinite))));
  if (series.dropped > 0)
    add(fmt::format("{} dropped", human_integer(static_cast<std::int64_t>(series.dropped))));
  return text;
}

std::vector<Column> series_columns(const Screen& screen) {
  const auto machine = [](std::string key) {
    return Column{.key = std::move(key), .people = false};
  };
  const int significant = screen.terminal ? kSignificant : 0;
  const auto real = [&](std::string key, std::string header) {
    return Column{.key = std::move(key),
                  .header = std::move(header),
                  .align = Align::kPoint,
                  .significant = significant};
  };
  return {name_column("run", "RUN"),
          name_column("tag", "TAG"),
          {.key = "kind", .header = "KIND"},
          machine("plugin"),
          machine("dtype"),
          {.key = "points", .header = "POINTS"},
          machine("dropped"),
          machine("duplicates"),
          machine("nonfinite"),
          machine("first_step"),
          machine("last_step"),
          {.header = "STEPS", .align = Align::kRight},
          real("last", "LAST"),
          real("min", "MIN"),
          {.key = "min_step", .header = "@STEP"},
          real("max", "MAX"),
          {.key = "max_step", .header = "@STEP"},
          machine("first"),
          machine("mean"),
          {.key = "bytes", .header = "SIZE", .minor = true},
          notes_column()};
}

std::array<Cell, 21> cells(const std::string& run, std::string_view shown,
                           const ops::SeriesRow& series) {
  return {Cell::text(run).shown_as(shown),
          Cell::text(series.tag),
          Cell::text(series.kind),
          Cell::text(text_or_null(series.plugin)),
          Cell::text(text_or_null(series.dtype)),
          Cell::count(series.points),
          Cell::count(series.dropped),
          Cell::count(series.duplicates),
          Cell::count(series.nonfinite),
          Cell::integer(series.first_step),
          Cell::integer(series.last_step),
          steps_cell(series),
          scalar_cell(series.last),
          scalar_cell(series.min),
          Cell::integer(series.min_step),
          scalar_cell(series.max),
          Cell::integer(series.max_step),
          scalar_cell(series.first),
          Cell::real(series.mean),
          Cell::bytes(series.bytes),
          Cell::text(notes(series)).role(series.nonfinite > 0 ? Role::kWarn : Role::kDim)};
}

}  // namespace

Cell steps_cell(const ops::SeriesRow& series) {
  if (!series.first_step || !series.last_step) return {};
  const std::string first = human_integer(*series.first_step);
  if (series.first_step == series.last_step) return Cell::text(first);
  return Cell::text(fmt::format("{}…{}", first, human_integer(*series.last_step)));
}

void write_series(JsonWriter& json, const ops::SeriesRow& series) {
  const auto scalar = [&](std::string_view name, const std::optional<Scalar>& value) {
    json.key(name);
    write_cell(json, scalar_cell(value));
  };
  json.begin_object();
  name_fields(json, "tag", series.tag);
  json.field("kind", series.kind);
  name_fields(json, "plugin", text_or_null(series.plugin));
  json.field("dtype", text_or_null(series.dtype))
      .field("points", series.points)
      .field("dropped", series.dropped);
  json.field("duplicates", series.duplicates).field("nonfinite", series.nonfinite);
  json.field("first_step", series.first_step)
      .field("last_step", series.last_step)
      .field("bytes", series.bytes);
  scalar("first", series.first);
  scalar("last", series.last);
  scalar("min", series.min);
  json.field("min_step", series.min_step);
  scalar("max", series.max);
  json.field("max_step", series.max_step).field("mean", series.mean).end_object();
}

LazyTable series_table(const ops::LsReport& report, const Screen& screen) {
  const auto pass = [&report, once = screen.terminal](const RowSource::Visit& visit) -> Status {
    for (const ops::LsRow& run : report.rows) {
      std::string_view name = run.people_name();
      for (const ops::SeriesRow& series : run.series) {
        TFEVENTS_CHECK(visit(cells(run.run, name, series)));
        if (once) name = {};
      }
    }
    return ok_status();
  };
  return {series_columns(screen), pass};
}

}  // namespace tfevents::render
