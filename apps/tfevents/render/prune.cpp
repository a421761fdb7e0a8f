#include "prune.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "envelope.hpp"
#include "trial_cells.hpp"

namespace tfevents::render {
namespace {

using ops::PruneReport;
using ops::PruneRow;
using rewrite::Action;
using rewrite::Reason;
using rewrite::Rule;

// Rows of one action that a folded table shows.
constexpr std::size_t kFoldedRows = 10;

const char* action_word(Action action) {
  switch (action) {
    case Action::kKeep: return "keep";
    case Action::kRemove: return "drop";
    case Action::kSkip: return "skip";
  }
  return "skip";
}

std::string ago(double seconds) {
  return human_duration(seconds) + " ago";
}

// Many write several times a second.
std::string gap_text(double seconds) {
  return seconds < 1 ? fmt::format("{:.2g}s", seconds) : human_duration(seconds);
}

std::string older_than(const rewrite::PolicyRules& rules) {
  return rules.older_than_seconds ? human_duration(*rules.older_than_seconds) : "?";
}

// What people read of one reason.
std::string words_of(const Reason& reason, const PruneRow& row, const PruneReport& report) {
  const rewrite::PolicyRules& rules = report.rules;
  switch (reason.rule) {
    case Rule::kOlderThan: return "older than " + older_than(rules);
    case Rule::kMinSteps:
      return fmt::format("ends at step {}, below {}", reason.count, rules.min_steps.value_or(0));
    case Rule::kEmpty: return "holds no value";
    case Rule::kMaxSize:
      return "over " + human_bytes(rules.max_bytes.value_or(0)) + ", oldest first";
    case Rule::kRemoveIf: return reason.text;
    case Rule::kNotKept: return "no rule keeps it";
    case Rule::kKeepLast: return fmt::format("newest {}", reason.count);
    case Rule::kKeepWithin:
      return "within " + human_duration(rules.keep_within_seconds.value_or(0));
    case Rule::kKeepBest: return fmt::format("best {} of {}", reason.count, reason.text);
    case Rule::kKeep: return "matches " + reason.text;
    case Rule::kKeepIf: return reason.text;
    case Rule::kLive:
      return reason.seconds > 0 ? "live (every " + gap_text(reason.seconds) + ")" : "live";
    case Rule::kOpen: return fmt::format("open in process {}", reason.count);
    case Rule::kRecent: return "active " + ago(reason.seconds);
    case Rule::kNotVisible: return "active " + ago(reason.seconds) + ", open files not visible";
    case Rule::kFileChanged:
      return (row.last_event_time ? "last event " + ago(report.now - *row.last_event_time) + ", "
                                  : std::string()) +
             "file changed " + ago(reason.seconds);
    case Rule::kBelow: return reason.text + " below it stays";
    case Rule::kFuture: {
      const bool event = row.last_event_time && *row.last_event_time > report.now;
      return fmt::format("{} lies {} in the future", event ? "last event" : "change of a file",
                         human_duration(reason.seconds));
    }
    case Rule::kNoTime: return "no usable time";
    case Rule::kTrouble: return reason.text;
    case Rule::kNotNominated:
      return rules.older_than_seconds && reason.seconds <= *rules.older_than_seconds
                 ? "younger than " + older_than(rules)
                 : "no rule asks for it";
  }
  return "";
}

std::string foreign_words(const PruneRow& row, const PruneReport& report) {
  if (row.decision.action != Action::kRemove || row.foreign_files == 0) return "";
  const bool stays = report.what == rewrite::What::kEvents;
  const bool one = row.foreign_files == 1 && !row.foreign_names.empty();
  const std::string what =
      one ? row.foreign_names.front() : count_of(row.foreign_files, "other file", "other files");
  const std::string size = human_bytes(row.foreign_bytes);
  if (!stays) return fmt::format("  (with {}, {})", what, size);
  return fmt::format("  (+ {}, {}, {})", what, size, one ? "stays" : "stay");
}

// A table shows what is remarkable before what is not.
bool is_plain(const PruneRow& row) {
  return row.decision.reasons.front().rule == Rule::kNotNominated;
}

std::vector<const PruneRow*> rows_of(const PruneReport& report, Action action) {
  std::vector<const PruneRow*> rows;
  for (const PruneRow& row : report.rows) {
    if (row.decision.action == action) rows.push_back(&row);
  }
  std::stable_partition(rows.begin(), rows.end(),
                        [](const PruneRow* row) { return !is_plain(*row); });
  return rows;
}

std::string reasons_text(const PruneRow& row, const rewrite::PolicyRules& rules) {
  std::string text;
  for (const Reason& reason : row.decision.reasons) {
    text += (text.empty() ? "" : "; ") + std::string(to_string(reason.rule)) + ": " +
            reason_detail(reason, rules);
  }
  return text;
}

std::vector<Cell> people_cells(const PruneRow& row, const PruneReport& report) {
  const Action action = row.decision.action;
  const bool known = row.age_seconds && *row.age_seconds >= 0;
  return {
      Cell::text(action_word(action)).role(action == Action::kRemove ? Role::kWarn : Role::kPlain),
      Cell::text(row.people_name()),
      Cell::text(known ? human_duration(*row.age_seconds) : "?"),
      Cell::bytes(row.bytes),
      Cell::text(why_text(row, report) + foreign_words(row, report)),
  };
}

std::vector<Cell> flat_cells(const PruneRow& row, const PruneReport& report) {
  return {
      Cell::text(to_string(row.decision.action)),
      Cell::text(row.trial),
      Cell::text(row.path),
      Cell::real(row.last_event_time),
      Cell::real(row.mtime_time),
      Cell::real(row.age_seconds),
      Cell::boolean(row.live),
      Cell::text(to_string(row.open_files)),
      Cell::count(row.bytes),
      Cell::count(row.foreign_bytes),
      Cell::text(reasons_text(row, report.rules)),
      row.result ? Cell::text(to_string(*row.result)) : Cell(),
      row.error ? Cell::text(*row.error) : Cell(),
  };
}

void write_file(JsonWriter& json, const PruneReport& report, const rewrite::PlannedFile& file) {
  json.begin_object();
  name_fields(json, "path", join_path(report.operand, file.path));
  json.field("dev", file.info.id.device).field("ino", file.info.id.inode);
  json.field("bytes", file.info.size).field("mtime_ns", file.info.mtime_ns);
  json.end_object();
}

void write_row(JsonWriter& json, const PruneReport& report, const PruneRow& row) {
  json.begin_object();
  name_fields(json, "trial", row.trial);
  name_fields(json, "path", row.path);
  json.key("runs").begin_array();
  for (const std::string& run : row.runs) json.string(run);
  json.end_array().key("group");
  write_value(json, row.group);
  json.field("action", to_string(row.decision.action)).key("reasons").begin_array();
  for (const Reason& reason : row.decision.reasons) {
    json.begin_object().field("rule", to_string(reason.rule));
    json.field("detail", reason_detail(reason, report.rules)).end_object();
  }
  json.end_array().field("last_event_time", row.last_event_time);
  json.field("mtime_time", row.mtime_time).field("age_seconds", row.age_seconds);
  json.field("live", row.live).field("open_files", to_string(row.open_files));
  json.field("bytes", row.bytes).field("foreign_bytes", row.foreign_bytes);
  json.key("files").begin_array();
  for (const rewrite::PlannedFile& file : row.files) write_file(json, report, file);
  json.end_array().key("result");
  if (row.result) {
    json.string(to_string(*row.result));
  } else {
    json.null();
  }
  json.field("error", row.error).end_object();
}

void write_policy(JsonWriter& json, const PruneReport& report) {
  const rewrite::PolicyRules& rules = report.rules;
  json.key("policy").begin_object();
  const auto given = [&](const char* key, const auto& value) {
    if (value) json.field(key, *value);
  };
  const auto list = [&](const char* key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    json.key(key).begin_array();
    for (const std::string& value : values) json.string(value);
    json.end_array();
  };
  given("older_than_seconds", rules.older_than_seconds);
  given("min_steps", rules.min_steps);
  if (rules.empty) json.field("empty", true);
  given("max_bytes", rules.max_bytes);
  given("remove_if", rules.remove_if);
  given("keep_last", rules.keep_last);
  given("keep_within_seconds", rules.keep_within_seconds);
  if (!rules.keep_best.empty()) {
    json.key("keep_best").begin_array();
    for (const auto& best : rules.keep_best) {
      json.begin_object().field("count", best.count).field("metric", best.metric);
      json.field("direction", best.greatest ? "max" : "min").end_object();
    }
    json.end_array();
  }
  list("keep", rules.keep);
  list("keep_if", rules.keep_if);
  given("by", report.by);
  json.field("age", rules.age_by_event ? "event" : "newest");
  json.end_object();
}

void write_summary(JsonWriter& json, const PruneReport& report) {
  json.field("keep", report.count(Action::kKeep)).field("remove", report.count(Action::kRemove));
  json.field("skip", report.count(Action::kSkip));
  const bool done = report.carried_out;
  const bool to_trash = report.trash_keep_seconds > 0;
  json.field("bytes_to_trash", done       ? report.bytes_trashed
                               : to_trash ? report.bytes_to_go()
                                          : std::uint64_t{0});
  json.field("bytes_freed", done       ? report.bytes_freed
                            : to_trash ? std::uint64_t{0}
                                       : report.bytes_to_go());
}

std::string trials_text(const PruneReport& report) {
  return count_of(report.count(Action::kRemove), "trial", "trials") + ", " +
         human_bytes(report.bytes_to_go());
}

std::string date_of(double time) {
  const std::string text = human_time(time, false);
  return text.substr(0, text.find(' '));
}

std::string done_summary(const PruneReport& report) {
  std::uint64_t gone = 0;
  std::uint64_t bytes = 0;
  for (const PruneRow& row : report.rows) {
    if (row.result != ops::PruneResult::kTrashed && row.result != ops::PruneResult::kDeleted)
      continue;
    ++gone;
    bytes += row.bytes;
  }
  const std::string trials = count_of(gone, "trial", "trials") + ", " + human_bytes(bytes);
  std::string text;
  if (report.trash_keep_seconds <= 0 && report.bytes_trashed != 0) {
    text = fmt::format("deleted {}, but for {} that stay in {}", trials,
                       human_bytes(report.bytes_trashed),
                       join_path(report.trash, report.batch.value_or("?")));
  } else if (gone != 0 && report.trash_keep_seconds > 0) {
    text = fmt::format("moved {} to {}, freed on {} · undo: {}", trials,
                       join_path(report.trash, report.batch.value_or("?")),
                       date_of(report.freed_time()),
                       command_line("trash restore", std::array{report.operand}));
  } else if (gone != 0) {
    text = "deleted " + trials;
  } else if (report.count(Action::kRemove) != 0 || report.bytes_freed == 0) {
    text = "removed nothing";
  }
  if (report.bytes_freed != 0 && !(gone != 0 && report.trash_keep_seconds <= 0))
    text += fmt::format("{}freed {} of the trash", text.empty() ? "" : "\n",
                        human_bytes(report.bytes_freed));
  return text;
}

}  // namespace

std::string why_text(const PruneRow& row, const PruneReport& report) {
  const std::vector<Reason>& reasons = row.decision.reasons;
  std::string text;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    const Reason& reason = reasons[i];
    // A process that writes and the beat that it writes in are one thing to say.
    if (reason.rule == Rule::kLive && i + 1 < reasons.size() &&
        reasons[i + 1].rule == Rule::kOpen) {
      text += text.empty() ? "" : ", ";
      text += fmt::format("live (open in process {}", reasons[i + 1].count);
      if (reason.seconds > 0) text += ", every " + gap_text(reason.seconds);
      text += ")";
      ++i;
      continue;
    }
    text += text.empty() ? "" : ", ";
    const bool said = i > 0 && reasons[i - 1].rule == Rule::kFileChanged;
    text += said && reason.rule == Rule::kNotVisible ? "open files not visible"
                                                     : words_of(reason, row, report);
  }
  return row.error ? *row.error : text;
}

