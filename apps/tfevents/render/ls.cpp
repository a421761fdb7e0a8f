#include "ls.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "envelope.hpp"
#include "series.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

// Names are what people came for: remarks and columns go before a name gets shorter than this.
constexpr std::size_t kRunWidth = 28;

Cell notes_cell(const ops::LsRow& row) {
  std::string text;
  const auto add = [&](const std::string& note) { text += (text.empty() ? "" : ", ") + note; };
  if (row.damage > 0) add("damaged in " + count_of(row.damage, "place", "places"));
  if (row.nonfinite > 0) add(human_integer(static_cast<std::int64_t>(row.nonfinite)) + " NaN/Inf");
  if (row.all_one_step) add("several points, all at one step");
  if (row.profile) add("profile only");
  if (row.age_seconds.value_or(0) < 0) {
    // Without an event the age is that of the files.
    add(row.last_time ? "last event in the future" : "file time in the future");
  }
  if (text.empty()) return {};
  return Cell::text(text).role(row.damage > 0      ? Role::kBad
                               : row.nonfinite > 0 ? Role::kWarn
                                                   : Role::kDim);
}

Status write_row(JsonWriter& json, const ops::LsReport& report, std::size_t i, bool series,
                 Sink& sink) {
  const ops::LsRow row = report.rows[i];
  json.begin_object();
  name_fields(json, "run", row.run);
  name_fields(json, "path", row.path);
  json.field("state", ops::to_string(row.state))
      .field("damage", row.damage)
      .field("last_step", row.last_step);
  json.field("first_time", row.first_time).field("last_time", row.last_time);
  json.field("age_seconds", row.age_seconds).field("duration_seconds", row.duration_seconds);
  json.field("tags", row.tags).field("files", row.files).field("bytes", row.bytes);
  json.key("metrics").begin_object();
  for (std::size_t k = 0; k < report.columns.size(); ++k) {
    json.key(escape_invalid_utf8(report.columns[k]));
    write_metric(json, report.metrics[i][k]);
  }
  json.end_object();
  if (series) {
    json.key("series").begin_array();
    for (const ops::SeriesRow& one : row.series) {
      write_series(json, one);
      TFEVENTS_CHECK(sink.drain());
    }
    json.end_array();
  }
  json.end_object();
  return sink.drain();
}

/// Points that the view left out, by the name of the run as people see it.
class DroppedByRun {
 public:
  explicit DroppedByRun(std::span<const ops::Dropped> dropped) {
    for (const ops::Dropped& run : dropped) runs_.push_back(&run);
    std::sort(runs_.begin(), runs_.end(),
              [](const auto* a, const auto* b) { return a->run < b->run; });
  }

  [[nodiscard]] std::uint64_t of(const std::string& name) const {
    auto run = std::lower_bound(runs_.begin(), runs_.end(), name,
                                [](const auto* a, const auto& b) { return a->run < b; });
    std::uint64_t count = 0;
    for (; run != runs_.end() && (*run)->run == name; ++run) {
      count += (*run)->duplicates + (*run)->restart;
    }
    return count;
  }

 private:
  std::vector<const ops::Dropped*> runs_;
};

std::vector<Column> columns(bool details) {
  const auto detail = [&](std::string key, std::string header) {
    return Column{
        .key = std::move(key), .header = std::move(header), .minor = true, .people = details};
  };
  Column names = name_column("run", "RUN");
  names.min_width = kRunWidth;
  return {names,
          {.key = "path", .people = false},
          {.key = "state", .header = "STATE"},
          {.key = "damage", .header = "DAMAGE", .people = details},
          {.key = "last_step", .header = "LAST STEP"},
          detail("first_time", "FIRST EVENT"),
          detail("last_time", "LAST EVENT"),
          {.key = "age_seconds", .header = "AGE"},
          {.key = "duration_seconds", .header = "DURATION", .minor = true},
          {.key = "tags", .header = "TAGS", .minor = true},
          detail("files", "FILES"),
          {.key = "bytes", .header = "SIZE", .minor = true},
          {.header = "DROPPED", .minor = true, .people = details},
          notes_column()};
}

