#include "show_json.hpp"

#include "envelope.hpp"
#include "series.hpp"
#include "show_values.hpp"
#include "trial_cells.hpp"
#include "value.hpp"

namespace tfevents::render {
namespace {

void write_sum(JsonWriter& json, const ops::FileSum& sum) {
  json.field("files", sum.files).field("bytes", sum.bytes);
}

void write_files(JsonWriter& json, const ops::ShownRun& run) {
  json.key("aliases").begin_array();
  for (const std::string& alias : run.aliases) json.string(alias);
  json.end_array().key("event_files").begin_array();
  for (const ops::ShownFile& file : run.files) {
    json.begin_object();
    name_fields(json, "path", file.path);
    json.field("bytes", file.bytes).field("records", file.records);
    json.field("start_time", file.start_time);
    name_fields(json, "writer", text_or_null(file.writer));
    json.field("tail", std::string_view(ops::to_string(file.tail))).end_object();
  }
  json.end_array();
}

void write_backs(JsonWriter& json, const ops::ShownRun& run) {
  json.key("step_backs").begin_array();
  for (const ops::StepBack& back : run.backs) {
    json.begin_object();
    name_fields(json, "path", back.path);
    json.field("step", back.step).field("times", back.times);
    json.field("within_file", back.within_file).field("overlap_seconds", back.overlap_seconds);
    json.end_object();
  }
  json.end_array();
}

void write_percentiles(JsonWriter& json, const Histogram& histogram) {
  const std::vector<DistributionBucket> rows = drawn_rows(histogram);
  json.key("rows").begin_array();
  for (const DistributionBucket& row : rows) {
    json.begin_array().number(row.left).number(row.right).number(row.count).end_array();
  }
  json.end_array().key("percentiles").begin_array();
  const auto values = percentiles_of(rows);
  for (std::size_t i = 0; i < values.size(); ++i) {
    json.begin_array().number(kBasisPoints[i] / 100).number(values[i]).end_array();
  }
  json.end_array();
}

Status write_values(JsonWriter& json, const ops::ShownRun& run, bool histograms, Sink& sink) {
  json.key(histograms ? "hist" : "text").begin_array();
  for (const ops::ShownValue& value : run.values) {
    if (value.histogram != histograms) continue;
    json.begin_object();
    name_fields(json, "tag", value.tag);
    json.field("kind", value.kind).field("step", value.step).field("wall_time", value.wall_time);
    std::string text;
    append_json_value(text, value.value);
    json.key("value").raw(text);
    const auto* const histogram = std::get_if<Histogram>(&value.value.what);
    if (histograms) {
      if (histogram != nullptr) {
        write_percentiles(json, *histogram);
      } else {
        json.key("rows").null().key("percentiles").null();
      }
    }
    json.end_object();
    TFEVENTS_CHECK(sink.drain());
  }
  json.end_array();
  return ok_status();
}

Status write_row(JsonWriter& json, const ops::ShownRun& run, Sink& sink) {
  const ops::LsRow& row = run.row;
  json.begin_object();
  name_fields(json, "run", row.run);
  name_fields(json, "path", row.path);
  json.field("state", ops::to_string(row.state)).field("damage", row.damage);
  json.field("last_step", row.last_step);
  json.field("first_time", row.first_time).field("last_time", row.last_time);
  json.field("age_seconds", row.age_seconds).field("duration_seconds", row.duration_seconds);
  json.field("tags", row.tags).field("files", row.files).field("bytes", row.bytes);
  json.key("metrics").begin_object().end_object();
  write_files(json, run);
  json.key("hparams");
  write_hparams(json, run.hparams);
  name_fields(json, "hparams_run", text_or_null(run.hparams_run));
  json.key("series").begin_array();
  for (const ops::SeriesRow& series : row.series) {
    write_series(json, series);
    TFEVENTS_CHECK(sink.drain());
  }
  json.end_array().key("side_files").begin_array();
  for (const auto& [plugin, sum] : run.side.plugins) {
    json.begin_object();
    name_fields(json, "plugin", plugin);
    write_sum(json, sum);
    json.end_object();
  }
  json.end_array().key("foreign").begin_object();
  write_sum(json, run.side.foreign);
  json.end_object();
  write_backs(json, run);
  TFEVENTS_CHECK(write_values(json, run, false, sink));
  TFEVENTS_CHECK(write_values(json, run, true, sink));
  json.end_object();
  return sink.drain();
}

}  // namespace

Status show_json(const ops::ShowReport& report, View view, std::string_view version, Sink& sink) {
  return write_envelope(
      sink,
      {.command = "show",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = view,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) -> Status {
        for (const ops::ShownRun& run : report.runs) TFEVENTS_CHECK(write_row(json, run, sink));
        return ok_status();
      },
      [&](JsonWriter& json) { json.field("runs", report.runs.size()); }, report.outcome.problems);
}

Status show_jsonl(const ops::ShowReport& report, Sink& sink) {
  JsonWriter json(sink.out());
  for (const ops::ShownRun& run : report.runs) {
    TFEVENTS_CHECK(write_row(json, run, sink));
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
