#include "trash.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "envelope.hpp"

namespace tfevents::render {
namespace {

using ops::TrashAction;
using ops::TrashReport;
using ops::TrashRow;
using ops::TrashRowResult;

// Below zero, of clocks that disagree, is as good as now.
std::string age_text(double seconds) {
  return seconds > 0 ? human_duration(seconds) : "0s";
}

Cell age_cell(const TrashRow& row, double now) {
  if (!row.trashed_time) return {};
  return Cell::text(age_text(now - *row.trashed_time));
}

// What was trashed for a week a moment ago expires in 7d, not in 6d. Whole days are rounded; what
// is shorter has its hours.
std::string time_left(double seconds) {
  constexpr double kDay = 86400;
  const double days = std::round(seconds / kDay);
  return human_duration(days >= 2 ? days * kDay : seconds);
}

// Batches that are due go with the next prune.
Cell expires_cell(const TrashRow& row, double now) {
  if (!row.expires_time) return {};
  const double left = *row.expires_time - now;
  Cell cell = Cell::time(*row.expires_time);
  return left > 0 ? std::move(cell).shown_as("in " + time_left(left))
                  : std::move(cell).shown_as("due");
}

Cell result_cell(const TrashRow& row) {
  if (!row.result) return {};
  const bool good =
      *row.result == TrashRowResult::kRestored || *row.result == TrashRowResult::kDeleted;
  return Cell::text(to_string(*row.result)).role(good ? Role::kPlain : Role::kBad);
}

Cell run_cell(const TrashRow& row) {
  if (row.run) return Cell::text(*row.run);
  const bool unknown = !row.files.has_value();
  return Cell::text(unknown ? "(whole batch)" : "(no files)").role(Role::kDim);
}

Cell notes_cell(const TrashRow& row) {
  if (!row.error) return {};
  return Cell::text(*row.error).role(Role::kWarn);
}

void write_row(JsonWriter& json, const TrashReport& report, const TrashRow& row) {
  json.begin_object().field("batch", row.batch);
  name_fields(json, "path", row.path);
  name_fields(json, "run", row.run);
  json.field("files", row.files).field("bytes", row.bytes);
  json.field("trashed_time", row.trashed_time).field("expires_time", row.expires_time);
  json.field("action", to_string(report.action));
  const auto result =
      row.result ? std::optional<std::string_view>(to_string(*row.result)) : std::nullopt;
  json.field("result", result).field("error", row.error).end_object();
}

// `12 files, 18 GiB`
std::string sums(std::uint64_t files, std::uint64_t bytes) {
  return fmt::format("{}, {}", count_of(files, "file", "files"), human_bytes(bytes));
}

std::string batches(std::uint64_t n) {
  return count_of(n, "batch", "batches");
}

// Why what stays stays: the first reason, of a batch where no file has one.
std::string first_reason(const TrashReport& report) {
  const TrashRow* found = nullptr;
  for (const TrashRow& row : report.rows) {
    if (!row.error) continue;
    if (found == nullptr || (row.run && !found->run)) found = &row;
  }
  return found == nullptr ? std::string() : printable(*found->error);
}

std::string done_summary(const TrashReport& report) {
  const std::string_view verb = report.action == TrashAction::kRestore ? "restored" : "deleted";
  std::string text;
  if (report.files == 0 && report.failed()) {
    text = fmt::format("nothing {}", verb);
  } else {
    text = fmt::format("{} {}, of {}", verb, sums(report.files, report.bytes),
                       batches(report.batches));
  }
  if (report.recovered_files > 0) {
    text += fmt::format(" · {} of an interrupted command put back",
                        count_of(report.recovered_files, "file", "files"));
  }
  std::string left;
  if (report.kept_files > 0) left = sums(report.kept_files, report.kept_bytes);
  if (report.damaged > 0) left += (left.empty() ? "" : " and ") + batches(report.damaged);
  if (!left.empty()) {
    const bool one = report.kept_files + report.damaged == 1;
    text += fmt::format(" · {} {} in the trash: {}", left, one ? "stays" : "stay",
                        first_reason(report));
  }
  return text;
}

// Rows that are shown whatever their number.
bool is_special(const TrashRow& row) {
  return row.error.has_value();
}

}  // namespace

LazyTable trash_table(const ops::TrashReport& report, std::size_t most) {
  const bool lists = report.action == TrashAction::kList;
  const auto machine = [](std::string key) {
    return Column{.key = std::move(key), .people = false};
  };
  Column run = name_column({}, "RUN");
  run.align = Align::kLeft;
  std::vector<Column> columns = {
      {.key = {}, .header = "RESULT", .align = Align::kLeft, .people = report.done},
      {.key = "batch", .header = "BATCH", .align = Align::kLeft, .keep = true},
      machine("path"),
      machine("run"),
      {.key = {}, .header = "AGE", .align = Align::kRight, .minor = true, .people = !report.done},
      {.key = "files", .header = "FILES", .align = Align::kRight, .minor = true},
      {.key = "bytes", .header = "SIZE", .align = Align::kRight},
      machine("trashed_time"),
      {.key = "expires_time", .header = "EXPIRES", .align = Align::kRight, .people = lists},
      machine("action"),
      machine("result"),
      machine("error"),
      std::move(run),
      notes_column()};
  const auto pass = [&report, most](const RowSource::Visit& visit) -> Status {
    std::size_t shown = 0;
    for (const TrashRow& row : report.rows) {
      if (!is_special(row) && shown++ >= most) continue;
      const Cell cells[] = {result_cell(row),
                            Cell::text(row.batch),
                            Cell::text(row.path),
                            Cell::text(row.run),
                            age_cell(row, report.now),
                            Cell::count(row.files),
                            Cell::bytes(row.bytes),
                            Cell::time(row.trashed_time),
                            expires_cell(row, report.now),
                            Cell::text(to_string(report.action)),
                            row.result ? Cell::text(to_string(*row.result)) : Cell(),
                            Cell::text(row.error),
                            run_cell(row),
                            notes_cell(row)};
      TFEVENTS_CHECK(visit(cells));
    }
    return ok_status();
  };
  return {std::move(columns), pass};
}

std::string trash_more(const ops::TrashReport& report, std::size_t most) {
  std::size_t shown = 0;
  std::uint64_t rows = 0, bytes = 0;
  for (const TrashRow& row : report.rows) {
    if (is_special(row) || shown++ < most) continue;
    ++rows;
    bytes += row.bytes.value_or(0);
  }
  if (rows == 0) return {};
  return fmt::format("… {} more, {} (--all)\n", rows, human_bytes(bytes));
}

std::string trash_summary(const ops::TrashReport& report) {
  if (report.done) return done_summary(report);
  std::string text;
  switch (report.action) {
    case TrashAction::kList:
      text = fmt::format("{} · {}", batches(report.batches), sums(report.files, report.bytes));
      if (report.damaged > 0) text += fmt::format(" · {} damaged", report.damaged);
      return text;
    case TrashAction::kRestore: text = "would restore "; break;
    case TrashAction::kEmpty: text = "would delete "; break;
  }
  text += fmt::format("{}, of {}", sums(report.files, report.bytes), batches(report.batches));
  if (report.action == TrashAction::kEmpty) text += ", for good";
  if (report.damaged > 0) text += fmt::format(" · {} damaged, left alone", report.damaged);
  return text;
}

std::string trash_question(const ops::TrashReport& plan) {
  return fmt::format("delete {}, of {}, for good?", sums(plan.files, plan.bytes),
                     batches(plan.batches));
}

Status trash_json(const ops::TrashReport& report, std::string_view version, Sink& sink) {
  const std::string operands[] = {report.operand};
  EnvelopeHead head{.command = "trash",
                    .version = version,
                    .now = report.now,
                    .operands = operands,
                    .view = View::kRaw,
                    .complete = report.outcome.complete};
  head.more = [&report](JsonWriter& json) {
    json.field("action", to_string(report.action));
    name_fields(json, "trash", report.trash);
    json.field("dry_run", report.action != TrashAction::kList && !report.done);
  };
  return write_envelope(
      sink, head,
      [&](JsonWriter& json) -> Status {
        for (const TrashRow& row : report.rows) {
          write_row(json, report, row);
          TFEVENTS_CHECK(sink.drain());
        }
        return ok_status();
      },
      [&](JsonWriter& json) {
        json.field("batches", report.batches).field("damaged", report.damaged);
        json.field("files", report.files).field("bytes", report.bytes);
        json.field("kept_files", report.kept_files).field("kept_bytes", report.kept_bytes);
        json.field("recovered_files", report.recovered_files);
      },
      report.outcome.problems);
}

Status trash_jsonl(const ops::TrashReport& report, Sink& sink) {
  JsonWriter json(sink.out());
  for (const TrashRow& row : report.rows) {
    write_row(json, report, row);
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