// The metric columns stand before the remarks, each with its step for machines.
std::vector<Column> with_metrics(std::vector<Column> all, const ops::LsReport& report) {
  if (report.columns.empty()) return all;
  std::vector<std::string_view> taken;
  for (Column& column : all) {
    taken.push_back(column.key);
    if (report.columns_alone && column.key != "run" && !column.key.empty()) column.people = false;
  }
  ColumnNames names(std::move(taken));
  const Column notes = std::move(all.back());
  all.pop_back();
  for (const std::string& label : report.columns) {
    const std::string key = names.add(label, {".step"});
    all.push_back({.key = key, .header = label});
    all.push_back({.key = key + ".step", .people = false});
  }
  all.push_back(notes);
  return all;
}

std::array<Cell, 14> cells(const ops::LsRow& row, std::uint64_t dropped) {
  return {Cell::text(row.run).shown_as(row.people_name()),
          Cell::text(row.path),
          Cell::text(ops::to_string(row.state)).role(role_of(row.state)),
          Cell::count(row.damage).role(row.damage > 0 ? Role::kBad : Role::kPlain),
          Cell::integer(row.last_step),
          Cell::time(row.first_time),
          Cell::time(row.last_time),
          Cell::duration(row.age_seconds),
          Cell::duration(row.duration_seconds),
          Cell::count(row.tags),
          Cell::count(row.files),
          Cell::bytes(row.bytes),
          Cell::count(dropped),
          notes_cell(row)};
}

// Attributes in the units of people.
Cell metric_cell(std::string_view label, const ops::ItemValue& item) {
  const auto* number = std::get_if<double>(&item.value);
  if (number == nullptr || item.series.value) return value_cell(item.value);
  if (label.starts_with("run.")) label.remove_prefix(4);
  if (label == "age" || label == "duration") return Cell::duration(*number);
  if (label == "size") return Cell::bytes(static_cast<std::uint64_t>(*number));
  if (label == "start") return Cell::time(*number);
  return value_cell(item.value);
}

struct Sums {
  std::uint64_t live = 0, bytes = 0, damaged = 0;
};

Sums sum(const ops::LsRows& rows) {
  Sums sums;
  for (const ops::LsRow& row : rows) {
    sums.live += row.state == ops::RunState::kLive ? 1U : 0U;
    sums.bytes += row.bytes;
    sums.damaged += row.damage > 0 ? 1U : 0U;
  }
  return sums;
}

}  // namespace

Role role_of(ops::RunState state) noexcept {
  switch (state) {
    case ops::RunState::kLive: return Role::kGood;
    case ops::RunState::kDone: return Role::kPlain;
    case ops::RunState::kIdle: return Role::kPlain;
    case ops::RunState::kEmpty: return Role::kDim;
  }
  return Role::kPlain;
}

LazyTable ls_table(const ops::LsReport& report, bool details) {
  // Nobody but people who asked for details sees what was dropped.
  const std::span<const ops::Dropped> dropped = report.outcome.dropped;
  const DroppedByRun by_run(details ? dropped : dropped.first(0));
  const auto pass = [&report, by_run](const RowSource::Visit& visit) -> Status {
    for (std::size_t i = 0; i < report.rows.size(); ++i) {
      const ops::LsRow row = report.rows[i];
      const auto own = cells(row, by_run.of(row.people_name()));
      if (report.columns.empty()) {
        TFEVENTS_CHECK(visit(own));
        continue;
      }
      std::vector<Cell> all(own.begin(), own.end());
      for (std::size_t k = 0; k < report.columns.size(); ++k) {
        // Remarks stay last.
        all.insert(all.end() - 1, metric_cell(report.columns[k], report.metrics[i][k]));
        all.insert(all.end() - 1, Cell::integer(report.metrics[i][k].series.step));
      }
      TFEVENTS_CHECK(visit(all));
    }
    return ok_status();
  };
  return {with_metrics(columns(details), report), pass};
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

Status ls_json(const ops::LsReport& report, View view, bool series, std::string_view version,
               Sink& sink) {
  const Sums sums = sum(report.rows);
  return write_envelope(
      sink,
      {.command = "ls",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = view,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) -> Status {
        for (std::size_t i = 0; i < report.rows.size(); ++i)
          TFEVENTS_CHECK(write_row(json, report, i, series, sink));
        return ok_status();
      },
      [&](JsonWriter& json) {
        json.field("runs", report.rows.size()).field("live", sums.live).field("bytes", sums.bytes);
        json.field("damaged", sums.damaged);
      },
      report.outcome.problems);
}

Status ls_jsonl(const ops::LsReport& report, bool series, Sink& sink) {
  JsonWriter json(sink.out());
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    TFEVENTS_CHECK(write_row(json, report, i, series, sink));
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