std::string reason_detail(const Reason& reason, const rewrite::PolicyRules& rules) {
  switch (reason.rule) {
    case Rule::kOlderThan:
    case Rule::kKeepWithin:
    case Rule::kRecent:
    case Rule::kNotNominated: return "last activity " + ago(reason.seconds);
    case Rule::kEmpty: return "no value, last activity " + ago(reason.seconds);
    case Rule::kMinSteps: return fmt::format("last step {}", reason.count);
    case Rule::kMaxSize: return fmt::format("place {} from the oldest", reason.count);
    case Rule::kNotKept: return "no rule keeps it";
    case Rule::kKeepLast: return fmt::format("rank {} from the newest", reason.count);
    case Rule::kKeepBest: return fmt::format("rank {} of {}", reason.count, reason.text);
    case Rule::kLive: return fmt::format("an event every {}", gap_text(reason.seconds));
    case Rule::kOpen: return fmt::format("open in process {}", reason.count);
    case Rule::kNotVisible:
      return "last activity " + ago(reason.seconds) + ", and open files are not visible";
    case Rule::kFileChanged: return "a file changed " + ago(reason.seconds);
    case Rule::kFuture: return human_duration(reason.seconds) + " in the future";
    case Rule::kNoTime: return "no usable time";
    case Rule::kRemoveIf:
    case Rule::kKeep:
    case Rule::kKeepIf:
    case Rule::kBelow:
    case Rule::kTrouble: return reason.text;
  }
  (void)rules;
  return reason.text;
}

