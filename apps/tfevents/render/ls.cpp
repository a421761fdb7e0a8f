#include "ls.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "envelope.hpp"
#include "series.hpp"

namespace tfevents::render {
namespace {

// Names are what people came for: remarks and columns go before a name gets shorter than this.
constexpr std::size_t kRunWidth = 28;

Role role_of(ops::RunState state) {
  switch (state) {
    case ops::RunState::kLive: return Role::kGood;
    case ops::RunState::kDone: return Role::kPlain;
    case ops::RunState::kIdle: return Role::kPlain;
    case ops::RunState::kEmpty: return Role::kDim;
  }
  return Role::kPlain;
}

Cell notes_cell(const ops::LsRow& row) {
  std::string text;
  const auto add = [&](const std::string& note) { text += (text.empty() ? "" : ", ") + note; };
  if (row.damage > 0) add("damaged in " + count_of(row.damage, "place", "places"));
  if (row.nonfinite > 0) add(human_integer(static_cast<std::int64_t>(row.nonfinite)) + " NaN/Inf");
  if (row.all_one_step) add("several points, all at one step");
  if (row.profile) add("profile only");
  if (row.age_seconds.value_or(0) < 0) add("last event in the future");
  if (text.empty()) return {};
  return Cell::text(text).role(row.damage > 0      ? Role::kBad
                               : row.nonfinite > 0 ? Role::kWarn
                                                   : Role::kDim);
}

void write_row(JsonWriter& json, const ops::LsRow& row, bool series) {
  json.begin_object();
  name_fields(json, "run", row.run);
  name_fields(json, "path", row.path);
  json.field("state", ops::to_string(row.state))
      .field("damage", row.damage)
      .field("last_step", row.last_step);
  json.field("first_time", row.first_time).field("last_time", row.last_time);
  json.field("age_seconds", row.age_seconds).field("duration_seconds", row.duration_seconds);
  json.field("tags", row.tags).field("files", row.files).field("bytes", row.bytes);
  json.key("metrics").begin_object().end_object();
  if (series) {
    json.key("series").begin_array();
    for (const ops::SeriesRow& one : row.series) write_series(json, one);
    json.end_array();
  }
  json.end_object();
}

struct Sums {
  std::uint64_t live = 0, bytes = 0, damaged = 0;
};

Sums sum(const std::vector<ops::LsRow>& rows) {
  Sums sums;
  for (const ops::LsRow& row : rows) {
    sums.live += row.state == ops::RunState::kLive ? 1U : 0U;
    sums.bytes += row.bytes;
    sums.damaged += row.damage > 0 ? 1U : 0U;
  }
  return sums;
}

}  // namespace

Table ls_table(const ops::LsReport& report, bool details) {
  const auto detail = [&](std::string key, std::string header) {
    return Column{.key = std::move(key), .header = std::move(header), .people = details};
  };
  Column names = name_column("run", "RUN");
  names.min_width = kRunWidth;
  Table table({names,
               {.key = "path", .people = false},
               {.key = "state", .header = "STATE"},
               detail("damage", "DAMAGE"),
               {.key = "last_step", .header = "LAST STEP"},
               detail("first_time", "FIRST EVENT"),
               detail("last_time", "LAST EVENT"),
               {.key = "age_seconds", .header = "AGE"},
               {.key = "duration_seconds", .header = "DURATION"},
               {.key = "tags", .header = "TAGS"},
               detail("files", "FILES"),
               {.key = "bytes", .header = "SIZE"},
               {.header = "DROPPED", .people = details},
               notes_column()});
  std::map<std::string_view, std::uint64_t> dropped;
  for (const ops::Dropped& run : report.outcome.dropped)
    dropped[run.run] += run.duplicates + run.restart;
  for (const ops::LsRow& row : report.rows) {
    const auto lost = dropped.find(row.people_name());
    table.add({Cell::text(row.run).shown_as(row.people_name()), Cell::text(row.path),
               Cell::text(ops::to_string(row.state)).role(role_of(row.state)),
               Cell::count(row.damage).role(row.damage > 0 ? Role::kBad : Role::kPlain),
               Cell::integer(row.last_step), Cell::time(row.first_time), Cell::time(row.last_time),
               Cell::duration(row.age_seconds), Cell::duration(row.duration_seconds),
               Cell::count(row.tags), Cell::count(row.files), Cell::bytes(row.bytes),
               Cell::count(lost == dropped.end() ? 0 : lost->second), notes_cell(row)});
  }
  return table;
}

std::string ls_summary(const ops::LsReport& report, std::size_t width) {
  const Sums sums = sum(report.rows);
  std::string text = count_of(report.rows.size(), "run", "runs");
  if (report.runs_total > report.rows.size()) {
    text = fmt::format("{} of {}", report.rows.size(), count_of(report.runs_total, "run", "runs"));
  }
  if (sums.live > 0) text += fmt::format(" · {} live", sums.live);
  text += " · " + human_bytes(sums.bytes);
  if (sums.damaged > 0) {
    text += fmt::format(" · {} damaged", sums.damaged);
    const std::string advice = fmt::format(" ({})", command_line("fsck", report.operands));
    if (display_width(text) + display_width(advice) <= width) text += advice;
  }
  return text + '\n';
}

std::string ls_json(const ops::LsReport& report, View view, bool series, std::string_view version) {
  std::string out;
  JsonWriter json(out);
  const Sums sums = sum(report.rows);
  write_envelope(
      json,
      {.command = "ls",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = view,
       .complete = report.outcome.complete},
      [&] {
        for (const ops::LsRow& row : report.rows) write_row(json, row, series);
      },
      [&] {
        json.field("runs", report.rows.size()).field("live", sums.live).field("bytes", sums.bytes);
        json.field("damaged", sums.damaged);
      },
      report.outcome.problems);
  return out;
}

std::string ls_jsonl(const ops::LsReport& report, bool series) {
  std::string out;
  JsonWriter json(out);
  for (const ops::LsRow& row : report.rows) {
    write_row(json, row, series);
    json.end_line();
  }
  return out;
}

}  // namespace tfevents::render
