#include "assert.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "envelope.hpp"
#include "format/paint.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

using ops::CheckRow;
using ops::CheckStatus;

// GitHub takes a summary of 1 MiB at most.
constexpr std::size_t kMostOfSummary = 500;

std::optional<std::string> or_nothing(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::vector<Column> people_columns(const ops::AssertReport& report) {
  return {{.header = "STATUS"},
          {.header = "CHECK"},
          {.header = "RUN", .people = names_trials(report)},
          {.header = "RESULT"}};
}

Status visit_for_people(const CheckRow& row, const RowSource::Visit& visit) {
  const StatusWord word = word_of(row);
  const Cell cells[] = {Cell::text(word.text).role(word.role), Cell::text(label_of(row)),
                        Cell::text(row.shown), Cell::text(message_of(row))};
  return visit(cells);
}

std::vector<Column> machine_columns() {
  return {{.key = "check", .people = false},     {.key = "expr", .people = false},
          {.key = "run", .people = false},       {.key = "path", .people = false},
          {.key = "status", .people = false},    {.key = "severity", .people = false},
          {.key = "op", .people = false},        {.key = "left", .people = false},
          {.key = "right", .people = false},     {.key = "step", .people = false},
          {.key = "reason", .people = false},    {.key = "message", .people = false},
          {.key = "suggestion", .people = false}};
}

Status visit_for_machines(const CheckRow& row, const RowSource::Visit& visit) {
  const Cell cells[] = {Cell::text(row.check),
                        Cell::text(row.expr),
                        Cell::text(row.run),
                        Cell::text(row.path),
                        Cell::text(to_string(row.status)),
                        Cell::text(to_string(row.severity)),
                        row.op ? Cell::text(to_string(*row.op)) : Cell(),
                        value_cell(row.left),
                        value_cell(row.right),
                        Cell::integer(row.step),
                        Cell::text(or_nothing(row.reason)),
                        Cell::text(row.message),
                        Cell::text(or_nothing(suggestion_of(row)))};
  return visit(cells);
}

void write_row(JsonWriter& json, const CheckRow& row) {
  json.begin_object().field("check", row.check).field("expr", row.expr);
  name_fields(json, "run", row.run);
  name_fields(json, "path", row.path);
  json.field("status", to_string(row.status)).field("severity", to_string(row.severity));
  json.field("op", row.op ? std::optional<std::string>(to_string(*row.op)) : std::nullopt);
  write_value(json.key("left"), row.left);
  write_value(json.key("right"), row.right);
  json.field("step", row.step).field("reason", or_nothing(row.reason));
  json.field("message", row.message).field("suggestion", or_nothing(suggestion_of(row)));
  json.end_object();
}

}  // namespace

StatusWord word_of(const CheckRow& row) {
  if (row.status == CheckStatus::kPass) return {"PASS", Role::kGood};
  if (row.severity == Severity::kWarn) return {"WARN", Role::kWarn};
  if (row.status == CheckStatus::kFail) return {"FAIL", Role::kBad};
  return {"ERROR", Role::kBad};
}

bool names_trials(const ops::AssertReport& report) {
  return report.trials > 1;
}

std::string suggestion_of(const CheckRow& row) {
  if (row.look.empty()) return row.suggestion;
  return command_line(row.look.front(), std::span(row.look).subspan(1));
}

std::string advice_of(const CheckRow& row) {
  if (row.status == CheckStatus::kPass) return {};
  return printable(row.advice.empty() ? suggestion_of(row) : row.advice);
}

std::string message_of(const CheckRow& row) {
  const std::string advice = advice_of(row);
  return printable(row.message) + (advice.empty() ? "" : "; " + advice);
}

std::string label_of(const CheckRow& row) {
  std::string label = printable(row.check);
  if (row.check != row.expr) label += ": " + printable(row.expr);
  return label;
}

LazyTable assert_table(const ops::AssertReport& report) {
  return {people_columns(report), [&report](const RowSource::Visit& visit) -> Status {
            for (const CheckRow& row : report.rows) TFEVENTS_CHECK(visit_for_people(row, visit));
            return ok_status();
          }};
}

LazyTable assert_csv_table(const ops::AssertReport& report) {
  return {machine_columns(), [&report](const RowSource::Visit& visit) -> Status {
            for (const CheckRow& row : report.rows) TFEVENTS_CHECK(visit_for_machines(row, visit));
            return ok_status();
          }};
}

std::string assert_verdict(const ops::AssertReport& report) {
  std::string text;
  const auto add = [&](std::uint64_t n, const char* what) {
    if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", whole(n), what);
  };
  add(report.passed, "passed");
  add(report.failed, "failed");
  add(report.errors, "could not be evaluated");
  add(report.warnings, report.warnings == 1 ? "warning" : "warnings");
  return text;
}

Status assert_summary(const ops::AssertReport& report, Sink& sink) {
  std::string operands;
  for (const std::string& operand : report.operands) operands += " " + printable(operand);
  // A code span: nothing in it is markup but the backquote.
  std::replace(operands.begin(), operands.end(), '`', '\'');
  sink.out() += fmt::format("### {} `tfevents assert{}`: {}\n\n", report.ok() ? "✅" : "❌", operands,
                            assert_verdict(report));
  const LazyTable table(people_columns(report), [&report](const RowSource::Visit& visit) -> Status {
    std::size_t left = kMostOfSummary;
    for (const bool passed : {false, true}) {
      for (const CheckRow& row : report.rows) {
        if ((row.status == CheckStatus::kPass) != passed) continue;
        if (left == 0) return ok_status();
        --left;
        TFEVENTS_CHECK(visit_for_people(row, visit));
      }
    }
    return ok_status();
  });
  TFEVENTS_CHECK(render_markdown(table, sink));
  if (report.rows.size() > kMostOfSummary)
    sink.out() += fmt::format("\n… and {} more\n", whole(report.rows.size() - kMostOfSummary));
  sink.out() += '\n';
  return sink.drain();
}

Status assert_json(const ops::AssertReport& report, View view, std::string_view version,
                   Sink& sink) {
  return write_envelope(
      sink,
      {.command = "assert",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = view,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) -> Status {
        for (const CheckRow& row : report.rows) {
          write_row(json, row);
          TFEVENTS_CHECK(sink.drain());
        }
        return ok_status();
      },
      [&](JsonWriter& json) {
        json.field("verdict", report.ok() ? "pass" : "fail").field("passed", report.passed);
        json.field("failed", report.failed).field("errors", report.errors);
        json.field("warnings", report.warnings).field("exit", report.ok() ? 0 : 1);
      },
      report.outcome.problems);
}

Status assert_jsonl(const ops::AssertReport& report, Sink& sink) {
  JsonWriter json(sink.out());
  for (const CheckRow& row : report.rows) {
    write_row(json, row);
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