Table prune_table(const PruneReport& report, Folding folding) {
  Table table({
      {.header = " ", .keep = true},
      name_column("", "TRIAL"),
      {.header = "LAST", .align = Align::kRight},
      {.header = "SIZE", .align = Align::kRight},
      {.header = "WHY", .elide = Elide::kEnd, .keep = true},
  });
  for (const Action action : {Action::kKeep, Action::kSkip, Action::kRemove}) {
    const auto rows = rows_of(report, action);
    std::size_t shown = rows.size();
    if (folding != Folding::kNothing) {
      const auto plain = std::find_if(rows.begin(), rows.end(),
                                      [](const PruneRow* row) { return is_plain(*row); });
      std::size_t most = kFoldedRows;
      if (folding == Folding::kPlain) most += static_cast<std::size_t>(plain - rows.begin());
      if (shown > most + 1) shown = most;
    }
    for (std::size_t i = 0; i < shown; ++i) table.add(people_cells(*rows[i], report));
    if (shown == rows.size()) continue;
    std::uint64_t bytes = 0;
    for (std::size_t i = shown; i < rows.size(); ++i) bytes += rows[i]->bytes;
    const std::string rest = fmt::format(
        "{} more, {} (--all)", human_integer(static_cast<std::int64_t>(rows.size() - shown)),
        human_bytes(bytes));
    table.add({Cell::text(action_word(action)), Cell::text("…"), Cell(), Cell(), Cell::text(rest)});
  }
  return table;
}

