#include "best.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "envelope.hpp"
#include "series/direction.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

// Digits of a smoothed curve, which nobody compares with anything.
constexpr int kSmoothedDigits = 6;

// The name of a run gives way last, that of the metric down to here.
constexpr std::size_t kBestRunWidth = 32, kBestMetricWidth = 12;

const char* arrow(Direction direction) {
  return direction == Direction::kMax ? " ▲" : " ▼";
}

/// The columns of the table, and which hyperparameters have one.
struct Layout {
  std::vector<Column> columns;
  std::vector<std::string> hparams;
};

std::vector<std::string> all_hparams(const ops::BestReport& report) {
  std::set<std::string> names;
  for (const ops::BestRow& row : report.rows) {
    for (const auto& [name, value] : row.trial.hparams) names.insert(name);
  }
  return {names.begin(), names.end()};
}

std::set<std::string> shown_hparams(const ops::BestReport& report) {
  std::set<std::string> shown(report.by.begin(), report.by.end());
  std::vector<const HparamMap*> hparams;
  for (const ops::BestRow& row : report.rows) hparams.push_back(&row.trial.hparams);
  for (std::string& name : differing_hparams(hparams)) shown.insert(std::move(name));
  for (std::size_t i = 0; i < report.columns.size(); ++i) {
    if (report.tags[i]) continue;  // A column of its own already.
    std::erase_if(shown,
                  [&](const std::string& name) { return names_hparam(report.columns[i], name); });
  }
  return shown;
}

Layout layout_of(const ops::BestReport& report) {
  Layout layout{{}, all_hparams(report)};
  const std::set<std::string> shown = shown_hparams(report);
  ColumnNames names({"rank", "run", "path", "metric", "direction", "value", "step", "wall_time",
                     "raw", "checkpoint"});
  layout.columns = {
      {.key = "rank", .header = "#"},
      name_column("run", "RUN"),
      {.key = "path", .people = false},
      {.key = "metric", .people = false},
      {.key = "direction", .people = false},
      {.key = "value",
       .header = report.metric + arrow(report.direction),
       .elide = Elide::kMiddle,
       .min_width = kBestMetricWidth,
       .keep = true,
       .significant = report.smoothed ? kSmoothedDigits : 0},
      {.key = "step", .header = "@STEP"},
      {.key = "wall_time", .people = false},
      {.key = "raw", .people = false},
  };
  layout.columns[1].min_width = kBestRunWidth;
  for (const std::string& label : report.columns) {
    const std::string key = names.add(label, {".step"});
    layout.columns.push_back({.key = key, .header = label});
    layout.columns.push_back({.key = key + ".step", .people = false});
  }
  for (const std::string& by : report.by) {
    const bool hparam =
        std::find(layout.hparams.begin(), layout.hparams.end(), by) != layout.hparams.end();
    layout.columns.push_back({.key = names.add("by." + by), .header = by, .people = !hparam});
  }
  for (const std::string& name : layout.hparams) {
    layout.columns.push_back({.key = names.add("hp." + name),
                              .header = name,
                              .elide = Elide::kEnd,
                              .min_width = 8,
                              .people = shown.contains(name)});
  }
  const bool files =
      std::any_of(report.rows.begin(), report.rows.end(),
                  [](const ops::BestRow& row) { return row.checkpoint.has_value(); });
  layout.columns.push_back(
      {.key = "checkpoint", .header = "FILE", .elide = Elide::kMiddle, .people = files});
  return layout;
}

std::vector<Cell> cells(const ops::BestReport& report, const ops::BestRow& row,
                        const Layout& layout) {
  std::vector<Cell> cells;
  cells.reserve(layout.columns.size());
  cells.push_back(Cell::count(row.rank));
  cells.push_back(Cell::text(row.trial.name).shown_as(row.trial.people_name()));
  cells.push_back(Cell::text(row.trial.path));
  cells.push_back(Cell::text(report.metric));
  cells.push_back(Cell::text(to_string(report.direction)));
  cells.push_back(Cell::real(row.best.value).role(row.rank == 1 ? Role::kGood : Role::kPlain));
  cells.push_back(Cell::integer(row.best.step));
  cells.push_back(Cell::real(row.best.wall_time));
  cells.push_back(Cell::real(row.best.raw));
  for (const ops::ItemValue& item : row.columns) {
    cells.push_back(value_cell(item.value));
    cells.push_back(Cell::integer(item.series.step));
  }
  for (const Value& value : row.group) cells.push_back(value_cell(value));
  for (const std::string& name : layout.hparams)
    cells.push_back(hparam_cell(row.trial.hparams, name));
  cells.push_back(Cell::text(row.checkpoint));
  return cells;
}

