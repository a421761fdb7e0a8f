#include "base/text.hpp"
#include "compare.hpp"
#include "envelope.hpp"
#include "series/direction.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

void write_names(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
  json.key(key).begin_array();
  for (const std::string& name : names) json.string(escape_invalid_utf8(name));
  json.end_array();
}

// Against the baseline; null without one, so that the object is always the same.
void write_change(JsonWriter& json, const ops::CompareColumn& column,
                  const ops::CompareValue& value) {
  json.key("direction");
  column.direction ? json.string(to_string(*column.direction)) : json.null();
  json.field("delta", value.delta).field("delta_ratio", value.delta_ratio).key("verdict");
  value.verdict ? json.string(to_string(*value.verdict)) : json.null();
}

// Intervals and tests come later: what they say is null.
void write_group_metric(JsonWriter& json, const ops::CompareColumn& column,
                        const ops::CompareValue& value) {
  const ops::Spread& spread = value.spread;
  json.begin_object().field("mean", spread.mean).field("std", spread.std).field("n", spread.n);
  json.key("ci_low").null().key("ci_high").null().key("ci_level").null();
  json.field("missing", value.missing).key("df").null().field("stat", "mean");
  json.key("p").null().key("test").null().key("reason");
  value.reason != nullptr ? json.string(value.reason) : json.null();
  write_change(json, column, value);
  json.end_object();
}

void write_metrics(JsonWriter& json, const ops::CompareReport& report, const ops::CompareRow& row) {
  json.key("metrics").begin_object();
  for (std::size_t i = 0; i < row.metrics.size(); ++i) {
    json.key(escape_invalid_utf8(report.columns[i].label));
    if (!report.by.empty()) {
      write_group_metric(json, report.columns[i], row.metrics[i]);
      continue;
    }
    json.begin_object();
    const ops::CompareValue& value = row.metrics[i];
    write_metric_fields(json, value.item);
    // What has no value has said why already.
    if (value.reason != nullptr && !is_null(value.item.value)) json.field("reason", value.reason);
    write_change(json, report.columns[i], value);
    json.end_object();
  }
  json.end_object();
}

Status write_row(JsonWriter& json, const ops::CompareReport& report, const ops::CompareRow& row,
                 Sink& sink) {
  json.begin_object();
  if (report.by.empty()) {
    name_fields(json, "run", row.trial.name);
    name_fields(json, "path", row.trial.path);
    json.key("group").null().key("hparams");
    write_hparams(json, row.trial.hparams);
  } else {
    json.key("group").begin_object();
    for (std::size_t i = 0; i < report.by.size(); ++i)
      write_value(json.key(escape_invalid_utf8(report.by[i])), row.group[i]);
    json.end_object();
    write_names(json, "runs", row.runs);
  }
  write_metrics(json, report, row);
  json.end_object();
  return sink.drain();
}

void write_summary(JsonWriter& json, const ops::CompareReport& report) {
  json.field("trials", report.trials);
  name_fields(json, "baseline", report.baseline);
  write_names(json, "differing_hparams", report.differing_hparams);
  write_names(json, "folded_by", report.folded_by);
  write_names(json, "mixed_hparams", report.mixed_hparams);
  json.field("unchanged", report.unchanged).field("left_out", report.left_out);
  json.field("tests", 0).key("alpha").null();
}

}  // namespace

Status compare_json(const ops::CompareReport& report, View view, std::string_view version,
                    Sink& sink) {
  return write_envelope(
      sink,
      {.command = "compare",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = view,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) -> Status {
        for (const ops::CompareRow& row : report.rows)
          TFEVENTS_CHECK(write_row(json, report, row, sink));
        return ok_status();
      },
      [&](JsonWriter& json) { write_summary(json, report); }, report.outcome.problems);
}

Status compare_jsonl(const ops::CompareReport& report, Sink& sink) {
  JsonWriter json(sink.out());
  for (const ops::CompareRow& row : report.rows) {
    TFEVENTS_CHECK(write_row(json, report, row, sink));
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