LazyTable prune_csv(const PruneReport& report) {
  std::vector<Column> columns;
  for (const char* key :
       {"action", "trial", "path", "last_event_time", "mtime_time", "age_seconds", "live",
        "open_files", "bytes", "foreign_bytes", "reasons", "result", "error"})
    columns.push_back({.key = key});
  return LazyTable(std::move(columns), [&report](const RowSource::Visit& visit) -> Status {
    for (const PruneRow& row : report.rows) TFEVENTS_CHECK(visit(flat_cells(row, report)));
    return ok_status();
  });
}

std::string prune_summary(const PruneReport& report, bool done) {
  if (done) return done_summary(report);
  const std::uint64_t stay = report.count(Action::kKeep) + report.count(Action::kSkip);
  std::string text;
  if (report.count(Action::kRemove) == 0) {
    text = fmt::format("nothing to remove: {}", count_of(stay, "trial stays", "trials stay"));
  } else if (report.trash_keep_seconds <= 0) {
    text = fmt::format("would delete {}, at once and for good", trials_text(report));
  } else {
    text = fmt::format("would move {} to {}, freed on {} · undo: {}", trials_text(report),
                       join_path(report.trash, report.plan), date_of(report.freed_time()),
                       command_line("trash restore", std::array{report.operand}));
  }
  if (report.batches_to_empty != 0) {
    text += fmt::format("\nwould free the oldest {} of the trash before {} time, for --max-size",
                        report.batches_to_empty == 1
                            ? "batch"
                            : count_of(report.batches_to_empty, "batch", "batches"),
                        report.batches_to_empty == 1 ? "its" : "their");
  }
  return text;
}

std::string prune_question(const PruneReport& report) {
  std::string text;
  if (report.count(Action::kRemove) != 0) {
    text = report.trash_keep_seconds <= 0 ? "delete " + trials_text(report) + ", for good"
                                          : "move " + trials_text(report) + " to the trash";
  }
  if (const std::size_t batches = report.early_batches.size(); batches != 0) {
    text += text.empty() ? "" : ", and ";
    text += "free " + count_of(batches, "batch", "batches") + " of the trash, for good";
  }
  return text + "?";
}

Status prune_json(const PruneReport& report, bool dry_run, std::string_view version, Sink& sink) {
  const std::array operands{report.operand};
  EnvelopeHead head{.command = "prune",
                    .version = version,
                    .now = report.now,
                    .operands = operands,
                    .complete = report.outcome.complete};
  head.more = [&](JsonWriter& json) {
    json.field("plan", report.plan);
    write_policy(json, report);
    json.field("what", to_string(report.what));
    name_fields(json, "trash", report.trash);
    json.field("dry_run", dry_run);
  };
  return write_envelope(
      sink, head,
      [&](JsonWriter& json) -> Status {
        for (const PruneRow& row : report.rows) {
          write_row(json, report, row);
          TFEVENTS_CHECK(sink.drain());
        }
        return ok_status();
      },
      [&](JsonWriter& json) { write_summary(json, report); }, report.outcome.problems);
}

Status prune_jsonl(const PruneReport& report, Sink& sink) {
  JsonWriter json(sink.out());
  for (const PruneRow& row : report.rows) {
    write_row(json, report, row);
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