Status write_row(JsonWriter& json, const ops::BestReport& report, const ops::BestRow& row,
                 Sink& sink) {
  json.begin_object().field("rank", row.rank);
  name_fields(json, "run", row.trial.name);
  name_fields(json, "path", row.trial.path);
  name_fields(json, "metric", report.metric);
  json.field("direction", to_string(report.direction)).field("value", row.best.value);
  json.field("step", row.best.step).field("wall_time", row.best.wall_time);
  json.field("raw", row.best.raw);
  json.key("metrics").begin_object();
  for (std::size_t i = 0; i < row.columns.size(); ++i) {
    json.key(escape_invalid_utf8(report.columns[i]));
    write_metric(json, row.columns[i]);
  }
  json.end_object();
  json.key("hparams");
  write_hparams(json, row.trial.hparams);
  name_fields(json, "checkpoint", row.checkpoint);
  if (!report.by.empty()) {
    json.key("group").begin_object();
    for (std::size_t i = 0; i < report.by.size(); ++i) {
      json.key(escape_invalid_utf8(report.by[i]));
      write_value(json, row.group[i]);
    }
    json.end_object();
  }
  json.end_object();
  return sink.drain();
}

std::string reason_text(const std::string& reason, std::uint64_t n) {
  const bool one = n == 1;
  if (reason == "missing-tag") return one ? "does not log it" : "do not log it";
  if (reason == "non-finite") return one ? "has no finite value" : "have no finite value";
  if (reason == "ambiguous-tag")
    return one ? "has it in several members" : "have it in several members";
  if (reason == "damaged") return one ? "is damaged or unreadable" : "are damaged or unreadable";
  if (reason == "empty-window") return one ? "has too few points" : "have too few points";
  if (reason == "missing-hparam") return one ? "lacks a hyperparameter" : "lack a hyperparameter";
  return one ? "has no number there" : "have no number there";
}

std::string reasons(const ops::BestReport& report, std::string_view between) {
  std::map<std::string, std::uint64_t> counts;
  for (const ops::Unranked& trial : report.unranked) ++counts[trial.reason];
  std::string text;
  for (const auto& [reason, n] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : between, n, reason_text(reason, n));
  return text;
}

}  // namespace

LazyTable best_table(const ops::BestReport& report) {
  const Layout layout = layout_of(report);
  const auto pass = [&report, layout](const RowSource::Visit& visit) -> Status {
    for (const ops::BestRow& row : report.rows) TFEVENTS_CHECK(visit(cells(report, row, layout)));
    return ok_status();
  };
  return {layout.columns, pass};
}

std::string best_summary(const ops::BestReport& report) {
  const std::uint64_t ranked = report.trials - report.unranked.size();
  std::string text =
      fmt::format("{} of {} ranked", ranked, count_of(report.trials, "trial", "trials"));
  if (report.rows.size() < ranked) text += fmt::format(", {} listed", report.rows.size());
  text += fmt::format(" ({} {} is better{})", report.direction == Direction::kMax ? "▲" : "▼",
                      report.direction == Direction::kMax ? "higher" : "lower",
                      report.inferred ? ", from its name" : "");
  if (!report.unranked.empty()) text += " · " + reasons(report, " · ");
  return text;
}

std::string unranked_text(const ops::BestReport& report) {
  const std::uint64_t n = report.unranked.size();
  return fmt::format("{} {} not ranked: {}", count_of(n, "trial", "trials"), n == 1 ? "is" : "are",
                     reasons(report, ", "));
}

Status best_json(const ops::BestReport& report, View view, std::string_view version, Sink& sink) {
  return write_envelope(
      sink,
      {.command = "best",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = view,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) -> Status {
        for (const ops::BestRow& row : report.rows)
          TFEVENTS_CHECK(write_row(json, report, row, sink));
        return ok_status();
      },
      [&](JsonWriter& json) {
        json.field("trials", report.trials).field("ranked", report.trials - report.unranked.size());
        json.key("unranked").begin_array();
        for (const ops::Unranked& trial : report.unranked) {
          json.begin_object();
          name_fields(json, "run", trial.run);
          json.field("reason", trial.reason).end_object();
        }
        json.end_array();
      },
      report.outcome.problems);
}

Status best_jsonl(const ops::BestReport& report, Sink& sink) {
  JsonWriter json(sink.out());
  for (const ops::BestRow& row : report.rows) {
    TFEVENTS_CHECK(write_row(json, report, row, sink));
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
