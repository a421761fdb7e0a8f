#include "fsck.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "envelope.hpp"
#include "findings.hpp"
#include "format/paint.hpp"
#include "format/table_writer.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kShownOfFile = 20;
constexpr std::size_t kMessageWidth = 60;

// `@1 048 576…1 057 808`
Cell range_cell(const Problem& problem) {
  if (!problem.offset) return {};
  if (!problem.end || *problem.end <= *problem.offset)
    return Cell::text("@" + whole(*problem.offset));
  return Cell::text(fmt::format("@{}…{}", whole(*problem.offset), whole(*problem.end)));
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

std::array<Cell, 4> line_cells(const Problem& row) {
  return {Cell::text(to_string(row.severity)).role(role_of(row.severity)), range_cell(row),
          Cell::text(row.message), Cell::text(row.rule)};
}

// The rule says in a word what the message says in full: on a narrow terminal it goes first.
std::vector<Column> line_columns() {
  return {{.keep = true},
          {.keep = true},
          {.elide = Elide::kEnd, .min_width = kMessageWidth, .keep = true},
          {.role = Role::kDim}};
}

// Calls `begin(file)`, `line(row)` for each finding that is shown, and `end(file)` for every file.
template <class Begin, class Line, class End>
Status each_shown(const std::vector<Problem>& rows, const std::vector<FileFindings>& files,
                  Begin begin, Line line, End end) {
  auto row = rows.begin();
  for (const FileFindings& file : files) {
    TFEVENTS_CHECK(begin(file));
    for (std::size_t i = 0; i < file.shown; ++i, ++row) TFEVENTS_CHECK(line(*row));
    row += static_cast<std::ptrdiff_t>(file.folded);
    TFEVENTS_CHECK(end(file));
  }
  return ok_status();
}

}  // namespace

LazyTable fsck_table(const ops::FsckReport& report) {
  return findings_table(report.rows, About::kFiles);
}

namespace {

// Pointers of Git LFS, files that end within their gzip and such are no damaged records.
std::string errors_in_words(const ops::FsckReport& report) {
  std::string text;
  if (const std::uint64_t places = report.errors - report.bad_paths; places > 0) {
    text =
        fmt::format("{} in {} of {}",
                    count_of(places, "damaged or unreadable place", "damaged or unreadable places"),
                    whole(report.bad_files), count_of(report.files, "file", "files"));
  }
  if (report.bad_paths > 0) {
    if (!text.empty()) text += " and ";
    text += count_of(report.bad_paths, "path", "paths") + " that cannot be read";
  }
  return text;
}

}  // namespace

std::string fsck_verdict(const ops::FsckReport& report) {
  const std::string size = fmt::format("{}, {}", human_bytes(report.bytes),
                                       count_of(report.records, "record", "records"));
  std::string text;
  if (report.errors == 0) {
    text = fmt::format("{} verified ({})", count_of(report.files, "file", "files"), size);
  } else {
    text = fmt::format("error: {}; everything else verified ({})", errors_in_words(report), size);
  }
  if (report.warnings > 0) text += " · " + count_of(report.warnings, "warning", "warnings");
  if (report.notes > 0) text += " · " + count_of(report.notes, "note", "notes");
  return text;
}

Status fsck_screen(const ops::FsckReport& report, const Screen& screen, bool all, Sink& sink) {
  const auto files = group_by_file(report.rows, screen.terminal && !all);
  TableStyle style = screen.table_style();
  style.header = false;
  style.indent = "  ";
  const std::vector<Column> columns = line_columns();
  // One table for all files, so that columns are aligned through the whole answer.
  TableWriter table(columns, style);
  const auto nothing = [](const FileFindings&) { return ok_status(); };
  const auto measure = [&](const Problem& row) {
    table.measure(line_cells(row));
    return ok_status();
  };
  TFEVENTS_CHECK(each_shown(report.rows, files, nothing, measure, nothing));
  table.lay_out();
  std::string& out = sink.out();
  const auto begin = [&](const FileFindings& file) {
    const std::string path = printable(*file.path);
    out += paint(screen.terminal ? elide_middle(path, screen.width) : path, Role::kStrong,
                 screen.color);
    out += '\n';
    return sink.drain();
  };
  const auto line = [&](const Problem& row) {
    table.write_row(out, line_cells(row));
    return sink.drain();
  };
  const auto end = [&](const FileFindings& file) {
    if (file.folded > 0) out += fmt::format("  … {} more (--all)\n", whole(file.folded));
    return sink.drain();
  };
  TFEVENTS_CHECK(each_shown(report.rows, files, begin, line, end));
  write_verdict(out, fsck_verdict(report),
                {report.errors, report.warnings, report.notes, report.rows_left_out}, screen);
  return sink.drain();
}

Status fsck_json(const ops::FsckReport& report, std::string_view version, Sink& sink) {
  return write_envelope(
      sink,
      {.command = "fsck",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = View::kRaw,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) { return write_findings(report.rows, json, sink); },
      [&](JsonWriter& json) {
        json.field("files", report.files)
            .field("bytes", report.bytes)
            .field("records", report.records);
        json.field("records_lost", report.records_lost).field("bytes_lost", report.bytes_lost);
        json.field("errors", report.errors)
            .field("warnings", report.warnings)
            .field("notes", report.notes);
      },
      report.outcome.problems);
}

Status fsck_jsonl(const ops::FsckReport& report, Sink& sink) {
  return findings_jsonl(report.rows, sink);
}

}  // namespace tfevents::render
