#include "lint.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "envelope.hpp"
#include "findings.hpp"
#include "format/paint.hpp"
#include "format/table_writer.hpp"
#include "lines.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kShownOfRule = 5;
constexpr std::size_t kWhatWidth = 12;
constexpr std::size_t kLintMessageWidth = 50;

// The file's name where a finding is about no tag; empty where it is about the run.
std::string file_of(const Problem& row, const std::string& run_path) {
  if (row.tag || !row.path || *row.path == run_path) return {};
  return row.path->substr(row.path->rfind('/') + 1);
}

// The tag, else the file.
Cell what_cell(const Problem& row, const std::string& run_path) {
  if (row.tag) return Cell::text(*row.tag);
  std::string file = file_of(row, run_path);
  return file.empty() ? Cell() : Cell::text(std::move(file)).role(Role::kDim);
}

std::vector<Cell> cells_above(const Problem& row, const std::string& run_path) {
  return {Cell::text(to_string(row.severity)).role(role_of(row.severity)), Cell::text(row.rule),
          what_cell(row, run_path)};
}

std::vector<Cell> line_cells(const Problem& row, const std::string& run_path) {
  return {Cell::text(to_string(row.severity)).role(role_of(row.severity)), what_cell(row, run_path),
          Cell::text(row.message), Cell::text(row.rule)};
}

// The rule says in a word what the message says in full: on a narrow terminal it goes first.
std::vector<Column> lint_line_columns() {
  return {{.keep = true},
          {.elide = Elide::kMiddle, .min_width = kWhatWidth, .keep = true},
          {.elide = Elide::kEnd, .min_width = kLintMessageWidth, .keep = true},
          {.role = Role::kDim}};
}

/// The findings of one run.
struct RunFindings {
  const ops::LintReport::Group& group;
  std::size_t begin = 0;    // Of its rows.
  std::vector<bool> shown;  // Of each.
  std::map<std::string, std::size_t> folded;
};

