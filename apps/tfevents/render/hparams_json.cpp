#include "base/text.hpp"
#include "envelope.hpp"
#include "hparams.hpp"
#include "series/direction.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

void write_session(JsonWriter& json, const ops::HparamsReport& report,
                   const ops::HparamSession& session) {
  json.begin_object();
  name_fields(json, "session", session.session);
  name_fields(json, "group", session.group);
  name_fields(json, "run", session.run);
  name_fields(json, "path", session.path);
  json.field("status", to_string(session.status));
  json.field("start_time", session.start_time).field("end_time", session.end_time);
  json.key("hparams");
  write_hparams(json, session.hparams);
  json.key("metrics").begin_object();
  for (std::size_t i = 0; i < report.metrics.size(); ++i) {
    json.key(escape_invalid_utf8(report.metrics[i].label));
    write_metric(json, report.value(session, i));
  }
  json.end_object().end_object();
}

void write_range(JsonWriter& json, const std::pair<double, double>& range) {
  json.begin_object().field("min", range.first).field("max", range.second).end_object();
}

// The members that a row of --space and an item of the summary share.
void write_space_fields(JsonWriter& json, const ops::SpaceEntry& entry) {
  name_fields(json, "name", entry.name);
  json.key("type");
  entry.type ? json.string(space_type(*entry.type)) : json.null();
  json.key("domain");
  if (entry.interval) {
    write_range(json, *entry.interval);
  } else if (!entry.choices.empty()) {
    json.begin_array();
    for (const HparamValue& choice : entry.choices) write_value(json, choice);
    json.end_array();
  } else {
    json.null();
  }
  json.field("differs", entry.differs);
}

void write_space_row(JsonWriter& json, const ops::SpaceEntry& entry) {
  json.begin_object();
  write_space_fields(json, entry);
  json.field("declared", entry.declared).field("domain_declared", entry.domain_declared);
  json.field("sessions", entry.sessions).field("distinct", entry.distinct).key("seen");
  if (entry.seen) {
    write_range(json, *entry.seen);
  } else {
    json.null();
  }
  json.key("values").begin_array();
  for (const ops::SpaceValue& seen : entry.values) {
    write_value(json.begin_object().key("value"), seen.value);
    json.field("sessions", seen.sessions).end_object();
  }
  json.end_array().end_object();
}

void write_bar(JsonWriter& json, const ops::HparamsReport& report, const ops::HparamBars& bars,
               const ops::HparamBar& bar) {
  const ops::HparamMetric& metric = report.metrics[bar.metric];
  json.begin_object();
  name_fields(json, "hparam", bars.hparam);
  write_value(json.key("value"), bar.value);
  json.field("metric", escape_invalid_utf8(metric.label)).key("direction");
  metric.direction ? json.string(to_string(*metric.direction)) : json.null();
  json.field("n", bar.spread.n).field("missing", bar.missing);
  json.field("mean", bar.spread.mean).field("std", bar.spread.std);
  json.field("min", bar.min).field("max", bar.max).field("best", bar.best);
  json.key("sessions").begin_array();
  for (const std::string& session : bar.sessions) json.string(escape_invalid_utf8(session));
  json.end_array().end_object();
}

/// Calls `write(json, end)` for each row; `end` is called behind it.
template <class End>
Status write_rows(JsonWriter& json, const ops::HparamsReport& report, const HparamsRows& rows,
                  End end) {
  if (rows.bars != nullptr) {
    for (const ops::HparamBar& bar : rows.bars->bars) {
      write_bar(json, report, *rows.bars, bar);
      TFEVENTS_CHECK(end());
    }
  } else if (rows.space) {
    for (const ops::SpaceEntry& entry : report.space) {
      write_space_row(json, entry);
      TFEVENTS_CHECK(end());
    }
  } else {
    for (const ops::HparamSession& session : report.sessions) {
      write_session(json, report, session);
      TFEVENTS_CHECK(end());
    }
  }
  return ok_status();
}

void write_summary(JsonWriter& json, const ops::HparamsReport& report) {
  json.field("sessions", report.all_sessions).field("metric_by", to_string(report.by));
  const auto best = report.best();
  name_fields(json, "best", best ? std::optional(report.sessions[*best].session) : std::nullopt);
  json.key("metrics").begin_array();
  for (const ops::HparamMetric& metric : report.metrics) {
    json.begin_object().field("label", escape_invalid_utf8(metric.label)).key("direction");
    metric.direction ? json.string(to_string(*metric.direction)) : json.null();
    json.end_object();
  }
  json.end_array().key("space").begin_array();
  for (const ops::SpaceEntry& entry : report.space) {
    json.begin_object();
    write_space_fields(json, entry);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

Status hparams_json(const ops::HparamsReport& report, const HparamsRows& rows, View view,
                    std::string_view version, Sink& sink) {
  return write_envelope(
      sink,
      {.command = "hparams",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = view,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) {
        return write_rows(json, report, rows, [&] { return sink.drain(); });
      },
      [&](JsonWriter& json) { write_summary(json, report); }, report.outcome.problems);
}

Status hparams_jsonl(const ops::HparamsReport& report, const HparamsRows& rows, Sink& sink) {
  JsonWriter json(sink.out());
  return write_rows(json, report, rows, [&] {
    json.end_line();
    return sink.drain();
  });
}

}  // namespace tfevents::render
