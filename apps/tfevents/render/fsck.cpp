#include "fsck.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "envelope.hpp"
#include "format/paint.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kShownOfFile = 20;
constexpr std::size_t kMessageWidth = 60;

std::string integer(std::uint64_t value) {
  return human_integer(static_cast<std::int64_t>(value));
}

Role role_of(Severity severity) {
  switch (severity) {
    case Severity::kNote: return Role::kDim;
    case Severity::kWarn: return Role::kWarn;
    case Severity::kError: return Role::kBad;
  }
  return Role::kBad;
}

// `@1 048 576…1 057 808`
Cell range_cell(const Problem& problem) {
  if (!problem.offset) return {};
  if (!problem.end || *problem.end <= *problem.offset)
    return Cell::text("@" + integer(*problem.offset));
  return Cell::text(fmt::format("@{}…{}", integer(*problem.offset), integer(*problem.end)));
}

const std::string& place(const Problem& problem) {
  static const std::string kNowhere;
  return problem.path ? *problem.path : problem.run ? *problem.run : kNowhere;
}

// Consecutive findings of one file.
struct FileFindings {
  const std::string* path = nullptr;
  std::size_t shown = 0, folded = 0;
};

std::vector<FileFindings> group_by_file(const std::vector<Problem>& rows, bool fold) {
  std::vector<FileFindings> files;
  for (const Problem& row : rows) {
    if (files.empty() || *files.back().path != place(row)) files.push_back({.path = &place(row)});
    FileFindings& file = files.back();
    ++(fold && file.shown >= kShownOfFile ? file.folded : file.shown);
  }
  return files;
}

Table finding_lines(const std::vector<Problem>& rows, const std::vector<FileFindings>& files) {
  // The rule says in a word what the message says in full: on a narrow terminal it goes first.
  Table table({{.keep = true},
               {.keep = true},
               {.elide = Elide::kEnd, .min_width = kMessageWidth, .keep = true},
               {.role = Role::kDim}});
  auto row = rows.begin();
  for (const FileFindings& file : files) {
    for (std::size_t i = 0; i < file.shown; ++i, ++row) {
      table.add({Cell::text(to_string(row->severity)).role(role_of(row->severity)),
                 range_cell(*row), Cell::text(row->message), Cell::text(row->rule)});
    }
    row += static_cast<std::ptrdiff_t>(file.folded);
  }
  return table;
}

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
  const auto line = text.substr(0, end);
  text.remove_prefix(end);
  return line;
}

}  // namespace

Table fsck_table(const ops::FsckReport& report) {
  Table table({{.key = "severity", .header = "SEVERITY"},
               {.key = "rule", .header = "RULE"},
               {.key = "run", .header = "RUN", .people = false},
               name_column("path", "PATH"),
               {.key = "offset", .header = "OFFSET"},
               {.key = "end", .header = "END"},
               {.key = "tag", .header = "TAG", .people = false},
               {.key = "step", .header = "STEP", .people = false},
               {.key = "message", .header = "MESSAGE", .elide = Elide::kEnd},
               {.key = "hint", .header = "HINT", .people = false}});
  for (const Problem& row : report.rows) {
    table.add({Cell::text(to_string(row.severity)).role(role_of(row.severity)),
               Cell::text(row.rule), Cell::text(row.run), Cell::text(row.path),
               Cell::count(row.offset), Cell::count(row.end), Cell::text(row.tag),
               Cell::integer(row.step), Cell::text(row.message), Cell::text(row.hint)});
  }
  return table;
}

std::string fsck_verdict(const ops::FsckReport& report) {
  const std::string size = fmt::format("{}, {}", human_bytes(report.bytes),
                                       count_of(report.records, "record", "records"));
  std::string text;
  if (report.errors == 0) {
    text = fmt::format("{} verified ({})", count_of(report.files, "file", "files"), size);
  } else {
    const std::string what =
        report.records_lost > 0 ? count_of(report.records_lost, "damaged record", "damaged records")
                                : count_of(report.errors, "error", "errors");
    text =
        fmt::format("error: {} in {} of {}; everything else verified ({})", what,
                    integer(report.damaged_files), count_of(report.files, "file", "files"), size);
  }
  if (report.warnings > 0) text += " · " + count_of(report.warnings, "warning", "warnings");
  if (report.notes > 0) text += " · " + count_of(report.notes, "note", "notes");
  return text;
}

std::string fsck_screen(const ops::FsckReport& report, const Screen& screen, bool all) {
  const auto files = group_by_file(report.rows, screen.terminal && !all);
  TableStyle style = screen.table_style();
  style.header = false;
  style.indent = "  ";
  // One table for all files, so that columns are aligned through the whole answer; each row is one
  // line of it.
  const std::string rendered = render_table(finding_lines(report.rows, files), style);
  std::string out;
  std::string_view lines = rendered;
  for (const FileFindings& file : files) {
    out += paint(printable(*file.path), Role::kStrong, screen.color) + '\n';
    for (std::size_t i = 0; i < file.shown; ++i) out += take_line(lines);
    if (file.folded > 0) out += fmt::format("  … {} more (--all)\n", integer(file.folded));
  }
  if (report.rows_left_out > 0) {
    out += fmt::format("… {}, only counted\n",
                       count_of(report.rows_left_out, "more finding", "more findings"));
  }
  const Role role = report.errors > 0     ? Role::kBad
                    : report.warnings > 0 ? Role::kWarn
                                          : Role::kGood;
  return out + paint(fsck_verdict(report), role, screen.color) + '\n';
}

std::string fsck_json(const ops::FsckReport& report, std::string_view version) {
  std::string out;
  JsonWriter json(out);
  write_envelope(
      json,
      {.command = "fsck",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = View::kRaw,
       .complete = report.outcome.complete},
      [&] {
        for (const Problem& row : report.rows) write_problem(json, row);
      },
      [&] {
        json.field("files", report.files)
            .field("bytes", report.bytes)
            .field("records", report.records);
        json.field("records_lost", report.records_lost).field("bytes_lost", report.bytes_lost);
        json.field("errors", report.errors)
            .field("warnings", report.warnings)
            .field("notes", report.notes);
      },
      report.outcome.problems);
  return out;
}

std::string fsck_jsonl(const ops::FsckReport& report) {
  std::string out;
  JsonWriter json(out);
  for (const Problem& row : report.rows) {
    write_problem(json, row);
    json.end_line();
  }
  return out;
}

}  // namespace tfevents::render