std::vector<RunFindings> group_by_run(const ops::LintReport& report, bool fold) {
  std::vector<RunFindings> runs;
  std::size_t row = 0;
  for (const ops::LintReport::Group& group : report.groups) {
    RunFindings run{.group = group, .begin = row, .shown = {}, .folded = {}};
    std::map<std::string_view, std::size_t> seen;
    for (; row < run.begin + group.rows; ++row) {
      const std::string& rule = report.rows[row].rule;
      run.shown.push_back(!fold || ++seen[rule] <= kShownOfRule);
      if (!run.shown.back()) ++run.folded[rule];
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

// `… 37 more: 30 stuck, 7 spike (--all)`
std::string folded_line(const RunFindings& run) {
  std::size_t sum = 0;
  std::string rules;
  for (const auto& [rule, count] : run.folded) {
    sum += count;
    rules += fmt::format("{}{} {}", rules.empty() ? "" : ", ",
                         human_integer(static_cast<std::int64_t>(count)), rule);
  }
  return fmt::format("… {} more: {} (--all)", human_integer(static_cast<std::int64_t>(sum)), rules);
}

}  // namespace

LazyTable lint_table(const ops::LintReport& report) {
  return findings_table(report.rows, About::kRuns);
}

std::string lint_verdict(const ops::LintReport& report) {
  std::string text, where = count_of(report.runs, "run", "runs");
  const auto say = [&](std::uint64_t n, std::string_view one, std::string_view many) {
    if (n > 0) text += (text.empty() ? "" : ", ") + count_of(n, one, many);
  };
  say(report.errors, "error", "errors");
  say(report.warnings, "warning", "warnings");
  say(report.notes, "note", "notes");
  if (text.empty()) {
    text = "nothing found";
  } else if (report.runs > 1) {
    where = human_integer(static_cast<std::int64_t>(report.groups.size())) + " of " + where;
  }
  text += fmt::format(" in {} · {}, {}", where, count_of(report.series, "series", "series"),
                      count_of(report.points, "point", "points"));
  if (report.duplicates + report.restart == 0) return text;
  text += fmt::format(
      ", {} of them in the clean view",
      human_integer(static_cast<std::int64_t>(report.points - report.duplicates - report.restart)));
  std::string why;
  if (report.duplicates > 0) why = count_of(report.duplicates, "repeats a step", "repeat a step");
  if (report.restart > 0) {
    why += why.empty() ? "" : ", ";
    why += count_of(report.restart, "is of a restart", "are of restarts");
  }
  return text + " (" + why + ")";
}

namespace {

bool has_room(const ops::LintReport& report, const std::vector<RunFindings>& runs,
              const Screen& screen) {
  std::size_t what = 0, message = 0;
  for (const RunFindings& run : runs) {
    for (std::size_t i = 0; i < run.shown.size(); ++i) {
      if (!run.shown[i]) continue;
      const Problem& row = report.rows[run.begin + i];
      const std::string subject = row.tag ? *row.tag : file_of(row, run.group.path);
      what = std::max(what, display_width(printable(subject)));
      message = std::max(message, display_width(printable(row.message)));
    }
  }
  return has_room_beside(what, message, screen);
}

std::vector<Column> columns_above() {
  return {{.keep = true},
          {.keep = true, .role = Role::kDim},
          {.elide = Elide::kMiddle, .min_width = kWhatWidth, .keep = true}};
}

}  // namespace

Status lint_screen(const ops::LintReport& report, const Screen& screen, bool all, Sink& sink) {
  const std::vector<RunFindings> runs = group_by_run(report, screen.terminal && !all);
  TableStyle style = screen.table_style();
  style.header = false;
  style.indent = "  ";
  const bool beside = has_room(report, runs, screen);
  const std::vector<Column> columns = beside ? lint_line_columns() : columns_above();
  // One table for all runs, so that columns are aligned through the whole answer.
  TableWriter table(columns, style);
  const auto each_shown = [&](const RunFindings& run, auto use) {
    for (std::size_t i = 0; i < run.shown.size(); ++i) {
      if (!run.shown[i]) continue;
      const Problem& row = report.rows[run.begin + i];
      use(beside ? line_cells(row, run.group.path) : cells_above(row, run.group.path), row);
    }
  };
  for (const RunFindings& run : runs)
    each_shown(run, [&](std::span<const Cell> cells, const Problem&) { table.measure(cells); });
  table.lay_out();
  std::string& out = sink.out();
  for (const RunFindings& run : runs) {
    const std::string name = printable(run.group.shown);
    out += paint(screen.terminal ? elide_middle(name, screen.width) : name, Role::kStrong,
                 screen.color);
    out += '\n';
    each_shown(run, [&](std::span<const Cell> cells, const Problem& row) {
      table.write_row(out, cells);
      if (!beside) write_message_below(out, row.message, screen);
    });
    if (!run.folded.empty()) {
      for (const std::string& line : broken_into_lines(folded_line(run), screen.width - 2))
        out += "  " + line + '\n';
    }
    TFEVENTS_CHECK(sink.drain());
  }
  write_verdict(out, lint_verdict(report),
                {report.errors, report.warnings, report.notes, report.rows_left_out}, screen);
  return sink.drain();
}

Status lint_json(const ops::LintReport& report, std::string_view version, Sink& sink) {
  return write_envelope(
      sink,
      {.command = "lint",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = View::kClean,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) { return write_findings(report.rows, json, sink); },
      [&](JsonWriter& json) {
        json.field("series", report.series).field("runs", report.runs);
        json.field("errors", report.errors)
            .field("warnings", report.warnings)
            .field("notes", report.notes);
        json.field("points", report.points)
            .field("duplicates", report.duplicates)
            .field("restart", report.restart);
      },
      report.outcome.problems);
}

Status lint_jsonl(const ops::LintReport& report, Sink& sink) {
  return findings_jsonl(report.rows, sink);
}

}  // namespace tfevents::render
